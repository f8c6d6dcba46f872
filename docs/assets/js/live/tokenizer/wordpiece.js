// WordPiece, as BERT uses it: a text is made plain, cut into words and marks, and of each word the longest beginning
// that the vocabulary has is taken, then the longest of what is left. A word that cannot be finished is unknown.

const KEPT = new Set(["\t", "\n", "\r"]);
// Chinese signs stand without blanks, so each becomes a word. (The ranges are the library's own.)
const SIGN = /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
const BLANK = /\p{White_Space}+/u;
const MARK = /[\p{P}$+<=>^`|~]/u;
// What the library takes back when it decodes: a blank before a mark, and before the end of don't or it's.
const TIDY = [[" .", "."], [" ?", "?"], [" !", "!"], [" ,", ","], [" ' ", "'"], [" n't", "n't"], [" 'm", "'m"],
  [" do not", " don't"], [" 's", "'s"], [" 've", "'ve"], [" 're", "'re"]];

export class WordPiece {
  static from({ model, normalizer, pre_tokenizer: before, decoder }) {
    if (normalizer?.type !== "BertNormalizer" || before?.type !== "BertPreTokenizer" || decoder?.type !== "WordPiece") {
      throw new Error("WordPiece is known here only as BERT uses it");
    }
    return new WordPiece(model, normalizer, decoder);
  }

  constructor(model, normalizer, decoder) {
    this.ids = new Map(Object.entries(model.vocab));
    this.written = [];
    for (const [entry, id] of this.ids) this.written[id] = entry;
    this.size = this.written.length;
    this.unknown = this.ids.get(model.unk_token);
    this.inside = model.continuing_subword_prefix;
    this.longest = model.max_input_chars_per_word;
    this.asked = normalizer;
    this.decoder = decoder;
  }

  // The text that is looked up: without what is no letter and no mark, in small letters, without accents.
  plain(text) {
    const { clean_text: clean, handle_chinese_chars: signs, lowercase, strip_accents: accents } = this.asked;
    if (clean) {
      text = text.replace(/[\p{Cc}\p{Cf}\p{Co}\uFFFD]/gu, (sign) => (KEPT.has(sign) ? sign : "")).replace(/\p{White_Space}/gu, " ");
    }
    if (signs) text = text.replace(SIGN, " $& ");
    if (accents ?? lowercase) text = text.normalize("NFD").replace(/\p{Mn}/gu, "");
    // Letter by letter: a sigma at the end of a word is small like any other.
    return lowercase ? Array.from(text, (letter) => letter.toLowerCase()).join("") : text;
  }

  words(text) {
    return this.plain(text).split(BLANK).flatMap((word) => word.split(new RegExp(`(${MARK.source})`, "u"))).filter(Boolean);
  }

  encode(text) {
    return this.words(text).flatMap((word) => this.word([...word]));
  }

  word(letters) {
    if (letters.length > this.longest) return [this.unknown];
    const found = [];
    for (let at = 0; at < letters.length; ) {
      let end = letters.length;
      let id;
      for (; end > at && id === undefined; end--) {
        id = this.ids.get((at ? this.inside : "") + letters.slice(at, end).join(""));
      }
      if (id === undefined) return [this.unknown];
      found.push(id);
      at = end + 1;
    }
    return found;
  }

  bytes(id) {
    const entry = this.written[id];
    if (entry === undefined) throw new RangeError(`no token has the id ${id}`);
    return new TextEncoder().encode(entry);
  }

  decode(ids) {
    const { prefix, cleanup } = this.decoder;
    const parts = ids.map((id, at) => {
      const entry = this.written[id];
      const part = !at ? entry : entry.startsWith(prefix) ? entry.slice(prefix.length) : ` ${entry}`;
      return cleanup ? TIDY.reduce((text, [long, short]) => text.replaceAll(long, short), part) : part;
    });
    return parts.join("");
  }
}
