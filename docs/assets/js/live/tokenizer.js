// A tokenizer as Hugging Face's `tokenizers` writes it into tokenizer.json: a text becomes ids, and ids become a
// text. The ids are those of the library, but for letters that its tables or the browser's do not know yet.
import { BPE } from "./tokenizer/bpe.js";
import { hex, visible } from "./tokenizer/signs.js";
import { WordPiece } from "./tokenizer/wordpiece.js";

const MODELS = { BPE, WordPiece };
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&");
export class Tokenizer {
  // From the content of a tokenizer.json; what it asks for and is not written here is an error.
  static from(json) {
    const model = MODELS[json.model.type];
    if (!model) throw new Error(`the tokenizer is a ${json.model.type}, and only BPE and WordPiece are known here`);
    return new Tokenizer(model.from(json), json);
  }

  // From GPT-2's list of merges: its vocabulary is the bytes, what each merge makes, and the end of a text.
  static gpt2(merges) {
    const model = BPE.gpt2(merges);
    return new Tokenizer(model, { added_tokens: [{ id: model.size, content: "<|endoftext|>" }] });
  }

  constructor(model, { added_tokens = [], post_processor = null, truncation = null }) {
    this.model = model;
    this.specials = new Map();
    for (const { id, content, ...asks } of added_tokens) {
      const odd = ["single_word", "lstrip", "rstrip", "normalized"].filter((name) => asks[name]);
      if (odd.length) throw new Error(`the token ${content} is ${odd}, which is not known here`);
      this.specials.set(content, id);
    }
    this.names = new Map([...this.specials].map(([content, id]) => [id, content]));
    // The longest first, where one begins like another.
    const contents = [...this.specials.keys()].sort((a, b) => b.length - a.length);
    this.signals = contents.length ? new RegExp(`(${contents.map(escaped).join("|")})`, "u") : null;
    this.frame(post_processor, truncation);
  }

  // What stands around each text, and how long it may be.
  frame(after, truncation) {
    this.before = [];
    this.behind = [];
    if (after?.type === "TemplateProcessing") {
      let part = this.before;
      for (const { Sequence, SpecialToken } of after.single) {
        if (Sequence) part = this.behind;
        else part.push(...after.special_tokens[SpecialToken.id].ids);
      }
    } else if (after && after.type !== "ByteLevel") throw new Error(`the post_processor ${after.type} is not known here`);
    this.longest = (truncation?.max_length ?? Infinity) - this.before.length - this.behind.length;
  }

  get size() {
    return Math.max(this.model.size, ...[...this.names.keys()].map((id) => id + 1));
  }

  // Signals are taken out first: no merge reaches across them.
  encode(text) {
    const ids = [];
    for (const part of this.signals ? text.split(this.signals) : [text]) {
      const signal = this.specials.get(part);
      if (signal !== undefined) ids.push(signal);
      else if (part) for (const id of this.model.encode(part)) ids.push(id);
    }
    return [...this.before, ...ids.slice(0, this.longest), ...this.behind];
  }

  decode(ids) {
    return this.model.decode(ids, this.names);
  }

  isSpecial(id) {
    return this.names.has(id);
  }

  // The bytes of a token, in UTF-8.
  bytes(id) {
    return this.names.has(id) ? new TextEncoder().encode(this.names.get(id)) : this.model.bytes(id);
  }

  // A token to be looked at: its blanks are visible, and bytes that make no whole character stand as numbers.
  piece(id) {
    const bytes = this.bytes(id);
    try {
      return visible(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      return [...bytes].map((byte) => `\\x${hex(byte)}`).join("");
    }
  }
}
