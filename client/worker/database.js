// One database on the device. Looking into it never creates it: that happens on the reader's yes alone.

/** @typedef {"state" | "objects" | "stories"} Place */
/** @typedef {[place: Place, key: string, value?: unknown]} Change without a value: remove */

const DATABASE = "lightkeeper";
/** @type {Place[]} */
const PLACES = ["state", "objects", "stories"];

/** @type {Promise<IDBDatabase> | undefined} */
let connection;

/** The database, if there is one. */
async function connect() {
  if (!connection && !(await exists())) return undefined;
  try {
    return await (connection ??= open());
  } catch {
    return (connection = undefined);
  }
}

/** WebKit keeps a database whose making was broken off, so it must not begin. Where browsers cannot tell: perhaps. */
async function exists() {
  return !indexedDB.databases || (await indexedDB.databases()).some((one) => one.name === DATABASE);
}

/**
 * @param {boolean} [create]
 * @returns {Promise<IDBDatabase>}
 */
function open(create) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      if (!create) asked.transaction?.abort(); // and so nothing is left of it
      else for (const place of PLACES) asked.result.createObjectStore(place);
    };
    asked.onerror = (event) => {
      event.preventDefault();
      reject(asked.error);
    };
    asked.onsuccess = () => {
      const leave = () => {
        asked.result.close();
        connection = undefined;
      };
      asked.result.onversionchange = leave;
      asked.result.onclose = leave;
      resolve(asked.result);
    };
  });
}

/** Make the database, where the reader has said yes. */
export const create = () => (connection = open(true));

/**
 * @template T
 * @param {Place} place
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T | undefined>}
 */
async function read(place, ask) {
  const found = await connect();
  if (!found) return undefined;
  return new Promise((resolve, reject) => {
    const asked = ask(found.transaction(place).objectStore(place));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/**
 * @param {Place} place
 * @param {string} key
 * @returns {Promise<any>}
 */
export const get = (place, key) => read(place, (store) => store.get(key));

/**
 * @param {Place} place
 * @returns {Promise<any[]>}
 */
export const all = async (place) => (await read(place, (store) => store.getAll())) ?? [];

/**
 * @param {Place} place
 * @returns {Promise<string[]>}
 */
export const keysIn = async (place) => /** @type {string[]} */ ((await read(place, (store) => store.getAllKeys())) ?? []);

/**
 * Everything or nothing of it. Rejects where there is no database (any more): the reader took the yes back.
 * @param {Change[]} changes
 */
export async function write(changes) {
  const found = await connect();
  if (!found) throw new Error("nothing is kept here");
  return new Promise((resolve, reject) => {
    const tx = found.transaction(PLACES, "readwrite");
    tx.oncomplete = resolve;
    tx.onabort = () => {
      reject(tx.error ?? new Error("aborted"));
      // After a full disk, Firefox lets the next transaction do nothing but remove: let it be this one.
      found.transaction(PLACES, "readwrite");
    };
    for (const [place, key, value] of changes) {
      if (value === undefined) tx.objectStore(place).delete(key);
      else tx.objectStore(place).put(value, key);
    }
  });
}

/** Remove the database; whoever has it open lets go of it. */
export async function drop() {
  (await connection?.catch(() => undefined))?.close();
  connection = undefined;
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = resolve;
  });
}
