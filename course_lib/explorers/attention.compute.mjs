// What AttentionExplorer computes and says. Weights are flat: rows of n numbers, one after another.

export const LEAST = 0.0005; // less than this is 0.000 in three digits

/** Take keys away and let the others share the whole: w_j / (1 − w_hidden); rows with nothing left are zeros. */
export function withoutKeys(weights, n, hidden) {
  if (hidden.length === 0) return weights;
  const kept = Float64Array.from(weights);
  for (let start = 0; start < kept.length; start += n) {
    for (const key of hidden) kept[start + key] = 0;
    let left = 0;
    for (let key = 0; key < n; key++) left += kept[start + key];
    // The sum of what is left is 1 − w_hidden, without the rounding where w_hidden is nearly 1.
    for (let key = 0; key < n; key++) kept[start + key] = left > 0 ? kept[start + key] / left : 0;
  }
  return kept;
}

/** One row: the weights of a query in a head. */
export function rowOf(weights, n, head, query) {
  const start = (head * n + query) * n;
  return weights.slice(start, start + n);
}

/** How much weight of a row lies on these keys. */
export function weightOn(row, keys) {
  return keys.reduce((sum, key) => sum + row[key], 0);
}

/** The keys with the greatest weights, greatest first; of equals the first; never one without weight. */
export function leaders(row, most) {
  const keys = Array.from(row, (_, key) => key).filter((key) => row[key] > 0);
  return keys.sort((one, other) => row[other] - row[one] || one - other).slice(0, most);
}

/** The colour of a weight: red, green and blue from a palette of 256, as matplotlib chooses it. */
export function colourOf(weight, palette) {
  const place = 3 * Math.max(0, Math.min(255, Math.floor(256 * weight)));
  return [palette[place], palette[place + 1], palette[place + 2]];
}

/** Black or white, whichever has the greater contrast on a colour (WCAG 2). */
export function inkOn(colour) {
  const [red, green, blue] = colour.map((it) => it / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "black" : "white";
}

/** A picture of one head, a cell a pixel: (n, n, red green blue opacity); hidden keys are chequered grey. */
export function pixelsOf(weights, n, head, hidden, palette) {
  const pixels = new Uint8ClampedArray(4 * n * n).fill(255);
  for (let cell = 0; cell < n * n; cell++) {
    const colour = colourOf(weights[head * n * n + cell], palette);
    for (let i = 0; i < 3; i++) pixels[4 * cell + i] = colour[i];
  }
  for (const key of hidden) {
    for (let query = 0; query < n; query++) {
      pixels.fill((query + key) % 2 ? 221 : 130, 4 * (query * n + key), 4 * (query * n + key) + 3);
    }
  }
  return pixels;
}

/** What to call each token in a sentence: a repeated one with its position, one that is hardly seen in quotes. */
export function namesOf(tokens) {
  return tokens.map((token, at) => {
    const word = /[\p{L}\p{N}]/u.test(token) ? token : `“${token}”`;
    return tokens.indexOf(token) === tokens.lastIndexOf(token) ? word : `${word} (${at})`;
  });
}

const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);
const three = (weight) => weight.toFixed(3);
const hasWeight = (row) => row.some((weight) => weight > 0);

/** What is left of a row without the hidden keys, and how many digits it takes to see that it is not 0. */
function leftOf(before, hidden) {
  const left = weightOn(before, Array.from(before, (_, key) => key).filter((key) => !hidden.includes(key)));
  return { left, digits: Math.min(15, Math.max(3, 2 - Math.floor(Math.log10(left)))) };
}

/** The greatest weights in words. No key is named that ties with one that is left out. */
function greatest(row, names) {
  const all = leaders(row, row.length);
  let most = Math.min(3, all.length);
  while (most > 0 && most < all.length && row[all[most - 1]] - row[all[most]] < LEAST) most--;
  const alike = all.filter((key) => row[all[0]] - row[key] < LEAST);
  const first = most > 0 ? all.slice(0, most) : alike, rest = all.length - first.length;
  const named = most > 0 ? listed(first.map((key) => `${names[key]} ${three(row[key])}`)) : `${alike.length} keys alike, ${three(row[all[0]])} each`;
  if (rest === 0) return named;
  return `${named}; ${rest} more ${rest === 1 ? "has" : "have"} ${three(1 - weightOn(row, first))}${rest === 1 ? "" : " together"}`;
}

/** Say where a query looks. `before` is its row with all keys, `now` the row that is shown. */
export function saidOfRow({ before, now, hidden, names, query }) {
  const gone = listed(hidden.map((key) => names[key]));
  if (!hasWeight(before)) return `${names[query]} looks at nothing: it may attend to no key, and all its weights are 0.`;
  if (!hasWeight(now)) return `${names[query]} looks at nothing now: its whole weight was on hidden keys (${gone}).`;
  const looks = `${names[query]} looks at ${greatest(now, names)}.`;
  if (hidden.length === 0) return looks;
  const { left, digits } = leftOf(before, hidden);
  return `${looks} Without ${gone}, ${left.toFixed(digits)} was left, and is the whole now.`;
}

/** Say how one weight came about. */
export function saidOfPair({ before, now, hidden, names, query, key }) {
  const pair = `${names[query]} → ${names[key]}`;
  if (!hasWeight(before)) return `${pair}: 0, as ${names[query]} may attend to no key.`;
  if (hidden.includes(key)) return `${pair}: hidden; it had ${three(before[key])} of the weight of ${names[query]}.`;
  if (!hasWeight(now)) return `${pair}: 0, as the whole weight of ${names[query]} was on hidden keys.`;
  if (hidden.length === 0) return `${pair}: weight ${three(now[key])}.`;
  const { digits } = leftOf(before, hidden);
  return `${pair}: ${before[key].toFixed(digits)} ÷ (1 − ${weightOn(before, hidden).toFixed(digits)}) ≈ ${three(now[key])}.`;
}
