// What few pages need comes with these pages alone.
for (const [needed, name] of [
  [".self-test", "self-test"],
  [".shown", "shown"],
]) {
  if (document.querySelector(needed)) import(new URL(`on-demand/${name}.js`, import.meta.url));
}
