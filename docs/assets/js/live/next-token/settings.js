// How a token is drawn from the chances: temperature, top-k, top-p, and the seed of the draws.
import { make } from "../parts.js";

export class Settings {
  // `changed` is called when another token would be drawn.
  constructor(changed) {
    this.changed = changed;
    this.temperature = this.slider(0, 2, 0.1, 1);
    this.topP = this.slider(0.05, 1, 0.05, 1);
    this.topK = this.number(0, 1000, 0);
    this.seeds = this.number(0, 999999, 1);
    const row = (text, field, after = "") => make("label", {}, text, field, after);
    this.element = make(
      "div",
      { className: "live__row", role: "group", "aria-label": "How the next token is drawn" },
      row("temperature", this.temperature, this.temperature.said),
      row("top-p", this.topP, this.topP.said),
      row("top-k (0: all)", this.topK, this.topK.said),
      row("seed", this.seeds, this.seeds.said),
    );
  }

  slider(min, max, step, value) {
    const said = make("output", { className: "live-next-token__set" });
    const tell = () => (said.value = Number(field.value).toFixed(step < 0.1 ? 2 : 1));
    const field = make("input", {
      type: "range", min, max, step, value,
      input: () => {
        tell();
        this.changed();
      },
    });
    field.said = said;
    tell();
    return field;
  }

  number(min, max, value) {
    const said = make("output", { className: "live-next-token__bounds" });
    const tell = () => {
      const taken = whole(field);
      said.value = field.value === String(taken) ? "" : `a whole number from ${min} to ${max}: ${taken} is taken`;
    };
    const field = make("input", {
      type: "number", min, max, value,
      input: () => {
        tell();
        this.changed();
      },
    });
    field.said = said;
    return field;
  }

  // As sampling.js takes them. What is no number within its bounds counts as the bound that is nearest.
  get ways() {
    return { temperature: Number(this.temperature.value), topK: whole(this.topK), topP: Number(this.topP.value) };
  }

  get seed() {
    return whole(this.seeds);
  }

  set seed(seed) {
    this.seeds.value = seed;
    this.seeds.said.value = "";
  }
}

function whole(field) {
  const [value, low, high] = [field.value, field.min, field.max].map(Number);
  return Math.min(Math.max(Math.trunc(value) || 0, low), high);
}
