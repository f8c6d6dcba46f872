// Weights as whole numbers of few bits, symmetric, with a scale for each row or one for the matrix, computed in
// 32 bits as src/lessons/quantization/by_hand.py does it: the numbers are the same.

const TINY = 2 ** -126; // a row of zeros needs a scale, too
const SCALE_BITS = 16; // what a scale takes in a file

// What is done to each stretch of numbers that share a scale: `each(i, scale)`.
function along(length, scales, each) {
  const stretch = length / scales.length;
  for (let at = 0, i = 0; at < scales.length; at++) {
    const scale = scales[at];
    for (const end = i + stretch; i < end; i++) each(i, scale);
  }
}

// The distance of two neighbors on the grid: the largest number is just on it. One for each row, or one.
export function fitted(weights, rows, bits, perRow) {
  const scales = new Float32Array(perRow ? rows : 1);
  const stretch = weights.length / scales.length;
  for (let i = 0; i < weights.length; i++) {
    const at = Math.floor(i / stretch);
    scales[at] = Math.max(scales[at], Math.abs(weights[i]));
  }
  return scales.map((most) => Math.max(most / (2 ** (bits - 1) - 1), TINY));
}

// The nearest whole numbers; from the middle between two, the even one.
export function whole(weights, scales) {
  const numbers = new Int8Array(weights.length);
  along(weights.length, scales, (i, scale) => {
    const number = Math.fround(weights[i] / scale);
    const below = Math.floor(number);
    numbers[i] = number - below === 0.5 ? below + (below & 1) : Math.round(number);
  });
  return numbers;
}

// The weights that whole numbers stand for.
export function restored(numbers, scales) {
  const weights = new Float32Array(numbers.length);
  along(numbers.length, scales, (i, scale) => (weights[i] = numbers[i] * scale));
  return weights;
}

// How far numbers are off, as a share: the length of the difference, divided by the length of what is right.
export function error(found, right) {
  let [off, all] = [0, 0];
  for (let i = 0; i < right.length; i++) {
    off += (found[i] - right[i]) ** 2;
    all += right[i] ** 2;
  }
  return Math.sqrt(off / all);
}

// The matrices in the blocks of a model. What the file has is kept, so that each width begins from there.
export class Blocks {
  constructor(weights) {
    this.weights = weights;
    this.names = [...weights.tensors.keys()].filter((name) => name.startsWith("h.") && weights.tensors.has(`${name}.scale`));
    this.kept = new Map();
  }

  // The weights of the file.
  matrix(name) {
    if (!this.kept.has(name)) {
      const { data, shape } = this.weights.tensors.get(name);
      this.kept.set(name, { rows: shape[0], right: restored(data, this.weights.list(`${name}.scale`)) });
    }
    return this.kept.get(name);
  }

  // One matrix at that width: whole numbers, scales, how far it is off, and bytes with its scales.
  rounded(name, bits, perRow) {
    const { rows, right } = this.matrix(name);
    const scales = fitted(right, rows, bits, perRow);
    const numbers = whole(right, scales);
    const bytes = (right.length * bits + scales.length * SCALE_BITS) / 8;
    return { numbers, scales, bytes, error: error(restored(numbers, scales), right) };
  }

  // From now on the model computes with all of them at that width. Says how many bytes they take together.
  round(bits, perRow) {
    let together = 0;
    for (const name of this.names) {
      const { rows, right } = this.matrix(name);
      const scales = fitted(right, rows, bits, perRow);
      this.weights.tensors.get(name).data.set(whole(right, scales));
      if (perRow) this.weights.list(`${name}.scale`).set(scales);
      else this.weights.list(`${name}.scale`).fill(scales[0]);
      together += (right.length * bits + scales.length * SCALE_BITS) / 8;
    }
    return together;
  }
}
