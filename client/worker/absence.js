// A site that took Lightkeeper away without serving the worker's end: where its address answers three times, on three
// days, that there is nothing of ours, what was kept goes, and the worker with it. Browsers alone would keep it for ever.
import { isRecent, worker } from "./config.js";
import { get, write } from "./database.js";
import { consent, wipe } from "./kept.js";

const DAY = 86_400_000;
const ENOUGH = 3;

/** After a page came from the network: ask, at most once a day, whether this worker's server still stands there. */
export async function lookForServer() {
  if (!Object.keys(await consent()).length) return;
  const { missed, asked } = (await get("state", "absence")) ?? { missed: 0, asked: 0 };
  if (isRecent(asked, DAY)) return;
  const there = await isThere();
  if (there === undefined) return;
  if (!there && missed + 1 >= ENOUGH) {
    await wipe();
    await worker.registration.unregister();
  } else {
    await write([["state", "absence", { missed: there ? 0 : missed + 1, asked: Date.now() }]]);
  }
}

/**
 * A worker's address must allow its scope (Service Workers, "Service-Worker-Allowed"); nobody else sends that header
 * there. Anything but a plain yes or no (an error, a refusal, no network) says nothing.
 * @returns {Promise<boolean | undefined>}
 */
async function isThere() {
  try {
    const answer = await fetch("/_lk/sw.js", { method: "HEAD", cache: "no-store", credentials: "omit" });
    if (answer.headers.has("Service-Worker-Allowed")) return true;
    return answer.ok || [404, 410].includes(answer.status) ? false : undefined;
  } catch {
    return undefined;
  }
}
