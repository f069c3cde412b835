// Reading bytes that nobody vouches for yet: a place in them, hashes, and the two ways in which they are not believed.

/** Bytes that docs/bundle-format.md does not describe. */
export class Malformed extends Error {}

/** Well-formed, and not to be believed. */
export class Refused extends Error {}

/** A place in bytes, read from front to back. */
export class Scan {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  /** @param {number} count */
  take(count) {
    insist(count <= this.data.length - this.at);
    this.at += count;
    return this.data.subarray(this.at - count, this.at);
  }

  /** @param {number} bytes at most six, or a number would not hold it */
  number(bytes) {
    return this.take(bytes).reduce((value, byte) => value * 256 + byte, 0);
  }

  text() {
    return text(this.take(this.number(1)));
  }

  /** @param {string} magic */
  begins(magic) {
    insist(String.fromCharCode(...this.take(4)) === magic);
  }

  algorithm() {
    insist(this.number(1) === 1);
  }

  ends() {
    insist(this.at === this.data.length);
  }
}

/** @param {boolean} holds */
export function insist(holds) {
  if (!holds) throw new Malformed();
}

/**
 * @param {boolean} holds
 * @param {string} reason
 */
export function believe(holds, reason) {
  if (!holds) throw new Refused(reason);
}

/** @param {Uint8Array} data */
export function text(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Malformed();
  }
}

/** @param {Uint8Array} data */
export const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {Uint8Array | string} data */
export async function sha256(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes)));
}

/** @param {Uint8Array | string} data */
export const hash = async (data) => hex(await sha256(data));
