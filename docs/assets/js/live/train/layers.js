// The parts of a transformer beside its matrix products: each forward, and backward by the chain rule.
//
// Names: x goes in, y comes out, and dx, dy say how the loss changes with each of them. Rows are tokens.

// A token is as many numbers as the network is wide, and so is its place in the sequence. Both are learned.
export function lookUp(x, ids, tokens, places) {
  const [into, token, place] = [x.all, tokens.all, places.all];
  const n = x.columns;
  for (let row = 0, at = 0; row < ids.length; row++, at += n) {
    const from = ids[row] * n;
    const where = (row % places.rows) * n;
    for (let i = 0; i < n; i++) into[at + i] = token[from + i] + place[where + i];
  }
}

export function lookUpBack(dx, ids, dtokens, dplaces) {
  const [from, token, place] = [dx.all, dtokens.all, dplaces.all];
  const n = dx.columns;
  for (let row = 0, at = 0; row < ids.length; row++, at += n) {
    const into = ids[row] * n;
    const where = (row % dplaces.rows) * n;
    for (let i = 0; i < n; i++) {
      token[into + i] += from[at + i];
      place[where + i] += from[at + i];
    }
  }
}

// LayerNorm: each token's numbers are moved and scaled to mean 0 and variance 1, then scaled by `gain` and
// moved by `bias`, which are learned. `hat` keeps the numbers between the two, `scale` each token's factor.
export function normalize(y, x, gain, bias, hat, scale) {
  const n = x.columns;
  const [from, out, kept, g, b, factors] = [x, y, hat, gain, bias, scale].map((matrix) => matrix.all);
  for (let token = 0, at = 0; token < x.rows; token++, at += n) {
    let mean = 0;
    let variance = 0;
    for (let i = 0; i < n; i++) mean += from[at + i];
    mean /= n;
    for (let i = 0; i < n; i++) variance += (from[at + i] - mean) * (from[at + i] - mean);
    const factor = 1 / Math.sqrt(variance / n + 1e-5);
    factors[token] = factor;
    for (let i = 0; i < n; i++) {
      kept[at + i] = (from[at + i] - mean) * factor;
      out[at + i] = kept[at + i] * g[i] + b[i];
    }
  }
}

// Backward. What comes out is added to dx, because x also goes past the layer.
export function normalizeBack(dx, dy, gain, hat, scale, dgain, dbias) {
  const n = dx.columns;
  const [into, from, g, kept, factors, dg, db] = [dx, dy, gain, hat, scale, dgain, dbias].map((matrix) => matrix.all);
  for (let token = 0, at = 0; token < dx.rows; token++, at += n) {
    let mean = 0; // of the change of `hat`
    let along = 0; // of that change in the direction of `hat`
    for (let i = 0; i < n; i++) {
      const change = from[at + i];
      dg[i] += change * kept[at + i];
      db[i] += change;
      mean += change * g[i];
      along += change * g[i] * kept[at + i];
    }
    mean /= n;
    along /= n;
    for (let i = 0; i < n; i++) into[at + i] += factors[token] * (from[at + i] * g[i] - mean - kept[at + i] * along);
  }
}

// GELU as GPT-2 has it: what is clearly negative becomes 0, what is clearly positive stays. `slope` keeps
// how steep it is at each number, for the way back.
const WIDTH = Math.sqrt(2 / Math.PI);
export function gelu(y, x, slope) {
  const [from, out, steep] = [x.all, y.all, slope.all];
  for (let i = 0; i < from.length; i++) {
    const value = from[i];
    const bend = 1 - 2 / (Math.exp(2 * WIDTH * (value + 0.044715 * value * value * value)) + 1); // tanh, but faster
    out[i] = 0.5 * value * (1 + bend);
    steep[i] = 0.5 * (1 + bend) + 0.5 * value * (1 - bend * bend) * WIDTH * (1 + 0.134145 * value * value);
  }
}

export function geluBack(dx, slope) {
  const [into, steep] = [dx.all, slope.all];
  for (let i = 0; i < into.length; i++) into[i] *= steep[i];
}

// Each row of y becomes the bias, to which a product is added.
export function startWith(y, bias) {
  const [out, b] = [y.all, bias.all];
  for (let at = 0; at < out.length; at += b.length) out.set(b, at);
}

export function biasBack(dbias, dy) {
  const [from, db] = [dy.all, dbias.all];
  for (let at = 0; at < from.length; at += db.length) for (let i = 0; i < db.length; i++) db[i] += from[at + i];
}

export function addTo(y, x) {
  const [out, from] = [y.all, x.all];
  for (let i = 0; i < out.length; i++) out[i] += from[i];
}

// Scores become shares: of token i's attention, each token up to i gets one. What comes later gets none.
export function attend(shares, sharpness) {
  const data = shares.all;
  const n = shares.columns;
  for (let i = 0; i < n; i++) {
    const at = i * n;
    let highest = -Infinity;
    let sum = 0;
    for (let j = 0; j <= i; j++) highest = Math.max(highest, data[at + j]);
    for (let j = 0; j <= i; j++) sum += data[at + j] = Math.exp((data[at + j] - highest) * sharpness);
    for (let j = 0; j <= i; j++) data[at + j] /= sum;
    data.fill(0, at + i + 1, at + n);
  }
}

export function attendBack(dscores, shares, sharpness) {
  const [into, share] = [dscores.all, shares.all];
  const n = shares.columns;
  for (let i = 0; i < n; i++) {
    const at = i * n;
    let mean = 0;
    for (let j = 0; j <= i; j++) mean += share[at + j] * into[at + j];
    for (let j = 0; j <= i; j++) into[at + j] = share[at + j] * (into[at + j] - mean) * sharpness;
    into.fill(0, at + i + 1, at + n);
  }
}

// The loss: how surprised the model is by each token that it is asked for, in nats, on average; -1 asks for
// none. Leaves in the place of the scores how the loss changes with them: the chance of each token, less 1
// for the right one.
export function surprise(scores, targets) {
  const data = scores.all;
  const n = scores.columns;
  const asked = targets.filter((id) => id >= 0).length;
  let total = 0;
  for (let token = 0, at = 0; token < targets.length; token++, at += n) {
    const right = targets[token];
    if (right < 0) {
      data.fill(0, at, at + n);
      continue;
    }
    let highest = -Infinity;
    let sum = 0;
    for (let i = 0; i < n; i++) if (data[at + i] > highest) highest = data[at + i];
    total += highest - data[at + right];
    for (let i = 0; i < n; i++) sum += data[at + i] = Math.exp(data[at + i] - highest);
    total += Math.log(sum);
    const share = 1 / (sum * asked);
    for (let i = 0; i < n; i++) data[at + i] *= share;
    data[at + right] -= 1 / asked;
  }
  return total / asked;
}
