// A pack as it arrives, record by record; a cut is continued where the last whole record ended.
import { Malformed, insist } from "./bytes.js";
import { FETCH_LIMIT, TRIES } from "./config.js";
import { LONGEST, joined } from "./formats.js";

/** What the server does not have (any more). */
export class Missing extends Error {}

/**
 * Ask without cookies, for only what everybody gets is ever kept; and past the browser's cache, which "remove" could not
 * wipe.
 * @param {string} path below /_lk/
 * @param {AbortSignal} signal
 * @param {number} [begin]
 */
async function ask(path, signal, begin = 0) {
  const headers = new Headers(begin ? { Range: `bytes=${begin}-` } : {});
  const answer = await fetch(`/_lk/${path}`, { headers, cache: "no-store", credentials: "omit", signal });
  if ([403, 404, 410, 416].includes(answer.status)) throw new Missing(path);
  if (!answer.ok) throw new TypeError(`${path} answered ${answer.status}`);
  return answer;
}

/**
 * A whole small file; tried again, for connections break.
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
export async function file(path) {
  for (let tries = 1; ; tries += 1) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), FETCH_LIMIT);
    try {
      return new Uint8Array(await (await ask(path, limit.signal)).arrayBuffer());
    } catch (error) {
      if (error instanceof Missing || tries >= TRIES) throw error;
      await pause(tries);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * @typedef {object} Course how far a pack has been read
 * @property {number} at where its next record begins
 * @property {number} end where it ends, as far as that is known
 */

/**
 * Read a pack from `course.at` to its end. `take` gets the records of each arrival, and moves the course.
 * @param {string} path
 * @param {Course} course
 * @param {(records: [number, Uint8Array][]) => Promise<void>} take
 */
export async function readPack(path, course, take) {
  for (let idle = 0; course.at < course.end; ) {
    const before = course.at;
    try {
      await pour(path, course, take);
    } catch (error) {
      // Only what the network does is tried again.
      if (!(error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError"))) throw error;
    }
    idle = course.at > before ? 0 : idle + 1;
    if (idle >= TRIES) throw new TypeError("the connection breaks");
    if (course.at < course.end) await pause(idle);
  }
}

/**
 * @param {string} path
 * @param {Course} course
 * @param {(records: [number, Uint8Array][]) => Promise<void>} take
 */
async function pour(path, course, take) {
  const limit = new AbortController();
  let timer = setTimeout(() => limit.abort(), FETCH_LIMIT);
  try {
    const answer = await ask(path, limit.signal, course.at);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
    // A host that knows no ranges sends all of it again.
    let skip = answer.status === 206 ? 0 : course.at;
    let opened = course.at > 0;
    /** @type {Uint8Array} */
    let rest = new Uint8Array();
    for (;;) {
      const { done, value } = await reader.read();
      clearTimeout(timer);
      timer = setTimeout(() => limit.abort(), FETCH_LIMIT);
      if (done) return;
      rest = joined([rest, value.subarray(skip)]);
      skip = Math.max(0, skip - value.length);
      if (!opened && rest.length >= 4) {
        insist(String.fromCharCode(...rest.subarray(0, 4)) === "LKp1");
        rest = rest.subarray(4);
        course.at = 4;
        opened = true;
      }
      if (opened) rest = await whole(rest, take);
    }
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}

/**
 * Hand over the records that are whole; what is left.
 * @param {Uint8Array} data
 * @param {(records: [number, Uint8Array][]) => Promise<void>} take
 */
async function whole(data, take) {
  /** @type {[number, Uint8Array][]} */
  const found = [];
  let at = 0;
  while (data.length - at >= 5) {
    const size = new DataView(data.buffer, data.byteOffset + at + 1).getUint32(0);
    if (size > LONGEST) throw new Malformed();
    if (data.length - at < 5 + size) break;
    found.push([data[at], data.slice(at + 5, at + 5 + size)]);
    at += 5 + size;
  }
  if (found.length) await take(found);
  return data.subarray(at);
}

/** @param {number} tries so far in vain */
const pause = (tries) => new Promise((done) => setTimeout(done, tries ? Math.min(2_000, 50 * 2 ** tries) : 0));
