"""Makes the answers that the lab on preferences keeps: of `talker`, and of models that DPO trained.

``python -c "from lessons.labs.preferences_record import record; record()"`` writes the file anew.
"""

import json
import re
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import datasets
import torch
from transformers.utils import logging

from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.labs import preferences_data as data
from lessons.labs.preferences_mistakes import Key, merge, split
from lessons.models.abilities import Solver
from lessons.reward_modeling.preference_optimization import dpo, kl
from lessons.reward_modeling.preferences import END, ROOM, talker
from lessons.reward_modeling.reward_model import encode

HEAT = 1.25  # temperature: more different answers to choose from than at 1, and more broken ones
BETAS, EPOCHS = (2.0, 0.3, 0.05), 4
TRIES = 4  # answers of each policy to each held-out request
PAIRS = 30  # held-out pairs with their log-probabilities
Scores = list[list[float]]


def batched(items: Sequence[str], size: int) -> list[list[str]]:
    """Cut a list into pieces, the last of which may be shorter."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


@torch.no_grad()
def write(solver: Solver, asked: Sequence[str], seed: int, heat: float = HEAT) -> list[str]:
    """Let a model answer at random.

    Args:
        solver: the model, with its tokenizer.
        asked: what users said.
        seed: number that fixes the random answers.
        heat: temperature.

    Returns:
        The answers, without the mark of their end and without blanks around them.
    """
    answers: list[str] = []
    torch.manual_seed(seed)
    pad = solver.tokenizer.pad_token
    for texts in batched([as_user(one) for one in asked], 200):
        batch = solver.tokenizer(texts, padding=True, padding_side="left", return_tensors="pt")
        ids = solver.model.generate(  # type: ignore[operator]
            **batch, max_new_tokens=ROOM, do_sample=True, top_k=0, temperature=heat
        )
        written = solver.tokenizer.batch_decode(ids[:, batch["input_ids"].shape[1] :])
        answers += [text.replace(pad, "").removesuffix(END).strip() for text in written]
    return answers


@torch.no_grad()
def log_probabilities(solver: Solver, request: str, answers: Sequence[str]) -> Scores:
    """The log-probability of each token, padded on the right; 0 for the first, which nothing precedes."""
    batch = encode(
        solver.tokenizer, [as_user(request)] * len(answers), [f" {a}{END}" for a in answers]
    )
    logs = solver.model(**batch).logits[:, :-1].log_softmax(-1)
    found = logs.gather(-1, batch["input_ids"][:, 1:, None])[..., 0]
    return [[0.0, *(round(one, 2) for one in row)] for row in found.tolist()]


def rows(keys: Sequence[Key], votes: dict[Key, list[float]]) -> list[dict[str, str]]:
    """Pairs of which one answer is preferred, as rows for trl."""
    found = []
    for key in keys:
        request, *pair = key
        if (share := fmean(votes[key])) != 0.5:
            chosen, rejected = pair if share > 0.5 else pair[::-1]
            found.append({
                "prompt": as_user(request), "chosen": f" {chosen}{END}", "rejected": f" {rejected}{END}",
            })  # fmt: skip
    return found


def trained(examples: list[dict[str, str]], beta: float) -> Solver:
    """Train `talker` by DPO."""
    policy = load(talker())
    given = datasets.Dataset.from_list(examples)
    dpo(policy.model, policy.tokenizer, given, beta=beta, epochs=EPOCHS)
    return policy


def record() -> None:
    """Write the file of the lab anew; it takes some minutes."""
    datasets.disable_progress_bars()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    start, compared = load(talker()), [data.said(one) for one in data.requests("train")]
    asked = [data.said(one) for one in data.requests("held-out")]
    twice = write(start, [one for one in compared for _ in range(2)], seed=0)
    many = data.PLAIN + data.POOL
    pool = write(start, [one for one in asked for _ in range(many)], seed=1)
    kept: dict[str, Any] = {
        "compared": batched(twice, 2), "asked": batched(pool, many),
        "policies": {}, "held_out": [],
    }  # fmt: skip
    _save(kept)
    data.kept.cache_clear()
    votes = merge(data.comparisons())
    learn, held_out = (rows(side, votes) for side in split(list(votes)))
    models = {"start": start} | {f"beta {beta:g}": trained(learn, beta) for beta in BETAS}
    for name, policy in list(models.items())[1:]:
        answers = write(policy, [one for one in asked for _ in range(TRIES)], seed=2)
        moved = kl(policy, start.model, list(map(as_user, asked)), [
            f" {answer}{END}" for answer in write(policy, asked, seed=3, heat=1.0)
        ])  # fmt: skip
        kept["policies"][name] = {"kl": round(moved, 1), "answers": batched(answers, TRIES)}
    for row in held_out[:PAIRS]:
        request = row["prompt"].removeprefix("User: ").removesuffix("\nAssistant:")
        pair = [row[side].removesuffix(END).strip() for side in ("chosen", "rejected")]
        tokens = start.tokenizer(
            [row["prompt"], *(row["prompt"] + row[s] for s in ("chosen", "rejected"))]
        )
        prompt, *lengths = map(len, tokens["input_ids"])
        scores = {name: log_probabilities(model, request, pair) for name, model in models.items()}
        kept["held_out"].append({"prompt": prompt, "lengths": lengths, **scores})
    _save(kept)
    data.kept.cache_clear()


def _save(kept: dict[str, Any]) -> None:
    """One answer a line, so that a change can be read; numbers close together."""
    text = json.dumps(kept, ensure_ascii=False, indent=0)
    data.KEPT.write_text(_joined(text) + "\n", encoding="utf-8")


def _joined(text: str) -> str:
    """Lists of numbers on one line each."""
    return re.sub(r"\n(?=-?\d|\])", "", text)
