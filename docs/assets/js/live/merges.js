// How a word is put together: merge after merge, forward and back, by the rules that the course's model has learned.
import { Live, define, make } from "./parts.js";
import { kilobytes, tokenizer } from "./tokenizer/loading.js";
import { amount, count } from "./tokenizer/signs.js";

const LONGEST = 24; // letters: more does not fit on a screen
const PAUSE = 700; // milliseconds without a key: then the state is read out

class Merges extends Live {
  start() {
    const id = `${this.parentElement.id}-word`;
    const [first] = this.options.words;
    this.input = make("input", { id, type: "text", maxLength: LONGEST, spellcheck: false, autocomplete: "off", value: first, input: () => this.load(PAUSE) });
    this.space = make("input", { type: "checkbox", checked: true, change: () => this.load() });
    this.open = make("button", { type: "button", click: () => this.load() }, `Begin (loads ${kilobytes("base")})`);
    const go = (name, to) => make("button", { type: "button", click: () => this.go(to()) }, name);
    this.buttons = [go("Back", () => this.at - 1), go("Next merge", () => this.at + 1), go("To the end", () => this.steps.length - 1)];
    this.controls = make("div", { className: "live__row", hidden: true }, ...this.buttons);
    this.note = make("p", { className: "live__note", hidden: true });
    this.pieces = make("ol", { className: "live-merges__pieces", "aria-label": "The word now" });
    this.pairs = make("ol", { className: "live-merges__pairs", "aria-label": "Its pairs of neighbors, and the rule that joins them" });
    this.done = make("tbody");
    const heads = ["rule", "joins", "the word then"].map((text) => make("th", { scope: "col" }, text));
    this.table = make("table", {},
      make("caption", {}, "Merges so far"), make("thead", {}, make("tr", {}, ...heads)), this.done);
    this.state = make("div", { className: "live-merges__state", hidden: true }, this.pieces, this.pairs, this.table);
    this.place.append(
      make("div", { className: "live__row" },
        make("label", { htmlFor: id }, "A word"), this.input,
        make("label", {}, this.space, "with the space before it"),
        ...this.options.words.map((word) => make("button", { type: "button", click: () => this.take(word) }, word))),
      this.open, this.note, this.controls, this.state);
  }

  take(word) {
    this.input.value = word;
    return this.load();
  }

  async load(pause = 0) {
    try {
      this.tokenizer ??= await tokenizer("base", (text) => this.say(text));
    } catch (error) {
      this.say(`${error.message}. Try again.`);
      return;
    }
    if (this.open.isConnected) {
      const held = document.activeElement === this.open;
      this.open.remove();
      for (const part of [this.controls, this.state]) part.hidden = false;
      if (held) this.buttons[1].focus();
      this.begun();
    }
    this.replay();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.tell(), pause);
  }

  // All states of the word, the first of which is its bytes.
  replay() {
    const { model } = this.tokenizer;
    const [word = "", ...others] = model.words(`${this.space.checked ? " " : ""}${this.input.value.trim()}`);
    this.note.hidden = !others.length;
    this.note.textContent = `No merge crosses from one word to the next, nor to a digit: this is the first of ${others.length + 1}.`;
    const ids = model.start(word);
    this.steps = [];
    for (const rule of model.joins(ids)) this.steps.push({ ids: [...ids], rule });
    this.steps.push({ ids: [...ids] });
    this.show(0);
  }

  piece(id) {
    return this.tokenizer.piece(id);
  }

  // What the rule of a step joins.
  pair({ ids, rule }) {
    const at = ids.findIndex((id, i) => this.tokenizer.model.rank(id, ids[i + 1]) === rule);
    return [this.piece(ids[at]), this.piece(ids[at + 1])];
  }

  go(to) {
    this.show(to);
    this.tell();
  }

  show(to) {
    this.at = Math.max(0, Math.min(to, this.steps.length - 1));
    const step = this.steps[this.at];
    const { ids, rule } = step;
    const ranks = ids.slice(0, -1).map((id, i) => this.tokenizer.model.rank(id, ids[i + 1]));
    const next = (at) => at >= 0 && rule !== undefined && ranks[at] === rule;
    this.pieces.replaceChildren(...ids.map((id, at) =>
      make("li", { className: next(at) || next(at - 1) ? "live-merges__next" : "" }, make("bdi", {}, this.piece(id)))));
    this.pairs.replaceChildren(...ranks.map((rank, at) => {
      const parts = [make("code", {}, `${this.piece(ids[at])} + ${this.piece(ids[at + 1])}`), ` ${rank < Infinity ? amount(rank + 1) : "no rule"}`];
      return make("li", {}, ...(next(at) ? [make("mark", {}, ...parts, ", next")] : parts));
    }));
    this.pairs.hidden = !ranks.length;
    this.done.replaceChildren(...this.steps.slice(0, this.at).map((before, i) => this.row(before, this.steps[i + 1])));
    this.table.hidden = !this.at;
    const [back, forward, end] = this.buttons;
    this.enable(back, this.at > 0, forward);
    this.enable(forward, rule !== undefined, back);
    this.enable(end, rule !== undefined, back);
  }

  // A button that ends being of use hands the focus on.
  enable(button, on, other) {
    if (!on && document.activeElement === button) {
      other.disabled = false;
      other.focus();
    }
    button.disabled = !on;
  }

  row(before, after) {
    const word = after.ids.map((id) => this.piece(id)).join(" · ");
    return make("tr", {},
      make("th", { scope: "row" }, amount(before.rule + 1)),
      make("td", {}, make("code", {}, this.pair(before).join(" + "))), make("td", {}, make("code", {}, word)));
  }

  tell() {
    const step = this.steps[this.at];
    const pieces = count(step.ids.length, "piece");
    if (!step.ids.length) this.say("Type a word.");
    else if (step.rule === undefined) this.say(`${pieces}, and no rule joins any more: these are the tokens.`);
    else {
      const [left, right] = this.pair(step);
      this.say(`${pieces}. Next is rule ${amount(step.rule + 1)} of ${amount(this.tokenizer.model.made.length)}, the first learned of those that fit: ${left} + ${right}.`);
    }
  }
}

define("live-merges", Merges);
