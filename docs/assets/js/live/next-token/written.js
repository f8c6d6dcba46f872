// A text as its tokens, each shaded by how much it surprised the model. One of them, or the place after the last,
// is chosen: with a click or the arrow keys.
import { make } from "../parts.js";

const SHADES = [1, 2, 4]; // bits from which a token is shaded, ever stronger, as on the first page

export class Written {
  constructor(chosen) {
    this.chosen = chosen;
    this.next = this.token("…", "what comes next", "live-next-token__next");
    this.element = make(
      "div",
      {
        className: "live-next-token__text",
        role: "toolbar",
        "aria-label": "The text, token by token: choose one to see what was likely there",
        keydown: (event) => this.moved(event),
        click: ({ target }) => target.closest("[role=button]") && this.choose(this.tokens.indexOf(target)),
      },
      this.next,
    );
    this.place = 0;
    this.now = this.next;
  }

  get tokens() {
    return [...this.element.children];
  }

  clear() {
    this.element.replaceChildren(this.next);
  }

  // `bits` is missing for a first token, which nothing stands before.
  add(text, bits, byModel) {
    const shade = SHADES.filter((least) => bits >= least).length;
    const label = `${text.trim() || "blank"}${bits === undefined ? "" : `, ${bits.toFixed(1)} bits`}`;
    const style = `surprise__${shade} ${byModel ? "live-next-token__own" : ""}`;
    this.next.before(this.token(text, label, style));
  }

  token(text, label, className) {
    return make("span", { role: "button", tabIndex: -1, "aria-pressed": "false", "aria-label": label, title: label, className }, text);
  }

  choose(place, focus = false) {
    this.mark(false);
    this.place = place;
    this.now = this.tokens[place];
    this.mark(true);
    if (focus) this.now.focus();
    this.chosen(place);
  }

  // One token alone is in the tab order: the arrow keys lead to the others.
  mark(chosen) {
    this.now.tabIndex = chosen ? 0 : -1;
    this.now.setAttribute("aria-pressed", chosen);
  }

  moved(event) {
    const last = this.tokens.length - 1;
    const to = { ArrowLeft: this.place - 1, ArrowRight: this.place + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to <= last) this.choose(to, true);
  }
}
