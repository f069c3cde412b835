// From records to stories that can be read: what the list does not name, or names otherwise, never reaches the device.
import { believe, hash } from "./bytes.js";
import { facts, openShell, shellName } from "./compose.js";
import { get, keysIn, write } from "./database.js";
import { SCREEN, SHELL, STORY, follow, readList } from "./formats.js";
import { allSaved } from "./kept.js";

/** @typedef {import("./database.js").Change} Change */
/** @typedef {import("./kept.js").Held} Held */
/** @typedef {import("./kept.js").Story} Story */
/** @typedef {import("./packs.js").Entered} Entered */
/** @typedef {import("./formats.js").Entry & {place: number}} Placed */

/**
 * @typedef {import("./packs.js").Course & {from: number, to: number, place: number}} Course
 * one pack, and the place in the list of the last record that was read of it
 */

// One transaction holds as many records as this, at most.
const AT_ONCE = 16;

// So many of the oldest stories make room at a time.
const SPARED = 8;

/** @param {any} error */
export const isFull = (error) => error.name === "QuotaExceededError";

/**
 * @param {Story} story
 * @returns {Change[]}
 */
const removal = ({ key, name }) => [["stories", key], ["objects", name]];

/** @param {Uint8Array} list */
const namesIn = (list) => readList(list).entries.map(({ name }) => name);

/**
 * What a list still lacks, and how it comes in.
 * @param {string} language
 * @param {Held} next its list may be empty, if the first pack brings it
 * @param {Held | undefined} known an older list that counts
 * @param {(kept: number, total: number) => void} report
 */
export function intake(language, next, known, report) {
  /** Lists by sequence, from which packs lead on. @type {Map<number, Uint8Array>} */
  const lists = new Map([[0, new Uint8Array()]]);
  if (known) lists.set(known.sequence, known.list);
  /** @type {Map<string, Placed>} */
  const entries = new Map();
  /** @type {Set<string>} */
  const missing = new Set();
  /** @type {Set<string>} */
  let tombstones = new Set();
  /** By name. @type {Map<string, {object: string, opened: import("./compose.js").Opened}>} */
  const shells = new Map();

  return { entries, missing, begin, take, single, finish };

  /**
   * Begin with a list: it counts if it is the head's. What was withdrawn goes at once.
   * @param {Uint8Array} list
   */
  async function begin(list) {
    believe((await hash(list)) === next.digest, "altered");
    const listed = readList(list);
    const here = new Set(await keysIn("objects"));
    tombstones = listed.tombstones;
    for (const [place, entry] of listed.entries.entries()) {
      const { kind, name } = entry;
      entries.set(name, { ...entry, place });
      if (kind <= SCREEN && !here.has(name)) missing.add(name);
      else if (kind === SHELL) know(name, await get("objects", name));
    }
    next.list = list;
    lists.set(next.sequence, list);
    await keep((await allSaved()).filter(mustGo).flatMap(removal));
  }

  /** @param {Story} story that was withdrawn, or that no word vouches for any longer */
  function mustGo(story) {
    const foreign = next.purge && story.language === language && !entries.has(story.name);
    return foreign || tombstones.has(story.mark);
  }

  /**
   * @param {Course} course
   * @param {Entered[]} records
   */
  async function take(course, records) {
    for (let at = 0; at < records.length; at += AT_ONCE) await commit(course, records.slice(at, at + AT_ONCE));
    if (entries.size && !missing.size) course.end = course.at; // what else it may hold is not needed
  }

  /**
   * What stands before a bad record is good.
   * @param {Course} course
   * @param {Entered[]} records
   */
  async function commit(course, records) {
    /** @type {Change[]} */
    const changes = [];
    try {
      for (const [kind, data] of records) {
        if (kind) changes.push(...(await check(course, kind, data)));
        else await lead(course, data);
        course.at += 5 + data.length;
      }
    } finally {
      await keep(changes);
    }
  }

  /**
   * The first record: where it makes a list, the end of the pack is known, and perhaps the list that is looked for.
   * @param {Course} course
   * @param {Uint8Array} difference
   */
  async function lead(course, difference) {
    const old = lists.get(course.from);
    if (!old || course.at > 4) return;
    const list = follow(old, difference);
    if (!entries.size && course.to === next.sequence) await begin(list);
    lists.set(course.to, list);
    const before = new Set(course.from ? namesIn(old) : []);
    const fresh = readList(list).entries.filter(({ name }) => !before.has(name));
    course.end = fresh.reduce((sum, { size }) => sum + 5 + size, 9 + difference.length);
  }

  /**
   * @param {Course} course
   * @param {number} kind
   * @param {Uint8Array} data
   * @returns {Promise<Change[]>}
   */
  async function check(course, kind, data) {
    believe(entries.size > 0);
    const entry = entries.get(await hash(data));
    const last = course.to === next.sequence;
    if (!entry) {
      believe(!last, "foreign");
      return [];
    }
    believe(entry.kind === kind && (!last || entry.place > course.place), "altered");
    course.place = last ? entry.place : -1;
    return missing.has(entry.name) ? arrived(entry, data) : [];
  }

  /**
   * @param {string} name
   * @param {Uint8Array} data
   */
  async function single(name, data) {
    believe((await hash(data)) === name, "altered");
    await keep(await arrived(/** @type {Placed} */ (entries.get(name)), data));
  }

  /**
   * @param {Placed} entry
   * @param {Uint8Array} data whose hash is the entry's name
   * @returns {Promise<Change[]>}
   */
  async function arrived({ kind, size, name }, data) {
    believe(data.length === size, "altered");
    missing.delete(name);
    /** @type {Change[]} */
    const changes = [["objects", name, data]];
    if (kind === SHELL) know(name, data);
    if (kind === SCREEN) changes.push(["state", `screen ${language}`, name]);
    if (kind === STORY) changes.push(...(await index(name, data)));
    return changes;
  }

  /**
   * @param {string} object
   * @param {Uint8Array} data
   */
  function know(object, data) {
    const opened = openShell(data);
    if (opened) shells.set(opened.name, { object, opened });
  }

  /**
   * A story can be read as soon as it and its shell are here; what is in a form that is not known here is left alone.
   * @param {string} name
   * @param {Uint8Array} data
   * @returns {Promise<Change[]>}
   */
  async function index(name, data) {
    const shell = shells.get(shellName(data) ?? "");
    if (!shell) return [];
    const { address, ...said } = facts(shell.opened, data);
    const { origin, pathname, search } = new URL(address, self.location.origin);
    const mark = (await hash(address)).slice(0, 32);
    if (origin !== self.location.origin || tombstones.has(mark)) return [];
    const key = pathname + search;
    const before = await get("stories", key);
    const at = before?.name === name ? before.at : Date.now();
    const own = { key, mark, language, name, shell: shell.object, size: data.length, at };
    return [["stories", key, /** @type {Story} */ ({ ...said, ...own, saved: before?.saved })]];
  }

  /**
   * Keep what came, with how far the packs have been read.
   * @param {Change[]} changes
   */
  async function keep(changes) {
    if (next.list.length) changes.push(["state", `next ${language}`, next]);
    await fit(changes);
    const listed = [...entries.values()].filter(({ kind }) => kind === STORY);
    report(listed.filter(({ name }) => !missing.has(name)).length, listed.length);
  }

  /**
   * Where there is no room, the oldest stories go that neither this list names nor the reader saved.
   * @param {Change[]} changes
   */
  async function fit(changes) {
    try {
      await write(changes);
    } catch (error) {
      const stories = isFull(error) ? await allSaved() : [];
      const others = stories.filter(({ name, saved }) => !saved && !entries.has(name));
      if (!others.length) throw error;
      await write(others.slice(-SPARED).flatMap(removal));
      await fit(changes);
    }
  }

  /** Everything is here: this list takes the old one's place, and what nothing names goes. */
  async function finish() {
    /** @type {Change[]} */
    const changes = [];
    // All of them: the shell of some came after them, or is another now.
    for (const { kind, name } of entries.values()) {
      if (kind === STORY) changes.push(...(await index(name, await get("objects", name))));
    }
    const fresh = new Set(changes.map(([, key]) => key));
    const kept = new Set([...entries.keys(), ...(await elsewhere())]);
    for (const { key, name, shell, ...story } of await allSaved()) {
      if (fresh.has(key)) continue;
      if (story.language === language && !story.saved) changes.push(["stories", key]);
      else kept.add(name).add(shell);
    }
    for (const name of await keysIn("objects")) if (!kept.has(name)) changes.push(["objects", name]);
    changes.push(["state", `held ${language}`, { ...next, packs: [], purge: false }]);
    changes.push(["state", `next ${language}`]);
    await fit(changes);
  }

  /** What the lists of other languages name. */
  async function elsewhere() {
    const others = (await keysIn("state")).filter((key) => /^(held|next) /.test(key) && !key.endsWith(` ${language}`));
    const lists = await Promise.all(others.map((key) => get("state", key)));
    return lists.flatMap(({ list }) => namesIn(list));
  }
}
