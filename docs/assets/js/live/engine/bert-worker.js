// Runs a classifier beside the page; model.js asks it as it asks worker.js.

import { Bert } from "./bert.js";
import { Weights } from "./weights.js";

let bert;

const asks = {
  async load({ config, weights, kernel }) {
    bert = new Bert(config, await Weights.from(weights, kernel));
    return { longest: bert.longest, kernel: Boolean(bert.weights.kernel) };
  },

  // A score for each class.
  classes: ({ ids }) => bert.logits(ids),
};

onmessage = async ({ data: { id, ask, ...given } }) => {
  try {
    postMessage({ id, answer: await asks[ask](given) });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
};
