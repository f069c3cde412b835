// What stays on the device: the reader's yes, the stories, and what is remembered of lists. Nothing is here before the yes.
import { all, create, drop, get, write } from "./database.js";

/**
 * @typedef {object} Story one story that can be read
 * @property {string} key its path and query, as browsers write them
 * @property {string} mark what a tombstone for its address says
 * @property {string} language that of the bundle that brought it
 * @property {string} name its object, "" for a page of the first offline path
 * @property {string} shell the shell's object, "" for such a page
 * @property {string} title
 * @property {string} published ISO 8601, or ""
 * @property {string} tag its own language
 * @property {string} direction
 * @property {number} size bytes on the device
 * @property {number} at when it was kept, in milliseconds
 * @property {boolean} [saved] stays when its list no longer names it
 * @property {string} [page] of the first offline path, and its policy
 * @property {string} [policy]
 *
 * @typedef {object} State of one language
 * @property {string} bundle the reader's choice of how much is kept
 * @property {string} complete when its stories were last as the list has them; "" where they never were
 *
 * @typedef {object} Held a list that counts
 * @property {string} bundle
 * @property {number} sequence
 * @property {string} digest
 * @property {number} issued in seconds
 * @property {number} until in seconds
 * @property {Uint8Array} list
 * @property {import("./intake.js").Course[]} packs that are still to be read
 * @property {boolean} purge whether what the list does not name came on a word that counts no longer
 */

export const OURS = "lightkeeper-";

/** @returns {Promise<Record<string, State>>} by language */
export const consent = async () => (await get("state", "consent")) ?? {};

/**
 * The reader's yes to one language, or another choice of how much.
 * @param {string} language
 * @param {string} bundle
 */
export async function agree(language, bundle) {
  await create();
  const languages = await consent();
  if (languages[language]?.bundle === bundle) return;
  await write([["state", "consent", { ...languages, [language]: { bundle, complete: "" } }]]);
}

/**
 * @param {string} key
 * @returns {Promise<Story | undefined>}
 */
export const saved = (key) => get("stories", key);

/**
 * All stories, newest first.
 * @returns {Promise<Story[]>}
 */
export const allSaved = async () => (await all("stories")).sort((a, b) => b.published.localeCompare(a.published));

/**
 * Whether a story stays when its list names it no longer, which only the reader says.
 * @param {string} key
 * @param {boolean} stays
 */
export async function mark(key, stays) {
  const story = await saved(key);
  if (story) await write([["stories", key, { ...story, saved: stays }]]);
}

/** @param {string} key */
export async function forget(key) {
  if (await saved(key)) await write([["stories", key, undefined]]);
}

/** Remove every trace of ours; what others keep on this origin stays. */
export async function wipe() {
  await drop();
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
}

/** @param {string} tag of a language, or a bundle's name: both begin with what bundles are cut by */
export const languageOf = (tag) => tag.toLowerCase().split("-")[0];
