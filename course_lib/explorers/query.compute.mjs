// One query on its way through attention, number by number, and each number's arithmetic in words.
// Nothing here knows the page: node runs these functions against NumPy in the tests.

/** Cut a flat list of numbers into rows. */
export function rowsOf(flat, width) {
  return Array.from({ length: flat.length / width }, (_, row) => Array.from(flat.slice(row * width, (row + 1) * width)));
}

const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

/** Take one query through the six stages; `allowed` holds 1 for each key that it may attend to. */
export function stepsOf(query, keys, values, allowed) {
  const products = keys.map((key) => key.map((number, feature) => query[feature] * number));
  const sums = products.map(total);
  const scaled = sums.map((sum, key) => (allowed[key] ? sum / Math.sqrt(query.length) : -Infinity));
  const isEmpty = !allowed.some(Boolean);
  const greatest = isEmpty ? 0 : Math.max(...scaled); // −∞ less −∞ would be nan
  const exponentials = scaled.map((score) => Math.exp(score - greatest));
  const share = total(exponentials);
  const weights = exponentials.map((number) => (isEmpty ? 0 : number / share));
  const weighted = values.map((value, key) => value.map((number) => weights[key] * number));
  const output = values[0].map((_, column) => total(weighted.map((row) => row[column])));
  return { query, keys, values, products, sums, scaled, isEmpty, greatest, exponentials, total: share, weights, weighted, output };
}

/** The outputs of all queries. */
export function outputsOf(queries, keys, values, allowed) {
  return queries.map((query, row) => stepsOf(query, keys, values, allowed[row]).output);
}

/** The greatest difference between two tables of one shape. */
export function greatestDifference(some, others) {
  return Math.max(...some.map((row, i) => Math.max(...row.map((number, j) => Math.abs(number - others[i][j])))));
}

/** Write a number as short as it can be read: 8, 0.574, 4.5e−7. */
export function short(number) {
  if (number === -Infinity) return "−∞";
  const size = Math.abs(number);
  const rounded = size >= 1e6 || (size > 0 && size < 0.001) ? Number(number.toPrecision(2)) : Number(number.toFixed(3));
  return String(rounded || 0).replaceAll("-", "−");
}

/** Put an equation together; ≈ where a number of it had to be rounded. */
function equation(left, numbers) {
  const isExact = numbers.every((number) => Math.abs(number - Number(short(number).replaceAll("−", "-"))) <= 1e-12 * Math.abs(number));
  return `${left} ${isExact ? "=" : "≈"} ${short(numbers.at(-1))}`;
}

const MOST_TERMS = 12;

const bracketed = (number) => (number < 0 ? `(${short(number)})` : short(number));

function sumOf(terms, result) {
  const shown = terms.length > MOST_TERMS ? terms.slice(0, 6) : terms;
  const signed = shown.map((term, place) => (place === 0 ? short(term) : term < 0 ? ` − ${short(-term)}` : ` + ${short(term)}`));
  const rest = terms.length - shown.length;
  return equation(signed.join("") + (rest ? ` + … (${rest} more)` : ""), [...terms, result]);
}

const listed = (names, numbers) => names.map((name, place) => `${name} ${short(numbers[place])}`).join(", ");

const NOTHING = "there is nothing to share out";

// How each kind of number came about: from the steps, its key (row), its column, and the names.
const ARITHMETIC = {
  query: (s, _, column, names) => `query of ${names.query}, ${names.features[column]}: ${short(s.query[column])}`,
  key: (s, key, _, names) => `key of ${names.tokens[key]}: ${listed(names.features, s.keys[key])}; its value: ${listed(names.messages, s.values[key])}`,
  product: (s, key, column, names) => {
    const [asked, offered] = [s.query[column], s.keys[key][column]];
    const left = `${short(asked)} × ${bracketed(offered)}`;
    return `${names.query} meets ${names.tokens[key]}, ${names.features[column]}: ${equation(left, [asked, offered, s.products[key][column]])}`;
  },
  sum: (s, key, _, names) => `raw score of ${names.tokens[key]}: ${sumOf(s.products[key], s.sums[key])}`,
  scaled: (s, key, _, names) => {
    const [raw, width] = [s.sums[key], s.query.length];
    const text = equation(`${short(raw)} ÷ √${width}`, [raw, raw / Math.sqrt(width)]);
    if (s.scaled[key] !== -Infinity) return `scaled score of ${names.tokens[key]}: ${text}`;
    return `${names.query} may not attend to ${names.tokens[key]}: −∞ in place of ${text}`;
  },
  greatest: (s, _, __, names) => {
    if (s.isEmpty) return `${names.query} may attend to nothing, so no score is the greatest`;
    const best = names.tokens.filter((_, key) => s.scaled[key] === s.greatest);
    return `greatest score: ${short(s.greatest)}, of ${best.slice(0, 3).join(" and ")}${best.length > 3 ? " and others" : ""}`;
  },
  exp: (s, key, _, names) => {
    const [score, result] = [s.scaled[key], s.exponentials[key]];
    if (score === -Infinity) return `${names.tokens[key]} is masked: exp(−∞) = 0`;
    return `${names.tokens[key]}: ${equation(`exp(${short(score)} − ${bracketed(s.greatest)})`, [score, s.greatest, result])}`;
  },
  total: (s) => `sum of exp: ${sumOf(s.exponentials, s.total)}`,
  weight: (s, key, _, names) => {
    if (s.isEmpty) return `weight of ${names.tokens[key]}: 0, since ${NOTHING}`;
    const [part, result] = [s.exponentials[key], s.weights[key]];
    return `weight of ${names.tokens[key]}: ${equation(`${short(part)} ÷ ${short(s.total)}`, [part, s.total, result])}`;
  },
  whole: (s, _, __, names) => (s.isEmpty ? `${names.query} may attend to nothing: its weights are zeros` : `sum of the weights: ${sumOf(s.weights, total(s.weights))}`),
  weighted: (s, key, column, names) => {
    const [weight, number] = [s.weights[key], s.values[key][column]];
    const left = `${short(weight)} × ${bracketed(number)}`;
    return `${names.tokens[key]} adds to ${names.messages[column]}: ${equation(left, [weight, number, s.weighted[key][column]])}`;
  },
  output: (s, _, column, names) => {
    if (s.isEmpty) return `output of ${names.query}, ${names.messages[column]}: 0, since it may attend to nothing`;
    return `output of ${names.query}, ${names.messages[column]}: ${sumOf(s.weighted.map((row) => row[column]), s.output[column])}`;
  },
};

/** Say how a number came about: place = { kind, key, column }. */
export function arithmetic(steps, { kind, key, column }, names) {
  return ARITHMETIC[kind](steps, key, column, names);
}

/** Say what a stage does, with the numbers of this query. */
export function explanation(steps, stage, names) {
  const hidden = steps.scaled.filter((score) => score === -Infinity).length;
  if (steps.isEmpty && stage >= 2) {
    const empty = `${names.query} may attend to nothing: every score is −∞`;
    if (stage === 2) return `${empty}.`;
    return `${empty}, and ${NOTHING}. ${stage === 3 ? "All weights are zeros." : "So the output is zeros."}`;
  }
  const may = hidden ? ` ${hidden} of ${steps.scaled.length} keys may not be attended to (hatched): their score is −∞.` : "";
  return [
    `Each number of the query of ${names.query} times the number of each key in the same place.`,
    "Each row of products is added up: the raw score of that key, a dot product.",
    `Each raw score is divided by ${equation(`√d_head = √${steps.query.length}`, [Math.sqrt(steps.query.length)])}.${may}`,
    `Softmax: the greatest score, ${short(steps.greatest)}, is taken away; exp of each; divided by the sum of them all.`,
    "Each value is taken as many times as its weight says.",
    `Each column is added up: the output of ${names.query} is ${listed(names.messages, steps.output)}.`,
  ][stage];
}
