// One navigation: the network against a time limit, then the saved copy, then the list of what is saved.
import { BOUND, GONE, IMPATIENT, config } from "./config.js";
import { copyOf, front } from "./screens.js";
import { forget, saved } from "./storage.js";
import { refresh } from "./sync.js";

// No server stands behind these: a gateway answers in its place. (520 to 530 are Cloudflare's own.)
const DEAD = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530];

const TRACKING = new RegExp(`^(?:${config.tracking})$`, "i");

let impatientUntil = 0;

/**
 * Only documents of a window: what pages load, frames, forms and downloads never pass through this worker.
 * @param {Request} request
 */
export function isOurs(request) {
  return request.mode === "navigate" && request.method === "GET" && request.destination === "document";
}

/**
 * @param {FetchEvent} event
 * @returns {Promise<Response>}
 */
export async function answer(event) {
  const url = new URL(event.request.url);
  if (url.pathname === `${config.prefix}/-/saved`) return front();
  const began = Date.now();
  const network = ask(event); // on its way before anything is looked up
  const address = lightAddress(url);
  const copy = await saved(address);
  const response = await within(copy ? whole(network, url) : network, copy ? patience() : BOUND);
  event.waitUntil(after(network, address, began));
  if (response && !(copy ? response.status >= 500 : DEAD.includes(response.status))) return response;
  impatientUntil = Date.now() + IMPATIENT.during;
  return copy ? copyOf(copy, url) : front(url);
}

/**
 * The address under which a page would be saved: its Light edition, less what only tracks or names an edition.
 * @param {URL} url
 */
export function lightAddress(url) {
  const pairs = url.search.slice(1).split("&");
  const query = pairs.filter((pair) => !/^(edition=(full|light))?$/.test(pair) && !TRACKING.test(pair.split("=")[0]));
  const path = url.pathname.startsWith(`${config.prefix}/`) ? url.pathname : config.prefix + url.pathname;
  return path + (query.length ? `?${query.join("&")}` : "");
}

/**
 * The network's answer; undefined where it fails.
 * @param {FetchEvent} event
 * @returns {Promise<Response | undefined>}
 */
async function ask(event) {
  try {
    // Preloading spares the worker's start and keeps the request's own Sec-Fetch headers.
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return undefined;
  }
}

/**
 * A Light page that is saved too counts as answered when it is whole: a link that stalls in the middle has failed.
 * @param {Promise<Response | undefined>} network
 * @param {URL} url
 */
async function whole(network, url) {
  const response = await network;
  if (!response?.ok || !url.pathname.startsWith(`${config.prefix}/`)) return response;
  try {
    return new Response(await response.clone().arrayBuffer(), response);
  } catch {
    return undefined;
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} limit milliseconds
 * @returns {Promise<T | undefined>}
 */
function within(promise, limit) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limit, undefined);
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

const patience = () => (Date.now() < impatientUntil ? Math.min(IMPATIENT.limit, config.limit) : config.limit);

/**
 * What an answer teaches, however late it comes.
 * @param {Promise<Response | undefined>} network
 * @param {string} address
 * @param {number} began
 */
async function after(network, address, began) {
  const response = await network;
  if (!response) return;
  if (GONE.includes(response.status)) await forget(address);
  if (response.status >= 500) return;
  impatientUntil = 0;
  await refresh(Date.now() - began);
}
