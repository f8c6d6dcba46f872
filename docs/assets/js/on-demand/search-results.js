// The results of the search under headings, and two pages to go to where there are none. The theme makes a list of
// pages; what it shows and in what order is the answer of src/coursekit/site/search.js.

const list = document.querySelector(".md-search-result__list");
const status = document.querySelector(".md-search-result__meta");
const field = document.querySelector(".md-search__input");
const config = JSON.parse(document.getElementById("__config")?.textContent ?? "{}");

// What lies under one heading, as in search.js: the first that an address fits.
const KINDS = [
  ["Errors", /^if-it-breaks\//],
  ["Terms", /^glossary\//],
  ["Code", /^reference\//],
  ["Contributing", /^contributing\//],
  ["Lessons", /^/],
];

if (list && status && field && config.base) {
  const root = new URL(config.base.replace(/\/?$/, "/"), document.baseURI).href;

  const kind = (item) => {
    const place = item.querySelector("a[href]").href.slice(root.length);
    return KINDS.find(([, pattern]) => pattern.test(place))[0];
  };

  const heading = (name) => {
    const made = document.createElement("h2");
    made.className = "md-search-result__group";
    made.textContent = name;
    return made;
  };

  const group = () => {
    let before = "";
    for (const item of list.children) {
      const name = kind(item);
      if (name !== before && !item.dataset.kind) item.prepend(heading(name));
      item.dataset.kind = before = name;
      // A page lies below its group's heading, a section below its page's.
      item.querySelectorAll("article > h1").forEach((title) => title.setAttribute("aria-level", "3"));
      item.querySelectorAll("article > h2").forEach((title) => title.setAttribute("aria-level", "4"));
    }
  };

  const offer = (name, place) => {
    const link = document.createElement("a");
    link.href = root + place;
    link.tabIndex = -1; // the arrow keys lead here, as to the results
    link.textContent = name;
    return link;
  };
  const miss = document.createElement("p");
  miss.className = "md-search-result__miss md-typeset";
  miss.append(
    offer("If it breaks", "if-it-breaks/"), " has errors with their causes, the ",
    offer("Glossary", "glossary/"), " all terms of the course.",
  );

  const none = config.translations["search.result.none"];
  const answer = () => {
    if (status.textContent === none) {
      status.textContent = `${none}. Two pages may help:`;
      status.after(miss);
    } else if (!status.textContent.startsWith(none)) {
      miss.remove();
    }
  };

  // The theme opens the best result with Enter, and there is none.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !miss.isConnected) return;
    event.preventDefault();
    event.stopPropagation();
  });
  new MutationObserver(group).observe(list, { childList: true });
  new MutationObserver(answer).observe(status, { childList: true });
  group();
  answer(); // this script may come behind the first results
}
