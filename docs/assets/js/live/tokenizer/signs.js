// How signs, bytes and counts are written for a reader.

const SHOWN = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽" };

export const hex = (number, digits = 2) => number.toString(16).padStart(digits, "0");
export const amount = (number) => number.toLocaleString("en-US");
export const count = (number, what) => `${amount(number)} ${what}${number === 1 ? "" : "s"}`;

// A text whose blanks can be seen, and other signs without a shape of their own; a mark that has no letter gets one.
export function visible(text) {
  return text
    .replace(/[ \n\t\r\u00a0]/g, (sign) => SHOWN[sign])
    .replace(/[\p{C}\p{Z}]/gu, (sign) => `\\u{${hex(sign.codePointAt(0), 4)}}`)
    .replace(/^\p{M}/u, "◌$&");
}
