// A review, typed, judged by the classifier that the page fine-tunes; and what each of its words does to the verdict.

import { WithModel, after, define, fetched, make, megabytes } from "./parts.js";
import { loaded } from "./engine/model.js";
import { softmax } from "./engine/sampling.js";

const FOLDER = "../../models/sentiment/";
const SIZE = "{{ bytes assets/models/sentiment/model.safetensors assets/models/sentiment/tokenizer.json }}";
const PAUSE = 250; // milliseconds after the last key: then it is judged
const SILENCE = 900; // and then it is said aloud
const LABELS = ["negative", "positive"];
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;
const MOST = 60; // words that are left out in turn

const percent = (share) => `${(100 * share).toFixed(share < 0.005 || share > 0.995 ? 2 : 0)}%`;

// Percentage points with their sign.
function points(change) {
  const size = Math.abs(100 * change).toFixed(0);
  return size === "0" ? "0" : `${change < 0 ? "−" : "+"}${size}`;
}

// A bar shows what the number before it says.
function bar(share, good) {
  const shown = make("span", { className: `live-classifier__bar live-classifier__bar--${good ? "good" : "again"}` });
  shown.style.inlineSize = `${100 * share}%`;
  return make("td", { className: "live-classifier__track", "aria-hidden": "true" }, shown);
}

const heads = (...names) =>
  make("thead", {}, make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)), make("td", { "aria-hidden": "true" })));

class Classifier extends WithModel {
  start() {
    this.offer(`Load the classifier (${megabytes(SIZE)})`, "classifier", SIZE, (progress) => this.bring(progress));
  }

  async bring(progress) {
    const learned = fetched(new URL(`${FOLDER}learned.json`, import.meta.url));
    const model = await loaded("sentiment", progress, "bert-worker.js");
    this.learned = JSON.parse(new TextDecoder().decode(await learned));
    return model;
  }

  built() {
    this.build();
    this.text.focus();
    this.judge();
  }

  build() {
    const take = (text) => {
      this.text.value = text;
      this.judge();
    };
    const presets = Object.entries(this.options.presets).map(([name, text]) =>
      make("button", { type: "button", click: () => take(text) }, name));
    const first = Object.values(this.options.presets)[0];
    this.text = make("textarea", { rows: 2, value: first, input: () => this.judge(PAUSE) });
    [this.verdict, this.words] = [make("div"), make("div")];
    this.place.replaceChildren(
      make("div", { className: "live__row", role: "group", "aria-label": "Reviews to take" }, ...presets),
      make("label", { className: "live-classifier__text" }, "Your review", this.text),
      this.verdict,
      this.words,
    );
  }

  // How likely each label is. Of a longer text the tokenizer keeps the beginning.
  async chances(text) {
    return softmax(await this.model.ask("classes", { ids: this.model.tokenizer.encode(text) }));
  }

  // The text that stands there now, unless another one comes while this is at it.
  async judge(pause = 0) {
    const turn = (this.turn = {});
    await after(pause);
    if (this.turn !== turn) return;
    const text = this.text.value;
    this.words.replaceChildren(); // those of the text before
    if (!text.trim()) {
      this.verdict.replaceChildren(make("p", { className: "live__note" }, "Write a review, and see how it is judged."));
      return;
    }
    const whole = await this.chances(text);
    if (this.turn !== turn) return;
    this.showVerdict(text, whole);
    const rows = [];
    for (const { 0: word, index } of [...text.matchAll(WORD)].slice(0, MOST)) {
      rows.push([word, (await this.chances(text.slice(0, index) + text.slice(index + word.length)))[1]]);
      if (this.turn !== turn) return;
    }
    this.showWords(rows, whole[1]);
    await after(SILENCE);
    const likelier = Number(whole[1] > whole[0]);
    if (this.turn === turn) this.say(`${LABELS[likelier]}, ${percent(whole[likelier])} sure`);
  }

  showVerdict(text, chances) {
    const rows = LABELS.map((label, at) =>
      make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, percent(chances[at])), bar(chances[at], at)));
    const ids = this.model.tokenizer.encode(text);
    const pieces = ids.map((id) => make("li", {}, this.model.tokenizer.piece(id)));
    const cut = ids.length === this.model.longest ? " That is as much as it can read: what follows in the text changes nothing." : "";
    this.verdict.replaceChildren(
      make("table", { className: "live-classifier__table" },
        make("caption", {}, "How sure it is"), heads("label", "chance"), make("tbody", {}, ...rows)),
      make("p", { className: "live__note live-classifier__unread" }, this.unread(text)),
      make("p", { className: "live__note" }, `It reads ${ids.length} tokens:${cut}`),
      make("ol", { className: "live-classifier__tokens" }, ...pieces),
    );
  }

  // Which words it has not learned from. About them it says something all the same.
  unread(text) {
    const { reviews, words } = this.learned;
    const unread = [...new Set(this.model.tokenizer.model.words(text))].filter((word) => !words.includes(word));
    if (!unread.length) return `All of its words stand in the ${reviews} reviews that the model learned from.`;
    return `In none of the ${reviews} reviews that the model learned from stands: ${unread.join(" ")}. So do not trust how sure it is.`;
  }

  showWords(rows, whole) {
    const lines = rows.map(([word, without]) =>
      make("tr", {},
        make("th", { scope: "row" }, word),
        make("td", {}, percent(without)),
        make("td", {}, points(without - whole)),
        bar(Math.abs(without - whole), without > whole)));
    this.words.replaceChildren(...(rows.length < 2 ? [] : [
      make("table", { className: "live-classifier__table" },
        make("caption", {}, `The chance of “positive” is ${percent(whole)}, and without this word:`),
        heads("left out", "chance", "points"), make("tbody", {}, ...lines)),
      make("p", { className: "live__note" },
        "This says what a word does, not why. Without it the model reads another text, and two words that say the same can stand in for each other."),
    ]));
  }
}

define("live-classifier", Classifier);
