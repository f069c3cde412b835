// The worker of readers who keep stories for offline: events only. What it does is in worker/.
import { worker } from "./worker/config.js";
import { migrate } from "./worker/migration.js";
import { answer, isOurs } from "./worker/navigation.js";
import { refresh, sync } from "./worker/sync.js";

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));

worker.addEventListener("activate", (event) => {
  event.waitUntil(migrate().catch(() => undefined).then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  if (isOurs(event.request)) event.respondWith(answer(event));
});

worker.addEventListener("message", (event) => {
  const { type, language } = event.data ?? {};
  if (type === "keep") event.waitUntil(sync(language, (progress) => event.source?.postMessage(progress)));
  if (type === "refresh") event.waitUntil(refresh(0));
});
