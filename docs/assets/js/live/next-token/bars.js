// A table whose last column is drawn, too: the same for the eye and for the ear.
import { make } from "../parts.js";

export const percent = (share) => (share >= 0.1 ? `${(100 * share).toFixed(0)}%` : `${(100 * share).toFixed(1)}%`);

// `rows`: [{ name, shares: [...], mark }]; a bar shows the last share of each row.
export function bars(caption, heads, rows) {
  const most = Math.max(...rows.map(({ shares }) => shares.at(-1)), 1e-9);
  return make(
    "table",
    { className: "live-next-token__bars" },
    make("caption", {}, ...caption),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((row) => line(row, most))),
  );
}

function line({ name, shares, mark = "" }, most) {
  const bar = make("span", { className: "live-next-token__bar", "aria-hidden": "true" });
  bar.style.inlineSize = `${(100 * shares.at(-1)) / most}%`;
  const numbers = shares.map((share) => make("td", {}, percent(share)));
  numbers.at(-1).append(bar);
  return make(
    "tr",
    { className: mark && "live-next-token__taken" },
    make("th", { scope: "row" }, make("code", {}, name), mark && ` ${mark}`),
    ...numbers,
  );
}
