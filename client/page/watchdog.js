// The watchdog of a full page: the first thing in its head, inline. It notices a load that fails, hangs or is cut,
// takes what blocks painting out of the way, and offers the Light edition.
//
// Its text is the same on every page, so that one hash lets it through every Content-Security-Policy; what differs
// stands in the script element's own attributes: lang, dir, data-h (the banner's HTML: a region, then a button),
// data-a (do not ask, go to this address) and data-t (ticks that count as gone by, where the request crawled in).
//
// Its bytes count, so the server takes out comment lines, indentation and blanks beside punctuation, and shortens the
// names that begin with $ (editions/watchdog.py). Hence the habits here: comments on lines of their own, every
// statement ends in ; or }, no string has a blank beside punctuation. ES2017.
(() => {
  const $document = document, $html = $document.documentElement, $banner = $document.createElement('lk-banner');
  /** @type {any} */
  const $script = $document.currentScript;
  // The publisher's own host and those below it. Others (advertising, counting) fail every day and matter to nobody.
  const $own = RegExp('^\\w+://([^/]*\\.)?' + location.host.replace('www.', ''));
  // Ticks of 0.4 s: visible ones; those in a row without a frame; those in a row in which the page did not grow.
  let $age = +$script.dataset.t || 0, $dark = $age, $still = 0, $size = 0, $shown = /lk-close/.test($document.cookie);
  /** @type {any} */
  let $frame;
  /** @type {any} */
  let $failed;
  /** @type {any} */
  let $threw;

  // In the root, not in the body: there may be none yet, or one that its own style hides. In the top layer, if there
  // is one.
  const $attach = () => {
    $document.documentElement.prepend($banner);
    if ($banner.showPopover) $banner.showPopover();
  };

  const $show = () => {
    $shown = true;
    if ($script.dataset.a) return location.replace($script.dataset.a);
    $banner.lang = $script.lang;
    $banner.dir = $script.dir;
    $banner.popover = 'manual';
    $banner.role = 'status';
    $banner.style.cssText = 'all:initial;position:fixed;z-index:999999;inset:auto 12px 12px;display:flex;max-width:520px;margin:auto;padding:16px 20px;border-radius:12px;box-shadow:0 0 24px #888b;color-scheme:light dark;background:Canvas;color:CanvasText;font:16px/1.5 system-ui'.replace(/;|$/g, '!important;');
    /** @type {any} */
    const $inside = $banner.attachShadow({mode: 'closed'});
    $attach();
    // A moment later, so that a screen reader hears it.
    setTimeout(() => {
      $inside.innerHTML = $script.dataset.h;
      const $close = $inside.lastChild;
      // The link leads on by itself; what still loads would only be in its way.
      $inside.firstChild.onclick = () => stop();
      $close.style.cssText = 'all:unset;outline:revert;align-self:start;margin:-8px -12px;padding:0 14px;font-size:28px;line-height:44px';
      $close.onclick = () => {
        $document.cookie = 'lk-close=1;path=/;max-age=604800';
        $banner.remove();
      };
    });
  };

  const $timer = setInterval(() => {
    const $state = $document.readyState, $now = $document.all.length + $html.textContent.length;
    // A hidden tab gets no frames.
    if (!$document.hidden) {
      $age++;
      $dark = $frame ? 0 : $dark + 1;
      $frame = 0;
      requestAnimationFrame(() => $frame = 1);
    }
    $still = $state == 'loading' && $now == $size ? $still + 1 : 0;
    $size = $now;
    // Sheets that have not come in all this time: they wait behind a medium that blocks nothing, until they load.
    /** @type {NodeListOf<HTMLLinkElement>} */
    const $sheets = $document.querySelectorAll('[rel~=stylesheet],style');
    if ($age == 11 || $dark == 11) for (const $sheet of $sheets) {
      const $media = $sheet.media, $text = $sheet.textContent;
      if ($dark && /@import/.test($text)) $sheet.textContent = $text.replace(/@import[^;]+;/g, '');
      else if (!$sheet.sheet && !$sheet.disabled && $media != 'print') {
        $failed = $failed || $own.test($sheet.href);
        $sheet.media = 'print';
        $sheet.addEventListener('load', () => $sheet.media = $media);
      }
    }
    if (!$shown && ($failed || $dark > 10 || $still > 11 || $age > 11 && $html.innerText.length < 200 && ($threw || $state != 'complete'))) $show();
    // Still no frame: stop loading, which needs a body; then give up the page for the banner.
    if ($dark == 13 && $document.body) stop();
    else if (($dark == 13 || $dark == 15) && $banner.parentNode) {
      $document.open();
      $document.close();
      $attach();
    }
    if ($age > 15 && $state == 'complete') clearInterval($timer);
  }, 400);

  addEventListener('error', $event => {
    /** @type {any} */
    const $target = $event.target;
    $threw = $threw || $event.message;
    $failed = $failed || $own.test($target.localName == 'script' ? $target.src : /style/.test($target.rel) && $target.href);
  }, true);
  // A reader who leaves early makes Firefox break off what is still loading: no fault. And whoever opens a document
  // anew ends the navigation that is under way, be it the one to the Light edition.
  addEventListener('beforeunload', () => clearInterval($timer));
  // The parser is done, and no deferred script has run yet. Without the end mark, the page was cut.
  $document.addEventListener('readystatechange', () => $failed = $failed || !$document.querySelector('#lk-end,frameset'), {once: true});
})();
