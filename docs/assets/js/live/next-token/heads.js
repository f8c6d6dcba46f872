// Where a token looks: one head of one block at a time, chosen by the reader.
import { make } from "../parts.js";
import { bars } from "./bars.js";

const ROWS = 5; // tokens that get most of a look

export class Heads {
  // `model` is loaded; `named` says a token as it is shown. Begins at a block and a head, counted from 1.
  constructor(model, named, { block = 1, head = 1 } = {}) {
    Object.assign(this, { model, named });
    const choice = (count, chosen) => {
      const options = Array.from({ length: count }, (_, at) => make("option", { value: at, selected: at === chosen - 1 }, `${at + 1}`));
      return make("select", { change: () => this.draw() }, ...options);
    };
    this.block = choice(model.layers, block);
    this.head = choice(model.heads, head);
    this.table = make("div");
    this.element = make(
      "div",
      { className: "live-next-token__heads" },
      make("div", { className: "live__row" }, make("label", {}, "Block ", this.block), make("label", {}, "Head ", this.head)),
      this.table,
    );
  }

  // The last of these tokens is the one that looks.
  async show(ids) {
    this.ids = ids;
    const looks = await this.model.ask("attention", { ids });
    if (this.ids !== ids) return; // another text has come meanwhile
    this.looks = looks;
    this.draw();
  }

  draw() {
    if (!this.looks) return;
    const { ids } = this;
    const looks = this.looks[this.block.value][this.head.value].at(-1);
    const order = [...looks.keys()].sort((a, b) => looks[b] - looks[a]).slice(0, ROWS);
    const rows = order.map((place) => ({ name: this.named(ids[place]), shares: [looks[place]], mark: `at place ${place + 1}` }));
    const rest = 1 - order.reduce((sum, place) => sum + looks[place], 0);
    if (ids.length > ROWS) rows.push({ others: "all others", shares: [Math.max(rest, 0)] });
    const caption = `Where “${this.named(ids.at(-1))}” at place ${ids.length} looks`;
    this.table.replaceChildren(bars(caption, ["token", "share"], rows));
  }
}
