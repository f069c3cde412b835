// Reading bytes that nobody vouches for yet: a place in them, hashes, and what is not believed.

/** Bytes that docs/bundle-format.md does not describe, or that are not to be believed. */
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
    believe(count <= this.data.length - this.at);
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

  /** @param {number} count */
  hex(count) {
    return hex(this.take(count));
  }

  /**
   * @template T
   * @param {number} bytes of the count that stands in front
   * @param {() => T} read
   */
  list(bytes, read) {
    return Array.from({ length: this.number(bytes) }, read);
  }

  /** @param {string} bytes that must be here */
  begins(bytes) {
    believe(String.fromCharCode(...this.take(bytes.length)) === bytes);
  }

  ends() {
    believe(this.at === this.data.length);
  }
}

/**
 * @param {boolean} holds
 * @param {string} [reason] where the bytes are well-formed
 */
export function believe(holds, reason) {
  if (!holds) throw new Refused(reason);
}

/** @param {Uint8Array} data */
export function text(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Refused();
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
