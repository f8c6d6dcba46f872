// Below the title of a stage of the pipeline the page says in words where it stands. This draws the line beside them: a
// page has no bytes to spare for the drawing.
const stages = "{{ outline.places }}"; // the build writes a list here: address, x, y
const settings = JSON.parse(document.getElementById("__config")?.textContent ?? "{}");
const root = new URL(`${settings.base ?? "."}/`, location.href);
const here = location.pathname.slice(root.pathname.length).replace(/index\.html$/, "");
const words = document.querySelector("a.here");
if (words) {
  const draw = (name, attributes, parent) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.prepend(made);
    return made;
  };
  const lesson = here.slice(0, here.indexOf("/") + 1);
  const picture = draw("svg", { viewBox: "0 0 840 230", "aria-hidden": "true" }, words);
  for (const [other, x, y] of stages.filter(([other]) => other.startsWith(lesson))) {
    draw("circle", { cx: x, cy: y, r: other === here ? 26 : 18, class: other === here ? "here__now" : "" }, picture);
  }
  draw("path", { d: "M48 142H792" }, picture);
}
