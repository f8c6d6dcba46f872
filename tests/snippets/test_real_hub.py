"""Opt-in: the scripts of snippets/ with the real GPT-2 and BERT. ``make test-hub`` runs this."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors import safe_open

from snippets.recording import Entry, ScriptFailedError, record_all

SNIPPETS = Path(__file__).parents[2] / "snippets"
NO_HUB = {"clean_text.py"}
AFTER = {"generate_quantized.py": "quantize.py"}  # starts from the folder that this one makes


def tensors(cache: Path, model: str) -> dict[str, list[int]]:
    """Shapes of the tensors in the weights that a script fetched."""
    folder = f"hub/models--{model.replace('/', '--')}"
    (file,) = cache.glob(f"{folder}/snapshots/*/model.safetensors")
    with safe_open(file, framework="numpy") as weights:
        return {name: weights.get_slice(name).get_shape() for name in weights.keys()}  # noqa: SIM118


def parameters(shapes: dict[str, list[int]]) -> int:
    return sum(math.prod(shape) for shape in shapes.values())


def ids_of_gpt2(entry: Entry, cache: Path) -> None:
    assert "ids: [15496, 11, 703, 389, 345, 30]" in entry["output"]


def weights_of_gpt2(entry: Entry, cache: Path) -> None:
    """Beside its parameters, the file holds a mask for each of the twelve layers."""
    shapes = tensors(cache, "openai-community/gpt2")
    masks = {name: s for name, s in shapes.items() if re.fullmatch(r"h\.\d+\.attn\.bias", name)}
    assert [math.prod(shape) for shape in masks.values()] == [1024 * 1024] * 12
    assert parameters(shapes) - parameters(masks) == 124_439_808


def weights_of_bert(entry: Entry, cache: Path) -> None:
    shapes = tensors(cache, "google-bert/bert-base-uncased")
    body = {name: shape for name, shape in shapes.items() if name.startswith("bert.")}
    assert parameters(body) == 109_482_240
    norms = {name.rpartition(".")[2] for name in body if "LayerNorm" in name}
    assert norms == {"gamma", "beta"}


def sizes_of_gpt2(entry: Entry, cache: Path) -> None:
    found = re.search(r"size: ([\d.]+) -> ([\d.]+) MB", entry["output"])
    assert found, entry["output"]
    assert float(found[1]) == pytest.approx(497.8, abs=1)
    assert float(found[2]) == pytest.approx(243.5, abs=2)


CHECKS: dict[str, Callable[[Entry, Path], None]] = {
    "tokenize_text.py": ids_of_gpt2,
    "perplexity.py": weights_of_gpt2,
    "fine_tune.py": weights_of_bert,
    "quantize.py": sizes_of_gpt2,
}


@pytest.mark.hub
@pytest.mark.timeout(0)  # each run has its own limit
def test_the_scripts_find_in_the_real_models_what_is_known_of_them(tmp_path):
    scripts = [path for path in SNIPPETS.glob("*.py") if path.name not in NO_HUB]
    assert CHECKS.keys() <= {script.name for script in scripts}
    # The smallest download first, so that a run without a network ends soon.
    scripts.sort(key=lambda path: (path.name in AFTER, path.name != "tokenize_text.py", path.name))
    try:
        record_all(SNIPPETS / "recorded.json", scripts, tmp_path, AFTER, CHECKS)
    except ScriptFailedError as error:
        # The script says it better than a traceback, which would also show the environment.
        raise pytest.fail.Exception(str(error), pytrace=False) from None
