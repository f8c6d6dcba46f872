# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11"]
# ///
"""Ask a causal language model to translate: without examples, and with a few."""

import argparse
import codecs
import contextlib
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
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    transformers.logging.set_verbosity_error()  # what matters, the script says itself
    if not (sys.stderr and sys.stderr.isatty()):
        transformers.logging.disable_progress_bar()  # a log is no terminal

EXAMPLES = [("Good morning.", "Bonjour."), ("Thank you.", "Merci."), ("The cat.", "Le chat.")]


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


def prompts(text: str) -> dict[str, str]:
    """Return the task stated, and the task shown. Both end where the answer begins, no blank."""
    shown = "".join(f"English: {english}\nFrench: {french}\n\n" for english, french in EXAMPLES)
    return {
        "zero-shot": f"Translate English to French: '{text}'\nFrench:",
        "few-shot": f"{shown}English: {text}\nFrench:",
    }


def main() -> None:
    """Complete both prompts, always with the most probable token."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="Hello, how are you?", help="what to translate")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--max-new-tokens", type=count, default=20)
    args = parser.parse_args()
    text = read(args.file, args.text)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    model = load_causal(args.model).to(device)
    room = max(0, longest(model, tokenizer) - args.max_new_tokens)
    for name, prompt in prompts(text.strip()).items():
        ids = beginning(tokenizer) + tokenizer(prompt, add_special_tokens=False)["input_ids"]
        if len(ids) > room:
            raise ValueError(f"{len(ids)} tokens of {name} prompt: the model has room for {room}")
        written = complete(model, tokenizer, ids, args.max_new_tokens)
        print(f"--- {name}, {len(ids)} tokens of prompt")
        print(prompt, tokenizer.decode(written, skip_special_tokens=True), sep="")


if __name__ == "__main__":
    with boundary():
        main()
