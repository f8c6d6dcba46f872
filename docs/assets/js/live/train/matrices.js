// Matrices of float32 numbers, and their products: by a small WebAssembly kernel where the browser has its
// vector instructions, in JavaScript where it has not.

const PAGE = 65536; // bytes by which WebAssembly's memory grows
const ROOM = 64e6; // bytes for all matrices; untouched ones cost nothing

// A matrix in a memory: where its first number lies, and how far apart neighbors are, counted in numbers.
export class Matrix {
  constructor(data, at, rows, columns, below = columns, beside = 1) {
    Object.assign(this, { data, at, rows, columns, below, beside });
  }

  // The same numbers with rows and columns exchanged: nothing is copied.
  get T() {
    return new Matrix(this.data, this.at, this.columns, this.rows, this.beside, this.below);
  }

  // Some of its rows and columns, again without a copy.
  part(row, column, rows, columns) {
    const at = this.at + row * this.below + column * this.beside;
    return new Matrix(this.data, at, rows, columns, this.below, this.beside);
  }

  // All its numbers, row after row, of a matrix that has them side by side.
  get all() {
    return this.data.subarray(this.at, this.at + this.rows * this.columns);
  }
}

// Makes matrices, and multiplies them. `bytes` is the compiled kernel; without it, JavaScript multiplies.
export class Matrices {
  constructor(bytes) {
    if (bytes && WebAssembly.validate(bytes)) {
      this.kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
      this.kernel.memory.grow(ROOM / PAGE);
    }
    this.data = new Float32Array(this.kernel?.memory.buffer ?? ROOM / 4);
    this.taken = 0;
    this.panel = this.make(1, 8 * 4096); // where the kernel copies columns together
  }

  make(rows, columns) {
    const at = this.taken;
    this.taken += Math.ceil((rows * columns) / 4) * 4; // each begins where four numbers can be read at once
    if (this.taken > this.data.length) throw new Error(`no room for a matrix of ${rows} × ${columns}`);
    return new Matrix(this.data, at, rows, columns);
  }

  // C = A B, or C += A B. Rows come in fours and columns in eights: so the kernel wants it.
  multiply(C, A, B, add = false) {
    const fit = A.rows === C.rows && B.columns === C.columns && A.columns === B.rows && C.beside === 1;
    if (!fit || C.rows % 4 || C.columns % 8 || A.columns > 4096) {
      throw new Error(`cannot multiply ${A.rows} × ${A.columns} by ${B.rows} × ${B.columns}`);
    }
    if (!this.kernel) return inJavaScript(C, A, B, add);
    const far = [A.below, A.beside, B.below, B.beside, C.below].map((numbers) => 4 * numbers);
    const places = [4 * A.at, 4 * B.at, 4 * C.at];
    this.kernel.multiply(...places, C.rows, C.columns, A.columns, ...far, Number(add), 4 * this.panel.at);
  }
}

function inJavaScript(C, A, B, add) {
  const { data } = C;
  for (let i = 0; i < C.rows; i++) {
    const out = C.at + i * C.below;
    if (!add) data.fill(0, out, out + C.columns);
    for (let k = 0; k < A.columns; k++) {
      const value = data[A.at + i * A.below + k * A.beside];
      if (value === 0) continue; // half of attention
      const from = B.at + k * B.below;
      for (let j = 0; j < C.columns; j++) data[out + j] += value * data[from + j * B.beside];
    }
  }
}
