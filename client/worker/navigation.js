// One navigation: the network against a time limit, then the saved copy, then the list of what is saved.
import { lookForServer } from "./absence.js";
import { BOUND, GONE, config, worker } from "./config.js";
import { forget, saved } from "./kept.js";
import { noteAnswer, noteFailure, patience } from "./patience.js";
import { copyOf, front } from "./screens.js";
import { refresh } from "./sync.js";

/**
 * No server stands behind these: a gateway answers in its place. (From 520 on they are Cloudflare's own.)
 * @param {number} status
 */
const isDead = (status) => [502, 503, 504].includes(status) || status >= 520;

const TRACKING = new RegExp(`^(?:${config.tracking})$`, "i");

/** By address: gives up a page that is still to come, and returns one that has come. @type {Record<string, () => any>} */
const late = {};

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
  const { request } = event;
  const key = keyOf(url);
  url.hash = "";
  const here = late[url.href]?.();
  delete late[url.href];
  if (here) return here;
  const copy = await saved(key);
  const began = Date.now();
  const givenUp = new AbortController();
  const network = copy ? ended(reach(endable(request, givenUp.signal)), url) : reach(request);
  event.waitUntil(network.then((response) => response && learn(response.status, key, Date.now() - began)));
  const response = await within(network, copy ? await patience() : BOUND);
  if (response && !(copy ? response.status >= 500 : isDead(response.status))) return response;
  noteFailure();
  const isLate = response === null && copy && !isLight(url);
  if (isLate) event.waitUntil(follow(event.resultingClientId));
  // Whoever tries again must not wait behind this request: browsers ask for one address one at a time.
  else givenUp.abort();
  return (copy && (await copyOf(copy, url, isLate))) || front(url);

  /**
   * Reads the page to its end, for the reader who goes there, and tells the copy that is shown meanwhile.
   * @param {string} reader
   */
  async function follow(reader) {
    /** @type {any} */
    let page;
    late[url.href] = () => (givenUp.abort(), page);
    page = await within(network.then((response) => (response?.ok ? inFull(response) : undefined)), BOUND);
    givenUp.abort();
    (await worker.clients.get(reader))?.postMessage(Boolean(page));
  }
}

/** @param {URL} url */
const isLight = (url) => url.pathname.startsWith(`${config.prefix}/`);

/**
 * Under which a page would be saved: its own address, less what only tracks or names an edition.
 * @param {URL} url
 */
export function keyOf(url) {
  const pairs = url.search.slice(1).split("&");
  const query = pairs.filter((pair) => !/^(edition=(full|light))?$/.test(pair) && !TRACKING.test(pair.split("=")[0]));
  const path = isLight(url) ? url.pathname.slice(config.prefix.length) : url.pathname;
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
 * A Light page that is saved too counts as answered when it is whole: a link that stalls in the middle has failed.
 * @param {Promise<Response | undefined>} network
 * @param {URL} url
 */
async function ended(network, url) {
  const response = await network;
  return response?.ok && isLight(url) ? inFull(response, "</footer>") : response;
}

/**
 * The same answer with all of its body here; nothing where it breaks off. Firefox and WebKit may end a page that was
 * cut on its way as if it were whole, but every Light page ends with a footer.
 * @param {Response} response
 * @param {string} [ending]
 */
async function inFull(response, ending = "") {
  try {
    const body = await response.blob();
    return (await body.text()).endsWith(ending) ? new Response(body, response) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} limit milliseconds
 * @returns {Promise<T | null>} null where the limit came first
 */
const within = (promise, limit) => Promise.race([promise, new Promise((done) => setTimeout(done, limit, null))]);

/**
 * What an answer teaches.
 * @param {number} status
 * @param {string} key
 * @param {number} took milliseconds
 */
async function learn(status, key, took) {
  if (GONE.includes(status)) await forget(key);
  if (status >= 500) return;
  await noteAnswer(took).catch(() => undefined); // a full disk, and all else goes on
  await refresh(took);
  await lookForServer();
}
