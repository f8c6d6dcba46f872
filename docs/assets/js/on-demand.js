// What few pages need comes with these pages alone.
for (const [needed, name] of [
  [".self-test", "self-test"],
  [".shown", "shown"],
]) {
  if (document.querySelector(needed)) import(new URL(`on-demand/${name}.js`, import.meta.url));
}
// And what shows the results of a search, once somebody searches.
document.querySelector(".md-search")?.addEventListener(
  "focusin",
  () => import(new URL("on-demand/search-results.js", import.meta.url)),
  { once: true },
);
