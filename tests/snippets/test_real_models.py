"""Opt-in: the scripts of snippets/, as they stand, with two real models that are at hand.

``make test-real`` runs this. What the scripts print goes into snippets/recorded.json.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons.real_models.pins import MODELS
from realmodels import real_model
from snippets.recording import Entry, ScriptFailedError, record, record_all

SNIPPETS = Path(__file__).parents[2] / "snippets"
AFTER = {"generate_quantized.py": "quantize.py"}  # starts from the folder that this one makes
# Nothing is asked of the Hub, and seconds are those of one thread: two that wait for each other, on a
# machine that does something else as well, take many times as long.
OFFLINE = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
CAUSAL = ("prompt.py", "perplexity.py", "quantize.py")
SCRIPTS = {  # in the order in which they run
    "smollm2": (
        "tokenize_text.py",
        *CAUSAL,
        "generate_quantized.py",
        "fine_tune.py",
        "reward_model.py",
    ),
    "minilm": ("tokenize_text.py", "fine_tune.py", "reward_model.py"),
}


def numbers(entry: Entry, pattern: str) -> list[float]:
    found = re.search(pattern, entry["output"])
    assert found, entry["output"]
    return [float(group) for group in found.groups()]


def says(*lines: str) -> Callable[[Entry, Path], None]:
    """Return a check that each of these lines was printed."""

    def check(entry: Entry, _: Path) -> None:
        assert set(lines) <= set(entry["output"].splitlines()), entry["output"]

    return check


def ids(*wanted: int) -> Callable[[Entry, Path], None]:
    return says(f"tokens: {len(wanted)}", f"ids: {[*wanted]}")


def prompts_are_whole(entry: Entry, _: Path) -> None:
    """The sizes of both prompts; whether it translates is for readers to see, and it does not."""
    says("--- zero-shot, 16 tokens of prompt", "--- few-shot, 50 tokens of prompt")(entry, _)


def every_token_but_the_first_is_scored(entry: Entry, _: Path) -> None:
    says("tokens scored: 9 of 10")(entry, _)
    assert 20 < numbers(entry, r"perplexity: ([\d.]+)")[0] < 100


def its_embedding_is_not_quantized(entry: Entry, _: Path) -> None:
    """Of what is left, 113 MB are the embedding in float32, which is the output layer, too."""
    before, after = numbers(entry, r"size: ([\d.]+) -> ([\d.]+) MB")
    assert before == pytest.approx(538.1, abs=0.1)
    assert after == pytest.approx(220.6, abs=1)
    plain, quantized = numbers(entry, r"perplexity of 10 tokens: ([\d.]+) -> ([\d.]+)")
    assert quantized == pytest.approx(plain, rel=0.1)


def it_writes(entry: Entry, _: Path) -> None:
    assert entry["output"].startswith("The quick brown fox")
    assert len(entry["output"].split()) > 6


def learns_from_built_in_examples(entry: Entry, _: Path) -> None:
    right, of = numbers(entry, r"right on unseen texts: (\d+) of (\d+)")
    assert right >= of - 1


def tells_two_sentences_apart(entry: Entry, _: Path) -> None:
    says("pairs: 6 to learn from, 2 unseen", "right on unseen pairs: 2 of 2")(entry, _)


CHECKS: dict[str, dict[str, Callable[[Entry, Path], None]]] = {
    "smollm2": {
        "tokenize_text.py": ids(19556, 28, 638, 359, 346, 47),
        "prompt.py": prompts_are_whole,
        "perplexity.py": every_token_but_the_first_is_scored,
        "quantize.py": its_embedding_is_not_quantized,
        "generate_quantized.py": it_writes,
        "fine_tune.py": learns_from_built_in_examples,
        "reward_model.py": tells_two_sentences_apart,
    },
    "minilm": {
        "tokenize_text.py": ids(101, 7592, 1010, 2129, 2024, 2017, 1029, 102),
        "fine_tune.py": learns_from_built_in_examples,
    },
}


@pytest.mark.real
@pytest.mark.timeout(0)  # each run has its own limit
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_find_in_the_models_what_is_known_of_them(tmp_path, name):
    arguments = {script: ["--model", name] for script in SCRIPTS[name]}
    arguments["generate_quantized.py"] = ["--model", "quantized"]
    try:
        record_all(
            SNIPPETS / "recorded.json", [SNIPPETS / script for script in SCRIPTS[name]], tmp_path,
            AFTER, CHECKS[name], model=MODELS[name].title, arguments=arguments, environment=OFFLINE,
            folders={name: real_model(name)},
        )  # fmt: skip
    except ScriptFailedError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.mark.real
@pytest.mark.parametrize("script", CAUSAL)
def test_a_script_for_causal_models_refuses_one_that_reads_in_both_directions(tmp_path, script):
    folders = {"minilm": real_model("minilm")}
    with pytest.raises(
        ScriptFailedError, match=r"(?s)status 1:.*error: minilm .*: take a causal model"
    ):
        record(
            SNIPPETS / script, ["--model", "minilm"], cache=tmp_path / "cache",
            work=tmp_path / "work", environment=OFFLINE, folders=folders,
        )  # fmt: skip
