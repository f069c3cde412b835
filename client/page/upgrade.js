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
  const $html = document.documentElement, $now = performance.now(), $timing = performance.timing;
  const $judge = () => {
    /** @type {any} */
    const $page = performance.getEntriesByType('navigation')[0] || {};
    /** @type {any} */
    const $line = navigator, $connection = $line.connection || {};
    if ($connection.saveData || /lk-u/.test(document.cookie)) return;
    // Connecting takes one round trip; on a kept connection the answer takes at least one.
    const $secure = $page.secureConnectionStart;
    const $trip = ($secure || $page.connectEnd) - $page.connectStart || $page.responseStart - $page.requestStart;
    // Milliseconds for a byte. A busy processor makes either look slow: the document begins when its first segment is
    // there, and its last byte came no later than this script; where the browser knows that byte, its word counts.
    const $size = $page.transferSize || 3000;
    const $read = ($now - $timing.domLoading + $timing.navigationStart)/Math.max($size - 1400, 1000);
    const $sent = $page.responseEnd ? ($page.responseEnd - $page.responseStart)/$size : $read;
    // A front may send the page in one TLS record, which is there at once or not at all; but then its certificate, of
    // about 3 KB, took its time before: more than the 0.1 s of a slow processor.
    const $certificate = $secure ? ($page.connectEnd - $secure - 2*$trip - 100)/3000 : 0;
    if (6.5*$trip + Math.max(Math.min($read, $sent), $certificate)*$script.dataset.c < $script.dataset.l) {
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
