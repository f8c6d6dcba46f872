// How sure a share of right answers is, and how many questions tell two shares apart.
import { draw, picture } from "./drawing.js";
import { Live, define, make } from "./parts.js";

const LUCK = 1.959964; // of the normal distribution: 95 % lie within this distance of 0
const POWER = 0.841621; // and 80 % below this
const MOST = 1_000_000; // questions

const percent = (share) => `${(100 * share).toFixed(1)}%`;
const count = (n) => n.toLocaleString("en-US");

// The 95 % interval of a share (Wilson 1927), as `wilson` of lessons.intervals.
export function wilson(right, n) {
  const share = right / n;
  const z = LUCK;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [middle - half, middle + half];
}

// Questions that show a difference in four of five trials, as `questions_needed` of the page. `apart` is the
// share of the same questions on which exactly one is right; without it each model gets questions of its own.
export function needed(one, other, apart) {
  const difference = Math.abs(one - other);
  const spread = one * (1 - one) + other * (1 - other);
  const distance =
    apart === undefined
      ? (LUCK + POWER) * Math.sqrt(spread)
      : LUCK * Math.sqrt(apart) + POWER * Math.sqrt(apart - difference ** 2);
  return Math.max(1, Math.ceil((distance / difference) ** 2));
}

// What a reader typed, or an error whose message says what to type.
function typed(field, name, low, high, whole) {
  const value = field.value.trim() === "" ? NaN : Number(field.value);
  const good = value >= low && value <= high && (!whole || Number.isInteger(value));
  field.setAttribute("aria-invalid", String(!good));
  if (good) return value;
  throw new RangeError(
    `${name}: write a ${whole ? "whole number" : "number"} from ${count(low)} to ${count(high)}.`,
  );
}

function orComplaint(sentence) {
  try {
    return sentence();
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

class Interval extends Live {
  start() {
    const [right, asked, one, other, apart] = ["right", "asked", "one", "other", "apart"].map((name) =>
      Number(this.options[name]),
    );
    this.status.classList.add("live__hidden"); // all that it says is seen
    this.right = this.field(right, () => this.changed(), { max: MOST });
    this.asked = this.field(asked, () => this.changed(), { min: 1, max: MOST });
    this.rightSlider = this.slider(0, asked, right, () => {
      this.right.value = this.rightSlider.value;
      this.changed();
    });
    // Moved by its slider, the number of questions keeps the share, as far as whole answers can.
    this.askedSlider = this.slider(1, 1000, asked, () => {
      this.asked.value = this.askedSlider.value;
      this.right.value = Math.round(this.share * this.askedSlider.value);
      this.show();
    });
    this.picture = picture((width) => this.drawn(width));
    this.sentence = make("p", { className: "live-interval__says" });
    const shares = [one, other, apart].map((share) => Number((100 * share).toFixed(1)));
    [this.one, this.other, this.apart] = shares.map((value) =>
      this.field(value, () => this.show(), { max: 100, step: 0.1 }),
    );
    this.answer = make("p", { className: "live-interval__says" });
    const labeled = (text, ...inputs) =>
      make("div", { className: "live__row" }, make("label", {}, text, inputs[0]), ...inputs.slice(1));
    this.rightSlider.setAttribute("aria-label", "Right answers, as a slider");
    this.askedSlider.setAttribute("aria-label", "Questions, as a slider that keeps the share");
    this.place.append(
      this.group(
        "One model",
        labeled("Right answers", this.right, this.rightSlider),
        labeled("of so many questions", this.asked, this.askedSlider),
        this.picture,
        this.sentence,
      ),
      this.group(
        "How many questions would tell two models apart?",
        labeled("One is right on (in %)", this.one),
        labeled("the other on", this.other),
        labeled("exactly one of them, on the same questions, on", this.apart),
        this.answer,
      ),
    );
    this.changed();
    this.begun();
    this.say("");
  }

  group(title, ...children) {
    return make("fieldset", { className: "live-interval__part" }, make("legend", {}, title), ...children);
  }

  field(value, changed, given) {
    return make("input", {
      type: "number",
      min: 0,
      step: 1,
      value,
      className: "live-interval__number",
      input: changed,
      ...given,
    });
  }

  slider(min, max, value, changed) {
    const slider = make("input", { type: "range", min, max, step: 1, input: changed });
    slider.value = value;
    return slider;
  }

  // New counts, and so a new share for the slider of questions to keep.
  changed() {
    this.show();
    const [right, asked] = [Number(this.right.value), Number(this.asked.value)];
    if (this.interval) this.share = right / asked;
  }

  show() {
    const sentence = orComplaint(() => this.about());
    const answer = orComplaint(() => this.questions());
    this.sentence.textContent = sentence;
    this.answer.textContent = answer;
    this.picture.redraw();
    this.sayLater(`${sentence} ${answer}`);
  }

  // A sentence on one model, and its numbers for the picture.
  about() {
    this.interval = null;
    const asked = typed(this.asked, "Questions", 1, MOST, true);
    const right = typed(this.right, "Right answers", 0, asked, true);
    const [low, high] = wilson(right, asked);
    this.interval = { share: right / asked, low, high };
    this.askedSlider.value = asked;
    this.rightSlider.max = asked;
    this.rightSlider.value = right;
    const ends = `from ${percent(Math.max(0, low))} to ${percent(Math.min(1, high))}`;
    return `${count(right)} of ${count(asked)} are ${percent(right / asked)}. The 95% interval goes ${ends}.`;
  }

  // A sentence on two models.
  questions() {
    const one = typed(this.one, "The first share", 0, 100) / 100;
    const other = typed(this.other, "The second share", 0, 100) / 100;
    if (one === other) return "Equal shares: no number of questions tells them apart.";
    const apart = typed(this.apart, "The share on which exactly one is right", 0, 100) / 100;
    const least = Math.abs(one - other);
    const most = Math.min(one + other, 2 - one - other);
    const possible = apart > least - 1e-9 && apart < most + 1e-9;
    this.apart.setAttribute("aria-invalid", String(!possible));
    const same = possible
      ? `With the same questions for both, about ${count(needed(one, other, Math.max(apart, least)))}` +
        " show the difference in four of five trials;"
      : `Exactly one of these two is right on ${percent(least)} to ${percent(most)} of the same questions;`;
    return `${same} with questions of its own, each model needs about ${count(needed(one, other))}.`;
  }

  // A line from nothing to all, the interval on it, and the share.
  drawn(width) {
    const edge = 20;
    const x = (share) => edge + Math.min(1, Math.max(0, share)) * (width - 2 * edge);
    const found = this.interval;
    const label = found ? this.sentence.textContent : "No interval.";
    const marks = [0, 0.25, 0.5, 0.75, 1];
    return draw(
      "svg",
      {
        class: "live-interval__picture",
        role: "img",
        width,
        height: 56,
        viewBox: `0 0 ${width} 56`,
        "aria-label": label,
      },
      draw("line", { class: "live-interval__all", x1: x(0), x2: x(1), y1: 20, y2: 20 }),
      ...marks.flatMap((mark) => [
        draw("line", { class: "live-interval__all", x1: x(mark), x2: x(mark), y1: 15, y2: 25 }),
        draw("text", { x: x(mark), y: 46, "text-anchor": "middle" }, `${100 * mark}%`),
      ]),
      ...(found
        ? [
            draw("line", { class: "live-interval__interval", x1: x(found.low), x2: x(found.high), y1: 20, y2: 20 }),
            draw("circle", { class: "live-interval__share", cx: x(found.share), cy: 20, r: 7 }),
          ]
        : []),
    );
  }
}

define("live-interval", Interval);
