# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6"]
# ///
"""Show the tokens of a text: their ids, their pieces, and the text that they decode to."""

import argparse
import codecs
import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HINTS = {  # words of an error, "|" between alternatives -> what helps
    "memory": "take a smaller --model or a shorter text",
    "no module named|import module": "install what the script's head names, or use: uv run",
    "can't decode": "the file is not UTF-8: save it as UTF-8",
    "nul character|control characters": "the file may be UTF-16: save it as UTF-8",
    "can't encode": "set PYTHONUTF8=1 in the environment, so that output is UTF-8, too",
    "no space|quota|file too large|unexpected pos|failed writing":
        "make room on the disk, or below the quota, and run it again",
    "permission denied|read-only": "name an --output in a folder where you may write",
    "not finite": "try a smaller --learning-rate, or another --model: weights may be damaged",
    "configuration class": "take a causal model; fine_tune.py and reward_model.py take more",
    "mismatched_sizes": "the model has a head for other labels: take the one it was made from",
    "gated repo": "accept the terms on the model's page, then log in: hf auth login",
    "out of bounds|out of range": "the tokenizer has tokens that the model has not: take its own",
    "repo id": "no such folder, and no name on the Hub, such as openai-community/gpt2",
    "connect": "check the network; what is downloaded loads without it: HF_HUB_OFFLINE=1",
    "can't load": "a file did not arrive: check the network and run it again",
    "consistency check": "the download was cut short: run it again",
    "deserializ|eof[e, ]|failed reading|corrupted|valid json|load failed|state_dict|expected value":
        "a file is damaged: delete the model in ~/.cache/huggingface/hub, run it again",
    "backend tokenizer": "no tokenizer there that loads: check the name or folder of --model",
}  # fmt: skip


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


with boundary():
    # transformers would say that there is no PyTorch. A tokenizer needs none.
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    import transformers
    from transformers import AutoTokenizer

    transformers.logging.set_verbosity_error()  # what matters, the script says itself
    if not (sys.stderr and sys.stderr.isatty()):
        transformers.logging.disable_progress_bar()  # a log is no terminal


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


def main() -> None:
    """Tokenize and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="Hello, how are you?")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    args = parser.parse_args()
    text = read(args.file, args.text)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    ids = tokenizer(text, verbose=False)["input_ids"]  # not verbose: a long text is no mistake
    if text and not ids:
        raise ValueError(f"{args.model} has no tokenizer: name a model that comes with one")
    print("tokens:", len(ids))
    print("ids:", ids)
    print("pieces:", [tokenizer.decode([token]) for token in ids])
    print("decoded:", tokenizer.decode(ids))


if __name__ == "__main__":
    with boundary():
        main()
