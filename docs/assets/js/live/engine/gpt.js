// A whole language model: GPT-2, as the course's `base` is one. A token goes in, and for each token of the
// vocabulary a score comes out: how well it would go on. Chances are made of scores in sampling.js.

export class GPT {
  constructor(config, weights) {
    if (config.activation_function !== "gelu_new") throw new Error(`activation ${config.activation_function}`);
    this.weights = weights;
    this.layers = config.n_layer;
    this.heads = config.n_head;
    this.width = config.n_embd;
    this.context = config.n_positions;
    this.tiny = config.layer_norm_epsilon;
    this.ids = []; // of all tokens that were read
    // What attention looks back at, for each layer: a key and a value of each token read so far.
    const table = () => weights.list32(this.context * this.width);
    this.keys = Array.from({ length: this.layers }, table);
    this.values = Array.from({ length: this.layers }, table);
    // What is computed for a token on the way.
    this.x = weights.list32(this.width);
    this.normal = weights.list32(this.width);
    this.asked = weights.list32(3 * this.width);
    this.looks = weights.list32(this.context + (-this.context & 3)); // the kernel writes four at a time
    this.found = weights.list32(this.width);
    this.inner = weights.list32(4 * this.width);
    this.change = weights.list32(this.width);
    this.scores = weights.list32(config.vocab_size);
  }

  // How many numbers of these the weights' memory must have room for.
  static room({ n_layer: layers, n_positions: context, n_embd: width, vocab_size: tokens }) {
    return 2 * layers * context * width + 11 * width + context + 3 + tokens;
  }

  // Scores for the token after these. What was read already, and stands there still, is not read again.
  read(ids, seen) {
    let same = 0;
    while (same < ids.length - 1 && ids[same] === this.ids[same]) same++;
    this.ids.length = same;
    let scores;
    for (const id of ids.slice(same)) scores = this.step(id, { last: this.ids.length === ids.length - 1, seen });
    return scores;
  }

  // Read one token. `seen` hears at which tokens each head of each layer looked, and how much.
  step(id, { last = true, seen } = {}) {
    const { weights, width, x, change } = this;
    const place = this.ids.length;
    if (place === this.context) throw new Error(`the model reads at most ${this.context} tokens`);
    const places = weights.list("wpe.weight");
    // The token's vector, and its place's. Each layer adds to it what it finds out.
    x.set(weights.row("wte.weight", id));
    for (let i = 0; i < width; i++) x[i] += places[place * width + i];
    for (let layer = 0; layer < this.layers; layer++) {
      const name = `h.${layer}`;
      this.linear(`${name}.attn.c_attn`, this.normed(`${name}.ln_1`), this.asked);
      this.attend(layer, place, seen);
      add(x, this.linear(`${name}.attn.c_proj`, this.found, change));
      weights.gelu(this.linear(`${name}.mlp.c_fc`, this.normed(`${name}.ln_2`), this.inner));
      add(x, this.linear(`${name}.mlp.c_proj`, this.inner, change));
    }
    this.ids.push(id);
    return last ? weights.times("wte.weight", this.normed("ln_f"), this.scores).slice() : undefined;
  }

  // What the heads of a layer fetch from the tokens so far. Asked was with a query, a key and a value.
  attend(layer, place, seen) {
    const { weights, width, heads, asked, found } = this;
    const [keys, values] = [this.keys[layer], this.values[layer]];
    keys.set(asked.subarray(width, 2 * width), place * width);
    values.set(asked.subarray(2 * width), place * width);
    const looks = this.looks.subarray(0, place + 1);
    const size = width / heads;
    for (let head = 0, from = 0; head < heads; head++, from += size) {
      weights.shares(weights.matches(asked.subarray(from, from + size), keys, from, width, looks), 1 / Math.sqrt(size));
      weights.mixed(looks, values, from, width, found.subarray(from, from + size));
      seen?.(layer, head, place, looks.slice());
    }
  }

  linear(name, x, y) {
    return add(this.weights.times(`${name}.weight`, x, y), this.weights.list(`${name}.bias`));
  }

  // Layer normalization: mean 0, variance 1, then a learned stretch and shift for each number.
  normed(name) {
    const { x, normal, width } = this;
    const [stretch, shift] = [this.weights.list(`${name}.weight`), this.weights.list(`${name}.bias`)];
    let [mean, squares] = [0, 0];
    for (let i = 0; i < width; i++) mean += x[i];
    mean /= width;
    for (let i = 0; i < width; i++) squares += (x[i] - mean) * (x[i] - mean);
    const scale = 1 / Math.sqrt(squares / width + this.tiny); // a product takes less time than a quotient
    for (let i = 0; i < width; i++) normal[i] = (x[i] - mean) * scale * stretch[i] + shift[i];
    return normal;
  }
}

function add(x, y) {
  for (let i = 0; i < x.length; i++) x[i] += y[i];
  return x;
}
