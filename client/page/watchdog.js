// The watchdog of a full page: the first thing in its head, inline. It notices a load that fails, hangs or is cut,
// takes what blocks painting out of the way, and offers the Light edition.
//
// Its text is the same on every page, so that one hash lets it through every Content-Security-Policy; what differs is
// in the script element's own attributes: lang, dir, and data- t (title), x (text), l (link), c (close), u (address),
// a (present: do not ask, go).
//
// The server takes out comment lines, indentation and blanks beside punctuation. So: comments on lines of their own,
// every statement ends in ; or }, no string has a blank beside punctuation. ES2017.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const data = script.dataset;
  const banner = document.createElement('lk-banner');
  // Counted in ticks of half a second: all visible ones, those in a row without a frame, those without a new element.
  let age = 0, dark = 0, still = 0;
  let size = 0, frame, threw, parsed, failed, shown = /lk-close/.test(document.cookie);

  /** @param {Node} parent @param {string} name @param {string} style @param {string=} text */
  const add = (parent, name, style, text) => {
    const element = document.createElement(name);
    element.style.cssText = style;
    element.textContent = text;
    return parent.appendChild(element);
  };

  // In the root, not in the body: there may be none yet, or one that its own style hides. In the top layer, if there is.
  const attach = () => {
    const root = document.documentElement;
    root.insertBefore(banner, root.firstChild);
    if (banner.showPopover) banner.showPopover();
  };

  const show = () => {
    if (shown) return;
    shown = true;
    const address = new URL(data.u, location.origin).href;
    if ('a' in data) return location.replace(address);
    banner.lang = script.lang;
    banner.dir = script.dir;
    banner.popover = 'manual';
    banner.setAttribute('role', 'region');
    banner.setAttribute('aria-label', data.t);
    banner.setAttribute('aria-live', 'polite');
    banner.style.cssText = 'all:initial;position:fixed;z-index:2147483647;inset:auto 0 12px;display:block;box-sizing:border-box;width:calc(100% - 24px);max-width:560px;margin:auto;padding:16px 20px;border-radius:12px;box-shadow:0 0 0 1px #8886,0 8px 32px #0005;color-scheme:light dark;background:Canvas;color:CanvasText;font:16px/1.5 system-ui,sans-serif'.replace(/;|$/g, '!important;');
    const inside = banner.attachShadow({mode: 'closed'});
    attach();
    // A moment later, so that a screen reader hears it.
    setTimeout(() => {
      add(inside, 'h2', 'margin:0 44px 4px 0;font-size:18px', data.t);
      add(add(inside, 'p', 'margin:0', data.x + ' '), 'a', '', data.l).href = address;
      const close = add(inside, 'button', 'position:absolute;top:4px;inset-inline-end:4px;width:44px;height:44px;border:0;background:none;color:inherit;font:24px system-ui', '\xd7');
      close.ariaLabel = data.c;
      close.onclick = () => {
        document.cookie = 'lk-close=1;path=/;max-age=604800;samesite=lax';
        banner.remove();
      };
    });
  };

  // What keeps the page white, from the gentle to the last resort. Each leaves a second for a frame to come.
  const release = () => {
    if (dark == 9) {
      for (const sheet of document.querySelectorAll('link[rel~=stylesheet],style')) {
        if (sheet.sheet && !/@import/.test(sheet.textContent)) continue;
        const media = sheet.media;
        sheet.media = 'print';
        sheet.onload = () => sheet.media = media;
      }
    } else if (dark == 11 && document.body) {
      stop();
    } else if (banner.parentNode) {
      document.open();
      document.close();
      attach();
    }
  };

  const timer = setInterval(() => {
    const state = document.readyState;
    if (!document.hidden) {
      age++;
      dark = frame ? 0 : dark + 1;
      frame = 0;
      requestAnimationFrame(() => frame = 1);
    }
    const seen = document.documentElement.textContent.length + document.querySelectorAll('*').length;
    still = state == 'loading' && seen == size ? still + 1 : 0;
    size = seen;
    const empty = !document.body || document.body.innerText.length < 200;
    if (failed || dark > 8 || still > 8 || empty && (threw || age > 9 && !parsed)) show();
    if (dark == 9 || dark == 11 || dark == 12) release();
    if (state == 'complete' && !dark) clearInterval(timer);
  }, 500);

  addEventListener('error', event => {
    const element = event.target;
    const address = element.localName == 'script' ? element.src : /stylesheet/.test(element.rel) && element.href;
    if (element == window) threw = 1;
    else if (address && ('.' + new URL(address).host).endsWith('.' + location.host.replace(/^www\./, ''))) failed = 1;
  }, true);
  // The parser is done, and no deferred script has run yet. Without the end mark, the page was cut.
  document.addEventListener('readystatechange', () => {
    failed = failed || !document.querySelector('#lk-end,frameset');
  }, {once: true});
  addEventListener('DOMContentLoaded', () => parsed = 1);
})();
