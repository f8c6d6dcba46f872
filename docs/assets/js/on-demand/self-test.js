// The self-test as a tool: sections that fold, ten questions at random or those of pages that were read, and a
// result for each objective. Without this script the page shows it all.

const RECORD = "course:progress"; // what progress.js keeps
const place = document.querySelector(".self-test");
const HOW_MANY = 10;

function record() {
  try {
    return JSON.parse(localStorage.getItem(RECORD)) ?? {};
  } catch {
    return {};
  }
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

// A section: its heading becomes a button, what follows it one element that the button opens.
function fold(heading) {
  const body = element("div", "self-test__section");
  while (heading.nextElementSibling && !heading.nextElementSibling.matches("h2, .self-test__end")) {
    body.append(heading.nextElementSibling);
  }
  heading.after(body);
  const questions = [...body.querySelectorAll("check-yourself")];
  if (!questions.length) return null;
  const link = heading.querySelector(".headerlink");
  const count = element("span", "self-test__count");
  const toggle = button("", () => open(section, toggle.getAttribute("aria-expanded") === "false"));
  toggle.append(...[...heading.childNodes].filter((node) => node !== link));
  heading.prepend(toggle);
  heading.append(count);
  heading.classList.add("self-test__heading");
  const section = { heading, body, questions, toggle, count, read: body.querySelector(":scope > p:last-of-type a") };
  return section;
}

let sections = [];

// One is open at a time; all are while a choice of questions is shown.
function open(section, yes) {
  for (const other of sections) {
    const shown = other === section && yes;
    other.toggle.setAttribute("aria-expanded", String(shown));
    other.body.classList.toggle("self-test__section--closed", !shown);
  }
}

function choose(chosen, pressed) {
  for (const { heading, body, questions, toggle } of sections) {
    for (const question of questions) {
      question.closest(".quiz").classList.toggle("self-test__left-out", !!chosen && !chosen.includes(question));
    }
    const any = !chosen || questions.some((question) => chosen.includes(question));
    heading.classList.toggle("self-test__left-out", !any);
    body.classList.toggle("self-test__section--closed", !chosen || !any);
    toggle.setAttribute("aria-expanded", String(Boolean(chosen && any)));
  }
  for (const made of place.querySelectorAll("[aria-pressed]")) {
    made.setAttribute("aria-pressed", String(made === pressed));
  }
}

const every = () => sections.flatMap((section) => section.questions);

function shuffled(items) {
  const rest = [...items];
  for (let last = rest.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [rest[last], rest[other]] = [rest[other], rest[last]];
  }
  return rest;
}

function ofReadPages() {
  const pages = Object.values(record().pages ?? {}).filter((page) => page.read);
  const read = (section) => pages.some(({ path }) => section.read?.pathname.endsWith(`/${path}`));
  return sections.filter(read).flatMap((section) => section.questions);
}

// What each objective came to, and where to read again.
function result(list) {
  list.replaceChildren();
  for (const { questions, read, count } of sections) {
    for (const question of questions) {
      const label = question.querySelector(".quiz__label").textContent.replace(/^Question \d+: /, "");
      const state = question.answer === undefined ? "not answered" : question.right ? "right" : "not quite";
      const item = element("li", `self-test__${state.replace(" ", "-")}`, `${label}: ${state}`);
      if (read && state === "not quite") {
        const again = element("a", "", `read ${read.textContent} again`);
        again.href = read.href;
        item.append(" - ", again);
      }
      list.append(item);
    }
    const right = questions.filter((question) => question.right).length;
    count.textContent = `${right} of ${questions.length} right`;
  }
}

// To take along, to bring, to clear.
function tools() {
  const said = element("p", "");
  said.setAttribute("role", "status");
  const file = document.createElement("input");
  file.type = "file";
  file.accept = "application/json";
  file.hidden = true;
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    try {
      const brought = JSON.parse(await chosen.text());
      if (brought?.labs) throw new TypeError("it is the file of the labs, and their own page imports it");
      const whole = [brought?.pages, brought?.answers].every((part) => part?.constructor === Object);
      if (brought?.v !== 1 || !whole) throw new TypeError("it holds no progress of this course");
      const own = record(); // what both have, the file decides; what only this browser has, stays
      const pages = { ...own.pages, ...brought.pages };
      const answers = { ...own.answers, ...brought.answers };
      localStorage.setItem(RECORD, JSON.stringify({ v: 1, pages, answers }));
      location.reload();
    } catch (error) {
      said.textContent = `${chosen.name} was not taken: ${error.message}. Choose a file that Export has made.`;
    }
    file.value = "";
  });
  const save = button("Export progress", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ v: 1, pages: {}, answers: {}, ...record() })]));
    link.download = "progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
    said.textContent = "progress.json was saved.";
  });
  const clear = button("Clear progress", () => {
    // Once the page goes, and not before: until then a scroll that was just made may be noted.
    addEventListener("pagehide", () => localStorage.removeItem(RECORD));
    history.scrollRestoration = "manual"; // to be put back where one was would count as reading
    location.reload();
  });
  return element("div", "self-test__end", save, button("Import progress", () => file.click()), clear, file, said);
}

if (place) {
  sections = [...document.querySelectorAll("article > h2")].map(fold).filter(Boolean);
  const all = button("All questions", () => choose(null, all));
  const ten = button("Ten at random", () => {
    const open = every().filter((question) => question.answer === undefined);
    choose(shuffled(open.length >= HOW_MANY ? open : every()).slice(0, HOW_MANY), ten);
  });
  const read = button("Only pages I have read", () => choose(ofReadPages(), read));
  for (const made of [all, ten, read]) made.setAttribute("aria-pressed", String(made === all));
  const choices = element("div", "self-test__choices", all, ten, read);
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", "Which questions");
  const list = element("ul", "");
  const details = element("details", "self-test__result note", element("summary", "", "Result by objective"), list);
  place.append(choices, element("div", "self-test__score"), details);
  const article = document.querySelector("article");
  article.append(tools());
  open(null, false);
  result(list);
  document.addEventListener("course:answered", () => result(list));
  document.dispatchEvent(new Event("course:placed")); // the score moves to its place
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const within = sections.find(({ heading, body }) => heading === target || body.contains(target));
  if (within) {
    open(within, true);
    target.scrollIntoView();
  }
}
