// What softmax makes of the scores of many queries, each with all keys.
// Nothing here knows the page: node runs these functions against NumPy in the tests.

export const DEAF = 0.001; // a row whose weights respond less than this to a point of raw score
const DECADE = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8]; // even steps, powers of two among them

/** The temperatures of the slider: ten a decade, from 0.1 to 100. */
export const TEMPERATURES = [...[0.1, 1, 10].flatMap((ten) => DECADE.map((step) => Number((ten * step).toPrecision(3)))), 100];

/** The d_heads of the curves: powers of two, and all features there are. */
export function curveSizes(nFeatures) {
  const powers = Array.from({ length: Math.floor(Math.log2(nFeatures)) + 1 }, (_, power) => 2 ** power);
  return [...new Set([...powers, nFeatures])];
}

/** The d_heads of the slider: four steps from one power of two to the next. */
export function sliderSizes(nFeatures) {
  const steps = Array.from({ length: Math.floor(4 * Math.log2(nFeatures)) + 1 }, (_, step) => Math.round(2 ** (step / 4)));
  return [...new Set([...steps, nFeatures])];
}

/** The place of the number that is nearest, by ratio. */
export function nearest(numbers, number) {
  const away = numbers.map((it) => Math.abs(Math.log(it / number)));
  return away.indexOf(Math.min(...away));
}

/** Raw scores from the features `from` up to `dHead`, added to `scores`; a query a row. */
export function rawScores(queries, keys, nFeatures, dHead, from = 0, scores = null) {
  const nKeys = keys.length / nFeatures;
  const raw = scores ? Float64Array.from(scores) : new Float64Array((queries.length / nFeatures) * nKeys);
  for (let place = 0; place < raw.length; place++) {
    const query = Math.floor(place / nKeys) * nFeatures;
    const key = (place % nKeys) * nFeatures;
    let sum = raw[place];
    for (let feature = from; feature < dHead; feature++) sum += queries[query + feature] * keys[key + feature];
    raw[place] = sum;
  }
  return raw;
}

/** Raw scores for each of some rising d_heads; each goes on from the one before. */
export function rawScoresOf(sizes, queries, keys, nFeatures) {
  let raw = null;
  return sizes.map((size, i) => (raw = rawScores(queries, keys, nFeatures, size, sizes[i - 1] ?? 0, raw)));
}

/** What raw scores are divided by before softmax. */
export function divisor(dHead, temperature, scaled) {
  return temperature * (scaled ? Math.sqrt(dHead) : 1);
}

/** Weights of one row of scores, plain loops since a slider asks for thousands; a row of −∞ gets zeros. */
export function softmax(scores, weights = new Float64Array(scores.length)) {
  let greatest = -Infinity;
  for (let key = 0; key < scores.length; key++) greatest = Math.max(greatest, scores[key]);
  if (greatest === -Infinity) return weights.fill(0);
  let total = 0;
  for (let key = 0; key < scores.length; key++) total += weights[key] = Math.exp(scores[key] - greatest);
  for (let key = 0; key < scores.length; key++) weights[key] /= total;
  return weights;
}

/** How evenly weights are shared: 0 for one key with everything, ln n for n equal shares. */
export function entropy(weights) {
  let sum = 0;
  for (let key = 0; key < weights.length; key++) if (weights[key] > 0) sum -= weights[key] * Math.log(weights[key]);
  return sum;
}

/** By how much the weight that responds most moves, for a point of raw score. */
export function response(weights, dividedBy) {
  let most = 0;
  for (let key = 0; key < weights.length; key++) most = Math.max(most, weights[key] * (1 - weights[key]));
  return most / dividedBy;
}

function mean(numbers) {
  let sum = 0;
  for (let place = 0; place < numbers.length; place++) sum += numbers[place];
  return sum / numbers.length;
}

/** The standard deviation. */
export function spread(numbers) {
  const middle = mean(numbers);
  let squares = 0;
  for (let place = 0; place < numbers.length; place++) squares += (numbers[place] - middle) * (numbers[place] - middle);
  return Math.sqrt(squares / numbers.length);
}

/** The number in the middle, or between the two in the middle. */
export function median(numbers) {
  const sorted = Float64Array.from(numbers).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What all rows are like together: means over the queries, and the response of the one in the middle. */
export function summary(raw, nKeys, dividedBy) {
  const [scores, weights] = [new Float64Array(nKeys), new Float64Array(nKeys)];
  const entropies = [];
  const responses = [];
  for (let start = 0; start < raw.length; start += nKeys) {
    for (let key = 0; key < nKeys; key++) scores[key] = raw[start + key] / dividedBy;
    softmax(scores, weights);
    entropies.push(entropy(weights));
    responses.push(response(weights, dividedBy));
  }
  return {
    spread: spread(raw) / dividedBy,
    entropy: mean(entropies),
    keys: mean(entropies.map(Math.exp)),
    response: median(responses),
    deaf: mean(responses.map((it) => (it < DEAF ? 1 : 0))),
  };
}

/** One summary a d_head, without the scale and with it. */
export function curves(sizes, raws, nKeys, temperature) {
  const along = (scaled) => sizes.map((size, i) => summary(raws[i], nKeys, divisor(size, temperature, scaled)));
  return { plain: along(false), scaled: along(true) };
}
