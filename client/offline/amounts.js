// Sizes and numbers as the reader's language writes them.

/**
 * `180 kilobytes`
 * @param {number} bytes
 * @param {string} language
 */
export function size(bytes, language) {
  const value = Math.ceil(bytes / 1000);
  return new Intl.NumberFormat(language, { style: "unit", unit: "kilobyte", unitDisplay: "long" }).format(value);
}

/**
 * @param {number} value
 * @param {string} language
 */
export const number = (value, language) => new Intl.NumberFormat(language).format(value);
