// Definitions of terms, where the terms stand. A term is a link to its entry in the glossary, so that it works
// without this script. With it, the definition opens when the link is pointed at, focused or tapped; Escape
// closes it. All definitions come in one file, with the first term that somebody looks at.

const TERM = "a.term";
const MOMENT = 200; // milliseconds: a pointer that only passes opens nothing, one that leaves may come back

let definitions; // a promise of slug: text

function load(link) {
  definitions ??= fetch(new URL("terms.json", link.href))
    .then((answer) => (answer.ok ? answer.json() : {}))
    .catch(() => ({})); // the link still leads to the glossary
  return definitions;
}

function element(name, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const tip = {
  link: null, // the term that is wanted, shown or still loading
  box: element("div", { class: "term-tip", role: "tooltip", id: "term-tip" }),
  text: element("p", {}),
  more: element("p", { class: "term-tip__more" }),
  status: element("div", { class: "visually-hidden", role: "status" }),

  async open(link, tapped = false) {
    if (this.link === link) return;
    this.close();
    this.link = link;
    let late = false;
    const wait = setTimeout(() => (late = true)); // true once a screen reader has read the bare link
    const text = (await load(link))[new URL(link.href).hash.slice(1)];
    clearTimeout(wait);
    if (this.link !== link || !text) return;
    this.text.textContent = text;
    this.more.textContent = tapped ? "Tap the term again to open the glossary." : "";
    link.setAttribute("aria-describedby", this.box.id);
    (document.querySelector("article") ?? document.body).append(this.box, this.status);
    this.status.textContent = late || tapped ? text : "";
    this.place(link);
  },

  // Below the term's last line, or above its first where there is no room, and never beyond an edge.
  place(link) {
    const lines = [...link.getClientRects()];
    const edge = document.documentElement.clientWidth - this.box.offsetWidth - 8;
    const origin = (this.box.offsetParent ?? document.body).getBoundingClientRect();
    const below = lines.at(-1).bottom;
    const fits = below + this.box.offsetHeight < document.documentElement.clientHeight;
    const line = fits ? lines.at(-1) : lines[0];
    const top = fits ? below : line.top - this.box.offsetHeight;
    this.box.style.left = `${Math.max(8, Math.min(line.left, edge)) - origin.left}px`;
    this.box.style.top = `${top - origin.top}px`;
  },

  close() {
    this.link?.removeAttribute("aria-describedby");
    this.link = null;
    this.box.remove();
    this.status.textContent = "";
  },
};
tip.box.append(tip.text, tip.more);

let timer;

function soon(action) {
  clearTimeout(timer);
  timer = setTimeout(action, MOMENT);
}

const term = (event) => event.target.closest?.(TERM);
const inside = (event) => tip.box.contains(event.target);

let touched = false; // a finger, not a mouse or a keyboard, was used last

document.addEventListener("pointerdown", (event) => {
  touched = event.pointerType === "touch";
  if (touched && !term(event) && !inside(event)) tip.close();
});
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const link = term(event);
  if (link) soon(() => tip.open(link));
  else if (inside(event)) clearTimeout(timer);
});
document.addEventListener("pointerout", (event) => {
  if (event.pointerType === "touch" || !(term(event) || inside(event))) return;
  soon(() => {
    if (document.activeElement !== tip.link) tip.close();
  });
});
document.addEventListener("focusin", (event) => {
  const link = term(event);
  if (link && !touched) tip.open(link);
});
document.addEventListener("focusout", (event) => {
  if (term(event) && term(event) === tip.link && !touched) tip.close();
});
document.addEventListener("keydown", (event) => {
  touched = false;
  if (event.key === "Escape") {
    clearTimeout(timer);
    tip.close();
  }
});
document.addEventListener("click", (event) => {
  const link = term(event);
  if (!link || !touched || tip.link === link) return;
  event.preventDefault(); // the first tap shows the definition, the second follows the link
  tip.open(link, true);
});
