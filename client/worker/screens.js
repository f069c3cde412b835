// What the worker itself shows: a saved story, the note on it, the list of saved stories. All words and all markup were
// signed with the stories; the blocks of a screen, `<!--name-->…<!--/name-->`, and its values, `{{name}}`, are filled here.
import { compose, openShell, policyOf } from "./compose.js";
import { get } from "./database.js";
import { text } from "./bytes.js";
import { config } from "./config.js";
import { allSaved, consent } from "./kept.js";
import { age, moment } from "./local.js";

/**
 * The saved stories with their age; `missing` is the page that could not be had.
 * @param {URL} [missing]
 */
export async function front(missing) {
  const [language, state] = Object.entries(await consent()).pop() ?? ["", { complete: "" }];
  const { tag, template } = await screenOf(language);
  if (!template) return Response.error();
  const html = without(template, "note");
  const [before, row, after] = parts(missing ? html : without(html, "missing"), "story");
  const values = { url: missing?.href ?? "", checked: age(await checked(language, state.complete), tag) };
  const rows = (await allSaved()).map((story) => {
    const { key, tag, published } = story;
    return fill(row, { ...story, url: config.prefix + key, language: tag, age: age(published, tag) });
  });
  const page = fill(before, values) + rows.join("") + fill(after, values);
  return shown(page, await policyOf(html), missing ? 503 : 200);
}

/**
 * When what is kept was last known to be the newest: what has expired is as old as the publisher's last word on it.
 * @param {string} language
 * @param {string} complete
 */
async function checked(language, complete) {
  const { issued, until } = (await get("state", `held ${language}`)) ?? (await get("state", `next ${language}`)) ?? {};
  return complete && !(until * 1000 < Date.now()) ? complete : issued ? new Date(issued * 1000).toISOString() : "";
}

/**
 * A saved page with a note on top that says so, and a link to try again; nothing where it cannot be put together.
 * @param {import("./kept.js").Story} story
 * @param {URL} url where the reader wanted to go
 * @param {unknown} late whether the page may still come: then the note has a script that hears of it
 */
export async function copyOf(story, url, late) {
  const { html, template, policy } = await pageOf(story);
  if (!html) return undefined;
  const screen = await screenOf(story.language);
  const [, block] = parts(screen.template, "note");
  const note = late && template ? block : parts(block, "late")[0];
  const filled = fill(note, { url: url.href, date: moment(story.at, screen.tag) });
  // A page that was itself a saved copy of the server's says so in the same place: one such note is enough.
  const page = html.replace(/<main>(<p role=note.*?<\/p>)?/, () => `<main>${filled}`);
  return shown(page, policy || (await policyOf(template + note)));
}

/** @param {import("./kept.js").Story} story */
async function pageOf({ name, shell, page, policy = "" }) {
  if (page) return { html: page, policy };
  const [frame, data] = await Promise.all([get("objects", shell), get("objects", name)]);
  const opened = frame && data && openShell(frame);
  return opened ? { html: compose(opened, data), template: opened.template } : {};
}

/** @param {string} language */
async function screenOf(language) {
  const data = await get("objects", (await get("state", `screen ${language}`)) ?? "");
  const [form, tag = "", , template = ""] = data ? text(data).split("\0") : [];
  return form === "1" ? { tag, template } : { tag: language, template: "" };
}

/**
 * @param {string} html
 * @param {string} policy
 * @param {number} [status]
 */
function shown(html, policy, status = 200) {
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy };
  return new Response(html, { status, headers });
}
/**
 * What stands before a block, in it, and after it.
 * @param {string} html
 * @param {string} name
 */
function parts(html, name) {
  const [before, rest = ""] = html.split(`<!--${name}-->`);
  const [inside, after = ""] = rest.split(`<!--/${name}-->`);
  return [before, inside, after];
}

/**
 * @param {string} html
 * @param {string} name
 */
function without(html, name) {
  const [before, , after] = parts(html, name);
  return before + after;
}

/**
 * @param {string} html
 * @param {Record<string, unknown>} values plain text
 */
function fill(html, values) {
  return html.replace(/\{\{(\w+)\}\}/g, (_, name) => escape(String(values[name] ?? "")));
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
