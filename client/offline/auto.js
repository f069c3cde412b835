// For operators who chose "auto": keeps the latest stories without a question, unless the reader has said no.
import { isSpared } from "../worker/link.js";
import { accept, isRefused, isSupported } from "./registration.js";
import { consent } from "../worker/storage.js";

const language = document.currentScript?.dataset.language ?? "";

async function start() {
  if (!language || !isSupported() || isSpared() || isRefused()) return;
  const known = await consent();
  if (!known?.languages[language]?.complete) (await accept(language)).postMessage({ type: "refresh" });
}

// Private windows and full disks refuse: then this page simply is not kept.
addEventListener("load", () => start().catch(() => undefined));
