// What the worker itself shows: the list of saved stories, and the note on a saved copy. All words and all markup come
// from the server's screen; its blocks, `<!--name-->…<!--/name-->`, and its values, `{{name}}`, are filled here.
import { age, moment } from "./local.js";
import { about, allSaved, consent, essential, screen } from "./storage.js";

/**
 * The saved stories with their age; `missing` is the page that could not be had.
 * @param {URL} [missing]
 */
export async function front(missing) {
  const [language, state] = Object.entries((await consent())?.languages ?? {}).pop() ?? [""];
  const template = await screen(language);
  if (!template) return Response.error();
  const html = without(await template.text(), "note");
  const [before, row, after] = parts(missing ? html : without(html, "missing"), "story");
  const values = { url: missing?.href ?? "", checked: age(state?.complete ?? "", language) };
  const rows = (await allSaved()).map((story) => fill(row, { ...story, age: age(story.published, story.language) }));
  const page = fill(before, values) + rows.join("") + fill(after, values);
  return new Response(page, { status: missing ? 503 : 200, headers: essential(template.headers) });
}

/**
 * A saved page with a note on top that says so, and a link to try again.
 * @param {Response} page
 * @param {URL} url where the reader wanted to go
 */
export async function copyOf(page, url) {
  const { language, at } = about(page);
  const template = (await (await screen(language))?.text()) ?? "";
  const note = fill(parts(template, "note")[1], { url: url.href, date: moment(at, language) });
  // A page that was itself a saved copy of the server's says so in the same place: one such note is enough.
  const html = (await page.text()).replace(/<main>(<p role=note.*?<\/p>)?/, () => `<main>${note}`);
  return new Response(html, { headers: essential(page.headers) });
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
