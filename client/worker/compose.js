// A story and its shell put together: the section "Stories" of docs/bundle-format.md, and the policy such a page needs.
import { believe, sha256, text } from "./bytes.js";

const FIRST_PHRASE = 0x0e;

/**
 * @typedef {object} Opened a shell
 * @property {string} name
 * @property {string[]} letters what each byte of a story means, or none: then it is UTF-8
 * @property {string} template
 * @property {string[]} phrases
 */

/**
 * @param {Uint8Array} data
 * @returns {Opened | undefined} nothing for a form that is not known here
 */
export function openShell(data) {
  const [form, name, alphabet, template, ...phrases] = text(data).split("\0");
  if (form !== "1") return undefined;
  const ascii = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte));
  return { name, letters: alphabet ? [...ascii, ...alphabet] : [], template, phrases };
}

/** @param {Uint8Array} data a story */
export function shellName(data) {
  const [form, name] = String.fromCharCode(...data.subarray(0, 64)).split("\0");
  return form === "1" ? name : undefined;
}

/**
 * What a story says of itself.
 * @param {Opened} shell
 * @param {Uint8Array} story
 */
export function facts(shell, story) {
  const [, , address, title, , published] = decode(story, shell.letters).split("\0");
  const [tag, direction] = shell.name.split(".");
  return { address, title, published, tag, direction };
}

/**
 * The page that the server sends for the story, less its lists of other latest stories.
 * @param {Opened} shell
 * @param {Uint8Array} story
 */
export function compose(shell, story) {
  const [, , address, title, , published, ...fields] = decode(story, shell.letters).split("\0");
  believe(fields.length === 6);
  /** @type {Record<string, string>} */
  const repeated = { "\x07": title, "\x08": published, "\x0b": address };
  const filled = shell.template.replace(/[\x01-\x06]/g, (slot) => fields[slot.charCodeAt(0) - 1]);
  const whole = filled.replace(/[\x0e-\x1f]/g, (mark) => shell.phrases[mark.charCodeAt(0) - FIRST_PHRASE] ?? "");
  return whole.replace(/[\x07\x08\x0b]/g, (mark) => repeated[mark]);
}

/**
 * The server's own policy, made from what is signed: styles and scripts by their hashes, and no more than the server allows.
 * @param {string} template
 */
export async function policyOf(template) {
  /** @type {Record<string, string>} */
  const sources = { style: "", script: "" };
  for (const [, kind, inline] of template.matchAll(/<(style|script)>([^<]*)</g)) {
    sources[kind] += ` 'sha256-${btoa(String.fromCharCode(...(await sha256(inline))))}'`;
  }
  const none = "base-uri 'none';form-action 'none';frame-ancestors 'none'";
  const keeps = template.includes("<script src=/_lk/keep.js ");
  const more = keeps ? " 'self';worker-src 'self';connect-src 'self'" : "";
  return `default-src 'none';style-src${sources.style};${none};script-src${sources.script}${more}`;
}

/**
 * @param {Uint8Array} data
 * @param {string[]} letters
 */
function decode(data, letters) {
  if (!letters.length) return text(data);
  let out = "";
  for (let at = 0; at < data.length; at += 1) {
    if (data[at] < 0xff) {
      believe(data[at] < letters.length);
      out += letters[data[at]];
    } else {
      const point = (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
      believe(at + 3 < data.length && point < 0x110000 && point >> 11 !== 0x1b); // and no half of a surrogate pair
      out += String.fromCodePoint(point);
      at += 3;
    }
  }
  return out;
}
