# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Clean a text file of prose: one Unicode form, no control characters, no line twice in a row."""

import argparse
import codecs
import contextlib
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

EXAMPLE = "Nai\u0308ve  cafe\u0301,\t-3.5 \u00b0C\u200b\n\n\nSo  it goes.\nSo it goes.\n"
HINTS = {  # words of an error, "|" between alternatives -> what helps
    "memory": "take a shorter text",
    "can't decode": "the file is not UTF-8: save it as UTF-8",
    "nul character|control characters": "the file may be UTF-16: save it as UTF-8",
    "no space|quota|file too large": "make room on the disk, or below the quota, and run it again",
    "permission denied|read-only": "name an --output in a folder where you may write",
}
# Format characters that are seen, among those that no direction of writing needs: the joiners shape
# Persian, Hindi and emoji, the next ones letters, notes and strokes. `drop_tags` looks at the tags.
SEEN = ("ZERO WIDTH JOINER", "ZERO WIDTH NON-JOINER", "MONGOLIAN", "MUSICAL", "SHORTHAND")
TAGS = ("TAG ", "CANCEL TAG")


@contextlib.contextmanager
def boundary() -> Iterator[None]:
    """The one place where errors end: in a line that says what went wrong, without a traceback."""
    try:
        yield
        print(end="", flush=True)  # now: as Python ends, nobody could say what fails
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
        try:
            print(end="", flush=True)
        except OSError:  # the output is gone, and Python writes to it once more as it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        text = str(error).strip() or type(error).__name__
        if isinstance(error, BrokenPipeError) or text == "[Errno 22] Invalid argument":
            sys.exit()  # behind `| head`, or on Windows: the reader has what they wanted
        if isinstance(error, KeyboardInterrupt):
            print("stopped", file=sys.stderr)
            sys.exit(130)  # as shells say it
        hints = [
            f"\nhint: {hint}" for words, hint in HINTS.items() if re.search(words, text.lower())
        ]
        sys.exit(f"error: {text.splitlines()[0]}{''.join(hints[:1])}")


def read(path: Path | None, text: str = "") -> str:
    """Return the text of a file, or the one given; refuse what is no text, and say in which line."""
    name, data = str(path or "--text"), text.encode(errors="surrogatepass")
    if path:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise ValueError(f"{name}, line {line}: a NUL character, which no text has")
    controls = bytes({*range(1, 27)} - {*b"\t\n\v\f\r"})
    if 4 * (len(data) - len(data.translate(None, controls))) > len(data):
        raise ValueError(f"{name}: a quarter are control characters, as in no text")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"{name}, line {line}: {error}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if path else text


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Make a file or folder whole or not at all: it is made beside its place, and moved at the end."""
    path = path.resolve()
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise ValueError(f"{path} is there and not empty: name another --output")
    beside = next(place for place in (path, *path.parents) if place.exists())
    with tempfile.TemporaryDirectory(dir=beside, prefix=f".{path.name}.") as scratch:
        yield (made := Path(scratch) / "whole")
        if beside == path:  # an empty folder, which may be the current one: it stays, and is filled
            for file in sorted(made.iterdir(), key=lambda file: file.name == "config.json"):
                file.replace(path / file.name)  # the one that says what it is comes last
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.replace(path)


def drop_tags(text: str) -> str:
    """Keep tag characters that make a region's flag of a black one; others are hidden text."""
    return re.sub(
        "(?P<before>.?)(?P<tags>[\U000e0020-\U000e007f]+)",
        lambda found: found[0] if is_flag(found["before"], found["tags"]) else found["before"],
        text,
    )


def is_flag(before: str, tags: str) -> bool:
    """Whether tags behind a character are a region, as UTS 51 has it: letters, digits, an end."""
    region = "[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,7}\U000e007f"
    return before == "\U0001f3f4" and bool(re.fullmatch(region, tags))


def is_kept(letter: str) -> bool:
    """Whether a character is seen, or changes how others are drawn or in which direction they run."""
    category = unicodedata.category(letter)
    if category == "Cf" and unicodedata.bidirectional(letter) == "BN":  # without a direction
        return unicodedata.name(letter, "").startswith(SEEN + TAGS)
    return category != "Cc"


def clean_line(line: str) -> str:
    """Compose letters and accents (NFC), drop what is invisible, join blanks but those in front."""
    blanks = "".join(" " if x.isspace() and x != "\t" else x for x in drop_tags(line))
    kept = "".join(x for x in blanks if x == "\t" or is_kept(x))
    front = kept[: len(kept) - len(kept.lstrip())]
    if not (words := kept.split()):
        return ""
    return front + unicodedata.normalize("NFC", " ".join(words))  # last: dropped ones stood between


def bag_of_words(line: str) -> str:
    """Keep lower-case words of any language: for counting words, not for a language model."""
    plain = (x for x in line.casefold() if unicodedata.category(x) != "Cf")  # they part no words
    kept = "".join(x if unicodedata.category(x)[0] in "LMN" else " " for x in plain)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def without_repeats(lines: list[str]) -> tuple[list[str], int]:
    """Keep one empty line between paragraphs, and one of equal lines in a row; count those."""
    kept: list[str] = []
    repeated = 0
    for line in lines:
        if line and kept[-1:] == [line]:
            repeated += 1
        elif line or (kept and kept[-1]):
            kept.append(line)
    return (kept[:-1] if kept[-1:] == [""] else kept), repeated


def main() -> None:
    """Write the cleaned lines, and to stderr how many were dropped."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default=EXAMPLE)
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--output", type=Path, help="file to write, instead of the terminal")
    parser.add_argument("--bag-of-words", action="store_true", help="lower case, words only")
    args = parser.parse_args()
    with whole(args.output) if args.output else contextlib.nullcontext() as new:
        lines = [clean_line(line) for line in read(args.file, args.text).splitlines()]
        if args.bag_of_words:
            lines = [bag_of_words(line) for line in lines]
        kept, repeated = without_repeats(lines)
        result = "".join(line + "\n" for line in kept).encode()
        if new:
            new.write_bytes(result)
        elif sys.stdout:  # which may be closed
            sys.stdout.buffer.write(result)  # UTF-8, also in a pipe on Windows
    empty = len(lines) - len(kept) - repeated
    if sys.stderr:  # or it would be printed among the lines
        print(
            f"kept {len(kept)} lines, dropped {empty} empty, {repeated} repeated", file=sys.stderr
        )


if __name__ == "__main__":
    with boundary():
        main()
