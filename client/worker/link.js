/** Whether this link must not carry what nobody asked for: data is saved, or the link is poor. Only Chromium says so. */
export function isSpared() {
  const { connection } = /** @type {any} */ (navigator);
  return Boolean(connection?.saveData || /2g/.test(connection?.effectiveType));
}
