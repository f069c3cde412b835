// Brings what is kept up to the server's list: what is there is not fetched again, each story counts as it arrives.
import { FETCH_LIMIT, GONE, REFRESH, ROOM, SLOW, config } from "./config.js";
import { isSpared } from "./link.js";
import { about, agree, allSaved, consent, forget, keepScreen, keepStory, saved, screen, screenAddress } from "./storage.js";

/** @typedef {import("./storage.js").Story} Story */

/**
 * @typedef {object} List
 * @property {string} direction
 * @property {string} screen the version of the worker's own screens
 * @property {Omit<Story, "language" | "direction">[]} stories newest first
 */

/**
 * @typedef {object} Progress
 * @property {"progress" | "complete" | "interrupted" | "full"} type
 * @property {string} language
 * @property {number} kept
 * @property {number} total
 */

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/** The screens of every language that the reader agreed to: all that an installation takes. */
export async function takeScreens() {
  await Promise.all((await languages()).map(([language]) => takeScreen(language)));
}

/**
 * Fetch and keep the latest stories of a language, one after the other. Runs one at a time, whoever asks.
 * @param {string} language
 * @param {(progress: Progress) => void} [report]
 */
export function sync(language, report = () => undefined) {
  const run = queue.then(() => attempt(language, report));
  queue = run;
  return run;
}

/**
 * What a visit brings up to date without being asked: seldom, and only where the link is good.
 * @param {number} took milliseconds that the visited page took to answer
 */
export async function refresh(took) {
  if (took > SLOW || isSpared()) return;
  for (const [language, complete] of await languages()) {
    // A clock that was set back must not stop refreshing: only a recent past counts as recent.
    const passed = Date.now() - Date.parse(complete);
    if (!(passed >= 0 && passed < REFRESH)) await sync(language);
  }
}

async function languages() {
  return Object.entries((await consent())?.languages ?? {});
}

/** @param {string} language */
async function agreed(language) {
  return (await languages()).some(([name]) => name === language);
}

/**
 * @param {string} language
 * @param {(progress: Progress) => void} report
 */
async function attempt(language, report) {
  /** @type {Progress} */
  const progress = { type: "progress", language, kept: 0, total: 0 };
  try {
    if (await bring(progress, report)) report({ ...progress, type: "complete" });
  } catch (error) {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    report({ ...progress, type: full ? "full" : "interrupted" });
  }
}

/**
 * True when the list was worked through; false when the reader took the yes back meanwhile.
 * @param {Progress} progress
 * @param {(progress: Progress) => void} report
 */
async function bring(progress, report) {
  const { language } = progress;
  const list = await takeList(language);
  const wanted = list.stories.slice(0, config.stories);
  const others = (await allSaved()).filter((story) => story.language !== language);
  let room = others.reduce((left, story) => left - story.bytes, ROOM);
  progress.total = wanted.length;
  for (const entry of wanted) {
    const bytes = await keep({ ...entry, language, direction: list.direction }, room);
    room -= bytes;
    progress.kept += bytes ? 1 : 0;
    report({ ...progress });
  }
  if (!(await agreed(language))) return false;
  await evict(language, new Set(wanted.map(({ url }) => url)));
  await agree(language, new Date().toISOString());
  return true;
}

/**
 * Keep one story unless it is there already. What is refused, or is no Light page, is left out; a network that fails
 * ends the whole run, for the next story would fail too.
 * @param {Story} story
 * @param {number} room bytes that may still be used
 * @returns {Promise<number>} bytes that it takes, 0 where it is not kept
 */
async function keep(story, room) {
  const there = await saved(story.url);
  if (there && about(there).version === story.version) return about(there).bytes;
  const { page, text, bytes } = await get(story.url);
  if (GONE.includes(page.status)) await forget(story.url);
  if (!page.ok || !new URL(page.url).pathname.startsWith(`${config.prefix}/`) || bytes > room) return 0;
  // Firefox and WebKit may end a page that was cut on its way as if it were whole; every Light page ends with a footer.
  if (!text.endsWith("</footer>")) throw new TypeError("cut short");
  if (!(await agreed(story.language))) return 0;
  await keepStory({ ...story, bytes }, page.headers, text);
  return bytes;
}

/**
 * Remove a language's stories that its list no longer names.
 * @param {string} language
 * @param {Set<string>} named
 */
async function evict(language, named) {
  const gone = (await allSaved()).filter((story) => story.language === language && !named.has(story.url));
  await Promise.all(gone.map((story) => forget(story.url)));
}

/**
 * @param {string} language
 * @returns {Promise<List>}
 */
async function takeList(language) {
  const { text } = await insist(`/_lk/saved/${encodeURIComponent(language)}.json`);
  /** @type {List} */
  const list = JSON.parse(text);
  const shown = await (await screen(language))?.text();
  if (!shown?.includes(list.screen)) await takeScreen(language);
  return list;
}

/** @param {string} language */
async function takeScreen(language) {
  const { page, text } = await insist(screenAddress(language));
  await keepScreen(language, page.headers, text);
}

/** @param {string} url */
async function insist(url) {
  const answer = await get(url);
  if (!answer.page.ok) throw new TypeError(`${url} answered ${answer.page.status}`);
  return answer;
}

/**
 * Ask without cookies: only what everybody gets is ever kept.
 * @param {string} url
 */
async function get(url) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), FETCH_LIMIT);
  try {
    const page = await fetch(url, { cache: "no-cache", credentials: "omit", signal: limit.signal });
    const body = await page.arrayBuffer();
    return { page, text: new TextDecoder().decode(body), bytes: body.byteLength };
  } finally {
    clearTimeout(timer);
  }
}
