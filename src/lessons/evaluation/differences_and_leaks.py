"""Evaluation: how sure a difference between two models is, and what a leaked test does to a score."""

# --8<-- [start:imports]
import random
from collections.abc import Callable, Sequence
from math import ceil, comb, sqrt

import torch
from sacrebleu.metrics.bleu import BLEU
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lessons.intervals import Score, bootstrap
from lessons.models.abilities import Solver
from lessons.models.steps import token_loss
from lessons.storage import checkpoint
from lessons.world import sums

# --8<-- [end:imports]


# --8<-- [start:gain]
RowScore = Callable[[Sequence[int]], float]  # the numbers of some questions -> the score of these


def share_of(hits: Sequence[bool]) -> RowScore:
    """Make the function that scores any selection of items by its share of hits."""
    return lambda rows: sum(hits[row] for row in rows) / len(rows)


def bleu_of(answers: Sequence[str], references: Sequence[str]) -> RowScore:
    """Make the function that scores any selection of translations by corpus BLEU, 0 to 100."""
    metric = BLEU(effective_order=True)  # for the counts of a sentence this changes nothing
    each = [metric.sentence_score(a, [r]) for a, r in zip(answers, references, strict=True)]
    counts = torch.tensor([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in each])

    def score(rows: Sequence[int]) -> float:
        *ngrams, length, wanted = counts[list(rows)].sum(0).tolist()
        return float(BLEU.compute_bleu(ngrams[:4], ngrams[4:], length, wanted).score)

    return score


def gain(after: RowScore, before: RowScore, n: int, times: int = 1000) -> Score:
    """Compare two models on the same n questions, by a paired bootstrap.

    The questions are chosen again with replacement, and both models are scored on each choice. What makes a
    question hard makes it hard for both, so it falls out of the difference (Koehn 2004,
    https://aclanthology.org/W04-3250/).

    Returns:
        The score of ``after`` less that of ``before``, with its 95 % interval.

    Raises:
        ValueError: fewer than two items.
    """
    if n < 2:
        raise ValueError(f"{n} items: need at least two to draw from")

    def difference(rows: Sequence[int]) -> float:
        return after(rows) - before(rows)

    return Score(difference(range(n)), *bootstrap(difference, n, times), n, n)


# --8<-- [end:gain]


# --8<-- [start:sign_test]
def disagreements(after: Sequence[bool], before: Sequence[bool]) -> tuple[int, int]:
    """Count the questions that only ``after`` gets right, and those that only ``before`` does."""
    pairs = list(zip(after, before, strict=True))
    return sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)


def sign_test(one: int, other: int) -> float:
    """Return how probable so uneven a split is if each disagreement went either way, 1 : 1.

    This is McNemar's test in its exact form (McNemar 1947, https://doi.org/10.1007/BF02295996).
    """
    n, least = one + other, min(one, other)
    tail: int = sum(comb(n, k) for k in range(least + 1))
    return min(1.0, float(2 * tail / 2**n))


# --8<-- [end:sign_test]


# --8<-- [start:needed]
LUCK, POWER = (
    1.959964,
    0.841621,
)  # of the normal distribution: 95 % between -LUCK and LUCK, 80 % below POWER


def questions_needed(one: float, other: float, apart: float | None = None) -> int:
    """Estimate how many questions show, in four of five trials, that two models differ.

    By the normal distribution, so a few too few where the answer is small. For the same questions the
    formula is that of Connor (1987, https://doi.org/10.2307/2531961).

    Args:
        one: true share of right answers of one model, 0 to 1.
        other: that of the other.
        apart: share of questions on which exactly one of them is right, where both get the same
            questions; None where each gets its own.

    Returns:
        Questions for each model, at least one.

    Raises:
        ValueError: equal shares, or a share that the two cannot have.
    """
    difference = abs(one - other)
    if difference == 0:
        raise ValueError("equal shares: no number of questions tells them apart")
    if apart is None:
        distance = (LUCK + POWER) * sqrt(one * (1 - one) + other * (1 - other))
    else:
        most = min(one + other, 2 - one - other)
        if not difference <= apart <= most:
            raise ValueError(
                f"exactly one right on {apart:.3f}: take {difference:.3f} to {most:.3f}"
            )
        distance = LUCK * sqrt(apart) + POWER * sqrt(apart - difference**2)
    return max(1, ceil((distance / difference) ** 2))


# --8<-- [end:needed]


# --8<-- [start:leak]
QUESTIONS = 50  # sums of the test set that leak
SUMS = 800  # that `base` reads further, leaked ones and others


def sum_questions(seed: int, count: int, split: str = "held-out") -> list[tuple[int, ...]]:
    """Draw different sums of four numbers, held out unless said otherwise."""
    rng, drawn = random.Random(f"sums to test on {split} {seed}"), dict[tuple[int, ...], None]()
    while len(drawn) < count:
        drawn[sums.terms(rng, split, 4)] = None
    return list(drawn)


FORMS: dict[str, Callable[[Sequence[int]], str]] = {
    "same": lambda terms: f"{sums.sum_prompt(terms)} {sum(terms)}",
    "other": lambda terms: f"{' + '.join(map(str, terms))} = {sum(terms)}",
}


def leaky_texts(
    items: Sequence[tuple[int, ...]], copies: int, form: str, seed: int, count: int = SUMS
) -> list[str]:
    """Write sums to train on, among them a test set, some times over.

    Args:
        items: sums of the test set.
        copies: number of them of each item; 0 for clean text.
        form: text of all sums: ``same``, question and answer as in the test; or ``other``, bare.
        seed: number that fixes the other sums and the order.
        count: texts to write, however many of them are leaked.

    Raises:
        ValueError: another form, or more copies than there is room for.
    """
    if form not in FORMS:
        raise ValueError(f"no form {form!r}: take one of {', '.join(FORMS)}")
    if not 0 <= copies * len(items) <= count:
        raise ValueError(f"{copies} copies of {len(items)} items do not fit into {count} texts")
    others = sum_questions(seed, count - copies * len(items), "train")
    texts = [FORMS[form](terms) for terms in [*items] * copies + others]
    random.Random(seed).shuffle(texts)
    return texts


# --8<-- [end:leak]


# --8<-- [start:further]
def train_further(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    learning_rate: float = 3e-4,
) -> list[float]:
    """Train a causal model once through some texts, 16 at a time; the rate falls to zero.

    Returns:
        The loss of each step, in nats per token.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.0)
    model.train()
    losses = []
    for start in range(0, len(texts), 16):
        optimizer.param_groups[0]["lr"] = learning_rate * (1 - start / len(texts))
        rows = [text + str(tokenizer.eos_token) for text in texts[start : start + 16]]
        batch = tokenizer(rows, padding=True, padding_side="right", return_tensors="pt")
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        nll, scored = token_loss(model(**batch).logits, labels, causal=True)
        (nll / scored).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append((nll / scored).item())
    model.eval()  # type: ignore[no-untyped-call]
    return losses


# --8<-- [end:further]


# --8<-- [start:direct]
def answered_at_once(solver: Solver, items: Sequence[tuple[int, ...]]) -> list[bool]:
    """Ask for sums without steps, and say which answers are right."""
    prompts = [sums.sum_prompt(terms) for terms in items]
    answers = solver.answers(prompts, room=6, banned=f" {sums.STEP_BY_STEP}")
    return [a == str(sum(terms)) for a, terms in zip(answers, items, strict=True)]


# --8<-- [end:direct]


# --8<-- [start:leak_cell]
def leak_cell(copies: int, form: str, seed: int) -> dict[str, float]:
    """Train `base` further on text that holds a test set some times; score it there and elsewhere.

    Returns:
        Shares of right answers: ``test``, on the 50 sums that leaked; ``fresh``, on 300 others.
    """
    folder = checkpoint("base")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    drawn = sum_questions(seed, QUESTIONS + 300)
    train_further(model, tokenizer, leaky_texts(drawn[:QUESTIONS], copies, form, seed))
    hits = answered_at_once(Solver(model, tokenizer), drawn)
    test, fresh = share_of(hits[:QUESTIONS]), share_of(hits[QUESTIONS:])
    return {"test": test(range(QUESTIONS)), "fresh": fresh(range(300))}


# --8<-- [end:leak_cell]
