// Dilated attention from its definition: who is kept, who sees whom, and what it comes to.
// A branch is [segment length, dilation]. Nothing here knows of the page; node runs it in the tests.

/** Whether a head keeps a position. Each segment counts anew, and each head begins one further on. */
export function isKept(position, [segmentLength, dilation], head) {
  return (position % segmentLength) % dilation === head % dilation;
}

/** Whom a query sees through one branch and one head; nobody where it is not kept itself. */
export function keysOf(query, branch, head, seqLen, isCausal) {
  if (!isKept(query, branch, head)) return [];
  const start = query - (query % branch[0]);
  const end = Math.min(start + branch[0], isCausal ? query + 1 : seqLen);
  const keys = [];
  for (let key = start; key < end; key += 1) if (isKept(key, branch, head)) keys.push(key);
  return keys;
}

/** The table of one branch, row after row: true where at least one of the heads sees the pair. */
export function maskOf(branch, heads, seqLen, isCausal) {
  const mask = new Array(seqLen * seqLen).fill(false);
  for (const head of heads) {
    for (let query = 0; query < seqLen; query += 1) {
      for (const key of keysOf(query, branch, head, seqLen, isCausal)) mask[query * seqLen + key] = true;
    }
  }
  return mask;
}

/** How many pairs the heads compare in one branch, each head counting its own. */
export function pairsOf(branch, heads, seqLen, isCausal) {
  let pairs = 0;
  for (const head of heads) {
    for (let query = 0; query < seqLen; query += 1) pairs += keysOf(query, branch, head, seqLen, isCausal).length;
  }
  return pairs;
}

/** How many pairs there are at all: what one head of dense attention compares. */
export function possiblePairs(seqLen, isCausal) {
  return isCausal ? (seqLen * (seqLen + 1)) / 2 : seqLen * seqLen;
}

/** Join tables: true where any of them is. */
export function anyOf(masks, seqLen) {
  return Array.from({ length: seqLen * seqLen }, (_, cell) => masks.some((mask) => mask[cell]));
}

/** Which queries see nobody. */
export function withoutKey(seen, seqLen) {
  const queries = [];
  for (let query = 0; query < seqLen; query += 1) {
    if (!seen.slice(query * seqLen, (query + 1) * seqLen).includes(true)) queries.push(query);
  }
  return queries;
}

/**
 * Let the news spread, layer by layer, until nothing is new: whoever I see brings along whom it has
 * heard of, and what I had I keep, as the sum around attention in a transformer block does.
 * Returns the number of layers, and of the pairs that even then never met.
 */
export function spread(seen, seqLen, isCausal) {
  const words = Math.ceil(seqLen / 32); // a row of whom one has heard of, 32 positions a word
  let heardOf = new Uint32Array(seqLen * words);
  for (let i = 0; i < seqLen; i += 1) heardOf[i * words + (i >> 5)] |= 1 << (i & 31);
  for (let layers = 0; ; layers += 1) {
    const now = heardOf.slice();
    for (let cell = 0; cell < seen.length; cell += 1) {
      if (!seen[cell]) continue;
      const query = Math.floor(cell / seqLen), key = cell % seqLen;
      for (let word = 0; word < words; word += 1) now[query * words + word] |= heardOf[key * words + word];
    }
    if (now.every((bits, place) => bits === heardOf[place])) {
      return { layers, missing: possiblePairs(seqLen, isCausal) - onesIn(heardOf) };
    }
    heardOf = now;
  }
}

function onesIn(bits) {
  let ones = 0;
  for (let word of bits) for (; word; word &= word - 1) ones += 1;
  return ones;
}

/** Whom a query sees: for each branch the heads that keep it, which see the same, and the others. */
export function sightsOf({ query, branches, active, heads, seqLen, isCausal }) {
  const looked = branches.map((branch, number) => ({ branch, number })).filter(({ number }) => active[number]);
  return looked.flatMap(({ branch, number }) => [true, false].map((kept) => {
    const group = heads.filter((head) => isKept(query, branch, head) === kept);
    return { number, group, keys: group.length ? keysOf(query, branch, group[0], seqLen, isCausal) : [] };
  })).filter(({ group }) => group.length);
}

/** Everything that the view says about the chosen branches and heads. */
export function summary({ seqLen, branches, active, heads, isCausal }) {
  const masks = branches.map((branch, b) => (active[b] ? maskOf(branch, heads, seqLen, isCausal) : null));
  const pairs = branches.map((branch, b) => (active[b] ? pairsOf(branch, heads, seqLen, isCausal) : 0));
  const seen = anyOf(masks.filter(Boolean), seqLen);
  return {
    masks,
    pairs,
    compared: pairs.reduce((sum, some) => sum + some, 0),
    dense: heads.length * possiblePairs(seqLen, isCausal),
    seen: seen.filter(Boolean).length,
    possible: possiblePairs(seqLen, isCausal),
    withoutKey: withoutKey(seen, seqLen),
    spread: spread(seen, seqLen, isCausal),
  };
}
