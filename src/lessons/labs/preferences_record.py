"""Makes the answers that the lab on preferences keeps: of `talker`, and of models that DPO trained.

``python -c "from lessons.labs.preferences_record import record; record()"`` writes the file anew, in some
minutes. What loads torch is imported where it is used, so that the lab's tests need not wait for it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from math import exp, log
from statistics import fmean
from typing import Any

from lessons.labs import preferences_data as data
from lessons.labs.preferences_mistakes import Key, Votes, merge, split

HEAT = 1.25  # temperature: more different answers to choose from than at 1, and more broken ones
BETAS, EPOCHS = (2.0, 0.3, 0.05), 4
TRIES = 4  # answers of each policy to each held-out request
PAIRS = 30  # held-out pairs with their log-probabilities
END = "<|endoftext|>"
Rows = list[dict[str, str]]


def cut(items: Sequence[str], size: int) -> list[list[str]]:
    """Cut a list into pieces of one size."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def as_user(request: str) -> str:
    """What the user said, in the form in which the model is asked."""
    return f"User: {request}\nAssistant:"


def write(solver: Any, asked: Sequence[str], seed: int, heat: float = HEAT) -> list[str]:
    """Let a model answer at random.

    Args:
        solver: the model, with its tokenizer.
        asked: what users said.
        seed: number that fixes the random answers.
        heat: temperature.

    Returns:
        The answers, without the mark of their end and without blanks around them.
    """
    from lessons.reward_modeling import preferences

    solver.model.generation_config.temperature = heat
    answers = preferences.write(solver, [as_user(one) for one in asked], seed)
    return [answer.removesuffix(END).strip() for answer in answers]


def log_probabilities(logits: Sequence[Sequence[float]], ids: Sequence[int]) -> list[float]:
    """The log-probability of each token of a text; 0 for the first, which nothing precedes.

    Args:
        logits: for each place the scores of all tokens that may follow.
        ids: the tokens.
    """
    found = [0.0]
    for scores, token in zip(logits, ids[1:], strict=False):
        most = max(scores)
        whole = most + log(sum(exp(score - most) for score in scores))
        found.append(round(scores[token] - whole, 2))
    return found


def rows(keys: Sequence[Key], votes: dict[Key, Votes]) -> Rows:
    """Pairs of which one answer is preferred, as trl wants them."""
    found = []
    for request, one, other in keys:
        if (share := fmean(votes[request, one, other])) != 0.5:
            chosen, rejected = (one, other) if share > 0.5 else (other, one)
            found.append({
                "prompt": as_user(request), "chosen": f" {chosen}{END}", "rejected": f" {rejected}{END}",
            })  # fmt: skip
    return found


def _scored(models: dict[str, Any], row: dict[str, str]) -> dict[str, Any]:
    """A held-out pair with the log-probabilities of its tokens by each model."""
    tokenizer = models["start"].tokenizer
    texts = [row["prompt"] + row["chosen"], row["prompt"] + row["rejected"]]
    batch = tokenizer(texts, padding=True, padding_side="right", return_tensors="pt")
    found: dict[str, Any] = {
        "prompt": len(tokenizer(row["prompt"])["input_ids"]),
        "lengths": [len(tokenizer(text)["input_ids"]) for text in texts],
    }
    for name, solver in models.items():
        logits = solver.model(**batch).logits.tolist()
        ids = batch["input_ids"].tolist()
        found[name] = [log_probabilities(*both) for both in zip(logits, ids, strict=True)]
    return found


def _policies(learn: Rows) -> Iterator[tuple[str, Any]]:
    """`talker`, trained by DPO with each beta."""
    from datasets import Dataset

    from lessons.fine_tuning.instruction_tuning import load
    from lessons.reward_modeling.preference_optimization import dpo
    from lessons.reward_modeling.preferences import talker

    for beta in BETAS:
        policy = load(talker())
        given = Dataset.from_list(learn)
        dpo(policy.model, policy.tokenizer, given, beta=beta, epochs=EPOCHS)
        yield f"beta {beta:g}", policy


def record() -> None:
    """Write the file of the lab anew."""
    from lessons.fine_tuning.instruction_tuning import load
    from lessons.reward_modeling.preference_optimization import kl
    from lessons.reward_modeling.preferences import talker

    start = load(talker())
    asked = [data.said(one) for one in data.requests("held-out")]
    compared = [data.said(one) for one in data.requests("train") for _ in range(2)]
    many = data.PLAIN + data.POOL
    kept: dict[str, Any] = {
        "compared": cut(write(start, compared, seed=0), 2),
        "asked": cut(write(start, [one for one in asked for _ in range(many)], seed=1), many),
        "policies": {},
        "held_out": [],
    }
    _save(kept)
    votes = merge(data.comparisons())
    learn, held_out = (rows(side, votes) for side in split(list(votes)))
    models = {"start": start}
    for name, policy in _policies(learn):
        models[name] = policy
        answers = write(policy, [one for one in asked for _ in range(TRIES)], seed=2)
        usual = [f" {answer}{END}" for answer in write(policy, asked, seed=3, heat=1.0)]
        moved = kl(policy, start.model, [as_user(one) for one in asked], usual)
        kept["policies"][name] = {"kl": round(moved, 1), "answers": cut(answers, TRIES)}
    kept["held_out"] = [_scored(models, row) for row in held_out[:PAIRS]]
    _save(kept)


def _save(kept: dict[str, Any]) -> None:
    """Write the file: one answer a line, so that a change can be read; numbers close together."""
    text = json.dumps(kept, ensure_ascii=False, indent=0)
    data.KEPT.write_text(re.sub(r"\n(?=-?\d|\])", "", text) + "\n", encoding="utf-8")
    data.kept.cache_clear()
