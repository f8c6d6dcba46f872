// The course's model writes in the page, token by token. This is the part before the click: a beginning to choose or
// to type, and a button that says what it loads. What follows the click is in next-token/writer.js.
import { BASE, Live, define, make, megabytes, remembered } from "./parts.js";

const MODEL = "base";
// After each of these several words are likely: tests/site/test_live_next_token.py measures it.
const PRESETS = [
  "Story: Once there was a girl named Mia. One",
  "Story: Once there was a girl named Mia. One cold morning Mia",
  "Story: Once there was a girl named Mia. One cold morning Mia lost her red key in the",
  "Story: Mira was a girl from a small village. Yesterday she",
  "Story: Mira was a girl from a small village. Yesterday she walked to the park and forgot her lunch. She was very hungry. There she met Saturik, who gave her an",
];
const SHOWN = 44; // characters of a beginning in the list

class NextToken extends Live {
  async start() {
    const beginnings = [...(this.options.presets ?? PRESETS), remembered()].filter(Boolean);
    const shown = (text) => (text.length > SHOWN ? `… ${text.slice(2 - SHOWN)}` : text);
    this.prompt = make("textarea", { rows: 2, value: beginnings[0], maxLength: 4000, spellcheck: false, input: () => this.writer?.typed() });
    const choice = make(
      "select",
      {
        change: () => {
          this.prompt.value = choice.value;
          this.writer?.typed();
        },
      },
      ...beginnings.map((text) => make("option", { value: text }, shown(text))),
    );
    const does = this.options.writes ? "Let it write" : "Bring the model";
    this.load = make("button", { type: "button", click: () => this.begin() }, `${does} (loads ${megabytes(BASE)})`);
    this.progress = make("progress", { max: BASE, value: 0, hidden: true, "aria-label": "How much of the model has come" });
    this.loading = make("div", { className: "live__row" }, this.load, this.progress);
    this.place.append(
      make(
        "div",
        { className: "live-next-token__beginning" },
        make("label", {}, "A beginning", this.prompt),
        make("div", { className: "live__row" }, make("label", {}, "or one of these", choice)),
      ),
      this.loading,
    );
    if (this.options.chances) (await this.bring()).showRecorded(this.options.chances);
  }

  async bring() {
    const { Writer } = await import("./next-token/writer.js");
    return (this.writer ??= new Writer(this));
  }

  async begin() {
    this.load.disabled = true;
    this.progress.hidden = false;
    this.say("The model is being loaded.");
    try {
      const [writer, { loaded }] = await Promise.all([this.bring(), import("./engine/model.js")]);
      const model = await loaded(MODEL, (bytes) => (this.progress.value = bytes));
      this.loading.hidden = true;
      this.begun();
      await writer.begin(model);
    } catch (error) {
      this.load.disabled = false;
      this.progress.hidden = true;
      this.say(`The model could not be loaded (${error.message}). Try once more.`);
    }
  }

  begun() {
    super.begun();
    // On the first page what was recorded stands above, in the same box.
    if (this.options.above) document.querySelector(this.options.above)?.classList.add("live__recorded--replaced");
  }

  // To be heard: the eye has it already.
  tell(text) {
    this.status.classList.add("live-next-token__heard");
    this.say(text);
  }
}

define("live-next-token", NextToken);
