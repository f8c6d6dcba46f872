"""Recorded for the lab on search."""

from collections.abc import Sequence
from math import comb
from typing import Any

from lessons.catalog.experiment import Experiment, Record
from lessons.catalog.summaries import ValueBy
from lessons.intervals import Score, mean, wilson
from lessons.search.abstention import Asked, choose, cost, halves

LIBRARIES = ("bm25s", "nltk", "numpy")
MODELS = ("tokenizers", "torch", "transformers")
TEXT = "lessons/real_models/documentation/topics-3.11.7.json"
DATA = (TEXT, "lessons/search/questions.json", "lessons/checkpoints/mlm/model.safetensors")
FOUND = (1, 3, 5)
PAIRS = (("vectors", "words"), ("both", "words"), ("both", "vectors"), ("mlm", "random"))


def column(values: Record, name: str) -> list[float]:
    """Take the numbered values of a name, in their order."""
    return [values[key] for key in values if key.startswith(f"{name}.")]


def within(ranks: Sequence[float], k: int) -> list[bool]:
    """Say of each question whether something right is among the first k."""
    return [0 < rank <= k for rank in ranks]


def as_record(score: Score) -> Record:
    """Write a score as a record holds it."""
    return {
        "value": score.value, "low": score.low, "high": score.high,
        "n": score.n, "groups": score.groups,
    }  # fmt: skip


def share(hits: Sequence[bool]) -> Record:
    """Describe a share, with Wilson's interval."""
    right, n = sum(hits), len(hits)
    low, high = wilson(right, n)
    return {"value": right / n, "low": low, "high": high, "n": n, "groups": n}


def recalls(values: Record, gold: str) -> Record:
    """Describe one search: ``at1``, ``at3``, ``at5`` and the mean reciprocal rank ``mrr``."""
    ranks = column(values, gold)
    found: Record = {f"at{k}": share(within(ranks, k)) for k in FOUND}
    return found | {"mrr": as_record(mean([1 / rank if rank else 0.0 for rank in ranks]))}


def compared(one: Sequence[bool], other: Sequence[bool]) -> Record:
    """Compare two searches on the same questions: ``one`` and ``other``, where only it is right.

    ``chance`` is how probable so uneven a split is if each went either way (McNemar's test, exact).
    """
    pairs = list(zip(one, other, strict=True))
    ahead, behind = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    tail = sum(comb(ahead + behind, k) for k in range(min(ahead, behind) + 1))
    chance = min(1.0, 2 * tail / 2 ** (ahead + behind))
    return {"one": ahead, "other": behind, "chance": float(chance)}


def summarise_quality(cells: Sequence[Record]) -> Record:
    """Gather way -> wording -> gold -> recall; ``against`` compares ways, ``cut`` ways to cut."""
    usual: dict[str, Any] = {}
    cut: Record = {}
    for cell in cells:
        asked, values = cell["parameters"], cell["values"]
        described = {gold: recalls(values, gold) for gold in ("topic", "sentence")}
        if "words" in asked:
            place = cut.setdefault(f"words{asked['words']}", {})
            place = place.setdefault(f"overlap{asked['overlap']}", {})
            place[asked["by"]] = described | {"passages": values["passages"]}
        else:
            usual.setdefault(asked["by"], {})[asked["wording"]] = described
    known = {
        (cell["parameters"]["by"], cell["parameters"]["wording"]): cell["values"]
        for cell in cells
        if "words" not in cell["parameters"]
    }
    against: Record = {
        f"{one}_{other}": {
            wording: {
                gold: {
                    f"at{k}": compared(
                        within(column(known[one, wording], gold), k),
                        within(column(known[other, wording], gold), k),
                    )
                    for k in FOUND
                }
                for gold in ("topic", "sentence")
            }
            for wording in ("ask", "terms")
        }
        for one, other in PAIRS
    }
    return {**usual, "against": against, "cut": cut}


def asked_by(cells: Sequence[Record], by: str) -> list[Asked]:
    """Gather what one way said of each question, in both wordings, and of those without an answer."""
    found = []
    for cell in cells:
        parameters, values = cell["parameters"], cell["values"]
        if parameters["by"] == by:
            wording = parameters["wording"]
            name = "none" if wording == "none" else "answered"
            pairs = zip(column(values, "sure"), column(values, "right"), strict=True)
            found += [
                Asked(f"{name} {number}", sure, bool(right), wording)
                for number, (sure, right) in enumerate(pairs)
            ]
    return found


def summarise_abstention(cells: Sequence[Record]) -> Record:
    """Choose each way's threshold on one half of the questions, and say what it is worth on the other.

    Of each way ``least``, the threshold; ``answered``, the share of the other half's questions with an
    answer among the passages of which they are shown, by wording; ``right``, the share of what is shown
    that has an answer in it; ``refused``, the share of questions without an answer for which nothing is
    shown; ``cost`` in minutes for a question, beside what it costs to show ``always`` and ``never``, and
    with the threshold that would have been best there, ``best``.
    """
    summary: Record = {}
    for by in dict.fromkeys(cell["parameters"]["by"] for cell in cells):
        chosen, proven = halves(asked_by(cells, by))
        least = choose(chosen)
        kept = {
            wording: share(
                [one.sure >= least for one in proven if one.right and one.group == wording]
            )
            for wording in ("ask", "terms")
            if any(one.right and one.group == wording for one in proven)
        }
        summary[by] = {
            "least": least,
            "answered": kept,
            "right": {
                wording: share(
                    [one.right for one in proven if one.sure >= least and one.group == wording]
                )
                for wording in ("ask", "terms")
                if any(one.sure >= least and one.group == wording for one in proven)
            },
            "refused": share([one.sure < least for one in proven if one.group == "none"]),
            "cost": {
                "chosen": cost(least, proven),
                "always": cost(float("-inf"), proven),
                "never": cost(float("inf"), proven),
                "best": cost(choose(proven), proven),
            },
            "n": {"chosen": len(chosen), "proven": len(proven)},
        }
    return summary


def summarise_lists(cells: Sequence[Record]) -> Record:
    """Count the lists of each way and wording, and the passages in them."""
    counts: Record = {}
    for cell in cells:
        asked, kept = cell["parameters"], cell["values"].values()
        counts.setdefault(asked["by"], {})[asked["wording"]] = {
            "lists": len(kept), "passages": sum(len(one.split()) for one in kept),
        }  # fmt: skip
    return counts


def summarise_signs(cells: Sequence[Record]) -> Record:
    """Gather way -> wording -> recall; ``against`` compares words with signs to words without, at 5."""
    known = {
        (cell["parameters"]["by"], cell["parameters"]["wording"]): cell["values"] for cell in cells
    }
    summary: Record = {}
    for (by, wording), values in known.items():
        summary.setdefault(by, {})[wording] = recalls(values, "sentence")
    summary["against"] = {
        wording: compared(
            within(column(known["words", wording], "sentence"), 5),
            within(column(known["words_unsigned", wording], "sentence"), 5),
        )
        for wording in ("ask", "terms")
    }
    return summary


def summarise_costs(cells: Sequence[Record]) -> Record:
    """Describe each way by its one cell."""
    return ValueBy("by")(cells)


EXPERIMENTS = (
    Experiment(
        name="search_quality",
        question="Does a search by words or by meaning find what answers a reader's question?",
        measure="lessons.search.quality:quality_cell",
        cells=(
            *(
                {"by": by, "wording": wording}
                for by in (
                    "words", "words_unstemmed", "words_plain", "vectors", "both", "mlm", "random",
                )
                for wording in ("ask", "terms")
            ),
            *(
                {"by": by, "wording": "ask", "words": words, "overlap": overlap}
                for by in ("words", "vectors")
                for words, overlap in ((50, 0), (100, 1), (200, 0))
            ),
        ),
        summarise=summarise_quality,
        tolerance={
            **{f"{gold}_at{k}": 0.03 for gold in ("topic", "sentence") for k in FOUND},
            "passages": 0.0,
            "others": 450.0,  # a rank, or the number of a passage: two may lie very close
        },
        packages=(*LIBRARIES, *MODELS),
        data=DATA,
        models=("minilm",),
    ),
    Experiment(
        name="search_abstention",
        question="How sure must a search be before it shows anything, and how often is it then right?",
        measure="lessons.search.quality:abstention_cell",
        cells=tuple(
            {"by": by, "wording": wording}
            for by in ("words", "vectors", "both", "mlm")
            for wording in ("ask", "terms", "none")
        ),
        summarise=summarise_abstention,
        tolerance={"mean_sure": 0.01, "others": 1.0},
        packages=(*LIBRARIES, *MODELS),
        data=DATA,
        models=("minilm",),
    ),
    Experiment(
        name="search_lists",
        question="What does a search by meaning find, question by question?",
        measure="lessons.search.quality:lists_cell",
        cells=tuple({"by": "vectors", "wording": wording} for wording in ("ask", "terms")),
        summarise=summarise_lists,
        packages=(*LIBRARIES, *MODELS),
        data=DATA,
        models=("minilm",),
    ),
    Experiment(
        name="search_signs",
        question="Does a search find what answers a question about a sign, such as := or **?",
        measure="lessons.search.quality:signs_cell",
        cells=tuple(
            {"by": by, "wording": wording}
            for by in ("words_unsigned", "words", "vectors", "both")
            for wording in ("ask", "terms")
        ),
        summarise=summarise_signs,
        tolerance={
            **{f"sentence_at{k}": 0.05 for k in FOUND},
            "others": 450.0,  # a rank: two passages may lie very close
        },
        packages=(*LIBRARIES, *MODELS),
        data=DATA,
        models=("minilm",),
    ),
    Experiment(
        name="search_cost",
        question="What does a search by words or by meaning cost?",
        measure="lessons.search.quality:cost_cell",
        cells=tuple({"by": by} for by in ("words", "vectors", "both", "mlm")),
        summarise=summarise_costs,
        repeatable=False,
        packages=(*LIBRARIES, *MODELS),
        data=DATA,
        models=("minilm",),
    ),
)  # fmt: skip
