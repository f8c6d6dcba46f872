// BERT with a head for classes: a text's tokens in, a number for each class out (its logits).
// Each token begins as a row of the embedding; every layer lets all tokens look at all others, before and behind them.
// Weights are whole numbers of eight bits, with a scale for each row, and are multiplied as they are.

// A safetensors file: the length of its head, the head as JSON, then the numbers of all tensors.
export function tensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const kinds = { I8: Int8Array, F32: Float32Array };
  delete head.__metadata__;
  return Object.fromEntries(Object.entries(head).map(([name, { dtype, shape, data_offsets: [begin, end] }]) => {
    if (!kinds[dtype]) throw new Error(`${name} is ${dtype}, and only ${Object.keys(kinds).join(", ")} are read`);
    return [name, { shape, data: new kinds[dtype](buffer.slice(8 + length + begin, 8 + length + end)) }];
  }));
}

export class Bert {
  constructor(config, weights) {
    this.width = config.hidden_size;
    this.heads = config.num_attention_heads;
    this.layers = config.num_hidden_layers;
    this.longest = config.max_position_embeddings;
    this.epsilon = config.layer_norm_eps;
    this.labels = Object.values(config.id2label);
    this.weights = weights;
  }

  // The logits of one text: its ids begin with [CLS], whose vector is read as the summary of all.
  logits(ids) {
    if (!ids.length || ids.length > this.longest) throw new Error(`${ids.length} tokens: 1 to ${this.longest} can be read`);
    let x = this.embedded(ids);
    for (let layer = 0; layer < this.layers; layer++) x = this.layer(x, ids.length, `bert.encoder.layer.${layer}`);
    const summary = this.linear(x.subarray(0, this.width), 1, "bert.pooler.dense").map(Math.tanh);
    return [...this.linear(summary, 1, "classifier")];
  }

  // A token's vector is the sum of three rows: of the token, of its place, and of "the first text".
  embedded(ids) {
    const rows = ids.map((id, place) => [["word", id], ["position", place], ["token_type", 0]]);
    const x = new Float32Array(ids.length * this.width);
    for (const [place, of] of rows.entries()) {
      for (const [name, row] of of) {
        const { data } = this.weights[`bert.embeddings.${name}_embeddings.weight`];
        const scale = this.weights[`bert.embeddings.${name}_embeddings.weight.scale`].data[row];
        for (let i = 0; i < this.width; i++) x[place * this.width + i] += data[row * this.width + i] * scale;
      }
    }
    return this.normed(x, "bert.embeddings.LayerNorm");
  }

  layer(x, count, name) {
    const looked = this.linear(this.attention(x, count, name), count, `${name}.attention.output.dense`);
    const y = this.normed(added(looked, x), `${name}.attention.output.LayerNorm`);
    const inner = this.linear(y, count, `${name}.intermediate.dense`).map(gelu);
    return this.normed(added(this.linear(inner, count, `${name}.output.dense`), y), `${name}.output.LayerNorm`);
  }

  // Each token asks (query) every token (key) how much of what it offers (value) is to be mixed in; each head by itself.
  attention(x, count, name) {
    const [query, key, value] = ["query", "key", "value"].map((part) => this.linear(x, count, `${name}.attention.self.${part}`));
    const { width } = this, size = width / this.heads, mixed = new Float32Array(count * width);
    for (let head = 0; head < width; head += size) {
      for (let place = 0; place < count; place++) {
        const scores = Array.from({ length: count }, (_, other) => {
          let score = 0;
          for (let i = head; i < head + size; i++) score += query[place * width + i] * key[other * width + i];
          return score / Math.sqrt(size);
        });
        for (const [other, share] of softmax(scores).entries()) {
          for (let i = head; i < head + size; i++) mixed[place * width + i] += share * value[other * width + i];
        }
      }
    }
    return mixed;
  }

  // x holds `count` rows; out comes weight × row + bias for each. Four sums at a time, for the processor's sake.
  linear(x, count, name) {
    const { data, shape: [outputs, inputs] } = this.weights[`${name}.weight`];
    const scale = this.weights[`${name}.weight.scale`].data, bias = this.weights[`${name}.bias`].data;
    const y = new Float32Array(count * outputs);
    for (let row = 0; row < count; row++) {
      const from = row * inputs;
      for (let output = 0; output < outputs; output++) {
        let a = 0, b = 0, c = 0, d = 0;
        for (let i = 0, at = output * inputs; i < inputs; i += 4, at += 4) {
          a += x[from + i] * data[at];
          b += x[from + i + 1] * data[at + 1];
          c += x[from + i + 2] * data[at + 2];
          d += x[from + i + 3] * data[at + 3];
        }
        y[row * outputs + output] = (a + b + c + d) * scale[output] + bias[output];
      }
    }
    return y;
  }

  // Every row to mean 0 and variance 1, then stretched and moved as training found it best.
  normed(x, name) {
    const weight = this.weights[`${name}.weight`].data, bias = this.weights[`${name}.bias`].data, { width } = this;
    for (let begin = 0; begin < x.length; begin += width) {
      const row = x.subarray(begin, begin + width);
      const mean = row.reduce((sum, value) => sum + value, 0) / width;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
      for (let i = 0; i < width; i++) row[i] = ((row[i] - mean) / Math.sqrt(variance + this.epsilon)) * weight[i] + bias[i];
    }
    return x;
  }
}

export function softmax(scores) {
  const most = Math.max(...scores), powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

const added = (x, y) => x.map((value, i) => value + y[i]);

const gelu = (x) => 0.5 * x * (1 + erf(x / Math.SQRT2));

// The error function, to 1.5e-7: Abramowitz and Stegun 1964, formula 7.1.26.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}
