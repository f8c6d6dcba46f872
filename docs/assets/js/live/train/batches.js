// From a text to what each step reads.
import { seeded } from "./chance.js";

export const END = 0; // the token that stands behind each story

// Stories, one a line, as one row of tokens, and where each of them begins.
export function read(text, tokenizer) {
  const ids = [];
  const begins = [];
  for (const story of text.trim().split("\n")) {
    begins.push(ids.length);
    for (const id of tokenizer.encode(story)) ids.push(id);
    ids.push(END);
  }
  return { ids, begins };
}

// The batch of a step, the same whenever it is asked: from the beginnings of stories on, as many tokens as
// the network reads at once. Each token asks for the one behind it; the last has none to ask for: -1.
export function batch({ ids, begins }, { rows, context }, seed, step) {
  const random = seeded(seed * 1_000_003 + step);
  const fit = begins.findLastIndex((at) => at + context <= ids.length) + 1;
  const [read, targets] = [[], []];
  for (let row = 0; row < rows; row++) {
    const at = begins[Math.floor(random() * fit)];
    read.push(...ids.slice(at, at + context));
    targets.push(...ids.slice(at + 1, at + context), -1);
  }
  return { read, targets };
}
