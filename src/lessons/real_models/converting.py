"""Turn SmolLM2's GGUF file into a folder that every call of transformers loads."""

import shutil
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from lessons.fingerprints.fingerprint import file_digest
from lessons.real_models.fetching import RefusedError

NEEDED = ("torch", "transformers", "gguf")
KINDS = ("gguf", "safetensors", "tokenizers", "torch", "transformers")


def convert(packed: Path, gguf: str, target: Path) -> None:
    """Write a model and its tokenizer in Hugging Face's format, the weights unpacked to float32.

    Float32 holds each unpacked weight exactly. Two things have to be set right on the way. A plain
    load may keep the weights packed, and what is loaded so cannot be saved: ``dequantize`` unpacks
    them. And transformers splits numbers as GPT-2 does, although the file names another way: the
    tokenizer gets back what it was trained with, one digit at a time, without which a run of spaces
    before a digit becomes other tokens.

    Args:
        packed: folder with the GGUF file and the license.
        gguf: name of the file.
        target: an existing empty folder.

    Raises:
        RefusedError: the weights could not be written, as on a full disk.
    """
    from safetensors import SafetensorError
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    if not sys.stderr.isatty():  # a log is no terminal
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = AutoModelForCausalLM.from_pretrained(
        packed, gguf_file=gguf, quantization_config=GgufConfig(dequantize=True), dtype="float32"
    )
    tokenizer = AutoTokenizer.from_pretrained(packed, gguf_file=gguf)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    try:
        model.save_pretrained(target)
    except SafetensorError as error:
        raise RefusedError(
            f"the weights could not be written: {error}. Make room on the disk, and run this again; "
            "what was downloaded is kept"
        ) from error
    tokenizer.save_pretrained(target)
    for file in packed.glob("LICENSE*"):
        shutil.copy(file, target)


def verify(folder: Path, files: Mapping[str, str]) -> None:
    """Compare what a conversion wrote with what it wrote where the records were measured.

    Args:
        folder: the converted model.
        files: name -> SHA-256.

    Raises:
        RefusedError: a file is another one; the message names the libraries that wrote it.
    """
    for name, wanted in files.items():
        if (found := file_digest(folder / name)) != wanted:
            wrote = ", ".join(f"{kind} {version(kind)}" for kind in KINDS)
            raise RefusedError(
                f"the conversion wrote another {name} than was measured ({found[:12]}, not "
                f"{wanted[:12]}), with {wrote}; take the versions of constraints.txt"
            )
