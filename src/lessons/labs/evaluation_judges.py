"""Wrong ways to hold a model that judges against people."""

from collections.abc import Sequence

from lessons.labs.mistakes import Mistake

Hits = Sequence[bool]


def _agreement(one: Sequence[str], other: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def _chance(one: Sequence[str], other: Sequence[str]) -> float:
    return sum(one.count(label) * other.count(label) for label in {*one}) / len(one) ** 2


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Agreement beyond chance (Cohen 1960): the right answer."""
    chance = _chance(one, other)
    return (_agreement(one, other) - chance) / (1 - chance)


def _by_coin(one: Sequence[str], other: Sequence[str]) -> float:
    chance = 1 / len({*one, *other})
    return (_agreement(one, other) - chance) / (1 - chance)


def _one_side(one: Sequence[str], other: Sequence[str]) -> float:
    chance = _chance(other, other)
    return (_agreement(one, other) - chance) / (1 - chance) if chance < 1 else 0.0


def _not_scaled(one: Sequence[str], other: Sequence[str]) -> float:
    return _agreement(one, other) - _chance(one, other)


KAPPA = (
    Mistake(
        "kappa is the share of agreement",
        "Where nine of ten labels are the same word, a judge that has read nothing and always says that "
        "word agrees in nine of ten cases. Take off what such chance would give.",
        _agreement,
    ),
    Mistake(
        "kappa takes all labels for equally frequent",
        "Two who nearly always say the same word agree by chance far more often than two coins do. How "
        "often each of the two says each label decides.",
        _by_coin,
    ),
    Mistake(
        "kappa takes chance from one of the two",
        "A judge may say a label more often than people do. Chance needs how often each of them says it.",
        _one_side,
    ),
    Mistake(
        "kappa is not scaled",
        "Perfect agreement has to give 1, so divide by the most that is left above chance.",
        _not_scaled,
    ),
)

Places = Sequence[str]


def turned(run: Places, swapped: Places) -> float:
    """The share of verdicts that the order changed: the right answer."""
    return sum(a == b for a, b in zip(run, swapped, strict=True)) / len(run)


def _same_place(run: Places, swapped: Places) -> float:
    return 1 - turned(run, swapped)


def _always_first(run: Places, swapped: Places) -> float:
    return sum(a == b == "first" for a, b in zip(run, swapped, strict=True)) / len(run)


TURNED = (
    Mistake(
        "turned forgets that the answers changed places",
        "A judge that chooses the first answer both times has chosen two different answers. The place is "
        "the same, and the verdict is turned.",
        _same_place,
    ),
    Mistake(
        "turned counts one order only",
        "How often the first answer wins does not tell whether it won for its place: it may be the better "
        "one. Only asking again with the answers swapped can tell.",
        lambda run, _: run.count("first") / len(run),
    ),
    Mistake(
        "turned knows only judges that favor the first answer",
        "Others favor what they read last.",
        _always_first,
    ),
)

Checked = Sequence[tuple[bool, bool]]


def _rates(checked: Checked) -> tuple[float, float] | None:
    """Sensitivity and specificity; None if the sample lacks one of the two."""
    yes = [judge for judge, person in checked if person]
    no = [not judge for judge, person in checked if not person]
    return (sum(yes) / len(yes), sum(no) / len(no)) if yes and no else None


def _share(verdicts: Hits) -> float:
    return sum(verdicts) / len(verdicts)


def _rogan_gladen(verdicts: Hits, checked: Checked, least: float = 0.0) -> float | None:
    """The corrected share, not cut; None where the judge knows no more than ``least``."""
    rates = _rates(checked)
    if rates is None or (beyond := sum(rates) - 1) == 0 or beyond <= least:
        return None
    return (_share(verdicts) + rates[1] - 1) / beyond


def _cut(value: float | None) -> float | None:
    return None if value is None else min(1.0, max(0.0, value))


def corrected(verdicts: Hits, checked: Checked) -> float | None:
    """The share by a judge, corrected by its errors (Rogan, Gladen 1978): the right answer."""
    return _cut(_rogan_gladen(verdicts, checked))


def _nothing(verdicts: Hits, checked: Checked) -> bool:
    return corrected(verdicts, checked) is None


def _by_accuracy(verdicts: Hits, checked: Checked) -> float | None:
    right = sum(judge == person for judge, person in checked) / len(checked)
    return _cut((_share(verdicts) + right - 1) / (2 * right - 1)) if right > 0.5 else None


def _by_predictions(verdicts: Hits, checked: Checked) -> float | None:
    yes = [person for judge, person in checked if judge]
    no = [person for judge, person in checked if not judge]
    if not yes or not no or _nothing(verdicts, checked):
        return None
    share = _share(verdicts)
    return share * sum(yes) / len(yes) + (1 - share) * sum(no) / len(no)


def _exchanged(verdicts: Hits, checked: Checked) -> float | None:
    rates = _rates(checked)
    if rates is None or sum(rates) <= 1:
        return None
    return _cut((_share(verdicts) + rates[0] - 1) / (sum(rates) - 1))


def _not_its_no(verdicts: Hits, checked: Checked) -> float | None:
    rates = _rates(checked)
    if rates is None or (beyond := rates[0] - rates[1]) <= 0:
        return None
    return _cut((_share(verdicts) - rates[1]) / beyond)


_OWN_SHARE = (
    "A judge that misses two of three wins reports a third of them. The sample that a person checked says "
    "how often it errs, on each side."
)


CORRECTED = (
    Mistake(
        "corrected is the judge's own share",
        _OWN_SHARE,
        lambda verdicts, _: _share(verdicts),
    ),
    Mistake(
        "corrected is the judge's own share",
        _OWN_SHARE,
        lambda verdicts, checked: None if _nothing(verdicts, checked) else _share(verdicts),
    ),
    Mistake(
        "corrected takes one error rate for both sides",
        "A judge may miss many wins and invent none. One accuracy hides that, and moves the share the "
        "wrong way: look at the person's yes and at the person's no apart.",
        _by_accuracy,
    ),
    Mistake(
        "corrected goes by how often a verdict is right",
        "Of the judge's yes, the part that is right depends on how frequent yes was in the earlier "
        "comparison, and here it may be another. Ask the other way: of the person's yes, how many did "
        "the judge find?",
        _by_predictions,
    ),
    Mistake(
        "corrected mixes up sensitivity and specificity",
        "False wins come from pairs that the old answer won: what has to be taken off is how often the "
        "judge errs there.",
        _exchanged,
    ),
    Mistake(
        "corrected takes the judge's yes where its no is wanted",
        "Specificity is how often the judge says no where the person does. A good judge has both rates "
        "near 1.",
        _not_its_no,
    ),
    Mistake(
        "corrected leaves the scale",
        "By chance a judge can report less than its own errors would give. A share is never below 0 or "
        "above 1.",
        lambda verdicts, checked: _rogan_gladen(verdicts, checked),
    ),
    Mistake(
        "corrected trusts a judge that knows nothing",
        "Sensitivity and specificity together do not exceed 1, so it says yes as often where a person "
        "says no. Nothing can be worked out from that, and None is the honest answer.",
        lambda verdicts, checked: _cut(_rogan_gladen(verdicts, checked, least=-9.0)),
    ),
)
