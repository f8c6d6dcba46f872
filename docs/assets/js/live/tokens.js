// A reader's text, cut in three ways while it is typed: into characters, words, and the tokens of the course's model;
// and, where it is asked for, into GPT-2's.
import { Live, define, make, remember, remembered } from "./parts.js";
import { WORDS } from "./tokenizer/bpe.js";
import { kilobytes, tokenizer } from "./tokenizer/loading.js";
import { amount, count, hex, visible } from "./tokenizer/signs.js";

const DRAWN = 200; // pieces of a cut: a screen full; the counts are of the whole text
const LONGEST = 20_000; // characters
const PAUSE = 700; // milliseconds without a key: then the counts are read out, and the text is kept

// One way to cut: its count, and its pieces as a list. Tokens have ids, and their bytes can be looked at.
class Cut {
  constructor(what, name) {
    this.what = what;
    this.shown = [];
    this.count = make("p", { className: "live-tokens__count" });
    this.list = make("ol", { className: "live-tokens__pieces", "aria-label": name });
    this.more = make("p", { className: "live__note" });
    this.element = make("div", {}, this.count, this.list, this.more);
  }

  show(pieces, draw) {
    this.count.textContent = count(pieces.length, this.what);
    this.change(pieces.slice(0, DRAWN), draw);
    const left = pieces.length - DRAWN;
    this.more.textContent = left > 0 ? `and ${amount(left)} more` : "";
  }

  // Only what a key has changed is drawn anew: most pieces before and behind it are as they were.
  change(pieces, draw) {
    const shortest = Math.min(pieces.length, this.shown.length);
    let start = 0;
    while (start < shortest && pieces[start] === this.shown[start]) start++;
    let end = 0;
    while (end < shortest - start && pieces.at(-1 - end) === this.shown.at(-1 - end)) end++;
    for (let old = this.shown.length - end - start; old > 0; old--) this.list.children[start].remove();
    const behind = this.list.children[start] ?? null;
    for (const piece of pieces.slice(start, pieces.length - end)) this.list.insertBefore(make("li", {}, draw(piece)), behind);
    this.shown = pieces;
  }

  texts(pieces) {
    this.show(pieces, (piece) => make("bdi", {}, visible(piece)));
  }
}

// Tokens are one stop of the keyboard: the arrows go from one to the next.
class Tokens extends Cut {
  constructor(what, name, cutter) {
    super(what, name);
    this.cutter = cutter;
    this.bytes = make("p", { className: "live__note", role: "status" });
    this.element.append(this.bytes);
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("button")));
    this.list.addEventListener("keydown", (event) => this.move(event));
  }

  encode(text) {
    this.ids = this.cutter.encode(text);
    this.show(this.ids, (id) =>
      make("button", { type: "button", tabIndex: -1, "aria-pressed": "false" },
        make("bdi", {}, this.cutter.piece(id)), " ", make("span", { className: "live-tokens__id" }, id)));
    this.press(null);
    // Set only where it changes, since it is read out.
    const asks = this.ids.length ? "Choose a token to see its bytes." : "";
    if (this.bytes.textContent !== asks) this.bytes.textContent = asks;
  }

  move(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const buttons = [...this.list.querySelectorAll("button")];
    const next = { Home: 0, End: buttons.length - 1 }[event.key] ??
      buttons.indexOf(document.activeElement) + (steps[event.key] ?? NaN);
    if (!buttons[next]) return;
    event.preventDefault();
    this.choose(buttons[next]);
    buttons[next].focus();
  }

  // The one that the tabulator stops at: what was chosen, or the first.
  press(button) {
    this.stop?.setAttribute("aria-pressed", "false");
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = button ?? this.list.querySelector("button");
    if (this.stop) this.stop.tabIndex = 0;
    button?.setAttribute("aria-pressed", "true");
  }

  choose(button) {
    if (!button) return;
    this.press(button);
    const at = [...this.list.children].indexOf(button.parentElement);
    const bytes = this.cutter.bytes(this.ids[at]);
    const kind = this.cutter.isSpecial(this.ids[at]) ? "a signal and no text, written as" : "made of";
    this.bytes.replaceChildren(
      `Token ${at + 1}, `, make("code", {}, this.cutter.piece(this.ids[at])), `, id ${this.ids[at]}, is ${kind} `,
      `${count(bytes.length, "byte")}: `, make("code", {}, [...bytes].map((byte) => hex(byte)).join(" ")));
  }
}

class TokensWidget extends Live {
  start() {
    const id = `${this.parentElement.id}-text`;
    this.input = make("textarea", {
      id, rows: 3, maxLength: LONGEST, spellcheck: false, value: this.options.text, input: () => this.typed(), focus: () => this.load(),
    });
    this.own = make("button", { type: "button", click: () => this.take(remembered()) });
    this.forget = make("button", { type: "button", click: () => this.forgotten() }, "Forget my text");
    this.cut = make("button", { type: "button", click: () => this.load() }, "Cut it");
    this.other = make("button", { type: "button", hidden: true, click: () => this.loadOther() },
      `GPT-2's cut, too (${kilobytes("gpt2")})`);
    this.note = make("p", { className: "live__note" },
      `“Cut it”, or a click into the text, loads the course's tokenizer (${kilobytes("base")}). Your text stays in this browser.`);
    this.cuts = make("div", { className: "live-tokens__cuts" });
    this.place.append(
      make("label", { htmlFor: id, className: "live__row" }, "Your text"), this.input,
      make("div", { className: "live__row" }, this.cut, this.other,
        ...(this.options.presets ?? []).map((text) =>
          make("button", { type: "button", className: "live-tokens__preset", click: () => this.take(text) }, text)),
        this.own, this.forget),
      this.note, this.cuts);
    this.offer();
  }

  // The reader's text from this page or another.
  offer() {
    const text = remembered();
    const begins = text.length > 20 ? `${text.slice(0, 20)}…` : text;
    const tokens = this.tokens ? count(this.tokens.cutter.encode(text).length, "token") : `“${begins}”`;
    this.own.textContent = `Your text: ${tokens}`;
    this.own.hidden = !text || text === this.input.value;
    this.forget.hidden = !text;
  }

  async take(text) {
    this.input.value = text;
    await this.load();
    this.typed();
  }

  forgotten() {
    clearTimeout(this.pause);
    remember("");
    this.input.value = this.options.text;
    this.input.focus();
    this.draw();
    this.offer();
    this.say("Forgotten: this browser keeps no text of yours.");
  }

  // Loaded once, however often it is asked for; a failure is told, and the next try may succeed.
  async load() {
    if (this.tokens || this.loading) return;
    this.loading = true;
    try {
      const cutter = await tokenizer("base", (text) => this.say(text));
      this.characters = new Cut("character", "Characters");
      this.words = new Cut("word", "Words");
      this.tokens = new Tokens("token", "Tokens of the course's model", cutter);
      this.cuts.append(this.characters.element, this.words.element, this.tokens.element);
      if (document.activeElement === this.cut) this.input.focus();
      this.cut.remove();
      this.note.textContent = "Your text stays in this browser.";
      this.other.hidden = false;
      this.begun();
      this.draw();
      this.offer();
      this.tell();
    } catch (error) {
      this.say(`${error.message}. Try again.`);
    }
    this.loading = false;
  }

  async loadOther() {
    this.other.disabled = true;
    try {
      const cutter = await tokenizer("gpt2", (text) => this.say(text));
      this.others = new Tokens("token", "Tokens of GPT-2", cutter);
      this.cuts.append(this.others.element);
      this.draw();
      this.tell();
      if (document.activeElement === this.other || document.activeElement === document.body) this.input.focus();
      this.other.remove();
    } catch (error) {
      this.say(`${error.message}. Try again.`);
      this.other.disabled = false;
    }
  }

  // At each key the pieces are drawn, once for each picture of the screen; the rest waits for a pause.
  typed() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      const { value } = this.input;
      if (value !== this.options.text && !this.options.presets?.includes(value)) remember(value);
      this.offer();
      this.tell();
    }, PAUSE);
  }

  draw() {
    if (!this.tokens) return;
    const text = this.input.value;
    this.characters.texts([...text]);
    this.words.texts(text.match(WORDS) ?? []);
    this.tokens.encode(text);
    this.tokens.count.append(" of the course's model");
    this.others?.encode(text);
    this.others?.count.append(" of GPT-2");
  }

  tell() {
    if (!this.tokens) return;
    const cuts = [this.characters, this.words, this.tokens, this.others].filter(Boolean);
    const bytes = new TextEncoder().encode(this.input.value).length;
    const { length } = this.tokens.ids;
    const each = length ? `, ${(bytes / length).toFixed(2)} bytes in each of the course's` : "";
    const counts = cuts.map(({ count: line }) => line.textContent).join(", ");
    this.say(`${counts}${each}. No token is unknown: what no merge joins stays bytes.`);
  }
}

define("live-tokens", TokensWidget);
