// From scores to chances, and from chances to the token that is taken; as src/lessons/prompting/decoding.py has it.

// Chances from scores: positive numbers that sum to 1.
export function softmax(scores) {
  const most = largest(scores);
  const chances = new Float64Array(scores.length);
  for (let id = 0; id < chances.length; id++) chances[id] = Math.exp(scores[id] - most);
  return scaled(chances);
}

function largest(numbers) {
  let most = -Infinity;
  for (let i = 0; i < numbers.length; i++) most = Math.max(most, numbers[i]);
  return most;
}

function scaled(weights) {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  for (let i = 0; i < weights.length; i++) weights[i] /= sum;
  return weights;
}

// Sharper below 1, flatter above; at 0 the likeliest alone is left.
export function tempered(chances, temperature) {
  if (temperature === 1) return chances;
  const most = largest(chances);
  if (temperature === 0) {
    const best = chances.indexOf(most);
    return chances.map((_, id) => (id === best ? 1 : 0));
  }
  return scaled(chances.map((chance) => (chance / most) ** (1 / temperature)));
}

// The k likeliest alone, and those as likely as the last of them; 0 keeps all.
export function topK(chances, k) {
  if (k === 0 || k >= chances.length) return chances;
  const least = chances.toSorted().at(-k);
  return scaled(chances.map((chance) => (chance >= least ? chance : 0)));
}

// The fewest that have p together; 1 keeps all.
export function topP(chances, p) {
  if (p >= 1) return chances;
  const order = [...chances.keys()].sort((a, b) => chances[b] - chances[a]);
  const kept = chances.map(() => 0);
  let sum = 0;
  for (const id of order) {
    if (sum >= p) break;
    kept[id] = chances[id];
    sum += chances[id];
  }
  return scaled(kept);
}

// What a token is drawn from. `ways`: {temperature, topK, topP}
export function shaped(chances, ways = {}) {
  return topP(topK(tempered(chances, ways.temperature ?? 1), ways.topK ?? 0), ways.topP ?? 1);
}

// The likeliest tokens, first the best: [[id, chance], …]
export function likeliest(chances, count) {
  const found = [];
  for (let id = 0; id < chances.length; id++) {
    if (found.length === count && chances[id] <= found.at(-1)[1]) continue;
    let at = found.length;
    while (at > 0 && found[at - 1][1] < chances[id]) at--;
    found.splice(at, 0, [id, chances[id]]);
    if (found.length > count) found.pop();
  }
  return found;
}

// How many bits it takes to say which token comes.
export function entropy(chances) {
  return chances.reduce((bits, chance) => (chance > 0 ? bits - chance * Math.log2(chance) : bits), 0);
}

// A number from 0 to 1 that only these two decide (Mulberry32): the same seed writes the same text.
export function drawn(seed, place) {
  let mixed = (seed + Math.imul(place + 1, 0x6d2b79f5)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

// The token at which the chances, summed up, pass the number that was drawn.
export function picked(chances, number) {
  let last = 0;
  for (let id = 0; id < chances.length; id++) {
    if (chances[id] === 0) continue;
    last = id;
    number -= chances[id];
    if (number < 0) break;
  }
  return last;
}
