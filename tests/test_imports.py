"""Importing a lesson: it prints nothing, and does little."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CALLS_OF_AN_IMPORT = 300_000  # about a tenth of a second

IMPORTING = """
import gc, importlib, json, sys
gc.disable()  # to look for garbage while libraries are loaded takes a third of that, and finds none
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BertForMaskedLM
from transformers import BertForSequenceClassification, GPT2LMHeadModel, Trainer
from trl.trainer.sft_trainer import SFTTrainer
import rouge_score.rouge_scorer, sacrebleu, torchao.quantization

calls = {}
def count(frame, event, argument):
    if event == "call":
        calls[name] += 1

for name in sys.argv[1:]:
    calls[name] = 0
    sys.setprofile(count)
    importlib.import_module(name)
    sys.setprofile(None)
sys.stderr.write(json.dumps(calls))
"""


def test_importing_a_lesson_prints_nothing_and_does_little():
    """One process for all: what the libraries take to load is theirs, and comes once.

    Calls of Python functions are counted, for seconds would depend on what else the machine does.
    """
    modules = [
        ".".join(part for part in path.relative_to(ROOT / "src").with_suffix("").parts
                 if part != "__init__")
        for path in sorted((ROOT / "src/lessons").rglob("*.py"))
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING, *modules],
        cwd=ROOT / "src", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == ""
    calls = json.loads(done.stderr.splitlines()[-1])
    assert calls.keys() == set(modules)
    assert {name: many for name, many in calls.items() if many > CALLS_OF_AN_IMPORT} == {}
