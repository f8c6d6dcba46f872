// One matrix of the course's model with fewer bits for each weight: how far it is off, what it weighs, which whole
// numbers it holds; and what the model writes when all matrices of its blocks are like that.

import { draw } from "./drawing.js";
import { BASE, WithModel, after, define, make, megabytes } from "./parts.js";
import { loaded } from "./engine/model.js";

const PROMPT = "Story: Once there was a girl named Mia. One cold";
const [MOST, LEAST] = [8, 2];
const COUNT = 24; // tokens that are written
const PAUSE = 250; // milliseconds after the last change
const SILENCE = 900; // and then it is said aloud
const KINDS = {
  "attn.c_attn": "attention, queries keys and values",
  "attn.c_proj": "attention, output",
  "mlp.c_fc": "inner layer, in",
  "mlp.c_proj": "inner layer, out",
};

const whole = (number) => Math.round(number).toLocaleString("en");
const percent = (share) => `${(100 * share).toFixed(2)}%`;

// How often each whole number occurs, from the smallest that so many bits can hold to the largest.
export function counted(numbers, bits) {
  const high = 2 ** (bits - 1) - 1;
  const counts = Array.from({ length: 2 * high + 1 }, (_, at) => [at - high, 0]);
  for (const number of numbers) counts[number + high][1]++;
  return counts;
}

class Bits extends WithModel {
  start() {
    this.offer(`Take a matrix of the model (loads ${megabytes(BASE)})`, "model", BASE, (progress) => loaded("base", progress));
  }

  async built() {
    this.build(await this.model.ask("matrices"));
    this.bits.focus();
    this.change();
  }

  build(names) {
    const change = () => this.change(PAUSE);
    const called = (name) => {
      const [, layer, kind] = name.match(/^h\.(\d+)\.(.+)\.weight$/);
      return `layer ${Number(layer) + 1}, ${KINDS[kind] ?? kind}`;
    };
    this.bits = make("input", { type: "range", min: LEAST, max: MOST, step: 1, value: this.options.bits ?? 4, input: change });
    this.shown = make("span", { className: "live-surprise__at" });
    this.matrix = make("select", { change }, ...names.map((name) => make("option", { value: name, selected: name === this.options.matrix }, called(name))));
    const shares = ["the matrix", "each row"].map((name, at) =>
      make("label", {}, make("input", { type: "radio", name: "bits-scale", value: name, checked: !at, change }), name));
    this.prompt = make("textarea", { rows: 2, value: this.options.prompt ?? PROMPT, maxLength: 400, spellcheck: false, input: change });
    [this.numbers, this.histogram, this.texts] = ["live-bits__numbers", "live-bits__numbers", ""].map((className) => make("div", { className }));
    this.place.replaceChildren(
      make("div", { className: "live__row" }, make("label", {}, "Bits of a weight", this.bits, this.shown)),
      make("div", { className: "live__row", role: "radiogroup", "aria-label": "One scale for" }, "One scale for", ...shares),
      make("div", { className: "live__row" }, make("label", { className: "live-bits__which" }, "Matrix", this.matrix)),
      this.numbers, this.histogram,
      make("label", { className: "live-bits__prompt" }, "What the model is to go on from", this.prompt),
      this.texts,
      make("p", { className: "live__note" }, "The file that was loaded has eight bits for each weight and a scale for each row. Errors are counted from there, so at 8 bits with a scale for each row there is none."),
    );
  }

  // Round and write as it is set now, unless it is set otherwise while this is at it.
  async change(pause = 0) {
    const turn = (this.turn = {});
    const bits = Number(this.bits.value);
    this.shown.textContent = bits;
    await after(pause);
    if (this.turn !== turn) return;
    const perRow = this.querySelector("input[type=radio]:checked").value === "each row";
    const rounded = await this.model.ask("rounded", { name: this.matrix.value, bits, perRow });
    if (this.turn !== turn) return;
    this.rounded = rounded; // what is drawn can be looked at
    const together = await this.model.ask("round", { bits, perRow });
    if (this.turn !== turn) return;
    this.showNumbers(rounded, bits, together);
    this.showHistogram(rounded, bits);
    const now = await this.write();
    if (this.turn !== turn) return;
    const before = await this.eight(turn);
    if (this.turn !== turn) return;
    this.showTexts(before, now, `${bits} bits, a scale for ${perRow ? "each row" : "each matrix"}`);
    await after(SILENCE);
    if (this.turn === turn) this.say(`${bits} bits: ${percent(rounded.error)} off. It writes: ${now}`);
  }

  // What the model writes with its weights as they are now: always the likeliest token.
  async write() {
    const { tokenizer, config } = this.model;
    const ids = tokenizer.encode(this.prompt.value).slice(-(config.n_positions - COUNT));
    if (!ids.length) ids.push(config.bos_token_id);
    const found = [];
    await this.model.ask("generate", { ids, count: COUNT, seed: 1, ways: { temperature: 0 } }, ({ id }) => found.push(id));
    return tokenizer.decode(found.filter((id) => !tokenizer.isSpecial(id)));
  }

  // What it writes with eight bits; once for each beginning.
  async eight(turn) {
    const beginning = this.prompt.value;
    if (this.known?.beginning === beginning) return this.known.text;
    await this.model.ask("round", { bits: MOST, perRow: true });
    const text = await this.write();
    if (this.turn === turn) this.known = { beginning, text }; // else it was cut short
    return text;
  }

  showNumbers({ numbers, scales, bytes, error }, bits, together) {
    const rows = [
      ["weights", whole(numbers.length)],
      ["scales", whole(scales.length)],
      ["error, of the weights", percent(error)],
      ["bytes, with a scale as two", whole(bytes)],
      ["bytes of all matrices in the blocks", whole(together)],
    ];
    this.numbers.replaceChildren(make("table", { className: "live-surprise__table" },
      make("caption", {}, `This matrix in ${bits} bits`),
      make("tbody", {}, ...rows.map(([name, number]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, number))))));
  }

  showHistogram({ numbers }, bits) {
    const counts = counted(numbers, bits);
    const most = Math.max(...counts.map(([, count]) => count));
    const used = counts.filter(([, count]) => count).length;
    const zeros = counts[(counts.length - 1) / 2][1] / numbers.length;
    const said = `Of ${counts.length} whole numbers, from −${counts.at(-1)[0]} to ${counts.at(-1)[0]}, ${used} are used; ${(100 * zeros).toFixed(0)}% of the weights are stored as 0.`;
    const picture = draw("svg", { viewBox: `0 0 ${counts.length} 40`, preserveAspectRatio: "none", role: "img", "aria-label": said, class: "live-bits__histogram" });
    for (const [at, [, count]] of counts.entries()) {
      const height = (40 * count) / most;
      picture.append(draw("rect", { x: at + 0.1, y: 40 - height, width: 0.8, height }));
    }
    const lines = () => counts.filter(([, count]) => count).map(([number, count]) =>
      make("tr", {}, make("th", { scope: "row" }, String(number).replace("-", "−")), make("td", {}, whole(count))));
    const list = make("div", { className: "live-surprise__list", tabIndex: 0, role: "region", "aria-label": "How often each whole number is stored" });
    const details = make("details", {
      toggle: () => list.childElementCount || list.append(make("table", { className: "live-surprise__table" },
        make("thead", {}, make("tr", {}, ...["whole number", "weights"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...lines()))),
    }, make("summary", {}, "How often each whole number is stored"), list);
    details.open = this.histogram.querySelector("details")?.open ?? false;
    this.histogram.replaceChildren(picture, make("p", { className: "live__note" }, said), details);
  }

  showTexts(before, now, called) {
    const row = (name, text) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, text || "(nothing)"));
    this.texts.replaceChildren(make("table", { className: "live-bits__texts" },
      make("caption", {}, "It goes on, always with the likeliest token"),
      make("tbody", {}, row("8 bits, a scale for each row", before), row(called, now))));
  }
}

define("live-bits", Bits);
