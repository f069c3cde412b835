// The page on which a reader says yes or no. Every word is in the page already; this shows which of them hold now.
import { age, number, size } from "../worker/local.js";
import { allSaved, consent } from "../worker/storage.js";
import { accept, isSupported, refuse, remove, repair } from "./registration.js";

/** @typedef {import("../worker/sync.js").Progress} Progress */

const SILENCE = 45_000; // longer than the worker waits for any one file

const box = /** @type {HTMLElement} */ (document.getElementById("now"));
const { language = "en", mode } = box.dataset;
let silence = 0;

/**
 * Show what belongs to any of these states, with values in the words' places.
 * @param {string[]} states
 * @param {Record<string, string>} [values]
 */
function show(states, values = {}) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-when]"))) {
    part.hidden = !part.dataset.when?.split(" ").some((state) => states.includes(state));
    const { text } = part.dataset;
    if (text && !part.hidden) part.textContent = text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }
}

/**
 * What is true now, read from what is kept; `outcome` is what just happened.
 * @param {string} [outcome]
 */
async function look(outcome) {
  const { languages = {} } = (await consent()) ?? {};
  const stories = await allSaved();
  const bytes = stories.reduce((sum, story) => sum + story.bytes, 0);
  const values = {
    count: number(stories.length, language),
    size: size(bytes, language),
    age: age(languages[language]?.complete || stories[0]?.at || "", language),
  };
  const here = stories.some((story) => story.language === language);
  const complete = Boolean(languages[language]?.complete);
  const asking = complete ? [] : [here ? "interrupted" : Object.keys(languages).length ? "another" : "ask"];
  show([...(outcome ? [outcome] : asking), ...(stories.length ? ["kept"] : [])], values);
}

async function keep() {
  show(["working"], { kept: number(0, language), total: "" });
  listen();
  // The browser may ask the reader; nothing waits for the answer. Safari wipes after seven days what is not persistent.
  navigator.storage?.persist?.();
  try {
    (await accept(language)).postMessage({ type: "keep", language });
  } catch {
    clearTimeout(silence);
    await look("failed");
  }
}

/** @param {MessageEvent<Progress>} event */
async function hear({ data }) {
  if (data.language !== language) return;
  clearTimeout(silence);
  if (data.type !== "progress") return look(data.type === "complete" ? undefined : data.type);
  listen();
  show(["working"], { kept: number(data.kept, language), total: number(data.total, language) });
  const bar = box.querySelector("progress");
  if (bar) Object.assign(bar, { max: data.total, value: data.kept });
}

/** A browser may end a worker in the middle of its work, and says nothing. */
function listen() {
  clearTimeout(silence);
  silence = setTimeout(() => look("interrupted"), SILENCE);
}

async function forgetAll() {
  clearTimeout(silence);
  await remove();
  if (mode === "auto") refuse();
  await look("removed");
}

async function start() {
  if (!isSupported()) return show(["unsupported"]);
  navigator.serviceWorker.onmessage = hear;
  for (const button of box.querySelectorAll("button")) {
    button.addEventListener("click", button.value === "remove" ? forgetAll : keep);
  }
  await repair().catch(() => undefined);
  await look();
}

start().catch(() => show(["unsupported"]));
