// The short path of a page. What goes deeper stands in elements of its own; here each gets a heading that opens
// it, and the page a switch. Without this script everything is shown. The choice is kept once it was made.

const KEY = "course:everything"; // in the browser's storage, for a reader who wants to see all of every page
const switchPlace = document.querySelector(".shown");
const bodies = [...document.querySelectorAll("article .deeper")];

function stored() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // a browser that keeps nothing
  }
}

function store(everything) {
  try {
    if (everything) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // the choice holds for this page
  }
}

// Each heading of the table of contents whose section is closed away.
function tidyContents() {
  for (const link of document.querySelectorAll(".md-nav--secondary a.md-nav__link[href*='#']")) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const item = link.closest("li");
    if (target && item) item.hidden = Boolean(target.closest(".deeper[hidden]"));
  }
}

function set(body, open) {
  if (open) body.removeAttribute("hidden");
  else body.setAttribute("hidden", "until-found"); // the browser's own search still finds it
  body.button.setAttribute("aria-expanded", String(open));
}

function makeButton(body) {
  const heading = body.previousElementSibling;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "deeper__button";
  const link = heading.querySelector(".headerlink");
  button.append(...[...heading.childNodes].filter((node) => node !== link));
  heading.prepend(button);
  heading.classList.add("deeper__heading");
  body.id = `${heading.id}--deeper`;
  button.setAttribute("aria-controls", body.id);
  body.button = button;
  button.addEventListener("click", () => {
    set(body, body.hasAttribute("hidden"));
    tidyContents();
  });
  body.addEventListener("beforematch", () => {
    set(body, true);
    tidyContents();
  });
}

// Open what an address leads into, and go there: what was closed had no place.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const within = target.closest(".deeper") ?? target.nextElementSibling;
  if (!within?.matches(".deeper[hidden]")) return;
  set(within, true);
  tidyContents();
  target.scrollIntoView();
}

function makeSwitch() {
  const { short, everything } = switchPlace.dataset;
  const choices = [
    ["Short", short, false],
    ["Everything", everything, true],
  ].map(([name, minutes, all]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${name}, ${minutes} min`;
    button.addEventListener("click", () => {
      store(all);
      show(all);
    });
    return { button, all };
  });
  switchPlace.setAttribute("role", "group");
  switchPlace.setAttribute("aria-label", "How much of this page is shown");
  switchPlace.replaceChildren(...choices.map(({ button }) => button));
  return (all) => {
    for (const choice of choices) choice.button.setAttribute("aria-pressed", String(choice.all === all));
  };
}

let press = () => {};

function show(everything) {
  for (const body of bodies) set(body, everything);
  press(everything);
  tidyContents();
}

if (switchPlace && bodies.length) {
  bodies.forEach(makeButton);
  switchPlace.classList.add("shown--chosen");
  press = makeSwitch();
  show(stored());
  reveal();
  // The browser went to the address while all was open; what has been closed since moved it.
  const [visit] = performance.getEntriesByType("navigation");
  if (visit?.type === "navigate") document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    // An address that is there already changes nothing, and is meant.
    const link = event.target.closest("a[href*='#']");
    if (link?.hash && link.hash === location.hash && link.pathname === location.pathname) reveal();
  });
}
