// Pictures that a widget draws from numbers, at the width that the page gives them.
import { make } from "./parts.js";

export function draw(tag, given = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A place for a picture, drawn anew by `drawn(width)` when its width changes: so its letters keep their size.
export function picture(drawn) {
  const place = make("div");
  place.redraw = () => {
    if (place.clientWidth) place.replaceChildren(drawn(place.clientWidth));
  };
  let width = 0;
  new ResizeObserver(() => {
    if (width === place.clientWidth) return;
    width = place.clientWidth;
    place.redraw();
  }).observe(place);
  return place;
}
