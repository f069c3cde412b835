// Served in the worker's place when the operator switches saved reading off: it removes what was kept, then itself.
// A worker whose address answers 404 would live on for ever.
import { wipe } from "./kept.js";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));

worker.addEventListener("activate", (event) => {
  event.waitUntil(wipe().then(() => worker.registration.unregister()));
});
