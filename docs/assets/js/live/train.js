// A model that learns while a reader watches: from random numbers to sentences, on the reader's processor.
import { draw, picture } from "./drawing.js";
import { Live, define, fetched, make, megabytes } from "./parts.js";

const FOLDER = new URL("../../models/stories/", import.meta.url);
const KERNEL = new URL("train/products.wasm", import.meta.url).href;
const BYTES = Number("{{ bytes assets/models/stories/stories.txt assets/models/stories/tokenizer.json assets/models/stories/plan.json assets/js/live/train/products.wasm }}");
const HEIGHT = 180;
const EDGE = { left: 30, right: 16, top: 24, bottom: 24 };
const LOOK = 50; // steps from one announcement to the next

const whole = (number) => number.toLocaleString("en");

class Train extends Live {
  start() {
    this.curveOf = []; // [step, mean loss of the steps told together]
    this.seed = make("input", { type: "number", min: 0, max: 9999, step: 1, value: 0, className: "live-train__seed" });
    this.main = make("button", { type: "button", click: () => this.pressed() }, `Train a model here (loads ${megabytes(BYTES)})`);
    this.again = make("button", { type: "button", hidden: true, click: () => this.begin() }, "Begin again");
    this.where = make("p", { className: "live-train__where" });
    this.bar = make("progress", { max: 1, value: 0, className: "live-train__bar", "aria-label": "Steps taken" });
    this.curve = picture((width) => this.drawn(width));
    this.texts = make("ol", { className: "live-train__texts", reversed: true });
    this.run = make(
      "div",
      { className: "live-train__run", hidden: true },
      this.where,
      this.bar,
      this.curve,
      make("p", { className: "live__note" }, "What it writes on the way, numbered by the steps it had learned from, the latest first:"),
      make("div", { className: "live-train__scroll", tabIndex: 0, role: "region", "aria-label": "What it writes on the way" }, this.texts),
      this.ask(),
    );
    this.place.append(
      make("div", { className: "live__row" }, this.main, this.again, make("label", {}, "seed of the first weights and of the batches", this.seed)),
      make("p", { className: "live__note" }, "It computes on your processor, beside the page, for about a minute on a laptop. Nothing is sent anywhere."),
      this.run,
    );
  }

  // The reader's own beginning, continued by the model as it is now.
  ask() {
    this.prompt = make("input", { type: "text", maxLength: 300, value: this.options.prompt ?? "Once there was a girl named" });
    this.written = make("p", { className: "live-train__written", role: "status" });
    this.continuedTexts = 0;
    const form = make("form", { className: "live-train__ask" }, make("label", {}, "A beginning of yours", this.prompt), make("button", { type: "submit" }, "Write on"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.prompt.value.trim()) this.worker.postMessage({ ask: "write", text: this.prompt.value, seed: ++this.continuedTexts });
      else this.say("Type a beginning first.");
    });
    return make("div", {}, form, this.written);
  }

  pressed() {
    if (this.main.ariaDisabled === "true") return;
    if (!this.worker) this.load();
    else if (this.goes) this.halt();
    else this.go();
  }

  // What the main button does now; nothing, if told so. It keeps the focus, as a disabled one would not.
  offer(words, nothing = false) {
    this.main.textContent = words;
    this.main.ariaDisabled = String(nothing);
  }

  async load() {
    this.offer("Loading …", true);
    this.say("Loading …");
    try {
      const names = ["plan.json", "stories.txt", "tokenizer.json"].map((name) => new URL(name, FOLDER).href);
      const [plan, text, tokenizer, kernel] = await Promise.all([...names, KERNEL].map((name) => fetched(name)));
      this.worker = new Worker(new URL("train/worker.js", import.meta.url), { type: "module" });
      this.worker.addEventListener("message", ({ data: { what, ...told } }) => this[what](told));
      this.worker.addEventListener("error", () => this.failed({ why: "the worker did not start" }));
      this.worker.postMessage({
        ask: "load",
        files: { plan, text, tokenizer, kernel },
        beginning: this.options.beginning ?? "Once there was",
      });
    } catch (error) {
      this.failed({ why: error.message });
    }
  }

  begin() {
    const seed = Math.trunc(Number(this.seed.value));
    if (!(seed >= 0 && seed <= 9999)) {
      this.say("A seed is a whole number from 0 to 9999.");
      return;
    }
    this.seed.value = seed;
    this.curveOf = [];
    this.texts.replaceChildren();
    this.done = 0;
    this.worker.postMessage({ ask: "begin", seed });
  }

  go() {
    this.goes = true;
    this.offer("Stop");
    this.worker.postMessage({ ask: "go" });
    this.say("Training goes on.");
  }

  halt() {
    this.goes = false;
    this.offer("Go on");
    this.worker.postMessage({ ask: "stop" });
  }

  // What the worker tells.

  loaded({ tokens, stories }) {
    this.read = `${whole(stories)} stories, ${whole(tokens)} tokens`;
    this.begin();
  }

  begun({ weights, steps }) {
    Object.assign(this, { steps, goes: true, done: 0 });
    super.begun();
    this.run.hidden = this.again.hidden = false;
    this.offer("Stop");
    this.where.textContent = `${whole(weights)} weights, all random; to read: ${this.read}.`;
    this.bar.value = 0;
    this.curve.redraw();
    this.say(`Training begins: ${whole(weights)} weights, ${whole(steps)} steps.`);
  }

  stepped({ done, losses, seconds }) {
    this.done = done;
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    this.curveOf.push([done, loss]);
    const left = Math.ceil(((this.steps - done) * seconds) / done);
    this.where.textContent =
      `Step ${done} of ${this.steps}: loss ${loss.toFixed(2)} nats a token. ` +
      (left ? `${(done / seconds).toFixed(1)} steps a second, ${left} s left.` : `It took ${seconds.toFixed(0)} s.`);
    this.bar.value = done / this.steps;
    this.curve.redraw();
    if (done % LOOK === 0 && this.goes) this.say(`After ${done} steps the loss is ${loss.toFixed(2)}.`);
  }

  halted() {
    if (!this.goes) this.say(`Stopped after ${this.done} steps.`);
  }

  wrote({ done, text }) {
    const beginning = this.options.beginning ?? "Once there was";
    this.texts.prepend(make("li", { value: done }, make("span", { className: "live-train__beginning" }, beginning), text));
  }

  over() {
    this.goes = false;
    this.offer("Trained", true);
    this.say(`Trained: the loss fell from ${this.curveOf[0][1].toFixed(2)} to ${this.curveOf.at(-1)[1].toFixed(2)} nats a token.`);
  }

  continued({ text, more }) {
    this.written.replaceChildren(make("span", { className: "live-train__beginning" }, text), more);
  }

  failed({ why }) {
    this.goes = false;
    this.worker?.terminate();
    this.worker = undefined;
    this.offer("Try once more");
    this.say(`It cannot train here: ${why}.`);
  }

  drawn(width) {
    const { left, right, top, bottom } = EDGE;
    const [highest, steps] = [7, this.steps ?? 1];
    const x = (step) => left + (step / steps) * (width - left - right);
    const y = (loss) => top + (1 - Math.min(loss, highest) / highest) * (HEIGHT - top - bottom);
    const said = this.curveOf.filter(([step]) => step % LOOK === 0).map(([step, loss]) => `step ${step} ${loss.toFixed(2)}`);
    return draw(
      "svg",
      { class: "live-train__curve", role: "img", width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-label": `Loss in nats a token: ${said.join(", ") || "no step yet"}.` },
      ...[0, 2, 4, 6].flatMap((level) => [
        draw("line", { class: "live-train__level", x1: left, x2: width - right, y1: y(level), y2: y(level) }),
        draw("text", { x: left - 8, y: y(level) + 4, "text-anchor": "end" }, String(level)),
      ]),
      ...[0, 0.25, 0.5, 0.75, 1].map((share) => draw("text", { x: x(share * steps), y: HEIGHT - 5, "text-anchor": "middle" }, String(Math.round(share * steps)))),
      draw("text", { x: left, y: 12 }, "loss in nats a token, by steps"),
      draw("polyline", { class: "live-train__line", points: this.curveOf.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" ") }),
    );
  }
}

define("live-train", Train);
