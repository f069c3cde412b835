// Files and packs as they arrive: tried again where the connection breaks; a pack goes on where its last record ended.
import { Scan, believe } from "./bytes.js";
import { FETCH_LIMIT, TRIES } from "./config.js";
import { LONGEST, joined } from "./formats.js";

/** What the server does not have (any more). */
export class Missing extends Error {}

/** @typedef {[kind: number, data: Uint8Array]} Entered a record */

/**
 * @typedef {object} Course how far a pack has been read
 * @property {number} at where its next record begins
 * @property {number} end where it ends, as far as that is known
 */

/**
 * A whole small file.
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
export async function file(path) {
  /** @type {Uint8Array[]} */
  let pieces = [];
  await insistently(async () => {
    pieces = [];
    for await (const piece of arriving(path, 0)) pieces.push(piece);
  });
  return joined(pieces);
}

/**
 * Read a pack from `course.at` to its end. `take` gets the records of each arrival, and moves the course.
 * @param {string} path
 * @param {Course} course
 * @param {(records: Entered[]) => Promise<void>} take
 */
export async function readPack(path, course, take) {
  if (course.at < course.end) await insistently(() => pour(path, course, take), course);
}

/**
 * Only what the network does is tried again, and not for ever with nothing gained.
 * @param {() => Promise<void>} work
 * @param {{at: number}} [course] that moves where something is gained
 */
async function insistently(work, course = { at: 0 }) {
  for (let idle = 0; idle < TRIES; ) {
    const { at } = course;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    idle = course.at > at ? 0 : idle + 1;
    await new Promise((done) => setTimeout(done, idle && Math.min(2_000, 50 * 2 ** idle)));
  }
  throw new TypeError("the connection breaks");
}

/**
 * @param {string} path
 * @param {Course} course
 * @param {(records: Entered[]) => Promise<void>} take
 */
async function pour(path, course, take) {
  /** @type {Uint8Array} */
  let rest = new Uint8Array();
  for await (const piece of arriving(path, course.at)) {
    rest = joined([rest, piece]);
    if (!course.at && rest.length >= 4) {
      new Scan(rest).begins("LKp1");
      rest = rest.subarray(4);
      course.at = 4;
    }
    if (course.at) rest = await whole(rest, take);
    if (course.at >= course.end) return;
  }
  throw new TypeError("cut");
}

/**
 * What is sent of a file from a place on. Asked without cookies, for only what everybody gets is ever kept; and past the
 * browser's cache, which "remove" could not wipe. What is silent for too long is given up.
 * @param {string} path below /_lk/
 * @param {number} begin
 * @returns {AsyncGenerator<Uint8Array, void>}
 */
async function* arriving(path, begin) {
  const limit = new AbortController();
  const wait = () => setTimeout(() => limit.abort(), FETCH_LIMIT);
  let timer = wait();
  try {
    const headers = begin ? { Range: `bytes=${begin}-` } : {};
    const options = { headers, cache: "no-store", credentials: "omit", signal: limit.signal };
    const answer = await fetch(`/_lk/${path}`, /** @type {RequestInit} */ (options));
    if ([403, 404, 410, 416].includes(answer.status)) throw new Missing(path);
    if (!answer.ok) throw new TypeError(`${path} answered ${answer.status}`);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
    // A host that knows no ranges sends all of it again.
    let skip = answer.status === 206 ? 0 : begin;
    for (;;) {
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      timer = wait();
      yield value.subarray(skip);
      skip = Math.max(0, skip - value.length);
    }
  } catch (error) {
    throw limit.signal.aborted ? new TypeError("silent") : error;
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}

/**
 * Hand over the records that are whole; what is left.
 * @param {Uint8Array} data
 * @param {(records: Entered[]) => Promise<void>} take
 */
async function whole(data, take) {
  /** @type {Entered[]} */
  const found = [];
  let at = 0;
  while (data.length - at >= 5) {
    const size = new DataView(data.buffer, data.byteOffset + at + 1).getUint32(0);
    believe(size <= LONGEST);
    if (data.length - at < 5 + size) break;
    found.push([data[at], data.slice(at + 5, at + 5 + size)]);
    at += 5 + size;
  }
  if (found.length) await take(found);
  return data.subarray(at);
}
