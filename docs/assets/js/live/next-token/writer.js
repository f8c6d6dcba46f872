// What the model finds likely, what the reader's settings leave of that, and what was drawn.
import { entropy, likeliest, shaped, softmax } from "../engine/sampling.js";
import { make } from "../parts.js";
import { bars } from "./bars.js";
import { Settings } from "./settings.js";
import { Written } from "./written.js";

const ROWS = 6; // likeliest tokens that are shown
const COUNT = 40; // tokens that are written on a click
const STORY = 160; // and at most for a story that is written to its end, which a line break is
const STRANGE = 5; // bits for a token, on average, of a text unlike all that base has read
const BEFORE = 28; // characters before a token that its table quotes
const QUIET = 400; // milliseconds without a key before a text is read

// As below the story of the first page.
function legend() {
  const shades = ["1", "2", "4 or more"].map((bits, at) => make("span", { className: `surprise__${at + 1}` }, bits));
  return make("p", { className: "live__note surprise__legend" }, "Choose any word, with a click or the arrow keys, to see what else was likely there. Bold: written by base. Shade: bits of surprise, ", shades[0], " ", shades[1], " ", shades[2]);
}

export class Writer {
  constructor(widget) {
    this.widget = widget;
    this.ids = [];
    this.given = 0; // how many of them the reader wrote
    this.asked = this.looked = 0; // of several answers that come in, the last that was asked for counts
    this.settings = new Settings(() => this.draw());
    this.written = new Written((place) => this.look(place));
    this.table = make("div");
    this.speed = make("p", { className: "live__note" });
    this.strange = make("p", { className: "live__note live-next-token__strange" });
    this.text = make("div", { className: "live-next-token__after", hidden: true }, this.written.element, legend(), this.buttons(), this.speed, this.strange);
    widget.place.append(this.text, this.settings.element, this.table);
  }

  buttons() {
    const button = (text, act) => make("button", { type: "button", click: act }, text);
    this.one = button("One token", () => this.write(1));
    this.many = button("Write on", () => this.more());
    this.stop = button("Stop", () => this.model.ask("stop"));
    const again = button("Begin again", () => this.read());
    const another = button("Another, with the next seed", async () => {
      this.settings.seed++;
      await this.read();
      await this.more();
    });
    this.can({ write: true, stop: false });
    return make("div", { className: "live__row" }, this.one, this.many, this.stop, again, another);
  }

  // A button that cannot be used now keeps the focus.
  can({ write, stop }) {
    for (const button of [this.one, this.many]) button.setAttribute("aria-disabled", !write);
    this.stop.setAttribute("aria-disabled", !stop);
  }

  // Before anything is loaded, the settings work on the chances that the page has measured.
  showRecorded(measured) {
    this.names = Object.keys(measured);
    this.chances = Float64Array.from(Object.values(measured), Number);
    this.caption = "What may come next, as the page measured it";
    this.settings.element.addEventListener("input", () => this.widget.begun(), { once: true });
  }

  async begin(model) {
    const { heads, writes } = this.widget.options;
    this.model = model;
    this.names = undefined;
    this.text.hidden = false;
    if (heads) {
      const { Heads } = await import("./heads.js");
      this.heads = new Heads(model, (id) => this.named(id), heads);
      this.widget.place.append(this.heads.element);
    }
    await this.read();
    this.widget.say("base is here. Let it write.");
    if (writes) await this.more();
    this.many.focus();
  }

  // Not at each key.
  typed() {
    clearTimeout(this.waits);
    if (this.model) this.waits = setTimeout(() => this.read(), QUIET);
  }

  // Begin with what the reader has written.
  async read() {
    clearTimeout(this.waits);
    this.waits = undefined;
    const { model } = this;
    const asked = ++this.asked;
    const all = model.tokenizer.encode(this.widget.prompt.value);
    if (!all.length) all.push(model.config.bos_token_id); // an empty text: what all texts begin with
    const ids = all.slice(COUNT - model.context); // the end of a text decides how it goes on
    const bits = ids.length > 1 ? await model.ask("surprisal", { ids }) : [];
    if (asked !== this.asked) return;
    this.ids = ids;
    this.given = ids.length;
    this.written.clear();
    ids.forEach((id, place) => this.written.add(this.textOf(id), bits[place - 1], false));
    this.speed.textContent = "";
    this.warn(bits, all.length - ids.length);
    this.can({ write: true, stop: false });
    this.written.choose(ids.length);
  }

  // What to know about a text that is too long, or of a world that the model has not read about.
  warn(bits, left) {
    const { context } = this.model;
    const mean = bits.reduce((sum, one) => sum + one, 0) / bits.length;
    const long = `base reads at most ${context} tokens: the first ${left} of yours are left out. `;
    const strange = `base has read nothing like this: each token of it takes ${mean.toFixed(1)} bits. It knows stories of girls and boys who lose things, meet somebody and eat something, and it knows some French and sums. Begin with one of its own world, and change a word.`;
    const bytes = "A character that base has no token for is cut into its bytes, such as \\xf0. ";
    const pieces = this.ids.some((id) => this.textOf(id).startsWith("\\x"));
    this.strange.textContent = (left ? long : "") + (pieces ? bytes : "") + (bits.length > 2 && mean > STRANGE ? strange : "");
  }

  // On the first page a story is written to its end, elsewhere so many tokens.
  more() {
    return this.widget.options.writes ? this.write(STORY, this.breaks) : this.write(COUNT);
  }

  // The tokens with which a line ends.
  get breaks() {
    const { tokenizer } = this.model;
    return (this.lines ??= Array.from({ length: tokenizer.size }, (_, id) => id).filter((id) => tokenizer.decode([id]).includes("\n")));
  }

  // Up to so many tokens, or up to one of those that end it.
  async write(count, ends = []) {
    if (this.waits) await this.read();
    if (this.one.getAttribute("aria-disabled") === "true") return;
    const { model, ids, settings } = this;
    const asked = ++this.asked;
    const [fresh, surprise] = [[], []];
    this.can({ write: false, stop: true });
    const { written, why, seconds } = await model.ask(
      "generate",
      { ids, count, ends, already: ids.length - this.given, seed: settings.seed, ways: settings.ways },
      ({ id, bits }) => {
        if (asked !== this.asked) return;
        fresh.push(id);
        surprise.push(bits);
        this.written.add(this.textOf(id), bits, true);
      },
    );
    if (asked !== this.asked) return;
    this.ids = [...ids, ...fresh];
    this.can({ write: why !== "end" && why !== "context", stop: false });
    const rate = Math.round(written / seconds).toLocaleString("en-US");
    const reasons = { end: " Here base ends its text.", context: ` More than ${model.context} tokens base cannot read.`, stopped: " Stopped." };
    const end = reasons[why] ?? "";
    this.speed.textContent = count > 1 ? `${written} tokens in ${seconds.toFixed(2)} s: ${rate} a second, on your processor.${end}` : end;
    this.widget.tell(`It wrote: ${model.tokenizer.decode(fresh)}${end}`);
    // A single token is shown among those that could have stood there; on the first page, that of all which was
    // the least likely.
    const shown = count === 1 ? 0 : this.widget.options.writes ? surprise.indexOf(Math.max(...surprise)) : fresh.length;
    this.written.choose(ids.length + (fresh.length ? shown : 0));
  }

  // What was likely at a place of the text, and where the token before it looks.
  async look(place) {
    const looked = ++this.looked;
    const { ids, model } = this;
    if (place === 0) {
      this.table.replaceChildren(make("p", { className: "live__note" }, "Nothing stands before the first token, so base has no chances for it."));
      return;
    }
    const scores = await model.ask("next", { ids: ids.slice(0, place) });
    if (looked !== this.looked) return;
    this.chances = softmax(scores);
    this.taken = ids[place];
    const before = model.tokenizer.decode(ids.slice(0, place));
    const quoted = before.slice(-BEFORE).trimStart().replaceAll("\n", " ⏎ ");
    const what = this.taken === undefined ? "What may come next," : "What was likely";
    this.caption = `${what} after “${before.length > BEFORE ? "…" : ""}${quoted}”`;
    this.draw();
    this.heads?.show(ids.slice(0, place));
  }

  draw() {
    const { chances, taken } = this;
    if (!chances) return;
    const after = shaped(chances, this.settings.ways);
    const rows = likeliest(chances, ROWS);
    if (taken !== undefined && !rows.some(([id]) => id === taken)) rows.push([taken, chances[taken]]);
    const shown = rows.map(([id, chance]) => ({
      name: this.names?.[id] ?? this.named(id),
      shares: [chance, after[id]],
      mark: id === taken ? "stands here" : "",
    }));
    const rest = [chances, after].map((all) => all.reduce((sum, share) => sum + share) - rows.reduce((sum, [id]) => sum + all[id], 0));
    shown.push({ others: "all others", shares: rest.map((share) => Math.max(share, 0)) });
    const bits = entropy(after);
    const open = `With your settings ${bits.toFixed(1)} bits are open, as with ${(2 ** bits).toFixed(1)} tokens that are equally likely.`;
    this.table.replaceChildren(
      bars(this.caption, ["token", "as base finds it", "with your settings"], shown),
      make("p", { className: "live__note" }, open),
    );
  }

  textOf(id) {
    const { tokenizer } = this.model;
    if (tokenizer.isSpecial(id)) return "[end]";
    const text = tokenizer.decode([id]);
    return text.includes("\ufffd") ? tokenizer.piece(id) : text; // some of a character's bytes, as numbers
  }

  // A token to be read in a table: a word without its blank; what goes on with a word begins with dots.
  named(id) {
    const text = this.textOf(id);
    if (/^ [\p{L}\p{N}]+$/u.test(text)) return text.slice(1);
    return /^[\p{L}\p{N}]/u.test(text) ? `…${text}` : this.model.tokenizer.piece(id);
  }
}
