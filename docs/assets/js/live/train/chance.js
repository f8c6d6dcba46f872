// Chance that is the same again for the same seed.

// Numbers from 0 to 1: mulberry32, 32 bits that a few multiplications mix well enough to play with.
export function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// A number of the bell curve around 0 with spread 1 (Box and Muller 1958).
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// One of the tokens, by their scores: the lower the temperature, the more often the likeliest.
export function choose(scores, temperature, random) {
  const highest = Math.max(...scores);
  const chances = Array.from(scores, (score) => Math.exp((score - highest) / temperature));
  let left = random() * chances.reduce((sum, chance) => sum + chance, 0);
  const found = chances.findIndex((chance) => (left -= chance) < 0);
  return found < 0 ? scores.indexOf(highest) : found;
}
