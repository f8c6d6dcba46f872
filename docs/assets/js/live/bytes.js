// Two texts that look alike, letter by letter: their code points, and the bytes that a file has of them.
import { Live, define, make, remembered } from "./parts.js";
import { count, hex, visible } from "./tokenizer/signs.js";

const DRAWN = 24; // code points of a text
const LONGEST = 200; // of the fields
const PAUSE = 700; // milliseconds without a key: then the verdict is read out
const utf8 = (text) => [...new TextEncoder().encode(text)];

class Bytes extends Live {
  start() {
    const [[, ...texts]] = this.options.pairs;
    this.sides = ["First text", "Second text"].map((name, i) => this.side(name, texts[i], `${this.parentElement.id}-${i}`));
    const button = (name, click) => make("button", { type: "button", click }, name);
    const change = (made) => () => this.set(this.sides.map(({ input }) => made(input.value)));
    const own = remembered().slice(0, LONGEST); // what the reader typed elsewhere, and the same with its accents apart
    this.place.append(
      make("div", { className: "live__row", role: "group", "aria-label": "Examples" },
        ...this.options.pairs.map(([name, ...pair]) => button(name, () => this.set(pair))),
        ...(own ? [button("Your text, twice", () => this.set([own, own.normalize("NFD")]))] : [])),
      make("div", { className: "live-bytes__sides" }, ...this.sides.map(({ element }) => element)),
      make("div", { className: "live__row", role: "group", "aria-label": "Change the texts" },
        ...["NFC", "NFD", "NFKC"].map((form) => button(`Both in ${form}`, change((text) => text.normalize(form)))),
        button("Misread the first (as Windows-1252)", () => this.misread())));
    this.begun();
    this.draw();
  }

  side(name, text, id) {
    const input = make("input", { id, type: "text", value: text, maxLength: LONGEST, spellcheck: false, autocomplete: "off", input: () => this.typed() });
    const rows = make("tbody");
    const caption = make("caption");
    const heads = ["sign", "code point", "UTF-8"].map((head) => make("th", { scope: "col" }, head));
    const table = make("table", {}, caption, make("thead", {}, make("tr", {}, ...heads)), rows);
    return { input, rows, caption, element: make("div", {}, make("label", { htmlFor: id }, name), input, table) };
  }

  set(texts) {
    this.sides.forEach(({ input }, i) => (input.value = texts[i]));
    this.draw();
    this.tell();
  }

  // UTF-8 taken for the old coding of Windows, in which each byte is a letter: this is how letters break.
  misread() {
    const [{ input }] = this.sides;
    this.set([input.value, new TextDecoder("windows-1252").decode(new Uint8Array(utf8(input.value)))]);
  }

  typed() {
    this.draw();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.tell(), PAUSE);
  }

  draw() {
    for (const { input, rows, caption } of this.sides) {
      const signs = [...input.value];
      const left = signs.length - DRAWN;
      caption.textContent = `${count(signs.length, "code point")}, ${count(utf8(input.value).length, "byte")}` +
        (left > 0 ? `; ${left} more than are shown` : "");
      rows.replaceChildren(...signs.slice(0, DRAWN).map((sign) =>
        make("tr", {},
          make("th", { scope: "row" }, make("bdi", {}, visible(sign))),
          make("td", {}, make("code", {}, `U+${hex(sign.codePointAt(0), 4).toUpperCase()}`)),
          make("td", {}, make("code", {}, utf8(sign).map((byte) => hex(byte)).join(" "))))));
    }
  }

  tell() {
    const [first, second] = this.sides.map(({ input }) => input.value);
    const same = (form) => first.normalize(form) === second.normalize(form);
    const forms = ["NFC", "NFKC"].filter(same);
    this.say(first === second ? "The two are equal, byte for byte."
      : forms.length ? `The two are not equal, but in ${forms[0]} they are.`
        : "The two are not equal, and no form of Unicode makes them so.");
  }
}

define("live-bytes", Bytes);
