// What this reader believes, and when: the sections "Pinning" and "Accepting" of docs/bundle-format.md.
import { believe } from "./bytes.js";
import { headKey, keyId, publicationId, readHead, readKeys } from "./formats.js";

/**
 * @typedef {object} Known the newest state of one bundle that was accepted, and on whose word
 * @property {number} sequence
 * @property {number} issued
 * @property {string} digest
 * @property {number} serial
 * @property {string} rootKey
 *
 * @typedef {object} Trust
 * @property {import("./formats.js").Root} root
 * @property {Record<string, Known>} known by bundle
 *
 * @typedef {object} Accepted
 * @property {Trust} trust
 * @property {import("./formats.js").Head} head
 * @property {number} until from then on it has expired; in seconds
 * @property {boolean} recovered what was held of this bundle came on a word that counts no longer
 */

/**
 * The first root: whatever the publisher's own address tells over HTTPS.
 * @param {Uint8Array} keys
 * @returns {Promise<Trust>}
 */
export async function pin(keys) {
  const [root] = (await readKeys(keys)).roots.slice(-1);
  believe(await signedBy(root, root), "altered");
  return { root, known: {} };
}

/**
 * @param {Trust} trust
 * @param {Uint8Array} keys
 * @param {Uint8Array} data a head
 * @param {string} name the bundle that was asked for
 * @returns {Promise<Accepted>}
 */
export async function accept(trust, keys, data, name) {
  const { roots, certificate } = await readKeys(keys);
  const root = await newest(trust.root, roots);
  const publication = await publicationId(root.publication);
  believe(certificate.publication === publication, "foreign");
  believe(counts(root, certificate), "revoked");
  believe(await holds(root.keys[certificate.rootKey], certificate.signature, certificate.message), "altered");
  believe(data.length > 64);
  believe(headKey(data) === (await keyId(certificate.key)), "other key");
  believe(await holds(certificate.key, data.subarray(-64), data.subarray(0, -64)), "altered");
  const head = readHead(data);
  believe(head.publication === publication, "foreign");
  believe(head.name === name, "other bundle");
  believe(certificate.notBefore <= head.issued && head.issued <= certificate.notAfter, "out of time");
  const known = Object.fromEntries(Object.entries(trust.known).filter(([, last]) => counts(root, last)));
  notBack(known[name], head);
  const recovered = name in trust.known && !(name in known);
  const { sequence, issued, digest } = head;
  known[name] = { sequence, issued, digest, serial: certificate.serial, rootKey: certificate.rootKey };
  return { trust: { root, known }, head, until: Math.min(head.expires, certificate.notAfter), recovered };
}

/**
 * A root is followed by the next one if a key of each signed it.
 * @param {import("./formats.js").Root} root
 * @param {import("./formats.js").Root[]} roots
 */
async function newest(root, roots) {
  believe(roots.every(({ version }, place) => version === roots[0].version + place));
  const same = roots.find(({ version }) => version === root.version);
  believe(same?.signed === root.signed, "foreign");
  for (const each of roots.filter(({ version }) => version > root.version)) {
    believe(each.publication === root.publication && each.floor >= root.floor, "foreign");
    believe((await signedBy(each, each)) && (await signedBy(each, root)), "foreign");
    root = each;
  }
  return root;
}

/**
 * @param {import("./formats.js").Root} root
 * @param {{serial: number, rootKey: string}} word
 */
const counts = (root, { serial, rootKey }) => serial >= root.floor && rootKey in root.keys;

/**
 * @param {Known | undefined} known
 * @param {import("./formats.js").Head} head
 */
function notBack(known, { sequence, issued, digest }) {
  if (!known) return;
  believe(sequence > known.sequence || (sequence === known.sequence && issued >= known.issued), "rollback");
  believe(sequence > known.sequence || digest === known.digest, "fork");
}

/**
 * @param {import("./formats.js").Root} root
 * @param {import("./formats.js").Root} by
 */
async function signedBy({ message, signatures }, { keys }) {
  for (const [id, signature] of signatures) {
    if (id in keys && (await holds(keys[id], signature, message))) return true;
  }
  return false;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 */
async function holds(key, signature, message) {
  const [point, mark, data] = /** @type {BufferSource[]} */ ([key, signature, message]);
  try {
    const known = await crypto.subtle.importKey("raw", point, CURVE, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, known, mark, data);
  } catch {
    return false; // what is no point of the curve
  }
}
