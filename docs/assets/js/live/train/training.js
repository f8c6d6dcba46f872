// A training that can be stopped between two steps and asked to write.
import { batch, END } from "./batches.js";
import { choose, seeded } from "./chance.js";
import { GPT } from "./gpt.js";
import { AdamW, clip, rateOf } from "./steps.js";

export class Training {
  // `plan` says the network's shape, `recipe` how it is trained; `tokens` come from `read`.
  constructor({ plan, recipe }, tokens, matrices, seed) {
    Object.assign(this, { plan, recipe, tokens, seed, done: 0 });
    this.gpt = new GPT(plan, matrices);
    this.gpt.begin(seed);
    this.optimizer = new AdamW(this.gpt.weights, recipe);
  }

  get over() {
    return this.done >= this.recipe.steps;
  }

  // One step. Returns the loss that the batch had before it.
  step() {
    const { read, targets } = batch(this.tokens, this.plan, this.seed, this.done);
    const loss = this.gpt.backward(read, targets);
    clip(this.gpt.gradients, this.recipe.clip);
    this.optimizer.step(this.gpt.gradients, rateOf(this.done++, this.recipe));
    return loss;
  }

  // Go on from a beginning until the story ends or there is no room. A sequence is filled up with anything:
  // no token looks at those behind it.
  write(ids, { temperature = 0.7, seed = 0 } = {}) {
    const { context } = this.plan;
    const random = seeded(seed);
    const written = [...ids];
    while (written.length < context) {
      const row = [...written, ...new Array(context - written.length).fill(END)];
      const scores = this.gpt.forward(row, 1).part(written.length - 1, 0, 1, this.plan.vocabulary);
      const id = choose(scores.all, temperature, random);
      if (id === END) break;
      written.push(id);
    }
    return written;
  }
}
