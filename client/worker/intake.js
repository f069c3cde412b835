// From records to stories that can be read: what the list does not name, or names otherwise, never reaches the device.
import { believe, hash, insist } from "./bytes.js";
import { facts, openShell, shellName } from "./compose.js";
import { get, keysIn, write } from "./database.js";
import { SCREEN, SHELL, STORY, follow, readList } from "./formats.js";
import { allSaved } from "./kept.js";

/** @typedef {import("./kept.js").Held} Held */
/** @typedef {import("./kept.js").Story} Story */
/** @typedef {import("./formats.js").Entry & {place: number}} Placed */

/**
 * @typedef {import("./packs.js").Course & {from: number, to: number, place: number}} Course
 * one pack, and the place in the list of the last record that was read of it
 */

// One transaction holds as many records as this, at most.
const AT_ONCE = 16;

// So many of the oldest stories make room at a time.
const SPARED = 8;

/** @param {unknown} error */
export const isFull = (error) => error instanceof DOMException && error.name === "QuotaExceededError";

/**
 * @param {Story} story
 * @returns {import("./database.js").Change[]}
 */
const removal = ({ key, name }) => [["stories", key, undefined], ["objects", name, undefined]];

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
    entries.forEach((entry, place) => this.entries.set(entry.name, { ...entry, place }));
    const known = entries.filter(({ kind }) => kind <= SCREEN);
    this.missing = new Set(known.map(({ name }) => name).filter((name) => !here.has(name)));
    for (const { kind, name } of known) {
      if (kind === SHELL && here.has(name)) this.know(name, await get("objects", name));
    }
    this.next.list = list;
    this.lists.set(this.next.sequence, list);
    await this.keep((await this.withdrawn()).flatMap(removal));
  }

  async withdrawn() {
    const { purge } = this.next;
    const foreign = (/** @type {Story} */ { language, name }) => purge && language === this.language && !this.entries.has(name);
    return (await allSaved()).filter((story) => this.tombstones.has(story.mark) || foreign(story));
  }

  /**
   * @param {Course} course
   * @param {[number, Uint8Array][]} records
   */
  async take(course, records) {
    for (let at = 0; at < records.length; at += AT_ONCE) await this.commit(course, records.slice(at, at + AT_ONCE));
    if (this.entries.size && !this.missing.size) course.end = course.at; // what else it may hold is not needed
  }

  /**
   * What stands before a bad record is good.
   * @param {Course} course
   * @param {[number, Uint8Array][]} records
   */
  async commit(course, records) {
    /** @type {import("./database.js").Change[]} */
    const changes = [];
    let refused;
    try {
      for (const [kind, data] of records) {
        if (kind) changes.push(...(await this.check(course, kind, data)));
        else await this.lead(course, data);
        course.at += 5 + data.length;
      }
    } catch (error) {
      refused = error;
    }
    await this.keep(changes);
    if (refused) throw refused;
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
    const before = course.from ? new Set(readList(old).entries.map(({ name }) => name)) : new Set();
    const sizes = readList(list).entries.map(({ name, size }) => (before.has(name) ? 0 : size + 5));
    course.end = sizes.reduce((sum, size) => sum + size, 9 + difference.length);
  }

  /**
   * @param {Course} course
   * @param {number} kind
   * @param {Uint8Array} data
   */
  async check(course, kind, data) {
    insist(this.entries.size > 0);
    const entry = this.entries.get(await hash(data));
    const last = course.to === this.next.sequence;
    believe(Boolean(entry) || !last, "foreign");
    if (!entry) return [];
    believe(entry.kind === kind && entry.size === data.length && (!last || entry.place > course.place), "altered");
    course.place = last ? entry.place : -1;
    return this.missing.has(entry.name) ? this.arrived(entry, data) : [];
  }

  /**
   * @param {string} name
   * @param {Uint8Array} data
   */
  async single(name, data) {
    const entry = /** @type {Placed} */ (this.entries.get(name));
    believe((await hash(data)) === name && data.length === entry.size, "altered");
    await this.keep(await this.arrived(entry, data));
  }

  /**
   * @param {Placed} entry
   * @param {Uint8Array} data that counts
   * @returns {Promise<import("./database.js").Change[]>}
   */
  async arrived({ kind, name }, data) {
    this.missing.delete(name);
    /** @type {import("./database.js").Change[]} */
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
   * @returns {Promise<import("./database.js").Change[]>}
   */
  async index(name, data) {
    const shell = this.shells.get(shellName(data) ?? "");
    if (!shell) return [];
    const { address, title, published, language, direction } = facts(shell.opened, data);
    const { origin, pathname, search } = new URL(address, self.location.origin);
    const mark = (await hash(address)).slice(0, 32);
    if (origin !== self.location.origin || this.tombstones.has(mark)) return [];
    const key = pathname + search;
    const before = await get("stories", key);
    const [at, size] = [before?.name === name ? before.at : Date.now(), data.length];
    const own = { key, mark, language: this.language, name, shell: shell.object, saved: before?.saved };
    return [["stories", key, { ...own, title, published, tag: language, direction, size, at }]];
  }

  /**
   * Everything or nothing of it, with how far the packs have been read. Where there is no room, the oldest go.
   * @param {import("./database.js").Change[]} changes
   */
  async keep(changes) {
    if (this.next.list.length) changes.push(["state", `next ${this.language}`, this.next]);
    for (let full = true; full; ) {
      try {
        await write(changes);
        full = false;
      } catch (error) {
        if (!isFull(error) || !(await this.spare())) throw error;
      }
    }
    const listed = [...this.entries.values()].filter(({ kind }) => kind === STORY);
    this.report(listed.filter(({ name }) => !this.missing.has(name)).length, listed.length);
  }

  /** Make room: the oldest stories go that neither this list names nor the reader saved. */
  async spare() {
    const others = (await allSaved()).filter(({ name, saved }) => !saved && !this.entries.has(name)).slice(-SPARED);
    await write(others.flatMap(removal));
    return others.length;
  }

  /** Everything is here: this list takes the old one's place, and what nothing names goes. */
  async finish() {
    const changes = await this.settle();
    const stories = await allSaved();
    const left = stories.filter(({ language, name, saved }) => language === this.language && !saved && !this.entries.has(name));
    const fresh = new Set(changes.map(([, key]) => key));
    const gone = left.filter(({ key }) => !fresh.has(key));
    for (const { key } of gone) changes.push(["stories", key, undefined]);
    const kept = new Set(this.entries.keys());
    for (const story of stories) if (!gone.includes(story)) kept.add(story.name).add(story.shell);
    for (const name of await this.elsewhere()) kept.add(name);
    for (const name of await keysIn("objects")) if (!kept.has(name)) changes.push(["objects", name, undefined]);
    changes.push(["state", `held ${this.language}`, { ...this.next, packs: [], purge: false }]);
    changes.push(["state", `next ${this.language}`, undefined]);
    await write(changes);
  }

  /**
   * Stories whose shell came after them, or is another now.
   * @returns {Promise<import("./database.js").Change[]>}
   */
  async settle() {
    const shells = new Set([...this.shells.values()].map(({ object }) => object));
    const ready = new Set((await allSaved()).filter(({ shell }) => shells.has(shell)).map(({ name }) => name));
    const changes = [];
    for (const { kind, name } of this.entries.values()) {
      if (kind === STORY && !ready.has(name)) changes.push(...(await this.index(name, await get("objects", name))));
    }
    return changes;
  }

  /** What the lists of other languages name. */
  async elsewhere() {
    const others = (await keysIn("state")).filter((key) => /^(held|next) /.test(key) && !key.endsWith(` ${this.language}`));
    const lists = await Promise.all(others.map((key) => get("state", key)));
    return lists.flatMap(({ list }) => readList(list).entries.map(({ name }) => name));
  }
}
