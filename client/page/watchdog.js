// The watchdog of a full page: the first thing in its head, inline. It notices a load that fails, hangs, is cut or takes
// long, takes what blocks painting out of the way, and offers the Light edition.
//
// Its text is the same on every page, so that one hash lets it through every Content-Security-Policy; what differs
// stands in the script element's own attributes: data-h (the banner's HTML: a style, then a box with title, line break,
// what is said of trouble, what is said of a slow page, link, button), data-a (do not ask, go to this address) and
// data-t (ticks that count as gone by, where the request crawled in).
//
// Its bytes count, so the server takes out comments, indentation and blanks beside punctuation, and shortens the names
// that begin with $ (editions/watchdog.py). Hence the habits here: comments on lines of their own, every statement ends
// in ; or }, no string has a blank beside punctuation. ES2017.
{
  let /** @type {any} */ $failed, /** @type {any} */ $threw;
  const $document = document, $html = $document.documentElement,
    /** @type {any} */
    $banner = $document.createElement('lk-banner'),
    /** @type {any} */
    $data = /** @type {any} */ ($document.currentScript).dataset,
    // Scripts have no href and styles no medium: of them, the look for hung sheets takes styles that wait for others.
    $assets = 'script,style,[rel~=stylesheet]',
    // The publisher's own host and those below it. Others (advertising, counting) fail every day and matter to nobody;
    // nor do our own parts of the page.
    /** @type {any} */
    $own = RegExp('^\\w+://([^/]*\\.)?' + location.host.replace('www.', '') + '/(?!_lk)'),
    // In the root, not in the body: there may be none yet, or one that its own style hides. In the top layer, if there
    // is one.
    $attach = () => {
      $document.documentElement.prepend($banner);
      $banner.showPopover && $banner.showPopover();
    },
    $timer = setInterval(() => {
      // In the alphabet's order: complete, interactive, loading.
      const $state = $document.readyState, $loading = $state > 'j', $complete = $state < 'd';
      // Text, and files that have come.
      $still = $size == ($size = $html.textContent.length + performance.getEntries().length) && $still + 1;
      // A hidden tab gets no frames, and on a busy device they come late: a page that is complete lacks nothing.
      if (!$document.hidden) $age++, $dark = $complete ? 0 : $dark + 1;
      // Where files still come, the page is slow, and not given up.
      if ($dark > 11 && $still < 6) $dark = 11;
      requestAnimationFrame(() => $dark = 0);
      // Sheets that have not come in all this time, or wait for others: they wait behind a medium that blocks nothing,
      // until they load.
      if (!$complete && ($age == 10 || $dark == 10)) for (const $sheet of /** @type {NodeListOf<any>} */ ($document.querySelectorAll($assets))) {
        const $media = $sheet.media;
        if ($media != 'print' && !$sheet.disabled && (!$sheet.sheet || $dark > 1 && /@import/.test($sheet.textContent))) {
          $failed |= $own.test($sheet.href);
          $sheet.media = 'print';
          $sheet.addEventListener('load', () => $sheet.media = $media);
        }
      }
      const $empty = $age > 10 && $html.innerText.length < 200,
        $trouble = $failed || $dark > 9 || $loading && $still > 8 || $empty && $threw;
      if (!$shown && ($trouble || $empty && !$complete || $loading && $age > 24)) {
        $shown = 1;
        if ($data.a) return location.replace($data.a);
        $banner.popover = 'manual';
        $banner.style = 'all:initial!important';
        const $root = $banner.attachShadow({mode: 'open'});
        $root.innerHTML = $data.h;
        const $parts = $root.lastChild.children;
        $parts[$trouble ? 3 : 2].remove();
        // The link leads on by itself; what still loads would only be in its way.
        $parts[3].onclick = () => stop();
        $parts[4].onclick = () => {
          $document.cookie = 'lk-close=1;path=/;max-age=604800';
          $banner.remove();
        };
        $attach();
      }
      // Still no frame: stop loading, which needs a body; then give up the page for the banner.
      if ($dark == 12 && $document.body) stop();
      else if ($dark > 11 && $dark % 2 < 1 && $banner.parentNode) {
        $document.open();
        $document.close();
        $attach();
      }
      if ($age > 24 && $complete) clearInterval($timer);
    }, 400);
  // Ticks of 0.4 s: visible ones, and up to eight of the navigation so far; those since the last frame; those in a row in
  // which nothing came.
  let $age = Math.min(8, ~~$data.t + performance.now() / 400) | 0, $dark = $age, /** @type {any} */ $still = 0, $size = 0, /** @type {any} */ $shown = /lk-close/.test($document.cookie);

  addEventListener('error', $event => {
    /** @type {any} */
    const $target = $event.target;
    if ($event.message) $threw = 1;
    else if ($target.matches($assets)) $failed |= $own.test($target.src || $target.href);
  }, !0);
  // A reader who leaves early makes Firefox break off what is still loading: no fault. And whoever opens a document
  // anew ends the navigation that is under way, be it the one to the Light edition.
  addEventListener('beforeunload', () => clearInterval($timer));
  // The parser is done, and no deferred script has run yet. Without the end mark, the page was cut.
  $document.addEventListener('readystatechange', () => $failed = $failed || !$document.querySelector('#lk-end,frameset'), {once: !0});
}
