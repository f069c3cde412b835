// Brings what is kept up to the publisher's signed list. One at a time; whatever breaks off goes on where it was.
import { Refused } from "./bytes.js";
import { REFRESH, SLOW, isRecent } from "./config.js";
import { get, write } from "./database.js";
import { headKey, keyId, readKeys } from "./formats.js";
import { intake, isFull } from "./intake.js";
import { consent } from "./kept.js";
import { isSpared } from "./link.js";
import { Missing, file, readPack } from "./packs.js";
import { accept, pin } from "./trust.js";

/** @typedef {import("./kept.js").Held} Held */

/**
 * @typedef {object} Progress
 * @property {"progress" | "complete" | "interrupted" | "full" | "refused"} type
 * @property {string} language
 * @property {number} kept
 * @property {number} total
 */

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Bring the stories of a language. Runs one at a time, whoever asks.
 * @param {string} language
 * @param {(progress: Progress) => void} [report]
 */
export function sync(language, report = () => undefined) {
  const run = queue.then(() => alone(() => attempt(language, report)));
  queue = run.catch(() => undefined);
  return run;
}

/**
 * Old browsers have no locks; there, two workers at once may fetch something twice, and that is all.
 * @param {() => Promise<unknown>} work
 */
function alone(work) {
  const { locks } = /** @type {any} */ (navigator);
  return locks ? locks.request("lightkeeper", work) : work();
}

/**
 * What a visit brings up to date without being asked: seldom, and only where the link is good.
 * @param {number} took milliseconds that the visited page took to answer
 */
export async function refresh(took) {
  if (took > SLOW || isSpared()) return;
  for (const [language, { complete }] of Object.entries(await consent())) {
    if (!isRecent(Date.parse(complete), REFRESH)) await sync(language);
  }
}

/**
 * @param {string} language
 * @param {(progress: Progress) => void} report
 */
async function attempt(language, report) {
  const { bundle } = (await consent())[language] ?? {};
  if (!bundle) return;
  /** @type {Progress} */
  const progress = { type: "progress", language, kept: 0, total: 0 };
  const turn = () => bring(language, bundle, (kept, total) => report(Object.assign(progress, { kept, total })));
  try {
    // A list that is not its head's is most often the next one, published between the two: then the next head tells.
    await turn().catch((error) => (error instanceof Refused ? turn() : Promise.reject(error)));
    await done(language, bundle);
    report({ ...progress, type: "complete" });
  } catch (error) {
    report({ ...progress, type: isFull(error) ? "full" : error instanceof Refused ? "refused" : "interrupted" });
  }
}

/**
 * @param {string} language
 * @param {string} bundle
 */
async function done(language, bundle) {
  const languages = await consent();
  if (languages[language]?.bundle !== bundle) return; // another choice, or taken back meanwhile
  const state = { bundle, complete: new Date().toISOString() };
  await write([["state", "consent", { ...languages, [language]: state }]]);
}

/**
 * @param {string} language
 * @param {string} bundle
 * @param {(kept: number, total: number) => void} report
 */
async function bring(language, bundle, report) {
  const { head, until, recovered } = await newestHead(bundle);
  const lists = await Promise.all([get("state", `next ${language}`), get("state", `held ${language}`)]);
  const [begun, held] = lists.map((list) => (list?.bundle === bundle && !recovered ? list : undefined));
  const { sequence, digest, issued } = head;
  if (held?.digest === digest && !begun) {
    return write([["state", `held ${language}`, { ...held, sequence, issued, until }]]);
  }
  const known = begun ?? held;
  const same = known?.digest === digest;
  /** @type {Held} */
  const next = { bundle, sequence, digest, issued, until, list: new Uint8Array(), packs: [], purge: recovered };
  const leading = same ? [] : route(head, known);
  next.packs = [...(begun?.packs ?? []), ...leading];
  next.purge ||= Boolean(begun?.purge);
  const incoming = intake(language, next, known, report);
  if (same) await incoming.begin(known.list);
  else if (next.packs.length > 1 || leading[0].from !== (known?.sequence ?? 0) || lists.some(Boolean) !== Boolean(known)) {
    await incoming.begin(await listOf(bundle, head));
  }
  await collect(incoming, next, head);
  await incoming.finish();
}

/**
 * The newest word on a bundle; what is believed is remembered.
 * @param {string} bundle
 */
async function newestHead(bundle) {
  const data = await file(`b/${bundle}/head`);
  let keys = await get("state", "keys");
  if (!keys || headKey(data) !== (await keyId((await readKeys(keys)).certificate.key))) keys = await file("b/keys");
  const accepted = await accept((await get("state", "trust")) ?? (await pin(keys)), keys, data, bundle);
  await write([["state", "keys", keys], ["state", "trust", accepted.trust]]);
  return accepted;
}

/**
 * The packs that lead from what is known to the newest state.
 * @param {import("./formats.js").Head} head
 * @param {Held | undefined} known
 */
function route({ sequence, base, steps }, known) {
  const from = Math.max(0, ...[...steps, base].filter((step) => known && step <= known.sequence && step < sequence));
  const ways = from || base === sequence ? [[from, sequence]] : [[0, base], [base, sequence]];
  return ways.map(([from, to]) => ({ from, to, at: 0, end: Infinity, place: -1 }));
}

/**
 * What stands behind the head; whether it is the head's list is still to be seen.
 * @param {string} bundle
 * @param {import("./formats.js").Head} head
 */
const listOf = async (bundle, { size }) => (await file(`b/${bundle}/manifest`)).slice(-size);

/**
 * Packs first; what a pack did not bring, because it is gone, breaks off or is not to be believed, comes by itself.
 * @param {ReturnType<typeof intake>} incoming
 * @param {Held} next
 * @param {import("./formats.js").Head} head
 */
async function collect(incoming, next, head) {
  const { bundle, packs } = next;
  while (packs.length && (incoming.missing.size || !incoming.entries.size)) {
    const [course] = packs;
    let failed;
    try {
      await readPack(`b/${bundle}/${course.from}-${course.to}.pack`, course, (records) => incoming.take(course, records));
    } catch (error) {
      if (!isOfPack(error)) throw error;
      failed = error;
    }
    if (!incoming.entries.size) await incoming.begin(await listOf(bundle, head));
    if (failed instanceof TypeError) break; // where the connection breaks, the next pack does not come either
    packs.shift();
  }
  for (const name of [...incoming.missing]) await incoming.single(name, await file(`o/${name}`));
}

/** @param {unknown} error */
const isOfPack = (error) => [Missing, Refused, TypeError].some((kind) => error instanceof kind);
