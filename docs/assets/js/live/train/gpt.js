// A GPT that learns: the whole network, forward and backward, on one screen and a half.
//
// Shapes: N = rows × context tokens, each a row of `width` numbers. A matrix W turns x into x W. What ends
// in a d, such as Wd, says how the loss changes with the matrix of that name: its gradient.
import { addTo, attend, attendBack, biasBack, gelu, geluBack, lookUp, lookUpBack, normalize, normalizeBack, startWith, surprise } from "./layers.js";
import { normal, seeded } from "./chance.js";

const BLOCK = ["gain1", "bias1", "attend", "attendBias", "join", "joinBias", "gain2", "bias2", "widen", "widenBias", "narrow", "narrowBias"];

// The weights of a network by name, in GPT-2's shapes.
export function shapes({ vocabulary, context, width, layers }) {
  const block = [[1, width], [1, width], [width, 3 * width], [1, 3 * width], [width, width], [1, width], [1, width], [1, width], [width, 4 * width], [1, 4 * width], [4 * width, width], [1, width]];
  const found = { tokens: [vocabulary, width], places: [context, width] };
  for (let layer = 0; layer < layers; layer++) BLOCK.forEach((name, i) => (found[`${layer}.${name}`] = block[i]));
  return { ...found, gain: [1, width], bias: [1, width] };
}

export class GPT {
  // `plan`: vocabulary, context, rows, width, layers, heads.
  constructor(plan, matrices) {
    Object.assign(this, { plan, matrices, weights: {}, gradients: {} });
    const { context, heads, layers, rows, vocabulary, width } = plan;
    for (const [name, shape] of Object.entries(shapes(plan))) {
      this.weights[name] = matrices.make(...shape);
      this.gradients[name] = matrices.make(...shape);
    }
    const n = rows * context;
    const kept = () => ({ y: matrices.make(n, width), hat: matrices.make(n, width), scale: matrices.make(n, 1) });
    this.kept = Array.from({ length: layers }, () => ({
      one: kept(),
      qkv: matrices.make(n, 3 * width),
      shares: matrices.make(rows * heads * context, context),
      seen: matrices.make(n, width),
      two: kept(),
      wide: matrices.make(n, 4 * width),
      bent: matrices.make(n, 4 * width),
      slope: matrices.make(n, 4 * width),
    }));
    this.last = kept();
    this.x = matrices.make(n, width);
    this.part = matrices.make(n, width); // what a half of a block adds; on the way back its gradient
    this.scores = matrices.make(n, vocabulary);
    this.dx = matrices.make(n, width);
    this.dqkv = matrices.make(n, 3 * width);
    this.dwide = matrices.make(n, 4 * width);
    this.dshares = matrices.make(context, context);
  }

  get size() {
    return Object.values(this.weights).reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  }

  // GPT-2's first weights: small and random; smaller where a block adds to what passes it by.
  begin(seed) {
    const random = seeded(seed);
    for (const [name, matrix] of Object.entries(this.weights)) {
      const kind = name.split(".").pop();
      if (kind.startsWith("gain")) matrix.all.fill(1);
      else if (matrix.rows === 1) matrix.all.fill(0);
      else {
        const adds = kind === "join" || kind === "narrow";
        const size = 0.02 / (adds ? Math.sqrt(2 * this.plan.layers) : 1);
        matrix.all.forEach((_, i, all) => (all[i] = size * normal(random)));
      }
    }
  }

  // From ids to a score for each token that may come next. Fewer `rows` than the plan's do, to write.
  forward(ids, rows = this.plan.rows) {
    const { weights: w, matrices: m } = this;
    const { layers } = this.plan;
    const few = (matrix) => matrix.part(0, 0, (matrix.rows / this.plan.rows) * rows, matrix.columns);
    const x = few(this.x);
    const part = few(this.part);
    const norm = (kept, gain, bias) => {
      const y = few(kept.y);
      normalize(y, x, gain, bias, few(kept.hat), few(kept.scale));
      return y;
    };
    // y = x W + b
    const through = (y, x, weight, bias) => {
      startWith(y, bias);
      m.multiply(y, x, weight, true);
    };
    lookUp(x, ids, w.tokens, w.places);
    for (let layer = 0; layer < layers; layer++) {
      const kept = this.kept[layer];
      const of = (name) => w[`${layer}.${name}`];
      const [qkv, seen, wide, bent] = [kept.qkv, kept.seen, kept.wide, kept.bent].map(few);
      // look at earlier tokens: each head compares what a token asks for (query) with what others offer (key)
      through(qkv, norm(kept.one, of("gain1"), of("bias1")), of("attend"), of("attendBias"));
      this.heads(kept, rows, ({ query, key, value, shares, out, sharpness }) => {
        m.multiply(shares, query, key.T);
        attend(shares, sharpness);
        m.multiply(out, shares, value);
      });
      through(part, seen, of("join"), of("joinBias"));
      addTo(x, part);
      // think about what was seen, each token for itself
      through(wide, norm(kept.two, of("gain2"), of("bias2")), of("widen"), of("widenBias"));
      gelu(bent, wide, few(kept.slope));
      through(part, bent, of("narrow"), of("narrowBias"));
      addTo(x, part);
    }
    const scores = few(this.scores);
    m.multiply(scores, norm(this.last, w.gain, w.bias), w.tokens.T);
    return scores;
  }

  // The loss of a batch, and the gradient of each weight.
  backward(ids, targets) {
    const { weights: w, gradients: d, matrices: m, dx, part } = this;
    const { layers } = this.plan;
    const dscores = this.forward(ids);
    const loss = surprise(dscores, targets);
    for (const matrix of Object.values(d)) matrix.all.fill(0);
    dx.all.fill(0);
    m.multiply(d.tokens, dscores.T, this.last.y);
    m.multiply(part, dscores, w.tokens);
    normalizeBack(dx, part, w.gain, this.last.hat, this.last.scale, d.gain, d.bias);
    for (let layer = layers - 1; layer >= 0; layer--) {
      const { one, qkv, seen, two, bent, slope } = this.kept[layer];
      const { dwide, dqkv } = this;
      const of = (name) => [w[`${layer}.${name}`], d[`${layer}.${name}`]];
      // y = x W + b, backward: dW = xᵀ dy, db = the sum of dy, dx = dy Wᵀ
      const back = (given, name, x, dy) => {
        const [[weight, dweight], [, dbias]] = [of(name), of(`${name}Bias`)];
        m.multiply(dweight, x.T, dy);
        biasBack(dbias, dy);
        m.multiply(given, dy, weight.T);
      };
      const norm = ({ hat, scale }, number) => {
        const [[gain, dgain], [, dbias]] = [of(`gain${number}`), of(`bias${number}`)];
        normalizeBack(dx, part, gain, hat, scale, dgain, dbias);
      };
      back(dwide, "narrow", bent, dx);
      geluBack(dwide, slope);
      back(part, "widen", two.y, dwide);
      norm(two, 2);
      back(part, "join", seen, dx);
      this.heads(this.kept[layer], this.plan.rows, ({ query, key, value, shares, sharpness, of: cut }) => {
        const dseen = cut(part, 0);
        const dscore = this.dshares;
        m.multiply(cut(dqkv, 2), shares.T, dseen);
        m.multiply(dscore, dseen, value.T);
        attendBack(dscore, shares, sharpness);
        m.multiply(cut(dqkv, 0), dscore, key);
        m.multiply(cut(dqkv, 1), dscore.T, query);
      });
      back(part, "attend", one.y, dqkv);
      norm(one, 1);
    }
    lookUpBack(dx, ids, d.tokens, d.places);
    return loss;
  }

  // What each head of each sequence reads and writes: `width / heads` columns, in the rows of the sequence.
  heads({ qkv, shares, seen }, rows, visit) {
    const { context, heads, width } = this.plan;
    const size = width / heads;
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < heads; head++) {
        const of = (matrix, third) => matrix.part(row * context, third * width + head * size, context, size);
        visit({
          of,
          query: of(qkv, 0),
          key: of(qkv, 1),
          value: of(qkv, 2),
          shares: shares.part((row * heads + head) * context, 0, context, context),
          out: of(seen, 0),
          sharpness: 1 / Math.sqrt(size),
        });
      }
    }
  }
}
