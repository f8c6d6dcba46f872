// A review, typed, judged by the classifier that the page fine-tunes; and what each of its words does to the verdict.
import { Live, define, fetched, make } from "./parts.js";
import { Tokenizer } from "./tokenizer.js";
import { softmax } from "./engine/bert.js";

const FOLDER = new URL("../../models/sentiment/", import.meta.url);
const PAUSE = 250; // milliseconds without a keystroke: then it reads
const SILENCE = 900; // and then it says aloud what it found
const WORDS = 60; // the most that are left out in turn
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

const percent = (share) => `${(100 * share).toFixed(share > 0.005 && share < 0.995 ? 0 : 1)}%`;
const points = (change) => `${change < -0.005 ? "−" : change > 0.005 ? "+" : "±"}${Math.abs(100 * change).toFixed(0)}`;

define("live-classifier", class extends Live {
  start() {
    this.button = make("button", { type: "button", click: () => this.load() }, 'Load the classifier ({{ bytes assets/models/sentiment/model.safetensors }})');
    this.place.append(make("div", { className: "live__row" }, this.button));
  }

  async load() {
    this.button.disabled = true;
    try {
      const json = async (name) => JSON.parse(new TextDecoder().decode(await fetched(new URL(name, FOLDER))));
      const [config, tokenizer, learned] = await Promise.all(["config.json", "tokenizer.json", "learned.json"].map(json));
      const progress = (bytes) => this.say(`${(bytes / 1e6).toFixed(1)} MB have come`);
      const weights = (await fetched(new URL("model.safetensors", FOLDER), progress)).buffer;
      this.tokenizer = Tokenizer.from(tokenizer);
      this.longest = config.max_position_embeddings;
      this.labels = Object.values(config.id2label);
      this.learned = { reviews: learned.reviews, words: new Set(learned.words) };
      this.worker = new Worker(new URL("engine/bert-worker.js", import.meta.url), { type: "module" });
      this.waiting = new Map();
      this.worker.addEventListener("message", ({ data }) => {
        this.waiting.get(data.number)(softmax(data.logits));
        this.waiting.delete(data.number);
      });
      this.worker.postMessage({ config, weights }, [weights]);
      this.asked = 0;
    } catch (error) {
      this.button.disabled = false;
      this.say(`The classifier did not come: ${error.message}. Try again when you are connected.`);
      return;
    }
    this.begun();
    this.build();
    this.text.focus();
    this.judge();
  }

  build() {
    this.text = make("textarea", { rows: 2, value: this.options.presets[0][1], input: () => this.typed() });
    const presets = this.options.presets.map(([name, text]) => make("button", {
      type: "button", click: () => { this.text.value = text; this.judge(); },
    }, name));
    this.verdict = make("div");
    this.words = make("div");
    this.place.replaceChildren(
      make("div", { className: "live__row", role: "group", "aria-label": "Reviews to try" }, ...presets),
      make("label", { className: "live-classifier__text" }, "A review", this.text),
      this.verdict, this.words,
    );
  }

  typed() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.judge(), PAUSE);
  }

  // The ids that the model reads: of a longer text the beginning, with [SEP] at its end.
  ids(text) {
    const ids = this.tokenizer.encode(text);
    return ids.length > this.longest ? [...ids.slice(0, this.longest - 1), ids.at(-1)] : ids;
  }

  // The chance of each label.
  ask(ids) {
    return new Promise((answered) => {
      this.waiting.set(++this.asked, answered);
      this.worker.postMessage({ number: this.asked, ids });
    });
  }

  async judge() {
    const text = this.text.value.trim();
    const current = () => this.text.value.trim() === text && turn === this.turn;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    clearTimeout(this.soon);
    clearTimeout(this.aloud);
    if (!text) {
      this.verdict.replaceChildren(make("p", { className: "live__note" }, "Without a text there is nothing to judge."));
      this.words.replaceChildren();
      return;
    }
    const ids = this.ids(text), chances = await this.ask(ids);
    if (!current()) return;
    this.show(text, ids, chances);
    const likelier = chances.indexOf(Math.max(...chances));
    this.aloud = setTimeout(() => this.say(`${this.labels[likelier]}, ${percent(chances[likelier])} sure`), SILENCE);
    const found = [...text.matchAll(WORD)].slice(0, WORDS), rows = [];
    for (const word of found) {
      const rest = text.slice(0, word.index) + text.slice(word.index + word[0].length);
      rows.push([word[0], await this.ask(this.ids(rest))]);
      if (!current()) return;
    }
    this.showWords(rows, chances);
  }

  show(text, ids, chances) {
    const rows = this.labels.map((label, at) => make("tr", {},
      make("th", { scope: "row" }, label),
      make("td", { className: "live-classifier__number" }, percent(chances[at])),
      make("td", { className: "live-classifier__track" }, this.bar(chances[at], at)),
    ));
    const pieces = ids.map((id) => make("li", {}, this.tokenizer.piece(id)));
    const cut = ids.length === this.longest ? ` It reads ${this.longest} tokens at most; what stands behind them changes nothing.` : "";
    this.verdict.replaceChildren(
      make("table", { className: "live-classifier__verdict" },
        make("caption", {}, "How likely it finds each label"),
        make("thead", {}, make("tr", {}, ...["label", "chance", "as a bar"].map((head) => make("th", { scope: "col" }, head)))),
        make("tbody", {}, ...rows)),
      make("p", { className: "live__note" }, this.unread(text) + cut),
      make("p", { className: "live__note" }, `What it reads are ${ids.length} tokens:`),
      make("ol", { className: "live-classifier__tokens" }, ...pieces),
    );
  }

  // A bar says nothing that the number beside it does not.
  bar(share, at) {
    const bar = make("span", { className: `live-classifier__bar live-classifier__bar--${at ? "good" : "again"}`, "aria-hidden": "true" });
    bar.style.inlineSize = `${100 * share}%`;
    return bar;
  }

  // Words that it never learned from: there its chances mean nothing.
  unread(text) {
    const { reviews, words } = this.learned;
    const unread = [...new Set(text.toLowerCase().match(WORD) ?? [])].filter((word) => !word.split(/['’-]/).every((part) => words.has(part)));
    if (!unread.length) return `Every word occurs in the ${reviews} reviews that it learned from.`;
    return `In none of the ${reviews} reviews that it learned from: ${unread.join(", ")}. What it makes of ${unread.length > 1 ? "them" : "it"} is a guess, however sure it looks.`;
  }

  showWords(rows, chances) {
    if (rows.length < 2) return this.words.replaceChildren();
    const label = this.labels.length - 1; // positive
    const lines = rows.map(([word, without]) => {
      const change = without[label] - chances[label];
      return make("tr", {},
        make("th", { scope: "row" }, word),
        make("td", { className: "live-classifier__number" }, percent(without[label])),
        make("td", { className: "live-classifier__number" }, points(change)),
        make("td", { className: "live-classifier__track" }, this.bar(Math.abs(change), Number(change > 0))),
      );
    });
    this.words.replaceChildren(
      make("table", { className: "live-classifier__words" },
        make("caption", {}, `How likely it finds “${this.labels[label]}” when one word is left out`),
        make("thead", {}, make("tr", {}, ...["without", "chance", "points", "as a bar"].map((head) => make("th", { scope: "col" }, head)))),
        make("tbody", {}, ...lines)),
      make("p", { className: "live__note" }, "This says what a word does to the number, not why. Words act together: with one of them gone, another can do its work."),
    );
  }
});
