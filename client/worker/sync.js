// Brings what is kept up to the server's list: what is there is not fetched again, each story counts as it arrives.
import { FETCH_LIMIT, GONE, REFRESH, ROOM, SLOW, config } from "./config.js";
import { isSpared } from "./link.js";
import { about, agree, allSaved, consent, forget, isWhole, keepScreen, keepStory, saved, screen, screenAddress } from "./storage.js";

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
  for (const [language, { complete }] of await languages()) {
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
  return (await consent())?.languages[language];
}

/**
 * @param {string} language
 * @param {(progress: Progress) => void} report
 */
async function attempt(language, report) {
  /** @type {Progress} */
  const progress = { type: "progress", language, kept: 0, total: 0 };
  try {
    const { list, tag } = await takeList(language);
    if (list) await bring(list, progress, report);
    if (!(await agreed(language))) return; // taken back meanwhile
    // A story that was refused may be had next time: then the list is needed again.
    const known = progress.kept === progress.total ? tag : "";
    await agree(language, { complete: new Date().toISOString(), tag: known });
    report({ ...progress, type: "complete" });
  } catch (error) {
    report({ ...progress, type: isFull(error) ? "full" : "interrupted" });
  }
}

/**
 * @param {List} list
 * @param {Progress} progress
 * @param {(progress: Progress) => void} report
 */
async function bring(list, progress, report) {
  const { language } = progress;
  const wanted = list.stories.slice(0, config.stories);
  const others = (await allSaved()).filter((story) => story.language !== language);
  let room = others.reduce((left, story) => left - story.bytes, ROOM);
  let failures = 0;
  progress.total = wanted.length;
  for (const entry of wanted) {
    try {
      const bytes = await keep({ ...entry, language, direction: list.direction }, room);
      room -= bytes;
      progress.kept += bytes ? 1 : 0;
    } catch (error) {
      failures += 1; // one lost connection is no reason to give up; several are
      if (isFull(error) || failures > 2) throw error;
    }
    report({ ...progress });
  }
  if (failures) throw new TypeError("not everything arrived");
  await evict(language, new Set(wanted.map(({ url }) => url)));
}

/**
 * Keep one story unless it is there already. What is refused, or is no Light page, is left out.
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
  if (!isWhole(text)) throw new TypeError("cut short");
  if (!(await agreed(story.language))) return 0;
  await keepStory({ ...story, bytes }, page.headers, text);
  return bytes;
}

/** @param {unknown} error */
const isFull = (error) => error instanceof DOMException && error.name === "QuotaExceededError";

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
 * The list and its tag; no list where nothing has changed since everything was there.
 * @param {string} language
 * @returns {Promise<{list?: List, tag: string}>}
 */
async function takeList(language) {
  const { tag = "" } = (await agreed(language)) ?? {};
  const { page, text } = await get(`/_lk/saved/${encodeURIComponent(language)}.json`, tag);
  if (page.status === 304) return { tag };
  if (!page.ok) throw new TypeError(`the list answered ${page.status}`);
  /** @type {List} */
  const list = JSON.parse(text);
  const shown = await (await screen(language))?.text();
  if (!shown?.includes(list.screen)) await takeScreen(language);
  return { list, tag: page.headers.get("ETag") ?? "" };
}

/** @param {string} language */
async function takeScreen(language) {
  const { page, text } = await get(screenAddress(language));
  if (!page.ok) throw new TypeError(`the screen answered ${page.status}`);
  await keepScreen(language, page.headers, text);
}

/**
 * Ask without cookies, for only what everybody gets is ever kept; and past the browser's cache, which "remove" could not
 * wipe.
 * @param {string} url
 * @param {string} [known] the entity tag of what is there
 */
async function get(url, known) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), FETCH_LIMIT);
  try {
    const headers = new Headers(known ? { "If-None-Match": known } : {});
    const page = await fetch(url, { headers, cache: "no-store", credentials: "omit", signal: limit.signal });
    const body = await page.arrayBuffer();
    return { page, text: new TextDecoder().decode(body), bytes: body.byteLength };
  } finally {
    clearTimeout(timer);
  }
}
