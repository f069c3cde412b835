// The one script of a Light page that a reader got before anything was known of them: the last thing on the page, inline.
// By then the page's own load has measured the link. If that is good for the full page, the same address is asked for
// once more, with a cookie of ten seconds that says so; a script that finds the cookie does nothing. Address, history
// and title stay. Nothing is kept, and the page stays as it is, where cookies are refused or data is saved.
//
// In its attributes: data-l, milliseconds that the full page's text may take; data-c, bytes before that text. Shortened as
// watchdog.js is.
(() => {
  /** @type {any} */
  const $script = document.currentScript;
  const $html = document.documentElement;
  const $judge = () => {
    /** @type {any} */
    const $page = performance.getEntriesByType('navigation')[0] || {};
    /** @type {any} */
    const $line = navigator, $connection = $line.connection || {};
    if ($connection.saveData || /lk-u/.test(document.cookie)) return;
    // Connecting takes one round trip; on a kept connection the answer takes at least one. The text took no longer than
    // until now.
    const $trip = ($page.secureConnectionStart || $page.connectEnd) - $page.connectStart || $page.responseStart - $page.requestStart;
    const $took = ($page.responseEnd || performance.now()) - $page.responseStart;
    const $size = $page.transferSize || 3000;
    if (6.5*$trip + $took*$script.dataset.c/$size < $script.dataset.l) {
      document.cookie = 'lk-u=1;path=/;max-age=10;samesite=lax';
      if (/lk-u/.test(document.cookie)) {
        // No flash of two pages; but a page that does not come leaves this one to read.
        $html.hidden = true;
        setTimeout(() => $html.hidden = false, 2000);
        location.reload();
      }
    }
  };
  $judge();
  addEventListener('load', () => setTimeout($judge));
})();
