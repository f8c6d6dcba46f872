// A model's weights, and what is computed with them. A matrix has eight bits for each weight and a scale for
// each row; all else has 16 bits. The loops stand in kernel.wat, too, which a browser runs several times faster.

const LONGEST = 4096; // numbers of the longest vector that goes into a loop or comes out

export class Weights {
  // The bytes of a file of the kind safetensors; the kernel's, or nothing; how many numbers tables will hold.
  static async from(bytes, kernel, room = 0) {
    const size = aligned(bytes.length) + 4 * (3 * LONGEST + room);
    try {
      const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65536) });
      const { instance } = await WebAssembly.instantiate(kernel, { page: { memory } });
      return new Weights(bytes, memory.buffer, instance.exports);
    } catch {
      return new Weights(bytes, new ArrayBuffer(size)); // no kernel was given, or the browser cannot run it
    }
  }

  constructor(bytes, buffer, kernel) {
    new Uint8Array(buffer).set(bytes);
    Object.assign(this, { buffer, kernel, free: aligned(bytes.length) });
    this.x = this.list32(LONGEST);
    this.y = this.list32(LONGEST);
    this.high = new Int16Array(buffer, this.free, LONGEST);
    this.low = new Int16Array(buffer, this.free + 2 * LONGEST, LONGEST);
    this.free += 4 * LONGEST;
    const length = Number(new DataView(buffer).getBigUint64(0, true));
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    this.tensors = new Map();
    for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(head)) {
      const data = numbers(dtype, buffer, 8 + length + begin, end - begin);
      this.tensors.set(name.replace(/^transformer\./, ""), { shape, data });
    }
  }

  // Numbers of 32 bits in the memory that the kernel sees.
  list32(length) {
    const list = new Float32Array(this.buffer, this.free, length);
    this.free += 4 * length;
    return list;
  }

  // The numbers of a vector, or of a table that no vector is multiplied by.
  list(name) {
    const found = this.tensors.get(name);
    if (!found) throw new Error(`the model has no ${name}`);
    return found.data;
  }

  // A row of a matrix.
  row(name, row) {
    const { data, shape: [, columns] } = this.tensors.get(name);
    const scale = this.list(`${name}.scale`)[row];
    const numbers = Float32Array.from(data.subarray(row * columns, (row + 1) * columns));
    for (let c = 0; c < columns; c++) numbers[c] *= scale;
    return numbers;
  }

  // The matrix times a vector: y[r] = scale[r] * (w[r][0] * x[0] + w[r][1] * x[1] + …)
  times(name, x, y) {
    const { data: w, shape: [rows, columns] } = this.tensors.get(name);
    const scale = this.list(`${name}.scale`);
    y ??= new Float32Array(rows);
    if (this.kernel && rows % 4 === 0 && columns % 8 === 0) {
      const unit = this.halve(x);
      const into = y.buffer === this.buffer ? y : this.y;
      this.kernel.times(this.high.byteOffset, this.low.byteOffset, w.byteOffset, scale.byteOffset, into.byteOffset, rows, columns, unit);
      if (into !== y) y.set(into.subarray(0, rows));
      return y;
    }
    for (let r = 0, at = 0; r < rows; r++) {
      let [even, odd] = [0, 0]; // two sums: a processor need not wait for one before it adds to the other
      for (let c = 0; c < columns; c += 2, at += 2) {
        even += w[at] * x[c];
        odd += w[at + 1] * x[c + 1];
      }
      y[r] = scale[r] * (even + odd);
    }
    return y;
  }

  // A vector as the kernel takes it, in two halves of 16 bits: x = unit * (high + low / 32768)
  halve(x) {
    const from = x.buffer === this.buffer ? x : this.x;
    if (from !== x) from.set(x);
    return this.kernel.halve(from.byteOffset, this.high.byteOffset, this.low.byteOffset, x.length);
  }

  // How well x matches each of the first rows of a table, from its column `from` on: y[r] = x[0] * t[r][0] + …
  // x, the table and y are lists in the memory that the kernel sees; so below.
  matches(x, table, from, width, y) {
    if (this.kernel) {
      this.kernel.matches(x.byteOffset, table.byteOffset + 4 * from, y.byteOffset, y.length, x.length, 4 * width);
      return y;
    }
    for (let r = 0; r < y.length; r++) {
      const at = r * width + from;
      let sum = 0;
      for (let c = 0; c < x.length; c++) sum += x[c] * table[at + c];
      y[r] = sum;
    }
    return y;
  }

  // The first rows of a table, from its column `from` on, mixed: y[c] = x[0] * t[0][c] + x[1] * t[1][c] + …
  mixed(x, table, from, width, y) {
    if (this.kernel) {
      this.kernel.mixed(x.byteOffset, table.byteOffset + 4 * from, y.byteOffset, x.length, y.length, 4 * width);
      return y;
    }
    y.fill(0);
    for (let r = 0; r < x.length; r++) {
      const [share, at] = [x[r], r * width + from];
      for (let c = 0; c < y.length; c++) y[c] += share * table[at + c];
    }
    return y;
  }

  // Shares that sum to 1, in place of matches: the larger the better it matched. The list begins where four numbers
  // may be written at a time, and has room for them.
  shares(matches, factor) {
    if (this.kernel) {
      const whole = new Float32Array(this.buffer, matches.byteOffset, matches.length + (-matches.length & 3));
      whole.fill(-Infinity, matches.length); // a share of 0
      this.kernel.shares(whole.byteOffset, whole.length, factor);
      return matches;
    }
    let most = -Infinity;
    for (let i = 0; i < matches.length; i++) most = Math.max(most, matches[i]);
    let sum = 0;
    for (let i = 0; i < matches.length; i++) sum += matches[i] = Math.exp((matches[i] - most) * factor);
    for (let i = 0; i < matches.length; i++) matches[i] /= sum;
    return matches;
  }

  // Lets positive numbers pass and holds negative ones back: 0.5 * x * (1 + tanh(u / 2)), in fewer steps.
  gelu(x) {
    if (this.kernel) {
      this.kernel.gelu(x.byteOffset, x.length);
      return x;
    }
    const factor = -2 * Math.sqrt(2 / Math.PI);
    for (let i = 0; i < x.length; i++) x[i] /= 1 + Math.exp(factor * x[i] * (1 + 0.044715 * x[i] * x[i]));
    return x;
  }
}

const aligned = (bytes) => bytes + (-bytes & 15);

// The numbers of a tensor, where they stand if the browser can compute with them as they are.
function numbers(dtype, buffer, at, length) {
  if (dtype === "I8") return new Int8Array(buffer, at, length);
  if (dtype === "F32") return new Float32Array(buffer, at, length / 4);
  const halves = new Uint16Array(buffer, at, length / 2);
  if (dtype === "BF16") return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  throw new Error(`numbers of the kind ${dtype}`);
}
