// What labs passed: their own file, chosen by the reader and read here alone, joins what this browser keeps. The table
// of labs shows it, and so does the navigation.

const RECORD = "course:progress"; // as progress.js keeps it
const LABS = "{{ labs }}"; // the build fills this in: name -> title and number of parts
const LARGEST = 1_000_000; // bytes of a file that is read at all

const place = document.querySelector(".labs-passed");
const pathOf = (name) => `lesson-5/${name}/`;

function record() {
  try {
    const found = JSON.parse(localStorage.getItem(RECORD));
    return found?.v === 1 ? found : { v: 1, pages: {}, answers: {} };
  } catch {
    return { v: 1, pages: {}, answers: {} };
  }
}

// The table: how many parts of each lab are passed.
function show() {
  const pages = record().pages ?? {};
  for (const link of document.querySelectorAll("article table a[href]")) {
    const name = Object.keys(LABS).find((one) => link.pathname.endsWith(`/${pathOf(one)}`));
    link.parentElement.querySelector(".lab-passed")?.remove();
    const right = name && pages[pathOf(name)]?.right;
    if (!right) continue;
    const mark = document.createElement("span");
    mark.className = "lab-passed";
    mark.textContent = `${right} of ${LABS[name].parts} parts passed`;
    link.after(mark);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// The parts of labs of this site that a file says were passed, each with its time, and how many others it has.
function passed(text) {
  const wrong = new TypeError("it is no file of progress of the labs");
  let labs;
  try {
    ({ labs } = JSON.parse(text) ?? {});
  } catch {
    throw wrong;
  }
  if (!isObject(labs)) throw wrong;
  const known = {};
  let others = 0;
  for (const [name, parts] of Object.entries(labs)) {
    if (!isObject(parts)) throw wrong;
    for (const [part, about] of Object.entries(parts)) {
      const time = typeof about?.passed === "string" ? Date.parse(about.passed) : NaN;
      if (Number.isNaN(time)) throw wrong;
      const here = Object.hasOwn(LABS, name) && /^[1-9]\d*$/.test(part) && Number(part) <= LABS[name].parts;
      if (here) (known[name] ??= {})[part] = time;
      else others += 1;
    }
  }
  if (!Object.keys(known).length) throw new TypeError("it names no part of a lab of this site");
  return { known, others };
}

function join(known) {
  const own = record();
  for (const [name, brought] of Object.entries(known)) {
    const page = ((own.pages ??= {})[pathOf(name)] ??= {});
    page.parts = { ...brought, ...page.parts }; // what is there keeps its time
    page.path = pathOf(name);
    page.title = LABS[name].title;
    page.at = "";
    page.time = Math.max(page.time ?? 0, ...Object.values(page.parts));
    page.asked = LABS[name].parts;
    page.right = Object.keys(page.parts).length;
    page.of = "parts passed";
    page.read = page.right === page.asked;
  }
  localStorage.setItem(RECORD, JSON.stringify(own));
}

if (place) {
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const file = document.createElement("input");
  file.type = "file";
  file.accept = "application/json";
  file.hidden = true;
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    try {
      if (chosen.size > LARGEST) throw new TypeError("it is too large to be a file of progress");
      const { known, others } = passed(await chosen.text());
      join(known);
      const parts = Object.values(known).reduce((sum, one) => sum + Object.keys(one).length, 0);
      const left = others ? ` ${others} that this site does not have: left out.` : "";
      said.textContent = `Parts taken from ${chosen.name}: ${parts}.${left}`;
      show();
      document.dispatchEvent(new Event("course:brought"));
    } catch (error) {
      said.textContent = `${chosen.name} was not taken: ${error.message}. Choose labs.json, as the labs have written it.`;
    }
    file.value = "";
  });
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Import what I passed";
  button.addEventListener("click", () => file.click());
  const tools = document.createElement("div");
  tools.className = "self-test__end";
  tools.append(button, file, said);
  place.append(tools);
  show();
}
