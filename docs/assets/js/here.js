// Below the title of a lesson's page: where the page stands in the pipeline. It is built here, since a page has no
// bytes to spare, and since the left column says where one is without it.
const stages = "{{ outline.places }}"; // the build writes a list here: address, title, what it does, x, y
const settings = JSON.parse(document.getElementById("__config")?.textContent ?? "{}");
const root = new URL(`${settings.base ?? "."}/`, location.href);
const here = location.pathname.slice(root.pathname.length).replace(/index\.html$/, "");
const stage = stages.find(([address]) => address === here);
const heading = document.querySelector("article h1");
if (stage && heading) {
  const [address, title, does] = stage;
  const lesson = address.slice(0, address.indexOf("/") + 1);
  const draw = (name, attributes, parent) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  };
  const link = document.createElement("a");
  link.className = "here";
  link.href = new URL(`${lesson}#the-pipeline`, root);
  const picture = draw("svg", { viewBox: "0 0 840 230", "aria-hidden": "true" }, link);
  draw("path", { d: "M48 142H792" }, picture);
  for (const [other, , , x, y] of stages.filter(([other]) => other.startsWith(lesson))) {
    draw("circle", { cx: x, cy: y, r: other === here ? 26 : 18, class: other === here ? "here__now" : "" }, picture);
  }
  const name = document.createElement("strong");
  name.textContent = title;
  const words = document.createElement("span");
  words.append("You are here: ", name, ` (${does})`);
  link.append(words);
  heading.after(link);
}
