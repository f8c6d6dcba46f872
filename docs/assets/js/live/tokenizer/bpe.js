// Byte-pair encoding that starts from bytes. A text is cut into words, a word is its bytes, and neighbors are joined:
// of all pairs, the one that was learned first.

// The 256 bytes in GPT-2's order, those that print first; and how its files write each of them as a character.
const prints = [[33, 126], [161, 172], [174, 255]].flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i));
export const BYTES = [...prints, ...Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !prints.includes(byte))];
const WRITTEN = BYTES.map((byte, i) => String.fromCharCode(i < prints.length ? byte : 256 + i - prints.length));
const READ = new Map(WRITTEN.map((sign, i) => [sign, BYTES[i]]));

// A space belongs to the word behind it. JavaScript's \s is not what the library calls a blank: the mark at the
// beginning of some files (U+FEFF) is none, and the next line (U+0085) is one.
export const WORDS =
  /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const CUTS = {
  Digits: ({ individual_digits: each }) => (text) => text.match(each ? /\p{N}|\P{N}+/gu : /\p{N}+|\P{N}+/gu),
  ByteLevel: ({ add_prefix_space: prefix, use_regex: words = true }) => (text) => {
    const whole = prefix && !text.startsWith(" ") ? ` ${text}` : text;
    return words ? whole.match(WORDS) : [whole];
  },
};
const REMEMBERED = 20_000; // words whose ids are kept
const utf8 = new TextEncoder();

export class BPE {
  static from({ model, normalizer, pre_tokenizer: before }) {
    const odd = ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges"];
    for (const name of odd) if (model[name]) throw new Error(`BPE with ${name} is not known here`);
    if (normalizer) throw new Error(`BPE with the normalizer ${normalizer.type} is not known here`);
    const cuts = before?.type === "Sequence" ? before.pretokenizers : [before];
    if (cuts.at(-1)?.type !== "ByteLevel") throw new Error("only BPE that starts from bytes is known here");
    // A pair is a list in new files, and two words in one text in old ones.
    return new BPE(model.vocab, model.merges.map((pair) => (Array.isArray(pair) ? pair : pair.split(" "))), cuts);
  }

  static gpt2(text) {
    const merges = text.split("\n").filter((line) => line && !line.startsWith("#version")).map((line) => line.split(" "));
    const entries = [...WRITTEN, ...merges.map((pair) => pair.join(""))];
    return new BPE(Object.fromEntries(entries.map((entry, id) => [entry, id])), merges, [{ type: "ByteLevel" }]);
  }

  constructor(vocab, merges, cuts) {
    this.written = [];
    for (const [entry, id] of Object.entries(vocab)) this.written[id] = entry;
    this.size = this.written.length;
    this.ofByte = new Uint32Array(256);
    BYTES.forEach((byte, i) => {
      if (!(WRITTEN[i] in vocab)) throw new Error(`the vocabulary lacks byte ${byte}`);
      this.ofByte[byte] = vocab[WRITTEN[i]];
    });
    this.ranks = new Map(); // a pair of ids, as one number: when it was learned
    this.made = new Uint32Array(merges.length); // what each merge makes
    merges.forEach(([left, right], rank) => {
      this.ranks.set(vocab[left] * this.size + vocab[right], rank);
      this.made[rank] = vocab[left + right];
    });
    this.cuts = cuts.map((cut) => {
      if (!CUTS[cut.type]) throw new Error(`the pre_tokenizer ${cut.type} is not known here`);
      return CUTS[cut.type](cut);
    });
    this.known = new Map();
  }

  // The pieces that no token crosses.
  words(text) {
    return this.cuts.reduce((parts, cut) => parts.flatMap((part) => cut(part) ?? []), [text]);
  }

  encode(text) {
    return this.words(text).flatMap((word) => this.word(word));
  }

  word(word) {
    let ids = this.known.get(word);
    if (ids) return ids;
    ids = this.start(word);
    for (const _ of this.joins(ids));
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(word, ids);
    return ids;
  }

  // The bytes of a word, each as an id.
  start(word) {
    return Array.from(utf8.encode(word), (byte) => this.ofByte[byte]);
  }

  rank(left, right) {
    return this.ranks.get(left * this.size + right) ?? Infinity;
  }

  // Join, step by step: each step says which merge comes next, and makes it, in `ids`, wherever its pair stands.
  *joins(ids) {
    const ranks = ids.map((id, i) => this.rank(id, ids[i + 1])); // of each id with its right neighbor
    for (;;) {
      const rank = ranks.reduce((least, one) => (one < least ? one : least), Infinity);
      if (rank === Infinity) return;
      yield rank;
      let to = 0;
      const changed = [];
      for (let at = 0; at < ids.length; at++, to++) {
        const joined = ranks[at] === rank;
        ids[to] = joined ? this.made[rank] : ids[at];
        ranks[to] = ranks[joined ? ++at : at];
        if (joined) changed.push(to - 1, to);
      }
      ids.length = ranks.length = to;
      for (const at of changed) if (at >= 0) ranks[at] = this.rank(ids[at], ids[at + 1]);
    }
  }

  bytes(id) {
    const entry = this.written[id];
    if (entry === undefined) throw new RangeError(`no token has the id ${id}`);
    return Uint8Array.from(entry, (sign) => READ.get(sign));
  }

  // Bytes that make no character become �, as everywhere; a mark at the beginning stays.
  decode(ids, specials) {
    const parts = ids.map((id) => (specials.has(id) ? utf8.encode(specials.get(id)) : this.bytes(id)));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
}
