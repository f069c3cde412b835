// Keys, heads and lists from bytes, as docs/bundle-format.md has them. Says what is written, not whether it is true.
import { Scan, believe, hash, hex } from "./bytes.js";

/**
 * @typedef {object} Root
 * @property {string} publication
 * @property {number} version
 * @property {number} floor
 * @property {Record<string, Uint8Array>} keys by key id
 * @property {string} signed its message in hexadecimal
 * @property {Uint8Array} message what its signatures are over
 * @property {[string, Uint8Array][]} signatures each with the id of its key
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
// ECDSA P-256 with SHA-256.
const ALGORITHM = "\x01";

export const LONGEST = 4_194_304;

/** @param {Uint8Array} key */
export const keyId = async (key) => (await hash(key)).slice(0, 16);

/** @param {string} publication */
export const publicationId = async (publication) => (await hash(publication)).slice(0, 32);

/** @param {Uint8Array} data */
export async function readKeys(data) {
  const scan = new Scan(data);
  scan.begins("LKk1");
  const parts = scan.list(1, () => scan.take(scan.number(2)));
  believe(parts.length > 0 && parts.length <= 200);
  const roots = await Promise.all(parts.map(readRoot));
  const certificate = readCertificate(scan.take(scan.number(2)));
  scan.ends();
  return { roots, certificate };
}

/**
 * @param {Uint8Array} data
 * @returns {Promise<Root>}
 */
async function readRoot(data) {
  const scan = new Scan(data);
  scan.begins("LKr1");
  const [version, floor] = [scan.number(4), scan.number(4)];
  scan.take(5);
  const publication = scan.text();
  const points = scan.list(1, () => {
    scan.begins(ALGORITHM);
    return scan.take(65).slice();
  });
  believe(points.length > 0 && points.length <= 8);
  const message = data.subarray(0, scan.at);
  const signatures = scan.list(1, () => /** @type {[string, Uint8Array]} */ ([scan.hex(8), scan.take(64)]));
  scan.ends();
  /** @type {Record<string, Uint8Array>} */
  const keys = {};
  for (const key of points) keys[await keyId(key)] = key;
  return { publication, version, floor, keys, signed: hex(message), message, signatures };
}

/**
 * @param {Uint8Array} data
 * @returns {Certificate}
 */
function readCertificate(data) {
  const scan = new Scan(data);
  scan.begins("LKc1" + ALGORITHM);
  const publication = scan.hex(16);
  const [serial, notBefore, notAfter] = [scan.number(4), scan.number(5), scan.number(5)];
  scan.begins(ALGORITHM);
  const [key, rootKey] = [scan.take(65), scan.hex(8)];
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
  scan.begins("LKh1" + ALGORITHM);
  return scan.hex(8);
}

/**
 * A head whose signature holds.
 * @param {Uint8Array} data
 * @returns {Head}
 */
export function readHead(data) {
  const scan = new Scan(data);
  scan.take(13);
  const [publication, name] = [scan.hex(16), scan.text()];
  const [sequence, issued, expires] = [scan.number(5), scan.number(5), scan.number(5)];
  const [size, digest] = [scan.number(4), scan.hex(32)];
  scan.take(8);
  const base = sequence - scan.number(4);
  const steps = scan.list(1, () => sequence - scan.number(4));
  scan.take(64);
  scan.ends();
  const falling = steps.every((step, place) => step < (steps[place - 1] ?? sequence) && step > 0);
  believe(sequence > 0 && expires >= issued && base > 0 && steps.length < 7 && falling && size <= LONGEST);
  return { publication, name, sequence, issued, expires, size, digest, base, steps };
}

/**
 * @param {Uint8Array} data
 * @returns {Listing}
 */
export function readList(data) {
  const scan = new Scan(data);
  scan.begins("LKl1");
  scan.take(32);
  const entries = scan.list(2, () => ({ kind: scan.number(1), size: scan.number(4), name: scan.hex(32) }));
  const tombstones = scan.list(2, () => scan.hex(16));
  scan.list(1, () => scan.text());
  scan.ends();
  believe(entries.every(({ kind, size }) => kind > 0 && size <= LONGEST));
  believe(new Set(entries.map(({ name }) => name)).size === entries.length);
  believe(tombstones.every((each, place) => !place || tombstones[place - 1] < each));
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
    believe(order < 2);
    const source = order ? scan : new Scan(old);
    if (!order) source.take(scan.number(4));
    pieces.push(source.take(scan.number(4)));
    size += pieces[pieces.length - 1].length;
    believe(size <= LONGEST);
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
