// Runs the model beside the page, so that the page stays quick. model.js asks, by messages {id, ask, …};
// each is answered by {id, answer} or {id, error}, and before that by any number of {id, part}.

import { GPT } from "./gpt.js";
import { Blocks } from "./rounding.js";
import { Weights } from "./weights.js";
import { drawn, picked, shaped, softmax } from "./sampling.js";

const REST = 12; // milliseconds of work after which the page hears what there is, and may say stop
let gpt, end, blocks;
let running = 0; // the number of the text that is being written; another one, or a stop, ends it

const asks = {
  // Here, and not in the page, the kernel is compiled.
  async load({ config, weights, kernel }) {
    end = config.eos_token_id;
    gpt = new GPT(config, await Weights.from(weights, kernel, GPT.room(config)));
    blocks = new Blocks(gpt.weights);
    return { context: gpt.context, layers: gpt.layers, heads: gpt.heads, kernel: Boolean(gpt.weights.kernel) };
  },

  // The score of each token of the vocabulary to come after these.
  next: ({ ids }) => gpt.read(ids),

  // Write on after these tokens, up to `count` or one of `ends`; `already` of which were written with this seed before. Each token is told with
  // its surprisal in bits: as the model finds it, before any shaping.
  async generate({ ids, count, ends = [], seed = 0, already = 0, ways, pastEnd = false }, tell) {
    const me = ++running;
    const text = [...ids];
    const began = performance.now();
    let written = 0;
    let why = "count";
    while (written < count) {
      if (text.length >= gpt.context) {
        why = "context";
        break;
      }
      const chances = softmax(gpt.read(text));
      const id = picked(shaped(chances, ways), drawn(seed, already + written));
      text.push(id);
      written++;
      tell({ id, bits: -Math.log2(chances[id]) });
      if (id === end && !pastEnd) {
        why = "end";
        break;
      }
      if (ends.includes(id)) break;
      await turn();
      if (me !== running) {
        why = "stopped";
        break;
      }
    }
    return { written, why, seconds: (performance.now() - began) / 1000 };
  },

  stop() {
    running++;
  },

  // The names of the matrices in its blocks; one of them with so many bits for each weight; and all of them, with
  // which it computes from then on.
  matrices: () => blocks.names,
  rounded: ({ name, bits, perRow }) => blocks.rounded(name, bits, perRow),
  round({ bits, perRow }) {
    gpt.ids = []; // what was read with other weights is read again
    return blocks.round(bits, perRow);
  },

  // Where each token looks: for each layer and head, for each token, how much at each token up to itself.
  attention({ ids }) {
    const looks = Array.from({ length: gpt.layers }, () => Array.from({ length: gpt.heads }, () => []));
    gpt.ids = [];
    gpt.read(ids, (layer, head, place, row) => (looks[layer][head][place] = row));
    return looks;
  },

  // Bits of each token but the first, by a window that slides over a text of any length, as
  // src/lessons/evaluation/perplexity.py does; a window scores what none before it has scored.
  async surprisal({ ids, context = gpt.context, stride = context / 2 }, tell) {
    const me = ++running;
    const bits = [];
    for (let begin = 0, first = 1; first < ids.length; begin += stride) {
      const last = Math.min(begin + context, ids.length);
      gpt.ids = [];
      for (let place = begin; place < last - 1; place++) {
        const scores = gpt.step(ids[place], { last: place + 1 >= first });
        if (scores) bits.push(-Math.log2(softmax(scores)[ids[place + 1]]));
        await turn();
        if (me !== running) return bits;
      }
      tell(bits.length);
      first = last;
    }
    return bits;
  },
};

// What is told goes out when the worker rests, and other messages come in. A timer would wait for four milliseconds.
const told = [];
let rested = 0;
const { port1, port2 } = new MessageChannel();

function send() {
  for (const part of told.splice(0)) postMessage(part);
}

async function turn() {
  if (performance.now() - rested < REST) return;
  send();
  await new Promise((go) => {
    port1.onmessage = go;
    port2.postMessage(null);
  });
  rested = performance.now();
}

onmessage = async ({ data: { id, ask, ...given } }) => {
  try {
    told.push({ id, answer: await asks[ask](given, (part) => told.push({ id, part })) });
  } catch (error) {
    told.push({ id, error: error.message });
  }
  send();
};
