# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "torchao>=0.18,<0.19"]
# ///
"""Keep a causal language model's weights in 8 bits; compare size and perplexity."""

import argparse
import codecs
import contextlib
import logging
import math
import os
import re
import sys
import tempfile
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
    from torch import nn

    transformers.logging.set_verbosity_error()  # what matters, the script says itself
    if not (sys.stderr and sys.stderr.isatty()):
        transformers.logging.disable_progress_bar()  # a log is no terminal
    for library in ("torchao", "torch.utils._pytree"):
        # torchao warns of GPU kernels that are not there, and of a call it will have to renew.
        logging.getLogger(library).setLevel(logging.ERROR)
    from torchao.quantization import Int8WeightOnlyConfig, quantize_
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.pytorch_utils import Conv1D


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


def use_linear(model: nn.Module) -> None:
    """Replace GPT-2's Conv1D layers, whose weights are transposed, by the nn.Linear they equal."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, Conv1D):
            linear = nn.Linear(layer.nx, layer.nf)
            linear.weight = nn.Parameter(layer.weight.detach().T.contiguous())
            linear.bias = layer.bias
            model.set_submodule(name, linear)


@torch.inference_mode()
def perplexity(model: Any, ids: torch.Tensor) -> float:
    """Return the perplexity of one window of tokens, shape (1, tokens)."""
    logits = model(input_ids=ids).logits[0, :-1].float()
    loss = F.cross_entropy(logits, ids[0, 1:]).item()
    if not loss < math.log(sys.float_info.max):
        raise ValueError(f"a loss of {loss} for each token: the perplexity is not finite")
    return math.exp(loss)


def quantize(model: Any) -> None:
    """Keep the weights of all layers but the head in 8 bits."""
    use_linear(model)
    head = model.get_output_embeddings()  # GPT-2's is the embedding, too: leave it out
    quantize_(
        model, Int8WeightOnlyConfig(),
        filter_fn=lambda layer, _: isinstance(layer, nn.Linear) and layer is not head,
    )  # fmt: skip


def main() -> None:
    """Quantize, compare, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="The quick brown fox jumps over the lazy dog.")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--output", type=Path, default=Path("quantized"), help="folder to make")
    args = parser.parse_args()
    text = read(args.file, args.text)

    with whole(args.output) as folder:
        tokenizer = AutoTokenizer.from_pretrained(args.model)
        front = beginning(tokenizer)
        found = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        if len(front + found) < 2:
            raise ValueError(
                "a text of fewer than 2 tokens: need 2, since the first is not predicted"
            )
        model = load_causal(args.model)
        read_ids = (front + found)[: min(1024, longest(model, tokenizer))]
        ids = torch.tensor([read_ids])
        size, before = model.get_memory_footprint(), perplexity(model, ids)
        quantize(model)
        after = perplexity(model, ids)
        folder.mkdir()
        torch.save(model.state_dict(), folder / "weights.pt")
        new_size = (folder / "weights.pt").stat().st_size
        tokenizer.save_pretrained(folder)
        model.generation_config.to_json_file(folder / "generation_config.json")  # end tokens
        model.config.save_pretrained(folder)
    print(f"size: {size / 1e6:.1f} -> {new_size / 1e6:.1f} MB")
    cut = f" (of {len(front + found)}, cut to what fits)" * (len(read_ids) < len(front + found))
    print(f"perplexity of {len(read_ids)} tokens{cut}: {before:.4f} -> {after:.4f}")
    print(f"saved: {args.output}")


if __name__ == "__main__":
    with boundary():
        main()
