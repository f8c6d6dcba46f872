// Names, roles and keys that the theme leaves out. Each repair stands alone, so that one can go when the theme
// goes, and none does anything where what it repairs is not there.

// The menu of a narrow screen opens by a <label>, which no key reaches. Here it becomes a button. Without this
// script it stays a label.
const box = document.getElementById("__drawer");
const label = document.querySelector("label.md-header__button[for='__drawer']");
const menu = document.querySelector(".md-sidebar--primary");
if (box && label && menu) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = label.className;
  button.append(...label.childNodes);
  button.setAttribute("aria-label", "Menu");
  label.replaceWith(button);
  // A part of the course lies over the list of all parts. Its heading leads back there, again by a <label>.
  for (const icon of menu.querySelectorAll(".md-nav__title[for^='__nav_'] > .md-nav__icon")) {
    const back = document.createElement("button");
    back.type = "button";
    back.className = icon.className;
    back.setAttribute("aria-label", "All parts");
    icon.replaceWith(back);
    back.addEventListener("click", () => {
      const toggle = document.getElementById(back.parentElement.htmlFor);
      toggle.checked = false;
      toggle.parentElement.querySelector("a[href]").focus();
    });
  }
  const first = (what) =>
    [...menu.querySelectorAll(what)].find((one) => one.checkVisibility({ visibilityProperty: true }));
  const enter = () => (first("ul a[href]") ?? first("button"))?.focus();
  const rest = document.querySelectorAll(".md-content, .md-sidebar--secondary, .md-tabs, .md-footer");
  const show = () => {
    button.setAttribute("aria-expanded", String(box.checked));
    for (const part of rest) part.inert = box.checked;
  };
  const set = (open) => {
    box.checked = open;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  button.addEventListener("click", () => {
    set(!box.checked);
    if (box.checked) requestAnimationFrame(enter);
  });
  box.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.checked) return;
    set(false);
    button.focus();
  });
  matchMedia("(min-width: 76.25em)").addEventListener("change", ({ matches }) => {
    if (matches && box.checked) set(false); // a wide screen has no menu that could be closed again
  });
  show();
}

// What changes without a page being loaded is said aloud: how many results there are.
document.querySelector(".md-search-result__meta")?.setAttribute("role", "status");

// Whoever leaves the search goes on where they were.
const search = document.getElementById("__search");
let before = null; // what had the focus outside the search
document.addEventListener("focusin", (event) => {
  if (!event.target.closest(".md-search")) before = event.target;
});
search?.addEventListener("change", () => {
  if (search.checked) return;
  requestAnimationFrame(() => {
    if (before?.isConnected) before.focus();
  });
});
