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
    // What attention looks back at, for each layer: a key and a value of each token read so far.
    const table = () => weights.list32(this.context * this.width);
    this.keys = Array.from({ length: this.layers }, table);
    this.values = Array.from({ length: this.layers }, table);
    this.ids = [];
  }

  // How many numbers `weights` must have room for.
  static room(config) {
    return 2 * config.n_layer * config.n_positions * config.n_embd;
  }

  // Scores for the token after these. What was read already, and stands there still, is not read again.
  read(ids, seen) {
    let same = 0;
    while (same < ids.length - 1 && ids[same] === this.ids[same]) same++;
    this.ids.length = Math.min(this.ids.length, same);
    let scores;
    for (const id of ids.slice(same)) scores = this.step(id, { last: this.ids.length === ids.length - 1, seen });
    return scores;
  }

  // Read one token. `seen` hears at which tokens each head of each layer looked, and how much.
  step(id, { last = true, seen } = {}) {
    const { weights, width } = this;
    const place = this.ids.length;
    if (place === this.context) throw new Error(`the model reads at most ${this.context} tokens`);
    const positions = weights.list("wpe.weight");
    // The token's vector, and its place's. Each layer adds to it what it finds out.
    const x = weights.row("wte.weight", id);
    for (let i = 0; i < width; i++) x[i] += positions[place * width + i];
    for (let layer = 0; layer < this.layers; layer++) {
      const name = `h.${layer}`;
      const asked = this.linear(`${name}.attn.c_attn`, this.normed(`${name}.ln_1`, x));
      const found = this.attend(layer, place, asked, seen);
      add(x, this.linear(`${name}.attn.c_proj`, found));
      const inner = this.linear(`${name}.mlp.c_fc`, this.normed(`${name}.ln_2`, x));
      add(x, this.linear(`${name}.mlp.c_proj`, inner.map(gelu)));
    }
    this.ids.push(id);
    return last ? weights.times("wte.weight", this.normed("ln_f", x)) : undefined;
  }

  // What the heads of a layer fetch from the tokens so far. `asked` holds a query, a key and a value.
  attend(layer, place, asked, seen) {
    const { weights, width, heads } = this;
    const [keys, values] = [this.keys[layer], this.values[layer]];
    keys.set(asked.subarray(width, 2 * width), place * width);
    values.set(asked.subarray(2 * width), place * width);
    const found = new Float32Array(width);
    const size = width / heads;
    for (let head = 0, from = 0; head < heads; head++, from += size) {
      const query = asked.subarray(from, from + size);
      const looks = softmax(weights.matches(query, keys, from, width, place + 1), Math.sqrt(size));
      found.set(weights.mixed(looks, values, from, width, size), from);
      seen?.(layer, head, place, looks);
    }
    return found;
  }

  linear(name, x) {
    return add(this.weights.times(`${name}.weight`, x), this.weights.list(`${name}.bias`));
  }

  // Layer normalization: mean 0, variance 1, then a learned stretch and shift for each number.
  normed(name, x) {
    const [stretch, shift] = [this.weights.list(`${name}.weight`), this.weights.list(`${name}.bias`)];
    let [mean, variance] = [0, 0];
    for (const value of x) mean += value / x.length;
    for (const value of x) variance += (value - mean) ** 2 / x.length;
    const size = Math.sqrt(variance + this.tiny);
    return x.map((value, i) => ((value - mean) / size) * stretch[i] + shift[i]);
  }
}

function add(x, y) {
  for (let i = 0; i < x.length; i++) x[i] += y[i];
  return x;
}

// Shares that sum to 1, the larger the better it matched.
function softmax(matches, divisor) {
  const most = matches.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let i = 0; i < matches.length; i++) sum += matches[i] = Math.exp((matches[i] - most) / divisor);
  for (let i = 0; i < matches.length; i++) matches[i] /= sum;
  return matches;
}

// Lets positive numbers pass and holds negative ones back; as 0.5 * x * (1 + tanh(u / 2)), in fewer steps.
const gelu = (x) => x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
