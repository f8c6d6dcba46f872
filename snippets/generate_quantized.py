# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "torchao>=0.18,<0.19"]
# ///
"""Continue a text with the causal model, of GPT-2's size, that quantize.py saved."""

import argparse
import codecs
import contextlib
import logging
import os
import re
import sys
import zipfile
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
    import transformers
    from torch import nn

    transformers.logging.set_verbosity_error()  # what matters, the script says itself
    if not (sys.stderr and sys.stderr.isatty()):
        transformers.logging.disable_progress_bar()  # a log is no terminal
    for library in ("torchao", "torch.utils._pytree"):
        # torchao warns of GPU kernels that are not there, and of a call it will have to renew.
        logging.getLogger(library).setLevel(logging.ERROR)
    import torchao.quantization  # noqa: F401 - so that torch.load knows its tensors
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig
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


def complete(model: Any, tokenizer: Any, ids: list[int], most: int) -> list[int]:
    """Return the tokens that follow, always the most probable one, up to an end token."""
    # The model may come with settings, such as a penalty for repetition, that are none of ours.
    ends = model.generation_config.eos_token_id
    model.generation_config = GenerationConfig(eos_token_id=ends)
    prompt = torch.tensor([ids], device=model.device)
    output = model.generate(
        input_ids=prompt,
        attention_mask=torch.ones_like(prompt),
        do_sample=False,
        max_new_tokens=most,
        pad_token_id=tokenizer.eos_token_id,  # GPT-2 has no token for padding
    )
    return [int(token) for token in output[0, len(ids) :]]


def load(folder: Path) -> Any:
    """Build the model with nn.Linear for GPT-2's Conv1D, then take the weights as they are.

    For a moment it is there in full size, too. Large models are loaded another way: see the page.
    """
    file = folder / "weights.pt"
    if not file.is_file():
        raise FileNotFoundError(f"no {file}: make it with quantize.py")
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    for name, layer in list(model.named_modules()):
        if isinstance(layer, Conv1D):
            model.set_submodule(name, nn.Linear(layer.nx, layer.nf))
    try:
        with zipfile.ZipFile(file) as archive:  # torch.load compares no checksums
            if archive.testzip():
                raise ValueError("a checksum differs")
        weights = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # of whatever kind: it cannot be read
        raise RuntimeError(f"{file} is corrupted") from error
    model.load_state_dict(weights, assign=True)
    model.tie_weights()
    if (folder / "generation_config.json").is_file():  # names the tokens that end a text
        model.generation_config = GenerationConfig.from_pretrained(folder)
    model.to(torch.accelerator.current_accelerator(check_available=True) or "cpu").eval()
    require_causal(model, folder)
    return model


def main() -> None:
    """Load and generate, always with the most probable token."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("quantized"), help="folder it made")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="The quick brown fox")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--max-new-tokens", type=count, default=20)
    args = parser.parse_args()
    text = read(args.file, args.text)

    model = load(args.model)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    ids = beginning(tokenizer) + tokenizer(text, add_special_tokens=False)["input_ids"]
    room = max(0, longest(model, tokenizer) - args.max_new_tokens)
    if not 1 <= len(ids) <= room:
        raise ValueError(f"a text of {len(ids)} tokens: need 1 to {room}")
    written = complete(model, tokenizer, ids, args.max_new_tokens)
    print(tokenizer.decode(ids + written, skip_special_tokens=True))


if __name__ == "__main__":
    with boundary():
        main()
