// For operators who chose "auto": keeps the latest stories without a question, unless the reader has said no.
import { isSpared } from "../worker/link.js";
import { accept, isRefused, isSupported } from "./registration.js";
import { config } from "../worker/config.js";
import { consent, languageOf } from "../worker/kept.js";

const language = languageOf(document.currentScript?.dataset.language ?? "");

async function start() {
  if (!language || !isSupported() || isSpared() || isRefused()) return;
  const { bundle = `${language}-${config.bundle}`, complete } = (await consent())[language] ?? {};
  if (!complete) (await accept(bundle)).postMessage({ type: "refresh" });
}

// Private windows and full disks refuse: then this page simply is not kept.
addEventListener("load", () => start().catch(() => undefined));
