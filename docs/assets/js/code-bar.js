// A bar above each listing: which of the page's blocks it is, Copy, and on a lesson page Copy with all before it.
// Without this script there is no bar, and nothing is missing. Where scripts run, the style sheet keeps the bar's
// place free, so that nothing moves when it comes.

// What the page's script download puts in front of its first block that must raise. The build writes it here, from
// the function that makes the download: src/coursekit/site/raising.py.
const HELPER = { name: "", source: "" };
const MOMENT = 2000; // milliseconds that a button shows what it did

const article = document.querySelector("article");
// What the course printed, and what the reference calls by its signature, nobody pastes.
const LISTING = ".highlight:not(.language-output, .doc-signature, .recorded *)";
const listings = [...(article?.querySelectorAll(LISTING) ?? [])].filter((one) => one.querySelector("pre > code"));
// A lesson page is one script from top to bottom. Whole scripts stand on it, and are none of its blocks.
const blocks = document.querySelector(".lesson-head")
  ? listings.filter((one) => one.matches(".language-python:not(.script)"))
  : [];

const status = document.createElement("div"); // says aloud what a button did
status.className = "code-bar__said visually-hidden";
status.setAttribute("role", "status");

function code(listing) {
  const copy = listing.querySelector("pre > code").cloneNode(true);
  for (const other of copy.querySelectorAll(".gp, .go")) other.remove(); // a shell's prompt, and what it printed
  return copy.textContent.replace(/\n+$/, "");
}

// As script_source in src/coursekit/downloads/export.py; tests/site/test_code_bar.py compares the two.
function upTo(block) {
  const texts = blocks.map(code);
  let name = HELPER.name;
  while (texts.some((text) => text.includes(name))) name += "_";
  const parts = [];
  let helped = false;
  for (const [index, one] of blocks.slice(0, blocks.indexOf(block) + 1).entries()) {
    const { raises } = one.dataset;
    if (!raises) {
      parts.push(texts[index]);
      continue;
    }
    if (!helped) parts.push(HELPER.source.replace(HELPER.name, name));
    helped = true;
    const body = texts[index].split("\n").map((line) => `    ${line}`.trimEnd());
    parts.push([`with ${name}('${raises}'):`, ...body].join("\n"));
  }
  return parts.join("\n\n");
}

// The older way is for sites that are not served over https.
function copiedTheOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  field.style.position = "fixed"; // where the reader looks, so that nothing scrolls
  field.style.top = "0";
  article.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedTheOldWay(text);
  }
}

function button(words, text, said) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "code-bar__button";
  made.textContent = words;
  made.addEventListener("click", async () => {
    status.textContent = ""; // so that the same words are said again
    const done = await copied(text());
    made.focus({ preventScroll: true }); // the older way takes the focus
    made.dataset.copied = done ? "yes" : "no";
    status.textContent = done ? said : "Not copied: the browser does not allow it. Select the code, and copy it by key.";
    clearTimeout(made.timer);
    made.timer = setTimeout(() => delete made.dataset.copied, MOMENT);
  });
  return made;
}

function bar(listing) {
  const made = document.createElement("div");
  made.className = "code-bar";
  const number = blocks.indexOf(listing) + 1;
  const buttons = [button("Copy", () => code(listing), "Copied")];
  if (number) {
    const place = document.createElement("span");
    place.className = "code-bar__place";
    place.textContent = `${number} of ${blocks.length}`;
    made.append(place);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", `Block ${number} of ${blocks.length}`);
  }
  if (number > 1) {
    buttons.push(button("Copy with all before it", () => upTo(listing), `Copied blocks 1 to ${number}`));
  }
  made.append(...listing.querySelectorAll(":scope > .filename"), ...buttons);
  listing.prepend(made);
}

if (listings.length) {
  article.append(status);
  listings.forEach(bar);
}
