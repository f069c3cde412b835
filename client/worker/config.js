// What the operator's settings mean to the worker. The server writes LIGHTKEEPER in front of what it serves of built/.

/**
 * @typedef {object} Config
 * @property {string} prefix where Light editions live, as `/light`
 * @property {number} limit milliseconds after which a saved copy is shown at the latest
 * @property {string} bundle how much is kept where nobody chose: the ending of bundles' names, as `latest-20`
 * @property {string} tracking a pattern: names of query parameters that only follow a reader
 */

/** Nothing of it is there in a page. */
export const worker = /** @type {ServiceWorkerGlobalScope & {LIGHTKEEPER: Config}} */ (/** @type {unknown} */ (self));

export const config = worker.LIGHTKEEPER;

/**
 * A clock that was set back must not stop anything: only a recent past counts as recent.
 * @param {number} time
 * @param {number} span both in milliseconds
 */
export const isRecent = (time, span) => Date.now() >= time && Date.now() < time + span;

// After this long an unanswered page is given up, where nothing is saved that could be shown.
export const BOUND = 60_000;

// After a failure the next pages are asked for less patiently, for this long: the reader is turning pages offline.
export const IMPATIENT = { limit: 1_500, during: 60_000 };

// What is kept is brought up to date at most this often.
export const REFRESH = 30 * 60_000;

// A page that took longer than this came over a link that must not carry what nobody asked for.
export const SLOW = 2_000;

// One file that does not arrive must not hold up the others for ever.
export const FETCH_LIMIT = 30_000;

// The origin's own word on a story: not to be had, or no longer. What is saved of it goes.
export const GONE = [401, 402, 403, 404, 410, 451];

// How often in a row a connection may break with nothing gained before a sync is left for later.
export const TRIES = 8;
