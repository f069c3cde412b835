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

/** What a list still lacks, and how it comes in. */
export class Intake {
  /**
   * @param {string} language
   * @param {Held} next its list may be empty, if the first pack brings it
   * @param {Held | undefined} known an older list that counts
   * @param {(kept: number, total: number) => void} report
   */
  constructor(language, next, known, report) {
    this.language = language;
    this.next = next;
    this.report = report;
    /** Lists by sequence, from which packs lead on. @type {Map<number, Uint8Array>} */
    this.lists = new Map([[0, new Uint8Array()]]);
    if (known) this.lists.set(known.sequence, known.list);
    /** @type {Map<string, Placed>} */
    this.entries = new Map();
    /** @type {Set<string>} */
    this.missing = new Set();
    /** @type {Set<string>} */
    this.tombstones = new Set();
    /** By name. @type {Map<string, {object: string, opened: import("./compose.js").Opened}>} */
    this.shells = new Map();
  }

  /**
   * Begin with a list: it counts if it is the head's. What was withdrawn goes at once.
   * @param {Uint8Array} list
   */
  async begin(list) {
    believe((await hash(list)) === this.next.digest, "altered");
    const { entries, tombstones } = readList(list);
    const here = new Set(await keysIn("objects"));
    this.tombstones = tombstones;
    for (const [place, entry] of entries.entries()) {
      const { kind, name } = entry;
      this.entries.set(name, { ...entry, place });
      if (kind <= SCREEN && !here.has(name)) this.missing.add(name);
      else if (kind === SHELL) this.know(name, await get("objects", name));
    }
    this.next.list = list;
    this.lists.set(this.next.sequence, list);
    await this.keep((await allSaved()).filter((story) => this.mustGo(story)).flatMap(removal));
  }

  /** @param {Story} story that was withdrawn, or that no word vouches for any longer */
  mustGo({ mark, language, name }) {
    const foreign = this.next.purge && language === this.language && !this.entries.has(name);
    return foreign || this.tombstones.has(mark);
  }

  /**
   * @param {Course} course
   * @param {Entered[]} records
   */
  async take(course, records) {
    for (let at = 0; at < records.length; at += AT_ONCE) await this.commit(course, records.slice(at, at + AT_ONCE));
    if (this.entries.size && !this.missing.size) course.end = course.at; // what else it may hold is not needed
  }

  /**
   * What stands before a bad record is good.
   * @param {Course} course
   * @param {Entered[]} records
   */
  async commit(course, records) {
    /** @type {Change[]} */
    const changes = [];
    try {
      for (const [kind, data] of records) {
        if (kind) changes.push(...(await this.check(course, kind, data)));
        else await this.lead(course, data);
        course.at += 5 + data.length;
      }
    } finally {
      await this.keep(changes);
    }
  }

  /**
   * The first record: where it makes a list, the end of the pack is known, and perhaps the list that is looked for.
   * @param {Course} course
   * @param {Uint8Array} difference
   */
  async lead(course, difference) {
    const old = this.lists.get(course.from);
    if (!old || course.at > 4) return;
    const list = follow(old, difference);
    if (!this.entries.size && course.to === this.next.sequence) await this.begin(list);
    this.lists.set(course.to, list);
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
  async check(course, kind, data) {
    believe(this.entries.size > 0);
    const entry = this.entries.get(await hash(data));
    const last = course.to === this.next.sequence;
    if (!entry) {
      believe(!last, "foreign");
      return [];
    }
    believe(entry.kind === kind && (!last || entry.place > course.place), "altered");
    course.place = last ? entry.place : -1;
    return this.missing.has(entry.name) ? this.arrived(entry, data) : [];
  }

  /**
   * @param {string} name
   * @param {Uint8Array} data
   */
  async single(name, data) {
    believe((await hash(data)) === name, "altered");
    await this.keep(await this.arrived(/** @type {Placed} */ (this.entries.get(name)), data));
  }

  /**
   * @param {Placed} entry
   * @param {Uint8Array} data whose hash is the entry's name
   * @returns {Promise<Change[]>}
   */
  async arrived({ kind, size, name }, data) {
    believe(data.length === size, "altered");
    this.missing.delete(name);
    /** @type {Change[]} */
    const changes = [["objects", name, data]];
    if (kind === SHELL) this.know(name, data);
    if (kind === SCREEN) changes.push(["state", `screen ${this.language}`, name]);
    if (kind === STORY) changes.push(...(await this.index(name, data)));
    return changes;
  }

  /**
   * @param {string} object
   * @param {Uint8Array} data
   */
  know(object, data) {
    const opened = openShell(data);
    if (opened) this.shells.set(opened.name, { object, opened });
  }

  /**
   * A story can be read as soon as it and its shell are here; what is in a form that is not known here is left alone.
   * @param {string} name
   * @param {Uint8Array} data
   * @returns {Promise<Change[]>}
   */
  async index(name, data) {
    const shell = this.shells.get(shellName(data) ?? "");
    if (!shell) return [];
    const { address, ...said } = facts(shell.opened, data);
    const { origin, pathname, search } = new URL(address, self.location.origin);
    const mark = (await hash(address)).slice(0, 32);
    if (origin !== self.location.origin || this.tombstones.has(mark)) return [];
    const key = pathname + search;
    const before = await get("stories", key);
    const at = before?.name === name ? before.at : Date.now();
    const own = { key, mark, language: this.language, name, shell: shell.object, size: data.length, at };
    return [["stories", key, /** @type {Story} */ ({ ...said, ...own, saved: before?.saved })]];
  }

  /**
   * Keep what came, with how far the packs have been read.
   * @param {Change[]} changes
   */
  async keep(changes) {
    if (this.next.list.length) changes.push(["state", `next ${this.language}`, this.next]);
    await this.fit(changes);
    const listed = [...this.entries.values()].filter(({ kind }) => kind === STORY);
    this.report(listed.filter(({ name }) => !this.missing.has(name)).length, listed.length);
  }

  /**
   * Where there is no room, the oldest stories go that neither this list names nor the reader saved.
   * @param {Change[]} changes
   */
  async fit(changes) {
    try {
      await write(changes);
    } catch (error) {
      const stories = isFull(error) ? await allSaved() : [];
      const others = stories.filter(({ name, saved }) => !saved && !this.entries.has(name));
      if (!others.length) throw error;
      await write(others.slice(-SPARED).flatMap(removal));
      await this.fit(changes);
    }
  }

  /** Everything is here: this list takes the old one's place, and what nothing names goes. */
  async finish() {
    const { entries, language } = this;
    /** @type {Change[]} */
    const changes = [];
    // All of them: the shell of some came after them, or is another now.
    for (const { kind, name } of entries.values()) {
      if (kind === STORY) changes.push(...(await this.index(name, await get("objects", name))));
    }
    const fresh = new Set(changes.map(([, key]) => key));
    const kept = new Set([...entries.keys(), ...(await this.elsewhere())]);
    for (const { key, name, shell, ...story } of await allSaved()) {
      if (fresh.has(key)) continue;
      if (story.language === language && !story.saved) changes.push(["stories", key]);
      else kept.add(name).add(shell);
    }
    for (const name of await keysIn("objects")) if (!kept.has(name)) changes.push(["objects", name]);
    changes.push(["state", `held ${language}`, { ...this.next, packs: [], purge: false }]);
    changes.push(["state", `next ${language}`]);
    await this.fit(changes);
  }

  /** What the lists of other languages name. */
  async elsewhere() {
    const others = (await keysIn("state")).filter((key) => /^(held|next) /.test(key) && !key.endsWith(` ${this.language}`));
    const lists = await Promise.all(others.map((key) => get("state", key)));
    return lists.flatMap(({ list }) => namesIn(list));
  }
}
