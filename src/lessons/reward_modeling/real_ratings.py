"""Reward models of what real people wrote down: movie sentences that about eighteen readers rated each."""

import copy
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lessons.fine_tuning.lora import old_name
from lessons.real_models.loading import causal, embed, encoder
from lessons.real_models.texts import Rated, lexicon, ratings
from lessons.reward_modeling.reward_model import Judge, pair_loss, train_reward_model

TESTS = 300  # pairs
APART, WIDE = 1.0, 2.5  # mean ratings of a pair, and of one that is easy to tell
WORDS = range(5, 26)


@dataclass(frozen=True)
class RatedPair:
    """Two sentences, of which readers found the first more favorable, by the mean of all ratings."""

    better: Rated
    worse: Rated

    @property
    def gap(self) -> float:
        """How far the mean ratings lie apart, on a scale from -4 to 4."""
        return self.better.mean - self.worse.mean

    def chosen(self, raters: int, rng: random.Random) -> bool:
        """Say whether a few readers would prefer the better sentence.

        Args:
            raters: ratings that are drawn for each sentence; who rated both, the collection does not
                say. With equal sums a coin decides. 0 stands for all readers.
            rng: draws the ratings.
        """
        if not raters:
            return True
        first, second = (
            sum(rng.sample(rated.ratings, raters)) for rated in (self.better, self.worse)
        )
        return first > second if first != second else rng.random() < 0.5


def usable(texts: Sequence[Rated]) -> list[Rated]:
    """Keep sentences of 5 to 25 words, each wording once."""
    first = {rated.text.casefold(): rated for rated in reversed(texts)}
    return [
        rated
        for rated in texts
        if len(rated.text.split()) in WORDS and first[rated.text.casefold()] is rated
    ]


def pair_up(texts: Sequence[Rated], count: int) -> list[RatedPair]:
    """Pair each text with the next one whose mean rating is at least 1 away; none is used twice.

    Args:
        texts: in the order in which they are taken, so that fewer pairs are the first of more.
        count: pairs.

    Raises:
        ValueError: there are not so many.
    """
    pairs: list[RatedPair] = []
    left = list(texts)
    while len(pairs) < count:
        place = next((i for i, two in enumerate(left) if i and _apart(left[0], two)), None)
        if place is None and len(left) < 2:
            raise ValueError(f"{len(texts)} texts give {len(pairs)} pairs, not {count}")
        if place is not None:
            both = sorted((left[0], left.pop(place)), key=lambda rated: -rated.mean)
            pairs.append(RatedPair(*both))
        del left[0]
    return pairs


def _apart(one: Rated, other: Rated) -> bool:
    return abs(one.mean - other.mean) >= APART


def draw(
    texts: Sequence[Rated], count: int, seed: int, tests: int = TESTS
) -> tuple[list[RatedPair], list[RatedPair]]:
    """Draw pairs for training, by a seed, and for testing, always the same; they share no text.

    Args:
        texts: the collection.
        count: pairs for training.
        seed: draws these.
        tests: pairs for testing.
    """
    pool = usable(texts)
    random.Random("test pairs").shuffle(pool)
    test = pair_up(pool, tests)
    held_out = {rated.id for pair in test for rated in (pair.better, pair.worse)}
    rest = [rated for rated in pool if rated.id not in held_out]
    random.Random(f"training pairs {seed}").shuffle(rest)
    return pair_up(rest, count), test


def score(margins: Sequence[float], test: Sequence[RatedPair]) -> dict[str, float]:
    """Compare what a judge thinks of pairs with what readers thought.

    Args:
        margins: by how much it rates the better sentence of each pair above the worse; 0 is a coin.
        test: the pairs.

    Returns:
        ``accuracy``, the share of pairs in readers' order; ``narrow`` and ``wide``, the same where the
        mean ratings lie less than 2.5 apart, or more; ``narrow_pairs``, how many do; ``margin``, the
        mean of margins; ``loss``, of Bradley and Terry, in nats a pair.
    """
    right = [0.5 if not margin else float(margin > 0) for margin in margins]
    both = list(zip(right, test, strict=True))
    scores = torch.tensor(margins, dtype=torch.float64)
    return {
        "accuracy": fmean(right),
        "narrow": fmean(hit for hit, pair in both if pair.gap < WIDE),
        "wide": fmean(hit for hit, pair in both if pair.gap >= WIDE),
        "narrow_pairs": float(sum(pair.gap < WIDE for pair in test)),
        "margin": fmean(margins),
        "loss": float(pair_loss(scores, torch.zeros_like(scores))),
    }


def people(test: Sequence[RatedPair], seed: int) -> dict[str, float]:
    """Ask how far readers agree with each other, the most that a model of them can reach.

    Args:
        test: pairs.
        seed: divides the ratings of each sentence.

    Returns:
        ``half.accuracy``, how often half of the readers order a pair as the other half does, and
        ``one.accuracy``, how often one reader does as all others; each also for narrow and wide gaps.
    """
    rng = random.Random(f"readers {seed}")
    found: dict[str, float] = {}
    for name in ("half", "one"):
        agreed = []
        for pair in test:
            few, rest = zip(
                *(
                    _divide(rated.ratings, name == "one", rng)
                    for rated in (pair.better, pair.worse)
                ),
                strict=True,
            )
            agreed.append((few[0] - few[1]) * (rest[0] - rest[1]))
        scores = score(agreed, test)
        found |= {f"{name}.{part}": scores[part] for part in ("accuracy", "narrow", "wide")}
    return found


def _divide(given: Sequence[int], one: bool, rng: random.Random) -> tuple[float, float]:
    """Divide ratings into two groups, the first a single one or half of them: the mean of each."""
    mixed = rng.sample(given, len(given))
    cut = 1 if one else len(mixed) // 2
    return fmean(mixed[:cut]), fmean(mixed[cut:])


def fit_line(chosen: torch.Tensor, rejected: torch.Tensor, pull: float = 0.1) -> torch.Tensor:
    """Fit a reward that is a weighted sum of features, by the loss of Bradley and Terry.

    Args:
        chosen: features of the preferred texts, shape (pairs, features).
        rejected: features of the others.
        pull: strength with which the weights are drawn to 0, as in `bradley_terry`.

    Returns:
        The weights, shape (features,).
    """
    apart = (chosen - rejected).double()
    weights = torch.zeros(apart.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [weights], max_iter=500, tolerance_grad=1e-7, line_search_fn="strong_wolfe"
    )

    def surprise() -> torch.Tensor:
        optimizer.zero_grad()
        margins = apart @ weights
        total = len(apart) * pair_loss(margins, torch.zeros_like(margins))
        total = total + pull / 2 * weights.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(surprise)  # type: ignore[no-untyped-call]
    return weights.detach()


def by_rule(test: Sequence[RatedPair], value: Callable[[str], float]) -> list[float]:
    """Return the margins of a rule that learns nothing and gives each text a number."""
    return [value(pair.better.text) - value(pair.worse.text) for pair in test]


Features = Callable[[Sequence[str]], torch.Tensor]


def by_line(
    labeled: Sequence[tuple[str, str]], test: Sequence[RatedPair], features: Features
) -> list[float]:
    """Train a line on labeled pairs, and return the margins of test pairs.

    Args:
        labeled: text that was chosen, and the other one.
        test: pairs.
        features: turns texts into rows of numbers.
    """
    chosen, rejected = (features(texts) for texts in zip(*labeled, strict=True))
    weights = fit_line(chosen, rejected)
    better = features([pair.better.text for pair in test])
    worse = features([pair.worse.text for pair in test])
    margins: list[float] = ((better - worse).double() @ weights).tolist()
    return margins


def words_of(text: str) -> list[str]:
    """Take the words of a text, without capitals."""
    return re.findall(r"[\w']+", text.casefold())


def count_words(vocabulary: Sequence[str]) -> Features:
    """Return features that say which words of a vocabulary a text has."""
    places = {word: i for i, word in enumerate(vocabulary)}

    def features(texts: Sequence[str]) -> torch.Tensor:
        rows = torch.zeros(len(texts), len(places))
        for row, text in zip(rows, texts, strict=True):
            row[[places[word] for word in set(words_of(text)) & places.keys()]] = 1.0
        return rows

    return features


def with_head(
    body: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Copy a causal model, put a new head on it, and let LoRA train beside its frozen weights.

    The head starts at random, as do LoRA's matrices. SmolLM2 pads with its end token, so that a head
    would never see the end of a text; the copy pads with another one.

    Args:
        body: causal model; left as it is.
        tokenizer: the model's own; left as it is.
    """
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.pad_token = tokenizer.unk_token
    config = copy.deepcopy(body.config)
    config.num_labels, config.pad_token_id = 1, tokenizer.pad_token_id
    model = AutoModelForSequenceClassification.from_config(config)  # type: ignore[no-untyped-call]
    model.base_model.load_state_dict(body.base_model.state_dict())
    beside = LoraConfig(
        task_type="SEQ_CLS",
        r=8,
        lora_alpha=16,
        target_modules="all-linear",
        modules_to_save=["score"],
    )
    with old_name():
        return get_peft_model(model.eval(), beside), tokenizer  # type: ignore[return-value]


def by_model(
    labeled: Sequence[tuple[str, str]],
    test: Sequence[RatedPair],
    body: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    seed: int,
) -> list[float]:
    """Train a reward model on labeled pairs, once through, and return the margins of test pairs.

    Args:
        labeled: text that was chosen, and the other one; none leaves the new head as it is.
        test: pairs.
        body: causal model that it begins with; left as it is.
        tokenizer: the model's own.
        seed: draws the head and LoRA's matrices.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model, tokenizer = with_head(body, tokenizer)
    end = str(tokenizer.eos_token)
    if labeled:
        rows = [{"prompt": "", "chosen": a + end, "rejected": b + end} for a, b in labeled]
        data = Dataset.from_list(rows)
        train_reward_model(model, tokenizer, data, learning_rate=5e-4, batch=8)
    judge = Judge(model, tokenizer)
    rewards: dict[str, float] = {}
    texts = sorted({rated.text for pair in test for rated in (pair.better, pair.worse)}, key=len)
    for start in range(0, len(texts), 16):  # on one thread small batches are the faster ones
        few = texts[start : start + 16]
        rewards |= dict(
            zip(few, judge.rewards([""] * len(few), [t + end for t in few]), strict=True)
        )
    return by_rule(test, rewards.__getitem__)


@cache
def vectors() -> dict[str, torch.Tensor]:
    """Turn every usable sentence into a vector with MiniLM, once in a process."""
    texts = [rated.text for rated in usable(ratings("movies"))]
    return dict(zip(texts, embed(*encoder("minilm"), texts), strict=True))


def ratings_cell(judge: str, pairs: int, seed: int, raters: int = 0) -> dict[str, float]:
    """Let a judge learn from pairs of movie sentences, and test it on 300 others.

    Args:
        judge: ``smollm2``, a reward model; ``minilm`` or ``words``, a line on its vectors or on which
            words occur; ``lexicon``, which adds up VADER's ratings of words; ``longer``, which prefers
            the longer sentence; or ``people``, of whom `people` tells how far they agree.
        pairs: number of pairs that it learns from.
        seed: draws these pairs, their labels, and what a model starts with.
        raters: readers whose ratings label a pair; 0 for the mean of all.

    Returns:
        What `score` says; where it learns, ``labels`` is the share of labels that agree with the mean
        of all.
    """
    train, test = draw(ratings("movies"), pairs, seed)
    if judge == "people":
        return people(test, seed)
    if judge == "longer":
        return score(by_rule(test, lambda text: len(text.split())), test)
    if judge == "lexicon":
        known = lexicon()
        return score(by_rule(test, lambda text: sum(known.get(w, 0) for w in words_of(text))), test)
    rng = random.Random(f"labels {seed}")
    right = [pair.chosen(raters, rng) for pair in train]
    texts = [(pair.better.text, pair.worse.text) for pair in train]
    labeled = [both if as_all else both[::-1] for both, as_all in zip(texts, right, strict=True)]
    if judge == "smollm2":
        margins = by_model(labeled, test, *causal("smollm2"), seed)
    elif judge == "minilm":
        margins = by_line(labeled, test, lambda few: torch.stack([vectors()[text] for text in few]))
    else:
        words = sorted({word for both in labeled for text in both for word in words_of(text)})
        margins = by_line(labeled, test, count_words(words))
    return score(margins, test) | ({"labels": fmean(right)} if right else {})
