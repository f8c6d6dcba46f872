// A page as slides: one section at a time, without the teacher's notes. What a block prints waits for the next
// press, so that a class can guess first, and a press scrolls on where something has not been on the screen yet.
// Without this script it is a page like any other.

const place = document.querySelector(".slides");
const article = place.closest("article");
const root = document.documentElement;
let slides = [];
let at = 0;

// How slides look comes with them, and before it has come none are offered: what fits on a screen follows from it.
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = new URL("../../css/on-demand/slides.css", import.meta.url).href;
sheet.addEventListener("load", () => place.append(begin));

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// Each heading of the second level begins a slide, which ends where the next one begins. How to run the page is none.
function cut() {
  return [...article.querySelectorAll(":scope > h2:not(#run-this-page)")].map((heading) => {
    const slide = document.createElement("section");
    slide.className = "slide";
    heading.before(slide);
    slide.append(heading);
    while (slide.nextElementSibling && !slide.nextElementSibling.matches("h2, .slide")) {
      slide.append(slide.nextElementSibling);
    }
    heading.tabIndex = -1;
    return slide;
  });
}

const outputs = (slide) => [...slide.querySelectorAll(".language-output")];

function show(next) {
  at = Math.max(0, Math.min(next, slides.length - 1));
  slides.forEach((slide, number) => slide.classList.toggle("slide--shown", number === at));
  for (const output of outputs(slides[at])) output.classList.add("slide__waits");
  count.textContent = `${at + 1} of ${slides.length}`;
  slides[at].querySelector("h2").focus();
  scrollTo(0, 0);
}

// Scrolls on by what lies between the lower end of the screen and a place below it, a screen at most. Says
// whether it did: nothing is left to scroll where the place is seen, or the page ends.
function scrolledTo(place) {
  const seen = innerHeight - bar.offsetHeight;
  const before = scrollY;
  scrollBy({ top: Math.min(Math.max(0, place - seen), seen * 0.9), behavior: "instant" });
  return Math.abs(scrollY - before) >= 1;
}

function forth() {
  const waiting = slides[at].querySelector(".slide__waits");
  const { top, bottom } = (waiting ?? slides[at]).getBoundingClientRect();
  if (scrolledTo(waiting ? top : bottom)) return;
  if (waiting) {
    waiting.classList.remove("slide__waits");
    scrolledTo(Math.min(bottom, top + innerHeight / 2));
  } else if (at < slides.length - 1) show(at + 1);
}

function start() {
  if (!slides.length) slides = cut();
  root.classList.add("in-slides");
  bar.hidden = false;
  const seen = slides.findIndex((slide) => slide.getBoundingClientRect().bottom > 0);
  show(Math.max(0, seen));
}

function stop() {
  root.classList.remove("in-slides");
  bar.hidden = true;
  for (const waiting of article.querySelectorAll(".slide__waits")) waiting.classList.remove("slide__waits");
  slides[at].scrollIntoView();
  begin.focus();
}

const begin = button("Show as slides", start);
begin.className = "md-button";
document.head.append(sheet);

const count = document.createElement("span");
count.setAttribute("role", "status");
const bar = document.createElement("div");
bar.className = "slides__bar";
bar.setAttribute("role", "toolbar");
bar.setAttribute("aria-label", "Slides");
bar.hidden = true;
bar.append(button("Back", () => show(at - 1)), count, button("Next", forth), button("Close", stop));
document.querySelector("main").append(bar); // in a landmark, as all of a page

const KEYS = { ArrowRight: forth, PageDown: forth, ArrowLeft: () => show(at - 1), PageUp: () => show(at - 1), Escape: stop };
document.addEventListener("keydown", (event) => {
  const free = !event.altKey && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, pre");
  const act = KEYS[event.key];
  if (bar.hidden || !act || !free) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, true);
