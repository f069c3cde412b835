// The worker's own reader, outside a browser: judges what stands on each line of its input, on a line of its output.
// `node judge.mjs WORKER-FOLDER`; a line is JSON, bytes in hexadecimal. The answer is what was read, or null.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

globalThis.self = globalThis;
globalThis.LIGHTKEEPER = {};
const load = (name) => import(pathToFileURL(`${process.argv[2]}/${name}.js`));
const [bytes, formats, trust, packs, compose] = await Promise.all(
  ["bytes", "formats", "trust", "packs", "compose"].map(load),
);

const bytesOf = (text) => new Uint8Array(Buffer.from(text, "hex"));

const readers = {
  async keys({ data }) {
    const { roots, certificate } = await formats.readKeys(data);
    return [roots.map((r) => [r.version, r.floor, r.signed]), certificate.serial, bytes.hex(certificate.key)];
  },
  async list({ data }) {
    const { entries, tombstones } = formats.readList(data);
    return [entries.map((e) => [e.kind, e.size, e.name]), [...tombstones]];
  },
  async difference({ data, old }) {
    return bytes.hex(formats.follow(old, data));
  },
  async pack({ data, old }) {
    const records = await recordsOf(data);
    bytes.believe(records.length > 0 && records[0][0] === 0);
    const listed = formats.follow(old, records[0][1]);
    const names = await Promise.all(records.slice(1).map(([, payload]) => bytes.hash(payload)));
    return [bytes.hex(listed), [...new Set(names)].sort()];
  },
  async belief({ pinned, keys, head, name }) {
    const { trust: told, head: read } = await trust.accept(await trust.pin(pinned), keys, head, name);
    return [read.sequence, read.digest, told.root.version];
  },
  async story({ data, shell }) {
    return compose.compose(compose.openShell(shell), data);
  },
};

/** A pack as the network would bring it: once, in pieces that end anywhere, and then no more. */
async function recordsOf(data) {
  const found = [];
  const course = { at: 0, end: Infinity };
  let asked = 0;
  globalThis.fetch = async () => (asked++ ? new Response("", { status: 404 }) : new Response(poured(data)));
  try {
    await packs.readPack("pack", course, async (records) => {
      for (const record of records) course.at += 5 + record[1].length;
      found.push(...records);
    });
  } catch (error) {
    if (!(error instanceof packs.Missing)) throw error;
  }
  bytes.believe(course.at === data.length);
  return found;
}

function poured(data) {
  const size = 1 + (data.length % 97);
  let at = 0;
  return new ReadableStream({
    pull(to) {
      if (at < data.length) to.enqueue(data.slice(at, (at += size)));
      else to.close();
    },
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, ...given } = JSON.parse(line);
  for (const name of Object.keys(given)) if (name !== "name") given[name] = bytesOf(given[name]);
  let told = null;
  try {
    told = await readers[kind](given);
  } catch (error) {
    if (!(error instanceof bytes.Refused)) told = { crashed: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
