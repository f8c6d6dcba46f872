// A slider over recorded steps of a pre-training: where the loss stands, and what the model wrote there.
// All of it is read from the table that stands in the page.
import { draw, picture } from "./drawing.js";
import { Live, define, make } from "./parts.js";

const HEIGHT = 190;
const EDGE = { left: 30, right: 26, top: 24, bottom: 24 };

const after = ({ steps, loss }) =>
  `${steps === "0" ? "Before the first step" : `After ${steps} steps`}: ${loss} nats a token`;

class Scrubber extends Live {
  start() {
    const [heads, ...rows] = [...this.recorded.querySelectorAll("tr")].map((row) =>
      [...row.cells].map((cell) => cell.textContent.trim()),
    );
    this.status.classList.add("live__hidden"); // all that it says is seen
    this.beginnings = heads.slice(2);
    this.marks = rows.map(([steps, loss, ...texts]) => ({ steps, loss, texts }));
    this.slider = make("input", { type: "range", min: 0, max: this.marks.length - 1, step: 1, value: 0 });
    this.slider.addEventListener("input", () => {
      this.show();
      this.sayLater(this.words());
    });
    this.where = make("span", { className: "live-scrubber__where" });
    this.curve = picture((width) => this.drawn(width));
    this.texts = make("dl", { className: "live-scrubber__texts" });
    const all = make("button", { type: "button", click: () => this.toggle(all) });
    this.place.append(
      make(
        "div",
        { className: "live__row" },
        make("label", { className: "live-scrubber__slider" }, "Training steps", this.slider),
        this.where,
      ),
      this.curve,
      this.texts,
      make("div", { className: "live__row" }, all),
    );
    this.toggle(all);
    this.show();
  }

  get mark() {
    return this.marks[this.slider.value];
  }

  // The table says all that the slider shows; a reader can have both.
  toggle(button) {
    const hidden = this.recorded.classList.toggle("live__recorded--replaced");
    button.textContent = hidden ? "Show all steps as a table" : "Hide the table";
    button.setAttribute("aria-expanded", String(!hidden));
  }

  show() {
    this.where.textContent = after(this.mark);
    this.slider.setAttribute("aria-valuetext", after(this.mark));
    this.texts.replaceChildren(
      ...this.beginnings.flatMap((beginning, i) => [make("dt", {}, beginning), make("dd", {}, this.mark.texts[i])]),
    );
    this.curve.redraw();
  }

  words() {
    return [after(this.mark), ...this.beginnings.map((beginning, i) => `${beginning} ${this.mark.texts[i]}`)].join(
      ". ",
    );
  }

  // The marks stand at equal distances: but for the first, each has twice the steps of the one before.
  drawn(width) {
    const { left, right, top, bottom } = EDGE;
    const highest = Math.ceil(Math.max(...this.marks.map(({ loss }) => loss)));
    const x = (i) => left + (i / (this.marks.length - 1)) * (width - left - right);
    const y = (loss) => top + (1 - loss / highest) * (HEIGHT - top - bottom);
    const levels = [0, 2, 4, 6].filter((level) => level <= highest);
    const said = this.marks.map(({ steps, loss }) => `${steps} steps ${loss}`).join(", ");
    const now = Number(this.slider.value);
    return draw(
      "svg",
      {
        class: "live-scrubber__curve",
        role: "img",
        width,
        height: HEIGHT,
        viewBox: `0 0 ${width} ${HEIGHT}`,
        "aria-label": `Loss in nats a token: ${said}.`,
      },
      ...levels.flatMap((level) => [
        draw("line", { class: "live-scrubber__level", x1: left, x2: width - right, y1: y(level), y2: y(level) }),
        draw("text", { x: left - 8, y: y(level) + 4, "text-anchor": "end" }, String(level)),
      ]),
      ...this.marks.map(({ steps }, i) => draw("text", { x: x(i), y: HEIGHT - 5, "text-anchor": "middle" }, steps)),
      draw("polyline", {
        class: "live-scrubber__line",
        points: this.marks.map(({ loss }, i) => `${x(i)},${y(loss)}`).join(" "),
      }),
      ...this.marks.map(({ loss }, i) =>
        draw("circle", {
          class: i === now ? "live-scrubber__now" : "live-scrubber__mark",
          cx: x(i),
          cy: y(loss),
          r: i === now ? 7 : 3.5,
        }),
      ),
      draw(
        "text",
        { class: "live-scrubber__value", x: x(now), y: y(this.mark.loss) - 12, "text-anchor": "middle" },
        this.mark.loss,
      ),
    );
  }
}

define("live-scrubber", Scrubber);
