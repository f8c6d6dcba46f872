// BERT with a head for classes: a text's tokens in, a score for each class out (its logits).
// A list of vectors, one for each token, goes through the layers. In each, every token looks at all others, those
// before it and those behind it.

export class Bert {
  constructor(config, weights) {
    if (config.hidden_act !== "gelu") throw new Error(`activation ${config.hidden_act}`);
    this.weights = weights;
    this.width = config.hidden_size;
    this.heads = config.num_attention_heads;
    this.layers = config.num_hidden_layers;
    this.longest = config.max_position_embeddings;
    this.tiny = config.layer_norm_eps;
  }

  // The scores of one text. Its first token is [CLS], whose vector is read as the summary of all.
  logits(ids) {
    if (!ids.length || ids.length > this.longest) throw new Error(`${ids.length} tokens, where 1 to ${this.longest} can be read`);
    let vectors = ids.map((id, place) => this.embedded(id, place));
    for (let layer = 0; layer < this.layers; layer++) vectors = this.layer(`bert.encoder.layer.${layer}`, vectors);
    const summary = this.linear("bert.pooler.dense", vectors[0]).map(Math.tanh);
    return [...this.linear("classifier", summary)];
  }

  // A token's vector, its place's, and that of "a first text": BERT can be given two.
  embedded(id, place) {
    const name = "bert.embeddings";
    const vector = this.weights.row(`${name}.word_embeddings.weight`, id);
    add(vector, this.weights.row(`${name}.position_embeddings.weight`, place));
    add(vector, this.weights.row(`${name}.token_type_embeddings.weight`, 0));
    return this.normed(`${name}.LayerNorm`, vector);
  }

  layer(name, vectors) {
    const found = this.attend(`${name}.attention.self`, vectors);
    return vectors.map((vector, place) => {
      const seen = this.linear(`${name}.attention.output.dense`, found[place]);
      const x = this.normed(`${name}.attention.output.LayerNorm`, add(seen, vector));
      const inner = this.linear(`${name}.intermediate.dense`, x).map(gelu);
      return this.normed(`${name}.output.LayerNorm`, add(this.linear(`${name}.output.dense`, inner), x));
    });
  }

  // What each token fetches from all: a head's query is matched with every key, and the values are mixed by that.
  attend(name, vectors) {
    const [queries, keys, values] = ["query", "key", "value"].map((part) => vectors.map((x) => this.linear(`${name}.${part}`, x)));
    const size = this.width / this.heads;
    return queries.map((query) => {
      const found = new Float32Array(this.width);
      for (let from = 0; from < this.width; from += size) {
        const matches = keys.map((key) => {
          let match = 0;
          for (let i = from; i < from + size; i++) match += query[i] * key[i];
          return match / Math.sqrt(size);
        });
        for (const [place, share] of softmax(matches).entries()) {
          for (let i = from; i < from + size; i++) found[i] += share * values[place][i];
        }
      }
      return found;
    });
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

function softmax(matches) {
  const most = Math.max(...matches);
  const powers = matches.map((match) => Math.exp(match - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

const gelu = (x) => 0.5 * x * (1 + erf(x / Math.SQRT2));

// The error function, to 1.5e-7: Abramowitz and Stegun 1964, formula 7.1.26.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}
