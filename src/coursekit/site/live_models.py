"""Models that readers run in the page: a checkpoint's weights in eight bits, beside its tokenizer.

Which models a site has, says ``extra: live_models:`` of its settings, a name with the checkpoint's
folder. What a matrix holds is written as one signed byte for each weight and one scale for each row, and
a row is what one output is made of: ``output[r] = scale[r] * sum(row[r] * input)``. All else, such as
biases and positions, stays in the 16 bits that it has.
"""

import hashlib
import json
import struct
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import mul
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from coursekit.config import Config

__all__ = ["FOLDER", "Tensor", "add", "quantized", "read", "write"]

FOLDER = "assets/models/"
BESIDE = ("config.json", "tokenizer.json")
WEIGHTS = "model.safetensors"
# Matrices that a vector is multiplied by. GPT-2 stores them with an output for each column, its
# embeddings, and BERT all of them, with one for each row.
BY_COLUMN = ("c_attn.weight", "c_proj.weight", "c_fc.weight")
NO_MATRIX = ("wpe.weight", "position_embeddings.weight", "token_type_embeddings.weight")
ALIGNED = (
    16  # bytes: a kernel loads as many at once, and lists of floats begin at a multiple of four
)
MOST = 127  # of a signed byte, the same on both sides of zero


@dataclass(frozen=True)
class Tensor:
    """Numbers as a file of the kind safetensors holds them.

    Attributes:
        dtype: ``BF16``, ``F16``, ``F32`` or ``I8``.
        shape: rows and columns; a single length for a vector.
        data: the numbers, least significant byte first.
    """

    dtype: str
    shape: Sequence[int]
    data: bytes

    def numbers(self) -> "array[float]":
        """The numbers as floats of 32 bits.

        Raises:
            ValueError: they have no 16 bits.
        """
        if self.dtype == "F16":
            return array("f", struct.unpack(f"<{len(self.data) // 2}e", self.data))
        if self.dtype != "BF16":
            raise ValueError(f"{self.dtype}, where BF16 or F16 is read")
        wide = bytearray(2 * len(self.data))  # a BF16 is the upper half of a float
        wide[2::4], wide[3::4] = self.data[::2], self.data[1::2]
        return _ordered(array("f", bytes(wide)))


def _ordered(numbers: "array[Any]") -> "array[Any]":
    """Numbers from a file, or for one, on a processor of either order of bytes."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def read(data: bytes) -> dict[str, Tensor]:
    """The tensors of a file of the kind safetensors.

    Raises:
        ValueError: it is no such file, or a part of one.
    """
    length = int.from_bytes(data[:8], "little")
    try:
        head = json.loads(data[8 : 8 + length])
    except ValueError as error:
        raise ValueError(f"no safetensors file: {error}") from error
    found = {}
    for name, entry in head.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + at for at in entry["data_offsets"])
        if end > len(data):
            raise ValueError(f"it ends at byte {len(data)}, within {name}")
        found[name] = Tensor(entry["dtype"], entry["shape"], data[begin:end])
    return found


def write(tensors: Mapping[str, Tensor]) -> bytes:
    """A file of the kind safetensors, in which each tensor begins at a multiple of 16 bytes."""
    head: dict[str, Any] = {}
    body = bytearray()
    for name, tensor in tensors.items():
        body += bytes(-len(body) % ALIGNED)
        offsets = [len(body), len(body) + len(tensor.data)]
        head[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": offsets}
        body += tensor.data
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNED)
    return len(text).to_bytes(8, "little") + text + body


def quantized(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors with matrices in eight bits, and a ``NAME.scale`` with each.

    Raises:
        ValueError: a matrix whose numbers have no 16 bits, by its name.
    """
    found = {}
    for name, tensor in tensors.items():
        if len(tensor.shape) != 2 or name.endswith(NO_MATRIX):
            found[name] = tensor
            continue
        try:
            numbers = tensor.numbers()
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        rows = list(_rows(numbers, tensor.shape, name))
        scales = array("f", [max(max(row), -min(row)) / MOST or 1.0 for row in rows])
        parts = array("b")
        for row, scale in zip(rows, scales, strict=True):
            # A row's largest number is MOST scales, but for what rounding to 32 bits takes.
            parts.extend(map(round, map(mul, row, repeat(1 / scale))))
        shape = [len(rows), len(rows[0])]
        found[name] = Tensor("I8", shape, parts.tobytes())
        found[f"{name}.scale"] = Tensor("F32", [len(rows)], _ordered(scales).tobytes())
    return found


def _rows(numbers: "array[float]", shape: Sequence[int], name: str) -> Iterator["array[float]"]:
    """The numbers of a matrix, an output's at a time."""
    down, across = shape
    if name.endswith(BY_COLUMN):
        yield from (numbers[column::across] for column in range(across))
    else:
        yield from (numbers[row * across : (row + 1) * across] for row in range(down))


def add(files: Files, config: MkDocsConfig) -> Files:
    """Put the models that readers run in the page among the site's files.

    The bytes are kept in ``.cache/models`` under a name made of the checkpoint's own and of this code.

    Raises:
        PluginError: a file is missing or not what it should be; the message names it.
    """
    root = Path(config.config_file_path).parent
    course = Config.load(root)
    for name, folder in (config.extra.get("live_models") or {}).items():
        for beside in BESIDE:
            path = _there(root / folder / beside, course)
            target = f"{FOLDER}{name}/{beside}"
            files.append(File.generated(config, target, abs_src_path=str(path)))
        weights = _there(root / folder / WEIGHTS, course)
        small = _kept(weights, root / ".cache" / "models", course)
        target = f"{FOLDER}{name}/{WEIGHTS}"
        files.append(File.generated(config, target, abs_src_path=str(small)))
    return files


def _there(path: Path, course: Config) -> Path:
    if not path.is_file():
        raise PluginError(f"mkdocs.yml, extra: live_models: there is no {course.relative(path)}")
    return path


def _kept(weights: Path, cache: Path, course: Config) -> Path:
    """The file in eight bits, made unless it was made before."""
    data = weights.read_bytes()
    made_of = hashlib.sha256(data + Path(__file__).read_bytes())
    kept = cache / f"{made_of.hexdigest()[:32]}.safetensors"
    if not kept.is_file():
        try:
            made = write(quantized(read(data)))
        except ValueError as error:
            raise PluginError(f"{course.relative(weights)}: {error}") from error
        cache.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_bytes(made)
        part.replace(kept)
    return kept
