// How a step is taken, as the course's own recipe has it: a rate that rises and falls, a gradient that is
// not too long, and AdamW.

// A straight rise to the peak, then half a cosine down to the floor.
export function rateOf(step, { steps, learning_rate: rate, warmup, floor }) {
  const done = step + 1;
  if (done <= warmup) return rate * (done / warmup);
  const share = (done - warmup) / (steps - warmup); // of the way down, 0 to 1
  return rate * (floor + (1 - floor) * (1 + Math.cos(Math.PI * Math.min(share, 1))) / 2);
}

// Scale the gradient down to the longest that is allowed. Returns the length it had.
export function clip(gradients, longest) {
  const lists = Object.values(gradients).map((matrix) => matrix.all);
  let sum = 0;
  for (const list of lists) for (let i = 0; i < list.length; i++) sum += list[i] * list[i];
  const length = Math.sqrt(sum);
  const factor = longest / (length + 1e-6);
  if (factor < 1) for (const list of lists) for (let i = 0; i < list.length; i++) list[i] *= factor;
  return length;
}

// AdamW (Loshchilov & Hutter 2017): each weight moves by its mean gradient over the root of its mean square,
// so all move about equally fast. Matrices also lose a little of their size, vectors do not.
export class AdamW {
  constructor(weights, { weight_decay: decay }) {
    Object.assign(this, { weights, decay, taken: 0 });
    const empty = (matrix) => new Float32Array(matrix.rows * matrix.columns);
    this.state = Object.values(weights).map((matrix) => ({ mean: empty(matrix), square: empty(matrix) }));
  }

  step(gradients, rate) {
    const [slow, slower] = [0.9, 0.98]; // how much of the means stays at each step
    this.taken++;
    const first = rate / (1 - slow ** this.taken); // the means begin at 0: make up for it
    const second = Math.sqrt(1 - slower ** this.taken);
    Object.entries(this.weights).forEach(([name, matrix], number) => {
      const { mean, square } = this.state[number];
      const [weight, gradient] = [matrix.all, gradients[name].all];
      const stays = matrix.rows > 1 ? 1 - rate * this.decay : 1;
      for (let i = 0; i < weight.length; i++) {
        mean[i] += (1 - slow) * (gradient[i] - mean[i]);
        square[i] = slower * square[i] + (1 - slower) * gradient[i] * gradient[i];
        weight[i] = weight[i] * stays - (first * mean[i]) / (Math.sqrt(square[i]) / second + 1e-8);
      }
    });
  }
}
