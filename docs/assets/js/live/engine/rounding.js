// Weights as whole numbers of few bits, symmetric, with a scale for each row or one for the matrix, computed in
// 32 bits as src/lessons/quantization/by_hand.py does it: the numbers are the same.

const TINY = 2 ** -126; // a row of zeros needs a scale, too
const SCALE_BITS = 16; // what a scale takes in a file

// The distance of two neighbors on the grid: the largest number is just on it. One for each row, or one.
export function fitted(weights, rows, bits, perRow) {
  const high = 2 ** (bits - 1) - 1;
  const scales = new Float32Array(perRow ? rows : 1);
  const length = weights.length / scales.length;
  return scales.map((_, row) => {
    let most = 0;
    for (let i = row * length; i < (row + 1) * length; i++) most = Math.max(most, Math.abs(weights[i]));
    return Math.max(most / high, TINY);
  });
}

// The nearest whole numbers; from the middle between two, the even one.
export function whole(weights, scales) {
  const length = weights.length / scales.length;
  return Int8Array.from(weights, (weight, i) => {
    const number = Math.fround(weight / scales[Math.floor(i / length)]);
    const below = Math.floor(number);
    if (number - below !== 0.5) return Math.round(number);
    return below % 2 ? below + 1 : below;
  });
}

// The weights that whole numbers stand for.
export function restored(numbers, scales) {
  const length = numbers.length / scales.length;
  return Float32Array.from(numbers, (number, i) => number * scales[Math.floor(i / length)]);
}

// How far numbers are off, as a share: the length of the difference, divided by the length of what is right.
export function error(found, right) {
  let [off, all] = [0, 0];
  for (let i = 0; i < right.length; i++) {
    off += Math.fround(found[i] - right[i]) ** 2;
    all += right[i] ** 2;
  }
  return Math.sqrt(off / all);
}

// The matrices in the blocks of a model. What the file has is kept, so that all can be undone.
export class Blocks {
  constructor(weights) {
    this.weights = weights;
    this.names = [...weights.tensors.keys()].filter((name) => name.startsWith("h.") && weights.tensors.has(`${name}.scale`));
    this.kept = new Map();
  }

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
    return { numbers, scales, rows, bytes, error: error(restored(numbers, scales), right) };
  }

  // From now on the model computes with all of them at that width. Says how many bytes they take together.
  round(bits, perRow) {
    let together = 0;
    for (const name of this.names) {
      const { numbers, scales, rows, bytes } = this.rounded(name, bits, perRow);
      this.weights.tensors.get(name).data.set(numbers);
      this.weights.list(`${name}.scale`).set(perRow ? scales : new Float32Array(rows).fill(scales[0]));
      together += bytes;
    }
    return together;
  }
}
