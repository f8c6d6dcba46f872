# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Clean a text file: one Unicode form, no control characters, no empty or repeated lines."""

import argparse
import sys
import unicodedata
from pathlib import Path

EXAMPLE = "Nai\u0308ve  cafe\u0301,\t-3.5 \u00b0C\u200b\n\nSo  it goes.\nSo it goes.\n"
HINTS = {"can't decode": "the file is not UTF-8: save it as UTF-8"}  # words of an error -> help


def clean_line(line: str) -> str:
    """Compose letters and accents (NFC), drop control and format characters, join blanks."""
    blanks = "".join(" " if letter.isspace() else letter for letter in line)
    kept = (x for x in blanks if unicodedata.category(x) not in {"Cc", "Cf"} or x in "\u200c\u200d")
    joined = " ".join("".join(kept).split())  # the two joiners shape Persian, Hindi and emoji
    return unicodedata.normalize("NFC", joined)  # last: what was dropped may have stood between


def bag_of_words(line: str) -> str:
    """Keep lower-case words of any language: for counting words, not for a language model."""
    plain = (x for x in line.casefold() if x not in "\u200c\u200d")  # they part no words
    kept = "".join(x if unicodedata.category(x)[0] in "LMN" else " " for x in plain)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def main() -> None:
    """Write the cleaned lines, and to stderr how many were dropped."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default=EXAMPLE)
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--output", type=Path, help="file to write, instead of the terminal")
    parser.add_argument("--bag-of-words", action="store_true", help="lower case, words only")
    args = parser.parse_args()
    text = args.file.read_text(encoding="utf-8-sig") if args.file else args.text  # without a BOM

    lines = [clean_line(line) for line in text.splitlines()]
    if args.bag_of_words:
        lines = [bag_of_words(line) for line in lines]
    filled = [line for line in lines if line]
    unique = list(dict.fromkeys(filled))  # in order
    result = "".join(line + "\n" for line in unique)
    if args.output:
        with args.output.open("x", encoding="utf-8", newline="\n") as new:  # x: never overwrites
            new.write(result)
    else:
        sys.stdout.buffer.write(result.encode())  # UTF-8, also in a pipe on Windows
    empty, repeated = len(lines) - len(filled), len(filled) - len(unique)
    print(f"kept {len(unique)} lines, dropped {empty} empty, {repeated} repeated", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
