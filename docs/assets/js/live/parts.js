// What all widgets are made of: elements, their style sheet, the reader's own text, a download with its progress.

// An element. What is a function listens; what names a property sets it; all else is an attribute.
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// The style sheet comes with the first widget.
const sheet = make("link", { rel: "stylesheet", href: new URL("../../css/live/live.css", import.meta.url).href });
const styled = new Promise((done) => {
  sheet.addEventListener("load", done);
  sheet.addEventListener("error", done);
});
document.head.append(sheet);

// A widget: what it says it is stands in the page; what was recorded gives way once the reader has begun.
export class Live extends HTMLElement {
  async connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.options = JSON.parse(this.dataset.options || "{}");
    this.recorded = this.querySelector(".live__recorded");
    this.status = make("p", { className: "live__status", role: "status" });
    await styled;
    this.place = make("div", { className: "live__tool" });
    this.append(this.place, this.status);
    await this.start();
    this.dataset.ready = "";
  }

  // Take away what was recorded: what the reader computes stands in its place. Paper shows it still.
  begun() {
    this.recorded.classList.add("live__recorded--replaced");
  }

  say(text) {
    clearTimeout(this.pause);
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  // What changes while a reader moves a slider or types is said once they pause.
  sayLater(text) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.say(text), 700);
  }
}

// A widget that needs a model: a button says how much it loads, what has come is told, and where it does not come
// the button can be pressed again. `bring(progress)` loads it; then the widget's `built()` follows.
export class WithModel extends Live {
  offer(text, what, size, bring) {
    const button = make("button", { type: "button" }, text);
    let coming = false;
    button.addEventListener("click", async () => {
      if (coming) return;
      coming = true;
      button.setAttribute("aria-disabled", true); // and not `disabled`, which would lose the focus
      try {
        this.model = await bring((bytes) => coming && this.say(`${megabytes(bytes)} of ${megabytes(size)}`));
      } catch (error) {
        coming = false; // what comes late says no more
        button.removeAttribute("aria-disabled");
        this.say(`The ${what} could not be loaded: ${error.message}`);
        return;
      }
      coming = false;
      this.begun();
      await this.built();
    });
    this.place.append(make("div", { className: "live__row" }, button));
  }
}

export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

// What the reader typed is offered on other pages; it never leaves this browser.
const TEXT = "live-text";

export function remember(text) {
  try {
    if (text) localStorage.setItem(TEXT, text.slice(0, 2000));
    else localStorage.removeItem(TEXT);
  } catch {
    // no storage: every page begins with its own text
  }
}

export function remembered() {
  try {
    return localStorage.getItem(TEXT) ?? "";
  } catch {
    return "";
  }
}

// What a click on `base` loads, in bytes.
export const BASE = "{{ bytes assets/models/base/model.safetensors assets/models/base/tokenizer.json assets/models/base/config.json assets/js/live/engine/kernel.wasm }}";

export const after = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

// A file as bytes; `progress` hears how many have come.
export async function fetched(url, progress = () => {}) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${new URL(url, location.href).pathname} did not load: ${answer.status}`);
  const parts = [];
  let size = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    progress((size += value.length));
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
