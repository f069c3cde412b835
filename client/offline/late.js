// In a saved copy that is shown because the page itself is late: says so, and when the page has come, or has not. Stands
// inline behind three notes, of which without this script, as on a page that failed, only the first one shows.

const [failed, loading, come] = /** @type {HTMLElement[]} */ ([...(document.currentScript?.parentElement?.children ?? [])]);

/** @param {HTMLElement} chosen */
function show(chosen) {
  for (const note of [failed, loading, come]) note.hidden = note !== chosen;
}

show(loading);
// Whoever reads on is further down by now.
come.style.cssText = "position:sticky;top:0;background:linear-gradient(#c962,#c962)Canvas";

/** @param {MessageEvent} event */
navigator.serviceWorker.onmessage = ({ data }) => {
  if (data && loading.querySelector("input")?.checked) location.reload();
  else show(data ? come : failed);
};
