// What stays on the device, in two caches named by their lifetime. Nothing here creates one before the reader's yes.

/**
 * @typedef {object} Story one saved story, as the list names it and as it stays beside its page
 * @property {string} url its Light address, a path on this site
 * @property {string} title
 * @property {string} language
 * @property {string} direction
 * @property {string} published ISO 8601
 * @property {string} version changes when the text does
 * @property {number} bytes of the page, before compression
 */

/**
 * @typedef {object} Consent what the reader agreed to
 * @property {Record<string, State>} languages
 *
 * @typedef {object} State of one language
 * @property {string} complete when its stories were last as the list has them; "" where they never were
 * @property {string} tag the entity tag of that list
 */

export const OURS = "lightkeeper-";
const AGREED = "lightkeeper-1-agreed"; // until the reader says no: the consent, one screen for each language
const LATEST = "lightkeeper-1-latest"; // until the list no longer names them: the stories
const CONSENT = "/_lk/saved/consent";
const ABSENCE = "/_lk/saved/absence";
const STORY = "Lightkeeper-Story";

/** @returns {Promise<Consent | undefined>} */
export async function consent() {
  // `caches.match` with a name looks without creating; `caches.open` would create.
  const found = await caches.match(CONSENT, { cacheName: AGREED });
  return found?.json();
}

/**
 * The reader's yes to one language, and later what has come of it.
 * @param {string} language
 * @param {State} [state]
 */
export async function agree(language, state = { complete: "", tag: "" }) {
  const languages = { ...(await consent())?.languages, [language]: state };
  await (await caches.open(AGREED)).put(CONSENT, new Response(JSON.stringify({ languages })));
}

/**
 * How often in a row the worker's own server was missing, and when it was last asked for, in milliseconds.
 * @returns {Promise<{missed: number, asked: number}>}
 */
export async function notedAbsence() {
  const found = await caches.match(ABSENCE, { cacheName: AGREED });
  return found ? found.json() : { missed: 0, asked: 0 };
}

/** @param {{missed: number, asked: number}} absence */
export async function noteAbsence(absence) {
  if (await consent()) await (await caches.open(AGREED)).put(ABSENCE, new Response(JSON.stringify(absence)));
}

/** @param {string} language */
export const screenAddress = (language) => `/_lk/saved/${encodeURIComponent(language)}.html`;

/**
 * Everything that the worker itself can say in a language.
 * @param {string} language
 */
export const screen = (language) => caches.match(screenAddress(language), { cacheName: AGREED });

/**
 * @param {string} language
 * @param {Headers} sent
 * @param {string} html
 */
export async function keepScreen(language, sent, html) {
  await (await caches.open(AGREED)).put(screenAddress(language), new Response(html, { headers: essential(sent) }));
}

/**
 * @param {string} url a Light address
 * @returns {Promise<Response | undefined>}
 */
export const saved = (url) => caches.match(url, { cacheName: LATEST });

/**
 * Every Light page ends with a footer. Firefox and WebKit may end a page that was cut on its way as if it were whole.
 * @param {string} html
 */
export const isWhole = (html) => html.endsWith("</footer>");

/**
 * @param {Story} story
 * @param {Headers} sent
 * @param {string} html
 */
export async function keepStory(story, sent, html) {
  const headers = essential(sent);
  headers.set(STORY, encodeURIComponent(JSON.stringify(story)));
  headers.set("Date", new Date().toUTCString());
  await (await caches.open(LATEST)).put(story.url, new Response(html, { headers }));
}

/**
 * Of what the server sent beside a page, what a browser needs to show it safely, and no more.
 * @param {Headers} sent
 */
export function essential(sent) {
  const headers = new Headers();
  for (const name of ["Content-Type", "Content-Security-Policy", "Content-Language", "Referrer-Policy"]) {
    const value = sent.get(name);
    if (value) headers.set(name, value);
  }
  return headers;
}

/**
 * What a kept page says of itself; `at` is when it was saved.
 * @param {Response} page
 * @returns {Story & {at: string}}
 */
export function about(page) {
  const story = JSON.parse(decodeURIComponent(page.headers.get(STORY) ?? "{}"));
  return { ...story, at: page.headers.get("Date") ?? "" };
}

/** All saved stories, newest first. */
export async function allSaved() {
  if (!(await caches.has(LATEST))) return [];
  const pages = await (await caches.open(LATEST)).matchAll();
  return pages.map(about).sort((a, b) => b.published.localeCompare(a.published));
}

/** @param {string} url a Light address */
export async function forget(url) {
  if (await saved(url)) await (await caches.open(LATEST)).delete(url);
}

/** Remove every trace of ours; caches that others keep on this origin stay. */
export async function wipe() {
  await caches.delete(AGREED); // first, so that a worker in the middle of its work stops keeping
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
}
