// Dates and ages as the reader's language writes them.

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * `3 days ago`; a date that cannot be read is no age.
 * @param {string} date
 * @param {string} language
 */
export function age(date, language) {
  const seconds = (Date.now() - Date.parse(date)) / 1000;
  if (Number.isNaN(seconds)) return "";
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[4];
  const count = Math.max(0, Math.floor(seconds / size));
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-count, unit);
  // `-3 h`: the browser has no words for ages in this language (Central Kurdish).
  return /^\W?-/.test(words) ? moment(date, language) : words;
}

/**
 * `24 November 2026, 08:15`, in the calendar that the language uses.
 * @param {string | number} date
 * @param {string} language
 */
export function moment(date, language) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(date));
}
