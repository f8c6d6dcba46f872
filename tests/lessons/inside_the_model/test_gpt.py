"""A GPT written out says what the library's says, and its cache changes nothing but the time."""

import ast
from pathlib import Path

import pytest
import torch

from lessons.inside_the_model import gpt
from lessons.inside_the_model.cache import cache_bytes, write
from lessons.inside_the_model.gpt import GPT, load_gpt
from lessons.inside_the_model.heads import load


@torch.no_grad()
def test_it_gives_the_logits_of_the_library():
    ids = torch.randint(2048, (1, 256), generator=torch.Generator().manual_seed(1))
    ours, library = load_gpt()(ids), load("sdpa")[0](ids).logits
    assert (ours - library).abs().max() < 1e-4
    assert ours.argmax(-1).equal(library.argmax(-1))


@torch.no_grad()
def test_a_later_token_changes_no_earlier_logit():
    torch.manual_seed(0)
    model = GPT(vocabulary=11, positions=8, width=12, heads=3, blocks=2).eval()
    ids = torch.arange(8)[None]
    changed = ids.clone()
    changed[0, 5] = 10
    before, after = model(ids), model(changed)
    assert before[:, :5].equal(after[:, :5])
    assert not before[:, 5].equal(after[:, 5])


def test_a_text_longer_than_the_positions_is_refused():
    with pytest.raises(ValueError, match="9 tokens, and 8 positions"):
        GPT(vocabulary=11, positions=8, width=12, heads=3, blocks=1)(torch.zeros(1, 9).long())


def test_the_cache_changes_no_token():
    model, tokenizer = load("sdpa")
    ids = tokenizer("Story: Once", return_tensors="pt")["input_ids"]
    with_cache, seconds = write(model, ids, 12, cache=True)
    without, _ = write(model, ids, 12, cache=False)
    assert with_cache.equal(without)
    assert len(without) == 12
    assert seconds > 0


def test_a_token_leaves_a_key_and_a_value_in_each_layer():
    model, tokenizer = load("sdpa")
    ids = tokenizer("Story: Once", return_tensors="pt")["input_ids"]
    layers = model(ids).past_key_values.layers
    numbers = sum(layer.keys.numel() + layer.values.numel() for layer in layers)
    assert cache_bytes(6, 192, 4) * ids.shape[1] == 4 * numbers


def test_it_has_at_most_sixty_lines_without_docstrings_and_comments():
    text = Path(gpt.__file__).read_text("utf-8")
    strings = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    lines = [
        line.strip() for number, line in enumerate(text.split("\n"), 1) if number not in strings
    ]
    assert 50 < sum(bool(line) and not line.startswith("#") for line in lines) <= 60
