// The worker's registration: only after a yes, never in the place of a worker that the site has of its own.
import { config } from "../worker/config.js";
import { OURS, agree, consent, languageOf, wipe } from "../worker/kept.js";

const SCRIPT = "/_lk/sw.js";
const REFUSED = `${OURS}refused`; // only where the operator chose "auto": a no must outlive the page

export const isSupported = () => "serviceWorker" in navigator && "indexedDB" in self && "caches" in self;

export const isRefused = () => localStorage.getItem(REFUSED) !== null;

/**
 * The reader's yes: written down, then a worker that acts on it. Rejects, with nothing left behind, where the browser
 * does not let it.
 * @param {string} bundle
 * @returns {Promise<ServiceWorker>}
 */
export async function accept(bundle) {
  const fresh = !Object.keys(await consent()).length;
  try {
    await agree(languageOf(bundle), bundle);
    const worker = await activated(await register());
    localStorage.removeItem(REFUSED);
    return worker;
  } catch (error) {
    if (fresh) await remove();
    throw error;
  }
}

/** Unregister the worker and remove all that was kept. */
export async function remove() {
  for (const registration of await ours()) await registration.unregister();
  await wipe();
  await wipe(); // what a worker at work may have kept between the two
}

/** Remember the no, so that an operator's "auto" does not ask again. */
export const refuse = () => localStorage.setItem(REFUSED, "");

/** Register anew where a yes stands but a worker of the site has taken the place of ours. */
export async function repair() {
  if (Object.keys(await consent()).length && !(await ours()).length) await activated(await register());
}

async function ours() {
  return (await navigator.serviceWorker.getRegistrations()).filter(isOurs);
}

/** @param {ServiceWorkerRegistration} registration */
function isOurs({ active, waiting, installing }) {
  return [active, waiting, installing].some((worker) => worker && new URL(worker.scriptURL).pathname === SCRIPT);
}

async function register() {
  const [mine] = await ours();
  const registrations = await navigator.serviceWorker.getRegistrations();
  const taken = registrations.some((other) => !isOurs(other) && new URL(other.scope).pathname === "/");
  const scope = mine?.scope ?? (taken ? `${config.prefix}/` : "/");
  // Past the browser's cache: a kill worker must reach everybody.
  return navigator.serviceWorker.register(SCRIPT, { scope, updateViaCache: "none" });
}

/**
 * `navigator.serviceWorker.ready` will not do: it may have settled on the site's own worker.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<ServiceWorker>}
 */
function activated({ active, waiting, installing }) {
  const worker = active ?? waiting ?? installing;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === "activated") resolve(worker);
      else if (!worker || worker.state === "redundant") reject(new Error("the worker was not installed"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}
