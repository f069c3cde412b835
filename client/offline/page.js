// The page on which a reader says yes or no. Every word is in the page already; this shows which of them hold now.
import { age } from "../worker/local.js";
import { allSaved, consent, languageOf, mark } from "../worker/kept.js";
import { migrate } from "../worker/migration.js";
import { number, size } from "./amounts.js";
import { accept, isSupported, refuse, remove, repair } from "./registration.js";

/** @typedef {import("../worker/sync.js").Progress} Progress */

const SILENCE = 45_000; // longer than the worker waits for any one file

const box = /** @type {HTMLElement} */ (document.getElementById("now"));
const { language = "en", mode } = box.dataset;
const own = languageOf(language);
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
  const languages = await consent();
  const stories = await allSaved();
  const bytes = stories.reduce((sum, story) => sum + story.size, 0);
  const latest = Math.max(0, ...stories.map(({ at }) => at));
  const values = {
    count: number(stories.length, language),
    size: size(bytes, language),
    age: age(languages[own]?.complete || (latest ? new Date(latest).toISOString() : ""), language),
  };
  const here = stories.some((story) => story.language === own);
  const complete = Boolean(languages[own]?.complete);
  if (languages[own] && outcome !== "change") choose(languages[own].bundle);
  const asking = complete ? [] : [here ? "interrupted" : Object.keys(languages).length ? "another" : "ask"];
  list(stories);
  show([...(outcome ? [outcome] : asking), ...(stories.length ? ["kept"] : [])], values);
}

/**
 * One tick for each story, to make it stay.
 * @param {import("../worker/kept.js").Story[]} stories
 */
function list(stories) {
  const rows = stories.map(({ key, title, tag, direction, saved = false }) => {
    const [row, tick] = [document.createElement("label"), document.createElement("input")];
    Object.assign(tick, { type: "checkbox", checked: saved, onchange: () => mark(key, tick.checked) });
    Object.assign(row, { lang: tag, dir: direction }).append(tick, title);
    return row;
  });
  document.getElementById("stay")?.replaceChildren(...rows);
}

/**
 * The choice of how much; the one that stands is marked.
 * @param {string} [bundle]
 */
function choose(bundle) {
  const choices = [.../** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("input[name]"))];
  for (const one of choices) if (one.value === bundle) one.checked = true;
  return choices.find((one) => one.checked)?.value ?? "";
}

async function keep() {
  show(["working"], { kept: number(0, language), total: "" });
  listen();
  // The browser may ask the reader; nothing waits for the answer. Safari wipes after seven days what is not persistent.
  navigator.storage?.persist?.();
  try {
    (await accept(choose())).postMessage({ type: "keep", language: own });
  } catch {
    clearTimeout(silence);
    await look("failed");
  }
}

/** @param {MessageEvent<Progress>} event */
async function hear({ data }) {
  if (data.language !== own) return;
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

/** Another choice than the one that stands is fetched when the reader says so. */
async function reconsider() {
  const { bundle } = (await consent())[own] ?? {};
  if (bundle) await look(bundle === choose() ? undefined : "change");
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
  for (const one of box.querySelectorAll("input[name]")) one.addEventListener("change", reconsider);
  await migrate().then(repair).catch(() => undefined);
  await look();
}

start().catch(() => show(["unsupported"]));
