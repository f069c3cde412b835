// Readers who kept pages by the first way, in caches, keep them: they become stories, and only then the caches go.
import { hash } from "./bytes.js";
import { config } from "./config.js";
import { write } from "./database.js";
import { agree, languageOf } from "./kept.js";

const AGREED = "lightkeeper-1-agreed";
const LATEST = "lightkeeper-1-latest";

/** Whatever dies in the middle of this, does it again. */
export async function migrate() {
  const found = await caches.match("/_lk/saved/consent", { cacheName: AGREED });
  if (found) {
    const { languages } = await found.json();
    for (const tag of Object.keys(languages)) await languageFrom(tag);
    const pages = (await caches.has(LATEST)) ? await (await caches.open(LATEST)).matchAll() : [];
    for (const page of pages) await storyFrom(page);
  }
  for (const name of [LATEST, AGREED]) if (await caches.has(name)) await caches.delete(name);
}

/** @param {string} tag */
async function languageFrom(tag) {
  const language = languageOf(tag);
  await agree(language, `${language}-${config.bundle}`);
  const page = await caches.match(`/_lk/saved/${encodeURIComponent(tag)}.html`, { cacheName: AGREED });
  if (!page) return;
  const name = `screen ${language}`;
  const data = new TextEncoder().encode(["1", language, "", await page.text()].join("\0"));
  await write([["objects", name, data], ["state", name, name]]);
}

/** @param {Response} page */
async function storyFrom(page) {
  const told = JSON.parse(decodeURIComponent(page.headers.get("Lightkeeper-Story") ?? "null"));
  if (!told) return;
  const { url, title, published, direction, bytes } = told;
  const key = url.slice(config.prefix.length);
  const html = await page.text();
  const own = { key, mark: (await hash(key)).slice(0, 32), language: languageOf(told.language), name: "", shell: "", title };
  const at = Date.parse(page.headers.get("Date") ?? "") || Date.now();
  const kept = { published, tag: told.language, direction, size: bytes, at, page: html };
  await write([["stories", key, { ...own, ...kept, policy: page.headers.get("Content-Security-Policy") ?? "" }]]);
}
