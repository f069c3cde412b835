// How long the network is waited for where a saved copy could be shown instead.
import { IMPATIENT, config } from "./config.js";
import { get, write } from "./database.js";

let impatientUntil = 0;

/**
 * Three times as long as the network usually takes to answer this reader, the last answers counting most: what takes
 * longer is likely to fail. Never longer than the operator's limit, which is all there is before the first answer, nor
 * shorter than after a failure.
 */
export async function patience() {
  const usual = Date.now() < impatientUntil ? 0 : 3 * ((await get("state", "usual")) ?? Infinity);
  return Math.min(config.limit, Math.max(IMPATIENT.limit, usual));
}

/** After a failure the next pages are asked for less patiently: the reader is turning pages offline. */
export function noteFailure() {
  impatientUntil = Date.now() + IMPATIENT.during;
}

/**
 * Late answers count too, or the limit would only ever fall. It stays on this device.
 * @param {number} took milliseconds
 */
export async function noteAnswer(took) {
  impatientUntil = 0;
  const usual = (await get("state", "usual")) ?? took;
  await write([["state", "usual", usual + (took - usual) / 4]]);
}
