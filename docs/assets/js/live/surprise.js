// A text shaded by how much each token surprises the course's model, while bits, mean and perplexity add up.

import { BASE, WithModel, after, define, make, megabytes, remembered } from "./parts.js";
import { loaded } from "./engine/model.js";
import { visible } from "./tokenizer/signs.js";

// A window as the page has it: base has read no text of which more than that came before.
const [CONTEXT, STRIDE] = [240, 120];
const PAUSE = 500; // milliseconds after the last key: then it is read
const SILENCE = 900; // and then it is said aloud
const LONGEST = 4000; // characters
const SHADES = [1, 2, 4]; // bits from which a token is shaded, as on the first page
const STRANGE = 5; // bits for a token, on average, of a text unlike all that base has read

const written = (number) => number.toLocaleString("en", { maximumFractionDigits: number < 100 ? 2 : 0, minimumFractionDigits: number < 100 ? 2 : 0 });

// What the first of these tokens cost: their number, sum, mean, perplexity, bits for each byte.
export function added(bits, bytes, count) {
  const sum = bits.slice(0, count).reduce((total, one) => total + one, 0);
  const size = bytes.slice(0, count).reduce((total, one) => total + one, 0);
  return { count, sum, mean: sum / count, perplexity: 2 ** (sum / count), perByte: sum / size };
}

class Surprise extends WithModel {
  start() {
    this.offer(`Measure a text of your own (loads ${megabytes(BASE)})`, "model", BASE, (progress) => loaded("base", progress));
  }

  built() {
    this.build();
    this.text.focus();
    this.measure();
  }

  // What there is to take: the page's texts, what stands above on it, and what the reader wrote elsewhere.
  texts() {
    const above = [...this.closest(".live").parentElement.querySelectorAll(":scope > p")]
      .filter((paragraph) => paragraph.compareDocumentPosition(this) & Node.DOCUMENT_POSITION_FOLLOWING)
      .slice(-2)
      .map((paragraph) => paragraph.innerText);
    const found = { ...this.options.presets, "the text above this": above.join("\n") };
    if (remembered()) found["your own text"] = remembered();
    return found;
  }

  build() {
    const texts = this.texts();
    const take = (text) => {
      this.text.value = text;
      this.measure();
    };
    const presets = Object.entries(texts).map(([name, text]) => make("button", { type: "button", click: () => take(text) }, name));
    this.text = make("textarea", { rows: 3, maxLength: LONGEST, spellcheck: false, value: Object.values(texts)[0], input: () => this.measure(PAUSE) });
    this.slider = make("input", { type: "range", min: 2, step: 1, input: () => this.draw() });
    this.upTo = make("span", { className: "live-surprise__at" });
    this.shaded = make("p", { className: "live-surprise__text" });
    this.legend = make("p", { className: "live__note live-surprise__legend" }, "Shade: bits of surprise, ", ...SHADES.flatMap((least, at) =>
      [make("span", { className: `surprise__${at + 1}` }, at < 2 ? String(least) : `${least} or more`), " "]));
    this.sums = make("table", { className: "live-surprise__table" });
    this.note = make("p", { className: "live__note" });
    this.rows = make("details", { toggle: () => this.list() }, make("summary", {}, "Each token with its bits"),
      make("div", { className: "live-surprise__list", tabIndex: 0, role: "region", "aria-label": "Each token with its bits" }));
    this.result = make("div", { className: "live-surprise__result" },
      this.shaded, this.legend,
      make("div", { className: "live__row" }, make("label", {}, "Added up to token", this.slider, this.upTo)),
      this.sums, this.note, this.rows);
    this.result.hidden = true;
    this.place.replaceChildren(
      make("div", { className: "live__row", role: "group", "aria-label": "Texts to take" }, ...presets),
      make("label", { className: "live-surprise__own" }, "A text", this.text),
      this.result,
    );
  }

  // Read the text that stands there now, unless another one comes while this is at it.
  async measure(pause = 0) {
    const turn = (this.turn = {});
    await after(pause);
    if (this.turn !== turn) return;
    const ids = this.model.tokenizer.encode(this.text.value);
    if (ids.length < 2) {
      this.result.hidden = true;
      this.say("It takes two tokens at least: one to guess, and one before it.");
      return;
    }
    const progress = (count) => this.turn === turn && ids.length > CONTEXT && this.say(`${count} of ${ids.length - 1} tokens are measured`);
    const bits = await this.model.ask("surprisal", { ids, context: CONTEXT, stride: STRIDE }, progress);
    if (this.turn !== turn) return;
    const bytes = ids.slice(1).map((id) => this.model.tokenizer.bytes(id).length);
    this.measured = { ids, bits, bytes };
    this.slider.max = ids.length;
    this.slider.value = ids.length;
    this.result.hidden = false;
    this.draw();
    await after(SILENCE);
    if (this.turn === turn) this.say(`${ids.length} tokens, perplexity ${written(added(bits, bytes, bits.length).perplexity)}`);
  }

  piece(id) {
    return this.model.tokenizer.piece(id).replace(/^␣/, " ");
  }

  draw() {
    const { ids, bits, bytes } = this.measured;
    const last = Number(this.slider.value);
    const shown = ids.map((id, place) => {
      const surprise = place && place < last ? SHADES.filter((least) => bits[place - 1] >= least).length : 0;
      const shade = [surprise && `surprise__${surprise}`, place === last - 1 && "surprise__place"].filter(Boolean).join(" ");
      return make("span", shade ? { className: shade } : {}, this.piece(id));
    });
    this.shaded.replaceChildren(...shown);
    const token = `${this.piece(ids[last - 1]).trim()}: ${written(bits[last - 2])} bits`;
    this.upTo.textContent = `${last} of ${ids.length}, ${token}`;
    this.slider.setAttribute("aria-valuetext", `token ${last}, ${token}`);
    const { count, sum, mean, perplexity, perByte } = added(bits, bytes, last - 1);
    const rows = [
      ["tokens guessed", count.toLocaleString("en")],
      ["bits together", written(sum)],
      ["bits per token", written(mean)],
      [`perplexity, 2 to the ${written(mean)}`, written(perplexity)],
      ["bits per byte", written(perByte)],
    ];
    this.sums.replaceChildren(
      make("caption", {}, "Added up"),
      make("tbody", {}, ...rows.map(([name, number]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, number)))),
    );
    const windows = ids.length > CONTEXT ? `Read in windows of ${CONTEXT} tokens that move by ${STRIDE}. ` : "";
    const strange = mean > STRANGE && count > 2 ? "The model has read nothing like this: its world is small stories, reviews, sums and questions." : "";
    this.note.textContent = windows + strange;
    this.list();
  }

  // A line for each token, made when somebody looks at it.
  list() {
    if (!this.rows.open || this.listed === this.measured) return;
    this.listed = this.measured;
    const { ids, bits, bytes } = this.measured;
    const lines = bits.map((one, at) => {
      const { mean, perplexity } = added(bits, bytes, at + 1);
      const cells = [one, mean, perplexity].map((number) => make("td", {}, written(number)));
      return make("tr", {}, make("th", { scope: "row" }, this.model.tokenizer.piece(ids[at + 1])), ...cells);
    });
    const heads = ["token", "bits", "bits per token so far", "perplexity so far"].map((name) => make("th", { scope: "col" }, name));
    this.rows.lastChild.replaceChildren(make("table", { className: "live-surprise__table" },
      make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)));
  }
}

define("live-surprise", Surprise);
