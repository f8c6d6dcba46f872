"""How well each way to search finds what answers a question: recorded for a lab of Lesson 5."""

import random
import time
from collections.abc import Sequence
from statistics import mean, median

import numpy as np

from lessons.search.index import SHOWN, Index
from lessons.search.passages import WORDS, Passage, passages
from lessons.search.questions import Question, questions, sign_questions, unanswered
from lessons.search.ranking import ASKING, Words, order, stem
from lessons.search.vectors import EMBED

MB = 1e6
PLAIN = frozenset[str]()


def rank(ranking: Sequence[int], right: Sequence[bool]) -> int:
    """Return the rank of the first passage that is right, from 1; 0 if none is."""
    return next((place for place, number in enumerate(ranking, start=1) if right[number]), 0)


def index(by: str, words: int = WORDS, overlap: int = 0) -> Index:
    """Make an index of passages cut in another way, or searched by words counted in another way.

    Args:
        by: one of `WAYS`; or ``words_unstemmed``, where *loops* and *loop* are different words;
            ``words_plain``, where the words that ask count like all others, too; or ``words_unsigned``,
            where signs such as ``:=`` do not count.
        words: a passage ends at the paragraph with which it has so many.
        overlap: paragraphs that a passage shares with the one before it.
    """
    every = passages(words, overlap)
    texts = [one.text for one in every]
    if by in ("words_unstemmed", "words_plain"):
        leave_out = ASKING if by == "words_unstemmed" else PLAIN
        return Index(by, every, Words(texts, leave_out, stems=False))
    if by == "words_unsigned":
        return Index(by, every, Words(texts, with_signs=False))
    if (words, overlap) == (WORDS, 0):
        return Index.load(by)
    if by == "words":
        return Index(by, every, Words(texts))
    return Index(by, every, None, EMBED["minilm"](texts), EMBED["minilm"])


def ranked(asked: Sequence[str], searched: Index | None) -> list[list[int]]:
    """Rank all passages for each question: by an index, or in random order without one."""
    if searched is not None:
        return [order(searched.scores(question)[0]) for question in asked]
    rng, count = random.Random(0), len(passages())
    return [rng.sample(range(count), count) for _ in asked]


def quality_cell(by: str, wording: str, words: int = WORDS, overlap: int = 0) -> dict[str, float]:
    """Search with every question that has an answer.

    Args:
        by: as `index`; or ``random``, the passages in random order.
        wording: ``ask``, in a reader's words, or ``terms``, in the documentation's.
        words: a passage ends at the paragraph with which it has so many.
        overlap: paragraphs that a passage shares with the one before it.

    Returns:
        ``passages``, how many there are. Of each question N the rank of the first passage that a topic owns
        which answers it, ``topic.N``, and of the first that has the sentence which does, ``sentence.N``,
        each 0 if no passage does; and the number of the passage that was found first, ``first.N``. And the
        shares of questions for which something right is among the first K, ``topic_atK`` and
        ``sentence_atK``.
    """
    every, asked = passages(words, overlap), questions()
    searched = None if by == "random" else index(by, words, overlap)
    rankings = ranked([getattr(one, wording) for one in asked], searched)
    values: dict[str, float] = {"passages": len(every)}
    for number, (question, ranking) in enumerate(zip(asked, rankings, strict=True)):
        values[f"topic.{number}"] = rank(ranking, [question.owned(one) for one in every])
        values[f"sentence.{number}"] = rank(ranking, [question.said(one) for one in every])
        values[f"first.{number}"] = ranking[0]
    for gold in ("topic", "sentence"):
        ranks = [values[f"{gold}.{number}"] for number in range(len(asked))]
        for k in (1, 3, 5):
            values[f"{gold}_at{k}"] = mean(0 < found <= k for found in ranks)
    return values


def abstention_cell(by: str, wording: str) -> dict[str, float]:
    """Say how sure a search is of its best passage.

    Args:
        by: one of `WAYS`.
        wording: ``ask`` or ``terms``, of the questions that have an answer; or ``none``, the others.

    Returns:
        Of each question N ``sure.N``, and whether one of the passages that would be shown has the sentence
        which answers it, ``right.N``, 0 or 1; and the mean of the first, ``mean_sure``.
    """
    searched, values = Index.load(by), dict[str, float]()
    answered: Sequence[Question | None] = questions()
    if wording == "none":
        asked, answered = [one.ask for one in unanswered()], [None] * len(unanswered())
    else:
        asked = [getattr(one, wording) for one in questions()]
    for number, (text, question) in enumerate(zip(asked, answered, strict=True)):
        scores, values[f"sure.{number}"] = searched.scores(text)
        right = question is not None and shown(question, searched.passages, order(scores))
        values[f"right.{number}"] = float(right)
    return values | {"mean_sure": mean(values[f"sure.{number}"] for number in range(len(asked)))}


def signs_cell(by: str, wording: str) -> dict[str, float]:
    """Search with the questions that ask for a sign of the language.

    Args:
        by: as `index`.
        wording: ``ask``, a sentence around the sign, or ``terms``, what is typed without one.

    Returns:
        Of each question N the rank of the first passage that has the sentence which answers it,
        ``sentence.N``, 0 if none does, and how sure the search is of its best passage, ``sure.N``; and the
        shares of questions for which something right is among the first K, ``sentence_atK``.
    """
    searched, values = index(by), dict[str, float]()
    asked = sign_questions()
    for number, question in enumerate(asked):
        scores, values[f"sure.{number}"] = searched.scores(getattr(question, wording))
        right = [question.said(one) for one in searched.passages]
        values[f"sentence.{number}"] = rank(order(scores), right)
    for k in (1, 3, 5):
        found = [0 < values[f"sentence.{number}"] <= k for number in range(len(asked))]
        values[f"sentence_at{k}"] = mean(found)
    return values


def shown(question: Question, every: Sequence[Passage], ranking: Sequence[int]) -> bool:
    """Say whether one of the passages that an answer shows has the sentence which answers a question."""
    return any(question.said(every[number]) for number in ranking[:SHOWN])


def lists_cell(by: str, wording: str, first: int = 20) -> dict[str, str]:
    """Keep what a search found, so that its list can be joined with another where its model is not at hand.

    Args:
        by: one of `WAYS`.
        wording: ``ask`` or ``terms``.
        first: passages to keep of each list.

    Returns:
        Of each question N ``list.N``: numbers of passages with their scores, best first, for `read_list`.
    """
    searched, values = Index.load(by), dict[str, str]()
    for number, question in enumerate(questions()):
        scores = searched.scores(getattr(question, wording))[0]
        best = order(scores)[:first]
        values[f"list.{number}"] = " ".join(f"{found}:{scores[found]:.3f}" for found in best)
    return values


def read_list(kept: str) -> list[tuple[int, float]]:
    """Read a list that `lists_cell` wrote: each passage's number with its score, best first."""
    pairs = (pair.split(":") for pair in kept.split())
    return [(int(number), float(score)) for number, score in pairs]


def cost_cell(by: str) -> dict[str, float]:
    """Measure what a way to search costs.

    Returns:
        CPU seconds to make the index the first time, ``build_seconds``, and of a question, the median,
        ``question_ms`` in thousandths; and the size of the index in memory, ``index_mb``.
    """
    asked = [question.ask for question in questions()]
    texts = [one.text for one in passages()]
    if by != "words":  # so that loading a library counts for none of them
        EMBED["mlm" if by == "mlm" else "minilm"](texts[:1])
    Words(texts[:1])
    stem.cache_clear()
    start = time.process_time()
    words = Words(texts) if by in ("words", "both") else None
    vectors = None if by == "words" else EMBED["mlm" if by == "mlm" else "minilm"](texts)
    built = time.process_time() - start
    searched = Index.load(by)
    each = []
    for question in asked:
        start = time.process_time()
        searched.search(question)
        each.append(time.process_time() - start)
    size = 0 if vectors is None else vectors.nbytes
    size += (
        0
        if words is None
        else sum(
            part.nbytes
            for one in (words.index, words.signs)
            if one is not None
            for part in one.scores.values()
            if isinstance(part, np.ndarray)
        )
    )
    return {
        "build_seconds": built, "question_ms": 1000 * median(each), "index_mb": size / MB,
    }  # fmt: skip
