/** Whether this link must not carry what nobody asked for: data is saved, or the link is poor. Only Chromium says so. */
export function isSpared() {
  const connection = Reflect.get(navigator, "connection");
  return Boolean(connection?.saveData || /2g/.test(connection?.effectiveType));
}
