// What few pages need comes with these pages alone, and what the search needs when somebody searches.
const bring = (name) => import(new URL(`on-demand/${name}.js`, import.meta.url));

for (const [needed, name] of [
  [".self-test", "self-test"],
  [".shown", "shown"],
  ["check-yourself", "answers"],
  [".slides", "slides"],
  [".labs-passed", "labs"],
]) {
  if (document.querySelector(needed)) bring(name);
}
const asks = document.querySelector(".md-search__input");
if (asks === document.activeElement) bring("search-results");
else asks?.addEventListener("focus", () => bring("search-results"), { once: true });
// What can be tried comes when a reader comes near it, and loads nothing large before being asked to.
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    import(new URL(`live/${target.dataset.widget}.js`, import.meta.url));
  }
}, { rootMargin: "600px" });
for (const element of document.querySelectorAll("[data-widget]")) near.observe(element);
