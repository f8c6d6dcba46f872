"""Part 3 of the lab on serving: a queue, who is let in, and a stop; with the wrong ways people go."""

from collections.abc import Callable, Iterator
from math import ceil, floor
from random import Random
from statistics import fmean, median
from typing import Any

from lessons.labs.mistakes import Case, Mistake, compare, without_one
from lessons.labs.runner import Solution
from lessons.labs.serving_mistakes import Rounded, known, rounded

Times = list[float]
Served = list[tuple[float, float]]


def serve(arrivals: Times, services: Times, slots: int) -> Served:
    """Start and end of each request, first come, first served: the right answer."""
    free, found = [0.0] * slots, []
    for arrival, service in zip(arrivals, services, strict=True):
        slot = free.index(min(free))
        start = max(arrival, free[slot])
        free[slot] = start + service
        found.append((start, free[slot]))
    return found


def _no_queue(arrivals: Times, services: Times, _: int) -> Served:
    return [(a, a + s) for a, s in zip(arrivals, services, strict=True)]


def _in_turn(arrivals: Times, services: Times, slots: int) -> Served:
    free, found = [0.0] * slots, []
    for number, (arrival, service) in enumerate(zip(arrivals, services, strict=True)):
        start = max(arrival, free[number % slots])
        free[number % slots] = start + service
        found.append((start, start + service))
    return found


def _never_idle(arrivals: Times, services: Times, slots: int) -> Served:
    return serve([0.0] * len(arrivals), services, slots)


def _waits(arrivals: Times, services: Times, slots: int) -> Served:
    found = serve(arrivals, services, slots)
    return [(start - a, end - a) for a, (start, end) in zip(arrivals, found, strict=True)]


def _shared(arrivals: Times, services: Times, slots: int) -> Served:
    return serve(arrivals, [service / slots for service in services], 1)


def _without_later(arrivals: Times, services: Times, slots: int) -> Served:
    """Forget that a slot that was idle is free from the arrival on."""
    free, found = [0.0] * slots, []
    for arrival, service in zip(arrivals, services, strict=True):
        slot = free.index(min(free))
        start = max(arrival, free[slot])
        free[slot] += service
        found.append((start, start + service))
    return found


SERVE = (
    Mistake(
        "each request starts when it comes, as if nobody were served",
        "With all slots taken it has to wait for the first one that gets free. That wait is the queue.",
        _no_queue,
    ),
    Mistake(
        "only one slot is used",
        "As many requests are served at the same time as there are slots.",
        lambda arrivals, services, _: serve(arrivals, services, 1),
    ),
    Mistake(
        "the slots take turns, whether they are free or not",
        "A request would wait behind a long one while another slot is idle. The first free slot takes it.",
        _in_turn,
    ),
    Mistake(
        "requests start before they come",
        "A slot that is free waits for the next request: nothing starts before its arrival.",
        _never_idle,
    ),
    Mistake(
        "the times are counted from each arrival",
        "Wanted is when it starts and ends, on the same clock as the arrivals.",
        _waits,
    ),
    Mistake(
        "the slots work together on one request",
        "A slot serves a request by itself, so two slots make nothing faster: they serve two at a time.",
        _shared,
    ),
    Mistake(
        "a slot's idle time is lost",
        "After a pause, a slot is busy from the start of the new request on, not from its last end.",
        _without_later,
    ),
)


def plan(services: Times, slots: int, rate: float, limit: float) -> tuple[float, int]:
    """Utilization, and how many requests may be inside at once: the right answer."""
    return rate * fmean(services) / slots, max(1, floor(limit * slots / fmean(services)))


def _by(
    middle: Callable[[Times], float] = fmean,
    cut: Callable[[float], int] = floor,
    least: int = 1,
) -> Callable[[Times, int, float, float], tuple[float, int]]:
    def way(services: Times, slots: int, rate: float, limit: float) -> tuple[float, int]:
        each = middle(services)
        return rate * each / slots, max(least, cut(limit * slots / each))

    return way


def _by_rate(services: Times, slots: int, rate: float, limit: float) -> tuple[float, int]:
    return rate * fmean(services) / slots, max(1, floor(rate * limit))


def _without_slots(services: Times, _: int, rate: float, limit: float) -> tuple[float, int]:
    return rate * fmean(services), max(1, floor(limit / fmean(services)))


def _cut_at_one(services: Times, slots: int, rate: float, limit: float) -> tuple[float, int]:
    busy, most = plan(services, slots, rate, limit)
    return min(1.0, busy), most


def _upside_down(services: Times, slots: int, rate: float, limit: float) -> tuple[float, int]:
    busy, most = plan(services, slots, rate, limit)
    return 1 / busy, most


PLAN = (
    Mistake(
        "the slots are forgotten",
        "Two slots do twice the work of one.",
        _without_slots,
    ),
    Mistake(
        "the slots are forgotten in the utilization",
        "Two slots do twice the work of one.",
        lambda *given: (given[2] * fmean(given[0]), plan(*given)[1]),
    ),
    Mistake(
        "how many may be inside is rounded to the nearest",
        "Half a request more is too much. Leave the fraction out.",
        _by(cut=round),
    ),
    Mistake(
        "the median stands for the mean",
        "All of the work has to be done, that of long answers, too: it is the mean times their number.",
        _by(median),
    ),
    Mistake(
        "the mean of rates stands for the rate of the mean",
        "Long answers keep a slot for longer, so add up the seconds before you divide.",
        _by(lambda services: 1 / fmean(1 / service for service in services)),
    ),
    Mistake(
        "it lets one more in than the limit allows",
        "Little's law says how many may be inside on average; a part of a request more is too much.",
        _by(cut=ceil),
    ),
    Mistake(
        "it may let nobody in",
        "A server that refuses everybody keeps every limit. Let one request in at least.",
        _by(least=0),
    ),
    Mistake(
        "it lets in as many as come, not as many as can be served",
        "Little's law multiplies the time with the rate at which requests are *finished*. If more come "
        "than that, the others are what has to be refused.",
        _by_rate,
    ),
    Mistake(
        "the utilization stops at 1",
        "How far above 1 it is says by how much work arrives too fast.",
        _cut_at_one,
    ),
    Mistake(
        "the utilization is upside down",
        "It is work that arrives by work that can be done.",
        _upside_down,
    ),
)

Fates = list[str]


class Stop:
    """A way to stop, by two questions about times that are counted from the signal.

    Attributes:
        refused: asks of a request's arrival and its start whether it is refused.
        until: asks of its end, from the end of the time of grace, whether it is done.
    """

    def __init__(
        self,
        refused: Callable[[float, float], bool] = lambda arrival, _: arrival > 0,
        until: Callable[[float], bool] = lambda end: end <= 0,
    ) -> None:
        self.refused, self.until = refused, until

    def __call__(
        self, arrivals: Times, services: Times, slots: int, signal: float, grace: float
    ) -> Fates:
        """Say of each request what becomes of it."""
        fates = []
        for arrival, (start, end) in zip(arrivals, serve(arrivals, services, slots), strict=True):
            if self.refused(arrival - signal, start - signal):
                fates.append("refused")
            else:
                fates.append("done" if self.until(end - signal - grace) else "cut")
        return fates


def stop(arrivals: Times, services: Times, slots: int, signal: float, grace: float) -> Fates:
    """What becomes of each request when the server is asked to stop: the right answer."""
    return Stop()(arrivals, services, slots, signal, grace)


def _at_once(arrivals: Times, services: Times, slots: int, signal: float, _: float) -> Fates:
    return stop(arrivals, services, slots, signal, 0.0)


def _own_grace(arrivals: Times, services: Times, slots: int, signal: float, grace: float) -> Fates:
    found = stop(arrivals, services, slots, signal, grace)
    rows = zip(found, serve(arrivals, services, slots), strict=True)
    return [
        fate if fate == "refused" else "done" if end <= max(start, signal) + grace else "cut"
        for fate, (start, end) in rows
    ]


def _no_wait(arrivals: Times, services: Times, slots: int, signal: float, grace: float) -> Fates:
    found = stop(arrivals, services, slots, signal, grace)
    rows = zip(found, arrivals, services, strict=True)
    return [
        fate if fate == "refused" else "done" if a + s <= signal + grace else "cut"
        for fate, a, s in rows
    ]


def _queue_cut(arrivals: Times, services: Times, slots: int, signal: float, grace: float) -> Fates:
    found = stop(arrivals, services, slots, signal, grace)
    starts = [start for start, _ in serve(arrivals, services, slots)]
    late = (fate == "done" and start > signal for fate, start in zip(found, starts, strict=True))
    return ["cut" if cut else fate for fate, cut in zip(found, late, strict=True)]


STOP = (
    Mistake(
        "requests that wait in the queue are cut",
        "They were let in before the signal, and there may be time for them. Finish what can be finished.",
        _queue_cut,
    ),
    Mistake(
        "requests that wait in the queue are refused",
        "They were let in before the signal, and their users wait. Refuse only those that come after it.",
        Stop(lambda arrival, start: arrival > 0 or start > 0),
    ),
    Mistake(
        "new requests are still let in after the signal",
        "Then it never ends: refuse at once, so that another server can take them.",
        Stop(lambda *_: False),
    ),
    Mistake(
        "everything that is not done at the signal is cut",
        "That is what kill -9 does. What was let in may be finished within the time of grace.",
        _at_once,
    ),
    Mistake(
        "each request has a time of grace of its own",
        "One limit holds for all, counted from the signal. Then the process is killed.",
        _own_grace,
    ),
    Mistake(
        "there is no limit of time",
        "A request that hangs would keep the server from ever ending.",
        Stop(until=lambda _: True),
    ),
    Mistake(
        "a request that ends with the time of grace is cut",
        "It is done in time: the limit itself still counts.",
        Stop(until=lambda end: end < 0),
    ),
    Mistake(
        "a request that comes with the signal is refused",
        "Refused is what comes after it.",
        Stop(lambda arrival, _: arrival >= 0),
    ),
    Mistake(
        "it forgets that a request waits before it is served",
        "Ask your function serve when it ends.",
        _no_wait,
    ),
)


# The check


def _queue(rng: Random, count: int, gap: int = 8) -> tuple[Times, Times]:
    """Arrivals in order, and how long each takes: quarters of a second, which floats hold exactly."""
    at, arrivals, services = 0, [], []
    for _ in range(count):
        at += rng.randint(0, gap)
        arrivals.append(at / 4)
        services.append(rng.choice((1, 2, 3, 6, 20, 33)) / 4)
    return arrivals, services


def check_queue(solution: Solution, rng: Random) -> None:
    """First come, first served; utilization and Little's law; refuse, finish, and end in time."""
    tidied = Rounded(solution)
    cases: list[Case] = [
        ([0.0, 1.0, 2.0], [4.0, 1.0, 1.0], 1),
        ([0.0, 0.0, 1.0], [3.0, 5.0, 1.0], 2),
    ]
    cases += [([0.0, 9.0, 9.5], [2.0, 2.0, 2.0], 1)]
    cases += [(*_queue(rng, 3 + n, 3 + n), 1 + n % 3) for n in range(14)]

    def other(case: Case, got: Any) -> tuple[str, str]:
        good = isinstance(got, list) and all(
            isinstance(one, tuple | list) and len(one) == 2 for one in got
        )
        if not good or len(got) != len(case[0]):
            return "serve does not return a start and an end of each request", (
                "The other parts of the lab read its result so: for start, end in serve(…)."
            )
        return "serve serves at other times", (
            "Each request, in the order of arrival, is taken by the slot that gets free first, and starts "
            "when it has come and that slot is free."
        )

    compare(tidied, "serve", cases, rounded(serve), known(SERVE), _fewer, other)
    _check_plan(tidied, rng)
    _check_stop(tidied, rng)


def _fewer(case: Case) -> Iterator[Case]:
    """Queues with a request less."""
    arrivals, services, *rest = case
    for keep in without_one(list(range(len(arrivals)))):
        yield ([arrivals[i] for i in keep], [services[i] for i in keep], *rest)


def _check_plan(solution: Solution, rng: Random) -> None:
    cases: list[Case] = [
        ([1.0, 1.0, 4.0], 1, 0.25, 9.0), ([8.0], 1, 0.5, 4.0), ([0.5, 0.5, 0.5, 2.5], 4, 6.0, 1.75),
    ]  # fmt: skip
    for _ in range(12):
        services = [rng.choice((1, 2, 3, 6, 20)) / 4 for _ in range(2 ** rng.randint(1, 4))]
        cases.append(
            (services, rng.choice((1, 2, 4)), rng.choice((0.25, 1.5, 3.0)), rng.randint(2, 40) / 2)
        )

    def fewer(case: Case) -> Iterator[Case]:
        yield from ((services, *case[1:]) for services in without_one(case[0]))

    def other(case: Case, _: Any) -> tuple[str, str]:
        return "plan gives other numbers", (
            f"The mean of the services is {fmean(case[0]):g} seconds. The first number is the rate times "
            "it, by the slots; the second one the limit times the slots, by it, without its fraction, and "
            "1 at least."
        )

    compare(solution, "plan", cases, rounded(plan), known(PLAN), fewer, other)


def _check_stop(solution: Solution, rng: Random) -> None:
    first: Case = ([0.0, 1.0, 2.0, 5.0], [4.0, 3.0, 9.0, 1.0], 1, 3.0, 6.0)
    cases: list[Case] = [first, ([0.0, 1.0, 2.0], [2.0, 4.0, 3.0], 1, 2.0, 7.0)]
    for number in range(14):
        arrivals, services = _queue(rng, 4 + number // 2)
        signal = rng.choice(arrivals[1:]) + rng.choice((0.0, 0.25))
        cases.append((arrivals, services, 1 + number % 2, signal, rng.randint(1, 40) / 4))

    def other(_: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list) or not set(map(str, got)) <= {"done", "cut", "refused"}:
            return (
                "stop does not say done, cut or refused of each request",
                "Other words mean nothing here.",
            )
        return "stop gives requests another end", (
            "Refused is what comes after the signal. All others wait and are served as before; who is not "
            "at the end by the signal plus the time of grace is cut."
        )

    compare(solution, "stop", cases, stop, known(STOP), _fewer, other)
