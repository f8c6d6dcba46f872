// Below the title of a stage of the pipeline the page says in words where it stands. This draws the line beside them: a
// page has no bytes to spare for the drawing.
const stages = "{{ outline.places }}"; // the build writes a list here: address, x, y
const words = document.querySelector("a.here");
if (words) {
  const here = location.pathname.replace(/index\.html$/, "");
  const [lesson] = new URL(words.href).pathname.match(/[^/]*\/$/); // the link leads to the lesson's first page
  const draw = (name, attributes, parent) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.prepend(made);
    return made;
  };
  const picture = draw("svg", { viewBox: "0 0 280 78", "aria-hidden": "true" }, words);
  for (const [other, x, y] of stages.filter(([other]) => other.startsWith(lesson))) {
    const now = here.endsWith(`/${other}`);
    const row = y > 142 ? 67 : y < 100 ? 11 : 37; // below the line, away from it, on it: closer than in the large picture
    draw("circle", { cx: x / 3, cy: row, r: now ? 11 : 9, class: now ? "here__now" : "" }, picture);
  }
  draw("path", { d: "M12 52H268" }, picture);
}
