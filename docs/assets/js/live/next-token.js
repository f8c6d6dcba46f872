// The course's model writes in the page, token by token: what it finds likely, what the reader's settings leave
// of that, and what was drawn. Nothing is loaded before a click.
import { loaded } from "./engine/model.js";
import { entropy, likeliest, shaped, softmax } from "./engine/sampling.js";
import { bars } from "./next-token/bars.js";
import { Heads } from "./next-token/heads.js";
import { Settings } from "./next-token/settings.js";
import { Written } from "./next-token/written.js";
import { Live, define, make, megabytes, remembered } from "./parts.js";

const MODEL = "base";
const SIZE = "{{ bytes assets/models/base/model.safetensors assets/models/base/tokenizer.json assets/models/base/config.json assets/js/live/engine/kernel.wasm }}";
// After each of these several words are likely: tests/site/test_live_next_token.py measures it.
const PRESETS = [
  "Once there was a girl named Mia. One",
  "Once there was a girl named Mia. One cold morning Mia",
  "Once there was a girl named Mia. One cold morning Mia lost her red key in the",
  "Story: Mira was a girl from a small village. Yesterday she",
  "Story: Mira was a girl from a small village. Yesterday she walked to the park and forgot her lunch. She was very hungry. There she met Saturik, who gave her an",
];
const ROWS = 6; // likeliest tokens that are shown
const COUNT = 40; // tokens that are written on a click
const STRANGE = 5; // bits for a token, on average, of a text unlike all that base has read

class NextToken extends Live {
  start() {
    this.ids = [];
    this.given = 0; // how many of them the reader wrote
    this.asked = 0; // of several answers that come in, the last that was asked for counts
    this.settings = new Settings(() => this.draw());
    this.written = new Written((place) => this.look(place));
    this.table = make("div");
    this.speed = make("p", { className: "live__note" });
    this.strange = make("p", { className: "live__note live-next-token__strange" });
    this.makeBeginning();
    this.makeButtons();
    this.after = make("div", { className: "live-next-token__after" }, this.written.element, this.row, this.speed, this.strange);
    this.after.hidden = true;
    if (this.options.chances) this.showRecorded();
    else this.settings.element.hidden = true;
    this.place.append(this.beginning, this.loading, this.after, this.settings.element, this.table);
  }

  makeBeginning() {
    const presets = [...(this.options.presets ?? PRESETS), remembered()].filter(Boolean);
    const shown = (text) => (text.length > 44 ? `… ${text.slice(-42)}` : text);
    this.prompt = make("textarea", { rows: 2, value: presets[0], maxLength: 600, spellcheck: false, input: () => this.typed() });
    const choice = make(
      "select",
      { change: () => this.take(choice.value) },
      ...presets.map((text) => make("option", { value: text }, shown(text))),
    );
    this.beginning = make(
      "div",
      { className: "live-next-token__beginning" },
      make("label", {}, "A beginning", this.prompt),
      make("div", { className: "live__row" }, make("label", {}, "or one that it knows how to go on from", choice)),
    );
  }

  makeButtons() {
    const button = (text, act) => make("button", { type: "button", click: act }, text);
    this.load = button(`${this.options.writes ? "Let it write" : "Let it go on"} (loads ${megabytes(SIZE)})`, () => this.begin());
    this.progress = make("progress", { max: SIZE, value: 0, hidden: true, "aria-label": "How much of the model has come" });
    this.loading = make("div", { className: "live__row" }, this.load, this.progress);
    this.one = button("One token", () => this.write(1));
    this.many = button("Write on", () => this.write(COUNT));
    this.stop = button("Stop", () => this.model.ask("stop"));
    this.again = button("Again, with the next seed", () => {
      this.settings.draws++;
      this.read();
    });
    this.row = make("div", { className: "live__row" }, this.one, this.many, this.stop, this.again);
    this.can({ write: true, stop: false });
  }

  // A button that cannot be used now keeps the focus.
  can({ write, stop }) {
    for (const button of [this.one, this.many]) button.setAttribute("aria-disabled", !write);
    this.stop.setAttribute("aria-disabled", !stop);
  }

  // Before anything is loaded, the settings work on the chances that the page has measured.
  showRecorded() {
    this.names = Object.keys(this.options.chances);
    this.chances = Float64Array.from(Object.values(this.options.chances), Number);
    this.caption = ["What may come next, as the page measured it"];
    this.settings.element.addEventListener("input", () => this.begun(), { once: true });
  }

  async begin() {
    this.load.disabled = true;
    this.progress.hidden = false;
    this.say("The model is being loaded.");
    try {
      this.model = await loaded(MODEL, (bytes) => (this.progress.value = bytes));
    } catch (error) {
      this.load.disabled = false;
      this.progress.hidden = true;
      this.say(`The model could not be loaded (${error.message}). Try once more.`);
      return;
    }
    this.begun();
    this.names = undefined;
    this.loading.hidden = true;
    this.after.hidden = this.settings.element.hidden = false;
    if (this.options.heads) {
      this.heads = new Heads(this.model, (id) => this.named(id), this.options.heads);
      this.place.append(this.heads.element);
    }
    await this.read();
    if (this.options.writes) await this.write(COUNT);
    this.many.focus();
  }

  begun() {
    super.begun();
    // On the first page what was recorded stands above, in the same box.
    if (this.options.above) document.querySelector(this.options.above)?.classList.add("live__recorded--replaced");
  }

  take(text) {
    this.prompt.value = text;
    if (this.model) this.read();
  }

  // Not at each key.
  typed() {
    clearTimeout(this.waits);
    if (this.model) this.waits = setTimeout(() => this.read(), 400);
  }

  // Begin with what the reader has written.
  async read() {
    clearTimeout(this.waits);
    this.waits = undefined;
    const { model } = this;
    const asked = ++this.asked;
    const ids = model.tokenizer.encode(this.prompt.value).slice(0, model.context - COUNT);
    if (!ids.length) ids.push(model.config.bos_token_id); // an empty text: what all texts begin with
    const bits = ids.length > 1 ? await model.ask("surprisal", { ids }) : [];
    if (asked !== this.asked) return;
    this.ids = ids;
    this.given = ids.length;
    this.written.clear();
    ids.forEach((id, place) => this.written.add(this.textOf(id), bits[place - 1], false));
    this.speed.textContent = "";
    this.can({ write: true, stop: false });
    const mean = bits.reduce((sum, one) => sum + one, 0) / bits.length;
    const unlike = bits.length > 2 && mean > STRANGE;
    this.strange.textContent = unlike
      ? `base has read nothing like this: a token of it takes ${mean.toFixed(1)} bits. It knows stories of girls and boys who lose things, meet somebody and eat something. Begin as they do, for example: Once there was a girl named Mia. One`
      : "";
    this.written.choose(ids.length);
  }

  async write(count) {
    if (this.waits) await this.read();
    if (this.one.getAttribute("aria-disabled") === "true") return;
    const { model, ids } = this;
    const asked = ++this.asked;
    this.can({ write: false, stop: true });
    const fresh = [];
    const already = ids.length - this.given;
    const { written, why, seconds } = await model.ask(
      "generate",
      { ids, count, already, seed: this.settings.draws, ways: this.settings.ways },
      ({ id, bits }) => {
        if (asked !== this.asked) return;
        fresh.push(id);
        this.written.add(this.textOf(id), bits, true);
      },
    );
    if (asked !== this.asked) return;
    this.can({ write: why !== "end" && why !== "context", stop: false });
    this.ids = [...ids, ...fresh];
    const speed = Math.round(written / seconds).toLocaleString("en-US");
    this.speed.textContent = count > 1 ? `${written} tokens in ${seconds.toFixed(2)} s: ${speed} a second, on your processor.` : "";
    const ends = { end: " Here base ends its text.", context: ` More than ${model.context} tokens base does not read.`, stopped: " Stopped." };
    this.say(`It wrote: ${model.tokenizer.decode(fresh)}${ends[why] ?? ""}`);
    this.written.choose(count === 1 && fresh.length ? this.ids.length - 1 : this.ids.length);
  }

  // What was likely at a place of the text, and where the token before it looks.
  async look(place) {
    const asked = (this.looked = (this.looked ?? 0) + 1);
    const { ids } = this;
    if (place === 0) {
      this.table.replaceChildren(make("p", { className: "live__note" }, "Nothing stands before the first token, so nothing is likelier here."));
      return;
    }
    const scores = await this.model.ask("next", { ids: ids.slice(0, place) });
    if (asked !== this.looked) return;
    this.chances = softmax(scores);
    this.taken = ids[place];
    const before = this.model.tokenizer.decode(ids.slice(0, place)).slice(-24);
    const here = ["after ", make("code", {}, visible(before))];
    this.caption = this.taken === undefined ? ["What may come next, ", ...here] : ["What was likely ", ...here];
    this.draw();
    this.heads?.show(ids.slice(0, place));
  }

  draw() {
    const { chances } = this;
    if (!chances) return;
    const after = shaped(chances, this.settings.ways);
    const rows = likeliest(chances, ROWS);
    if (this.taken !== undefined && !rows.some(([id]) => id === this.taken)) rows.push([this.taken, chances[this.taken]]);
    const shown = rows.map(([id, chance]) => ({
      name: this.names?.[id] ?? this.named(id),
      shares: [chance, after[id]],
      mark: id === this.taken ? "stands here" : "",
    }));
    const rest = [chances, after].map((all) => 1 - rows.reduce((sum, [id]) => sum + all[id], 0));
    shown.push({ name: "all others", shares: rest.map((share) => Math.max(share, 0)) });
    const bits = entropy(after);
    this.table.replaceChildren(
      bars(this.caption, ["token", "as base finds it", "with your settings"], shown),
      make("p", { className: "live__note" }, `With your settings ${bits.toFixed(1)} bits are open, as with ${(2 ** bits).toFixed(1)} tokens that are equally likely.`),
    );
  }

  textOf(id) {
    return this.model.tokenizer.isSpecial(id) ? "⏹" : this.model.tokenizer.decode([id]);
  }

  // A token to be read in a table: a word without its blank; what goes on with a word begins with dots.
  named(id) {
    const text = this.textOf(id);
    if (/^ \S/.test(text)) return visible(text.slice(1));
    return /^[\p{L}\p{N}]/u.test(text) ? `…${text}` : visible(text);
  }
}

define("live-next-token", NextToken);
