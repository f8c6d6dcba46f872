# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "tqdm"]
# ///
"""Measure how well a causal language model predicts a text: perplexity and bits per byte."""

import argparse
import codecs
import contextlib
import math
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    import torch
    import torch.nn.functional as F  # noqa: N812 - as everybody calls it
    import transformers
    from tqdm import tqdm
    from transformers import AutoModelForCausalLM, AutoTokenizer

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


def count(text: str) -> int:
    """Read an option that is a whole number above 0."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not more than 0")
    return number


@torch.inference_mode()
def require_causal(model: Any, name: object) -> None:
    """Refuse a model that sees the token it is to predict, or has none of the weights for that."""
    ids = torch.tensor([[1, 2, 3, 4], [1, 2, 3, 5]], device=model.device)  # the last one differs
    first, second = model(input_ids=ids).logits[:, :-1].float()
    if first.isnan().any():
        raise ValueError(f"{name} computes numbers that are not finite")
    if not torch.allclose(first, second, atol=1e-4):
        raise ValueError(f"{name} reads in both directions: take a causal model")


def load_causal(name: str) -> Any:
    """Load a causal language model; refuse any other, whose numbers would mean nothing."""
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        name, dtype=torch.float32, output_loading_info=True
    )
    model, about = loaded
    if about["missing_keys"]:
        raise ValueError(f"{name} has no {min(about['missing_keys'])}: take a causal model")
    require_causal(model, name)
    return model


def beginning(tokenizer: Any) -> list[int]:
    """Return the beginning token, if the tokenizer puts one in front of each text: then training did."""
    first = tokenizer("")["input_ids"][:1]
    return first if first == [tokenizer.bos_token_id] else []


def longest(model: Any, tokenizer: Any) -> int:
    """Return how many tokens the model reads. RoBERTa's positions begin behind the padding token's."""
    most = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 1024
    for name, layer in model.named_modules():
        unused = getattr(layer, "padding_idx", None)
        if name.endswith("position_embeddings") and unused is not None:
            most = min(most, layer.num_embeddings - unused - 1)
    return int(min(most, tokenizer.model_max_length))


@torch.inference_mode()
def total_loss(model: Any, ids: torch.Tensor, front: list[int], context: int, stride: int) -> float:
    """Sum the loss of each token, each scored once, in windows that overlap.

    With nothing in ``front`` of each window, nothing stands before the first token: it has no loss.
    """
    total, scored, room = 0.0, 1 - len(front), context - len(front)
    starts = range(0, max(1, len(ids) - room + stride), stride)
    for start in tqdm(starts, unit="window", disable=None):  # None: on a terminal only
        window = torch.cat([torch.tensor(front).long(), ids[start : start + room]])
        window = window.to(model.device)
        logits = model(input_ids=window[None]).logits[0, :-1].float()
        losses = F.cross_entropy(logits, window[1:], reduction="none")
        total += losses[scored - start - 1 + len(front) :].sum().item()  # not those scored before
        scored = min(start + room, len(ids))
    return total


def size_of_first(tokenizer: Any, text: str, encoded: Any) -> int:
    """Return how many bytes of a text its first token stands for, which may end in a character."""
    ids = encoded["input_ids"]
    token = tokenizer.convert_ids_to_tokens(ids[0])
    if ids[0] in tokenizer.added_tokens_decoder:
        return len(token.encode())
    if not tokenizer.is_fast:  # without offsets
        return len(tokenizer.decode(ids[:1]).encode())
    if re.fullmatch("<0x[0-9A-F]{2}>", token):
        return 1
    if "ByteLevel" in repr(tokenizer.backend_tokenizer.decoder):  # a character for each byte
        return len(token) - (token[0] == "\u0120" and text[0] != " ")  # a blank may be put in front
    (_, end), (start, _) = encoded["offset_mapping"][:2]
    return len(text[: min(end, start)].encode())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="The quick brown fox jumps over the lazy dog.")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--context", type=count, help="tokens of a window; default: 1024, or less")
    parser.add_argument("--stride", type=count, help="tokens between windows; default: half of one")
    parser.add_argument(
        "--bos", action=argparse.BooleanOptionalAction,
        help="put the beginning token in front of each window; default: if the tokenizer does",
    )  # fmt: skip
    args = parser.parse_args()
    text = read(args.file, args.text)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    front = beginning(tokenizer) if args.bos is None else [tokenizer.bos_token_id] * args.bos
    if front == [None]:
        raise ValueError(f"--bos: {args.model} has no beginning token")
    encoded = tokenizer(
        text, add_special_tokens=False, verbose=False, return_offsets_mapping=tokenizer.is_fast
    )
    ids = torch.tensor(encoded["input_ids"]).long()
    unscored = 1 - len(front)
    if len(ids) < 1 + unscored:
        why = ", since the first is not predicted" * unscored
        raise ValueError(f"a text of {len(ids)} tokens: need {1 + unscored}{why}")
    device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    model = load_causal(args.model).to(device)
    most = longest(model, tokenizer)
    context = min(1024, most) if args.context is None else args.context
    stride = context // 2 if args.stride is None else args.stride
    if not 1 <= stride < context <= most:
        raise ValueError(
            f"stride {stride}, context {context}: need 1 <= stride < context <= {most}"
        )

    loss = total_loss(model, ids, front, context, stride) / (len(ids) - unscored)
    if not loss < math.log(sys.float_info.max):
        raise ValueError(f"a loss of {loss} for each token: the perplexity is not finite")
    size = len(text.encode()) - (size_of_first(tokenizer, text, encoded) if unscored else 0)
    behind = f", each behind {tokenizer.decode(front)}" if front else ""
    print(f"tokens scored: {len(ids) - unscored} of {len(ids)}{behind}")
    print(f"perplexity: {math.exp(loss):.4f}")
    print(f"bits per byte: {loss * (len(ids) - unscored) / math.log(2) / size:.4f}")


if __name__ == "__main__":
    with boundary():
        main()
