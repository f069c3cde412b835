// Keys, heads and lists from bytes, as docs/bundle-format.md has them. Says what is written, not whether it is true.
import { Scan, hash, hex, insist } from "./bytes.js";

/**
 * @typedef {object} Root
 * @property {string} publication
 * @property {number} version
 * @property {number} floor
 * @property {Record<string, Uint8Array>} keys by key id
 * @property {string} signed what its signatures are over, in hexadecimal
 *
 * @typedef {Root & {message: Uint8Array, signatures: [string, Uint8Array][]}} SignedRoot
 *
 * @typedef {object} Certificate
 * @property {string} publication
 * @property {number} serial
 * @property {number} notBefore
 * @property {number} notAfter
 * @property {Uint8Array} key
 * @property {string} rootKey
 * @property {Uint8Array} message
 * @property {Uint8Array} signature
 *
 * @typedef {object} Head
 * @property {string} publication
 * @property {string} name
 * @property {number} sequence
 * @property {number} issued
 * @property {number} expires
 * @property {number} size of the list
 * @property {string} digest of the list
 * @property {number} base
 * @property {number[]} steps
 *
 * @typedef {object} Entry
 * @property {number} kind
 * @property {number} size
 * @property {string} name its SHA-256
 *
 * @typedef {object} Listing
 * @property {Entry[]} entries
 * @property {Set<string>} tombstones
 */

export const STORY = 1;
export const SHELL = 2;
export const SCREEN = 3;
export const LONGEST = 4_194_304;

/** @param {Uint8Array} key */
export const keyId = async (key) => (await hash(key)).slice(0, 16);

/** @param {string} publication */
export const publicationId = async (publication) => (await hash(publication)).slice(0, 32);

/** @param {Uint8Array} data */
export async function readKeys(data) {
  const scan = new Scan(data);
  scan.begins("LKk1");
  const count = scan.number(1);
  insist(count >= 1 && count <= 200);
  const roots = [];
  for (let left = count; left; left -= 1) roots.push(await readRoot(scan.take(scan.number(2))));
  const certificate = readCertificate(scan.take(scan.number(2)));
  scan.ends();
  return { roots, certificate };
}

/**
 * @param {Uint8Array} data
 * @returns {Promise<SignedRoot>}
 */
async function readRoot(data) {
  const scan = new Scan(data);
  scan.begins("LKr1");
  const [version, floor] = [scan.number(4), scan.number(4)];
  scan.take(5);
  const publication = scan.text();
  const count = scan.number(1);
  insist(count >= 1 && count <= 8);
  /** @type {Record<string, Uint8Array>} */
  const keys = {};
  for (let left = count; left; left -= 1) {
    scan.algorithm();
    const key = scan.take(65).slice();
    keys[await keyId(key)] = key;
  }
  const message = data.subarray(0, scan.at);
  /** @type {[string, Uint8Array][]} */
  const signatures = [];
  for (let left = scan.number(1); left; left -= 1) signatures.push([hex(scan.take(8)), scan.take(64)]);
  scan.ends();
  return { publication, version, floor, keys, signed: hex(message), message, signatures };
}

/**
 * @param {Uint8Array} data
 * @returns {Certificate}
 */
function readCertificate(data) {
  const scan = new Scan(data);
  scan.begins("LKc1");
  scan.algorithm();
  const publication = hex(scan.take(16));
  const [serial, notBefore, notAfter] = [scan.number(4), scan.number(5), scan.number(5)];
  scan.algorithm();
  const [key, rootKey] = [scan.take(65), hex(scan.take(8))];
  const message = data.subarray(0, scan.at);
  const signature = scan.take(64);
  scan.ends();
  return { publication, serial, notBefore, notAfter, key, rootKey, message, signature };
}

/**
 * All that may be read of a head before its signature holds: whose it is.
 * @param {Uint8Array} data
 */
export function headKey(data) {
  const scan = new Scan(data);
  scan.begins("LKh1");
  scan.algorithm();
  return hex(scan.take(8));
}

/**
 * A head whose signature holds.
 * @param {Uint8Array} data
 * @returns {Head}
 */
export function readHead(data) {
  const scan = new Scan(data);
  scan.take(13);
  const [publication, name] = [hex(scan.take(16)), scan.text()];
  const [sequence, issued, expires] = [scan.number(5), scan.number(5), scan.number(5)];
  const [size, digest] = [scan.number(4), hex(scan.take(32))];
  scan.take(8);
  const base = sequence - scan.number(4);
  /** @type {number[]} */
  const steps = [];
  for (let left = scan.number(1); left; left -= 1) steps.push(sequence - scan.number(4));
  scan.take(64);
  scan.ends();
  const falling = steps.every((step, place) => step < (steps[place - 1] ?? sequence) && step > 0);
  insist(sequence > 0 && expires >= issued && base > 0 && steps.length < 7 && falling && size <= LONGEST);
  return { publication, name, sequence, issued, expires, size, digest, base, steps };
}

/**
 * How long a head is that a list follows.
 * @param {Uint8Array} data
 */
export function headLength(data) {
  const scan = new Scan(data);
  scan.take(29);
  scan.text();
  scan.take(63);
  scan.take(scan.number(1) * 4 + 64);
  return scan.at;
}

/**
 * @param {Uint8Array} data
 * @returns {Listing}
 */
export function readList(data) {
  const scan = new Scan(data);
  scan.begins("LKl1");
  scan.take(32);
  const entries = [];
  for (let left = scan.number(2); left; left -= 1) {
    entries.push({ kind: scan.number(1), size: scan.number(4), name: hex(scan.take(32)) });
  }
  /** @type {string[]} */
  const tombstones = [];
  for (let left = scan.number(2); left; left -= 1) tombstones.push(hex(scan.take(16)));
  for (let left = scan.number(1); left; left -= 1) scan.text();
  scan.ends();
  insist(entries.every(({ kind, size }) => kind > 0 && size <= LONGEST));
  insist(new Set(entries.map(({ name }) => name)).size === entries.length);
  insist(tombstones.every((each, place) => !place || tombstones[place - 1] < each));
  return { entries, tombstones: new Set(tombstones) };
}

/**
 * The list that a difference makes of an older one.
 * @param {Uint8Array} old
 * @param {Uint8Array} difference
 */
export function follow(old, difference) {
  const scan = new Scan(difference);
  const pieces = [];
  let size = 0;
  while (scan.at < difference.length) {
    const order = scan.number(1);
    insist(order < 2);
    const source = order ? scan : new Scan(old);
    if (!order) source.take(scan.number(4));
    pieces.push(source.take(scan.number(4)));
    size += pieces[pieces.length - 1].length;
    insist(size <= LONGEST);
  }
  return joined(pieces);
}

/** @param {Uint8Array[]} pieces */
export function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
