// Trains beside the page, so that the page stays quick. It is asked to load, begin, stop, go on and write; it
// tells of every few steps, of what the model writes on the way, and of its end.
import { Tokenizer } from "../tokenizer.js";
import { read } from "./batches.js";
import { Matrices } from "./matrices.js";
import { Training } from "./training.js";

const TOGETHER = 10; // steps that are told at once
const LOOK = 50; // steps from one text to the next

let settings, tokens, tokenizer, kernel, training, beginning;
let seconds = 0; // of computing; pauses do not count
let running = 0; // the number of this run; a stop, or another beginning, ends it

const asks = {
  load({ files, beginning: words }) {
    const text = (bytes) => new TextDecoder().decode(bytes);
    settings = JSON.parse(text(files.plan));
    tokenizer = Tokenizer.from(JSON.parse(text(files.tokenizer)));
    tokens = read(text(files.text), tokenizer);
    kernel = files.kernel;
    beginning = words;
    tell("loaded", { tokens: tokens.ids.length, stories: tokens.begins.length });
  },

  begin({ seed }) {
    training = undefined; // its memory may go before new memory is asked for
    training = new Training(settings, tokens, new Matrices(kernel), seed);
    seconds = 0;
    tell("begun", { weights: training.gpt.size, steps: settings.recipe.steps });
    return asks.go();
  },

  async go() {
    const [me, mine] = [++running, training];
    while (me === running && !mine.over) {
      const began = performance.now();
      const losses = [];
      do {
        losses.push(mine.step());
        await turn();
      } while (me === running && mine.done % TOGETHER && !mine.over);
      if (mine !== training) return; // the reader has begun again
      seconds += (performance.now() - began) / 1000;
      tell("stepped", { done: mine.done, losses, seconds });
      if (mine.done % LOOK === 0) tell("wrote", { done: mine.done, text: write(beginning, mine.seed) });
    }
    tell(mine.over ? "over" : "halted");
  },

  stop() {
    running++;
  },

  write({ text, seed }) {
    tell("continued", { text, more: write(text, seed) });
  },
};

// What comes behind a beginning, where a question mark stands for what cannot be shown. A beginning that is
// longer than half of what the network reads loses its front.
function write(text, seed) {
  const ids = tokenizer.encode(text).slice(-training.plan.context / 2);
  return tokenizer.decode(training.write(ids, { seed }).slice(ids.length)).replace(/\p{C}/gu, "?");
}

const tell = (what, given = {}) => postMessage({ what, ...given });

// Let messages come in. A timer would wait for four milliseconds.
const { port1, port2 } = new MessageChannel();
const turn = () =>
  new Promise((go) => {
    port1.onmessage = go;
    port2.postMessage(null);
  });

onmessage = async ({ data: { ask, ...given } }) => {
  try {
    await asks[ask](given);
  } catch (error) {
    tell("failed", { why: error.message });
  }
};
