"""Wrong ways to combine gradients and to plan a run that people go, each as a function."""

from math import inf, nan, sqrt

from lessons.labs.mistakes import Mistake

Part = tuple[float, list[float], int]  # mean loss, its gradient, how many tokens it is the mean of


# Part 2: put micro-batches together


def combine(parts: list[Part]) -> Part:
    """Weigh each part by its tokens: the right answer."""
    scored = [part for part in parts if part[2]]
    tokens = sum(count for _, _, count in scored)
    gradient = [0.0] * len(parts[0][1])
    loss = 0.0
    for own, slopes, count in scored:
        loss += own * count / tokens
        gradient = [
            total + slope * count / tokens for total, slope in zip(gradient, slopes, strict=True)
        ]
    return loss, gradient, tokens


def _ones(parts: list[Part]) -> Part:
    """The same with each part that has tokens counted once."""
    loss, gradient, _ = combine([(own, slopes, int(count > 0)) for own, slopes, count in parts])
    return loss, gradient, sum(count for _, _, count in parts)


def _with_empty(parts: list[Part]) -> Part:
    """The mean over all parts, the empty ones too: what is no number spreads."""
    loss = sum(own for own, _, _ in parts) / len(parts)
    columns = zip(*(slopes for _, slopes, _ in parts), strict=True)
    return loss, [sum(column) / len(parts) for column in columns], sum(n for *_, n in parts)


def _empty_weighed(parts: list[Part]) -> Part:
    """Right, but 0 times what is no number is no number."""
    loss, gradient, tokens = combine(parts)
    if any(not count for *_, count in parts):
        loss, gradient = nan, [nan] * len(gradient)
    return loss, gradient, tokens


def _summed(parts: list[Part]) -> Part:
    scored = [part for part in parts if part[2]]
    columns = [list(column) for column in zip(*(slopes for _, slopes, _ in scored), strict=True)]
    gradient = [sum(column) for column in columns] or [0.0] * len(parts[0][1])
    return sum(own for own, *_ in scored), gradient, sum(n for *_, n in scored)


def _summed_by_tokens(parts: list[Part]) -> Part:
    loss, gradient, tokens = combine(parts)
    return loss * tokens, [slope * tokens for slope in gradient], tokens


def _loss_only(parts: list[Part]) -> Part:
    return combine(parts)[0], _ones(parts)[1], combine(parts)[2]


def _gradient_only(parts: list[Part]) -> Part:
    return _ones(parts)[0], *combine(parts)[1:]


def _twice_divided(parts: list[Part]) -> Part:
    loss, gradient, tokens = combine(parts)
    return loss / len(parts), [slope / len(parts) for slope in gradient], tokens


def _counts_parts(parts: list[Part]) -> Part:
    return *combine(parts)[:2], len(parts)


MEANS = (
    "A micro-batch of three tokens then weighs as much as one of a hundred, and what is learned "
    "depends on "
    "how the batch was cut. Nothing fails and the loss falls, so nobody notices."
)
COMBINE = (
    Mistake("combine takes the mean of the means", MEANS, _ones),
    Mistake("combine takes the mean of the means", MEANS, _with_empty),
    Mistake(
        "the loss is weighed by tokens, the gradient is a mean of means",
        f"The loss that you see would be right, and the step another one. {MEANS}",
        _loss_only,
    ),
    Mistake(
        "the gradient is weighed by tokens, the loss is a mean of means",
        "The step would be right, and the loss that you compare with that of other runs another one.",
        _gradient_only,
    ),
    Mistake(
        "a part without tokens makes all of it nan",
        "The mean of nothing is no number, and 0 times that is none either. One row of padding "
        "would end the "
        "run: leave such a part out.",
        _empty_weighed,
    ),
    Mistake(
        "combine adds the means up",
        "Twice as many micro-batches would give a gradient twice as long. Backward adds gradients up by "
        "itself, so this is what happens if nobody divides.",
        _summed,
    ),
    Mistake(
        "combine does not divide by the tokens",
        "A batch with more text would take a longer step. The mean over all tokens is wanted.",
        _summed_by_tokens,
    ),
    Mistake(
        "combine divides twice",
        "After the weights by tokens nothing is left to divide: they add up to 1.",
        _twice_divided,
    ),
    Mistake(
        "combine returns how many parts there are",
        "Who puts this result together with others has to know how many tokens stand behind it.",
        _counts_parts,
    ),
)


# Part 4: how often to save


def finish(
    work: int,
    every: int,
    save: int,
    restart: int,
    taken: list[int],
    *,
    keeps: bool = False,
    saves: bool = True,
    last: bool = True,
    waits: bool = True,
    midway: bool = False,
    scratch: bool = False,
    busy: bool = False,
    between: bool = False,
    strictly: bool = False,
) -> int:
    """Say when a run is done, and in one of several wrong ways.

    Args:
        work: seconds of training that the run needs.
        every: seconds of training after which it saves.
        save: seconds of a save.
        restart: seconds until it goes on, after a machine was taken.
        taken: when machines are taken, in seconds since the start, in order.
        keeps: work since the last save is kept.
        saves: a save takes its time.
        last: there is a save at the end.
        waits: a restart takes its time.
        midway: a save that was not done counts.
        scratch: it starts from nothing each time.
        busy: what is taken while it restarts takes no time.
        between: ``taken`` holds the times from one to the next.
        strictly: a save that is done at the very moment does not count.
    """
    now = done = start = 0
    for moment in [*taken, inf]:
        end = start + moment if between else moment
        if busy and end < now:
            continue
        while done < work:
            piece = min(every, work - done)
            cost = save if saves and (last or done + piece < work) else 0
            if now + piece + cost > end or (strictly and now + piece + cost == end):
                if midway and now + piece <= end:
                    done += piece
                break
            now, done = now + piece + cost, done + piece
        if done >= work:
            break
        if keeps:
            done += max(0, min(int(end - now), every, work - done))
        if scratch:
            done = 0
        start = now = int(end) + (restart if waits else 0)
    return now


FINISH = (
    Mistake(
        "what was done since the last save is kept",
        "It was in the memory of the machine that is gone. The run goes on from the last save.",
        lambda *given: finish(*given, keeps=True),
    ),
    Mistake(
        "saving takes no time",
        "While it saves, the run does not train. If saving cost nothing, you would save after each step.",
        lambda *given: finish(*given, saves=False),
    ),
    Mistake(
        "there is no save at the end",
        "What was trained would be gone with the machine. The last piece is saved like all others.",
        lambda *given: finish(*given, last=False),
    ),
    Mistake(
        "a restart takes no time",
        "A new machine has to be found, to start and to load.",
        lambda *given: finish(*given, waits=False),
    ),
    Mistake(
        "a save counts that was not done when the machine was taken",
        "Half a checkpoint is none, so the one before it counts.",
        lambda *given: finish(*given, midway=True),
    ),
    Mistake(
        "the run starts from nothing each time",
        "What was saved is still there, on a disk that does not go with the machine.",
        lambda *given: finish(*given, scratch=True),
    ),
    Mistake(
        "a machine that is taken while it starts is overlooked",
        "Then the restart begins anew, at that moment.",
        lambda *given: finish(*given, busy=True),
    ),
    Mistake(
        "the moments are taken for the times between two of them",
        "All are counted from the start of the run.",
        lambda *given: finish(*given, between=True),
    ),
    Mistake(
        "a save is lost that was done at the very moment when the machine was taken",
        "The docstring says which way that goes: one that is done at this very moment counts.",
        lambda *given: finish(*given, strictly=True),
    ),
)


def interval(save: float, between: float, machines: int) -> float:
    """Young's interval: the right answer."""
    return sqrt(2 * save * between / machines)


INTERVAL = (
    Mistake(
        "interval forgets how many machines there are",
        "The run stops when any of them is taken. With ten machines that is ten times as often.",
        lambda save, between, _: sqrt(2 * save * between),
    ),
    Mistake(
        "interval grows with the machines",
        "More machines are taken more often, so the time between two stops gets shorter.",
        lambda save, between, machines: sqrt(2 * save * between * machines),
    ),
    Mistake(
        "interval divides the result by the machines",
        "What is divided is the time between two stops. It stands under the root.",
        lambda save, between, machines: sqrt(2 * save * between) / machines,
    ),
    Mistake(
        "interval loses all of an interval at each stop",
        "A machine is taken at any moment of it, so on average half of it is lost.",
        lambda save, between, machines: sqrt(save * between / machines),
    ),
    Mistake(
        "interval takes half of what it should under the root",
        "At the best interval, saving costs as much as is lost at stops. At yours it costs twice "
        "as much.",
        lambda save, between, machines: sqrt(save * between / machines / 2),
    ),
)
