// What a reader has read and answered: kept in this browser alone, from the first scroll or answer on. The navigation
// shows it, and Home leads back to it. On the self-test the reader can take it along or clear it.

const RECORD = "course:progress"; // also written by check-yourself.js
const IDS = {}; // pages that keep the name of an older address; the build fills this in

const base = JSON.parse(document.getElementById("__config")?.textContent ?? "{}").base ?? ".";
const root = new URL(base.replace(/\/?$/, "/"), location.href);
const nameOf = (url) => {
  const path = url.href.startsWith(root.href) ? url.pathname.slice(root.pathname.length) : null;
  return path === null ? null : (IDS[path] ?? path);
};

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(RECORD));
    return found?.v === 1 ? { pages: {}, answers: {}, ...found } : { v: 1, pages: {}, answers: {} };
  } catch {
    return { v: 1, pages: {}, answers: {} };
  }
}

function change(edit) {
  const record = read();
  edit(record);
  try {
    localStorage.setItem(RECORD, JSON.stringify(record));
  } catch {
    return; // a browser that keeps nothing
  }
  show(record);
}

// This page: begun at the first scroll or answer, read when its end was seen and enough time was spent on it.
const here = nameOf(new URL(location.href));
const minutes = Number(document.querySelector("[data-minutes]")?.dataset.minutes);
const headings = [...document.querySelectorAll("article :is(h2, h3)[id]")];
let seconds = 0;
let ended = false;

function note() {
  const questions = [...document.querySelectorAll("check-yourself")];
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2);
  change(({ pages }) => {
    const page = (pages[here] ??= {});
    page.path = new URL(location.href).pathname.slice(root.pathname.length);
    page.title = document.querySelector("h1")?.firstChild?.textContent.trim();
    page.at = above.at(-1)?.id ?? "";
    page.time = Date.now();
    page.asked = questions.length;
    page.right = questions.filter((question) => question.right).length;
    page.read ||= ended && seconds >= minutes * 15; // a quarter of its minutes
  });
}

function follow() {
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(note, 400);
  };
  addEventListener("scroll", later, { passive: true });
  document.addEventListener("course:answered", note);
  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    seconds += 5;
    if (ended && read().pages[here]?.read === false) note();
  }, 5000);
  const end = document.querySelector("article > :last-child");
  new IntersectionObserver(([seen]) => {
    ended ||= seen.isIntersecting;
  }).observe(end);
}

// The navigation: a dot for each page that was begun, and for the ears what it means.
function show({ pages }) {
  for (const link of document.querySelectorAll(".md-nav--primary a.md-nav__link[href]")) {
    link.querySelector(".progress")?.remove();
    const page = pages[nameOf(new URL(link.href))];
    if (!page || link.hash) continue;
    const mark = document.createElement("span");
    mark.className = "progress";
    mark.dataset.state = page.read ? "read" : "begun";
    const score = page.asked ? `, ${page.right} of ${page.asked} ${page.of ?? "questions right"}` : "";
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = `, ${mark.dataset.state}${score}`;
    mark.append(words);
    link.append(mark);
  }
  for (const place of document.querySelectorAll(".resume")) {
    const [latest] = Object.values(pages).filter((page) => !page.read).sort((a, b) => b.time - a.time);
    place.replaceChildren();
    if (!latest) continue;
    const link = document.createElement("a");
    link.href = new URL(latest.path + (latest.at && `#${latest.at}`), root);
    link.textContent = `Go on where you were: ${latest.title}`;
    place.append(link);
  }
}

document.addEventListener("course:brought", () => show(read()));
show(read());
if (minutes) follow();
