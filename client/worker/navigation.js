// One navigation: the network against a time limit, then the saved copy, then the list of what is saved.
import { lookForServer } from "./absence.js";
import { BOUND, GONE, IMPATIENT, config } from "./config.js";
import { forget, saved } from "./kept.js";
import { copyOf, front } from "./screens.js";
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
  const key = keyOf(url);
  const copy = await saved(key);
  const began = Date.now();
  const givenUp = new AbortController();
  const network = copy ? ended(reach(endable(event.request, givenUp.signal)), url) : reach(event.request);
  const response = await within(network, copy ? patience() : BOUND);
  if (response) event.waitUntil(learn(response.status, key, Date.now() - began));
  // Whoever tries again must not wait behind this request: browsers ask for one address one at a time.
  else givenUp.abort();
  if (response && !(copy ? response.status >= 500 : DEAD.includes(response.status))) return response;
  impatientUntil = Date.now() + IMPATIENT.during;
  return (copy && (await copyOf(copy, url))) || front(url);
}

/**
 * Under which a page would be saved: its own address, less what only tracks or names an edition.
 * @param {URL} url
 */
export function keyOf(url) {
  const pairs = url.search.slice(1).split("&");
  const query = pairs.filter((pair) => !/^(edition=(full|light))?$/.test(pair) && !TRACKING.test(pair.split("=")[0]));
  const path = url.pathname.startsWith(`${config.prefix}/`) ? url.pathname.slice(config.prefix.length) : url.pathname;
  return path + (query.length ? `?${query.join("&")}` : "");
}

/**
 * The network's answer; undefined where it fails. No navigation preload: where one fails, Firefox shows its own error
 * page whatever the worker answers, and a hung one cannot be ended.
 * @param {Request} request
 * @returns {Promise<Response | undefined>}
 */
const reach = (request) => fetch(request).catch(() => undefined);

/**
 * The same request, to be ended by a signal. What is changed loses its referrer, and a foreign one cannot be given
 * back (Fetch, 5.4): then the request stays as it is.
 * @param {Request} request
 * @param {AbortSignal} signal
 */
function endable(request, signal) {
  const { referrer, referrerPolicy } = request;
  const own = !referrer || new URL(referrer).origin === self.location.origin;
  return own ? new Request(request, { signal, referrer, referrerPolicy }) : request;
}

/**
 * Every Light page ends with a footer. Firefox and WebKit may end a page that was cut on its way as if it were whole.
 * @param {string} html
 */
const isWhole = (html) => html.endsWith("</footer>");

/**
 * A Light page that is saved too counts as answered when it is whole: a link that stalls in the middle has failed.
 * @param {Promise<Response | undefined>} network
 * @param {URL} url
 */
async function ended(network, url) {
  const response = await network;
  if (!response?.ok || !url.pathname.startsWith(`${config.prefix}/`)) return response;
  try {
    const html = await response.text();
    return isWhole(html) ? new Response(html, response) : undefined;
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
const within = (promise, limit) => Promise.race([promise, new Promise((done) => setTimeout(done, limit))]);

const patience = () => (Date.now() < impatientUntil ? Math.min(IMPATIENT.limit, config.limit) : config.limit);

/**
 * What an answer teaches.
 * @param {number} status
 * @param {string} key
 * @param {number} took milliseconds
 */
async function learn(status, key, took) {
  if (GONE.includes(status)) await forget(key);
  if (status >= 500) return;
  impatientUntil = 0;
  await refresh(took);
  await lookForServer();
}
