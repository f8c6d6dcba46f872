// A table whose last column is drawn, too: the same for the eye and for the ear.
import { make } from "../parts.js";

export function percent(share) {
  if (share < 1e-9) return "0%";
  return share < 0.0005 ? "< 0.1%" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
}

// `rows`: [{ name, shares, mark }], or `others` in place of a name; a bar shows the last share of each row.
export function bars(caption, heads, rows) {
  const most = Math.max(...rows.map(({ shares }) => shares.at(-1)), 1e-9);
  return make(
    "table",
    { className: "live-next-token__bars" },
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((row) => line(row, most))),
  );
}

function line({ name, others, shares, mark = "" }, most) {
  const bar = make("span", { className: "live-next-token__bar" });
  bar.style.inlineSize = `${(100 * shares.at(-1)) / most}%`;
  const numbers = shares.map((share) => make("td", {}, percent(share)));
  const track = make("span", { className: "live-next-token__track", "aria-hidden": "true" }, bar);
  numbers.at(-1).append(track);
  return make(
    "tr",
    { className: mark && "live-next-token__taken" },
    make("th", { scope: "row" }, others ?? make("code", {}, name), mark && ` ${mark}`),
    ...numbers,
  );
}
