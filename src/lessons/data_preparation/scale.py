"""The same pipeline on a stream, in one process or several, with memory that does not grow."""

import argparse
import json
import os
import subprocess
import sys
import time

# --8<-- [start:imports]
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context

# --8<-- [end:imports]
from pathlib import Path

from lessons.data_preparation.duplicates import NearDuplicates
from lessons.data_preparation.pipeline import Outcome, Step, Unseen, boilerplate_of, pipeline, run
from lessons.data_preparation.splits import Leaks
from lessons.machine import peak_memory
from lessons.world.dirty import collection, evaluation_items, record

SHARD = 500  # records that a worker reads at a time


def read(seed: int, start: int, stop: int) -> Iterator[Outcome]:
    """Read a part of a collection, as one reads a file of it; nothing of it is kept."""
    for number in range(start, stop):
        yield Outcome(asdict(record(seed, number)[0]))


def clean_shard(steps: dict[str, Step], seed: int, start: int, stop: int) -> list[Outcome]:
    """Take a part of a collection through the steps that see one record: the work of a worker."""
    return list(run(steps, read(seed, start, stop)))


# --8<-- [start:parallel]
def clean_in_parallel(
    steps: dict[str, Step], seed: int, count: int, workers: int
) -> Iterator[Outcome]:
    """Clean parts of a collection in several processes; yield the outcomes in order.

    Few parts are under way at a time: what is handed out faster than it is used would pile up.
    """
    waiting: deque[Future[list[Outcome]]] = deque()
    # "spawn" works on every system; "fork" copies threads' locks, and Windows has none
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for start in range(0, count, SHARD):
            stop = min(start + SHARD, count)
            waiting.append(pool.submit(clean_shard, steps, seed, start, stop))
            if len(waiting) > 2 * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


# --8<-- [end:parallel]


STATUS = Path("/proc/self/status")


def state_size(unseen: Unseen) -> int:
    """Count the bytes that the search for copies remembers."""
    near, exact = unseen.near.first, unseen.first
    names = {*near.values(), *exact.values()}
    return sum(map(sys.getsizeof, (near, exact, *near, *exact, *names)))


def own_peak() -> float:
    """Return the most memory of this process, in MB; 0 where the system does not tell.

    On Linux `peak_memory` counts what the process was started from as well, so its status is read.
    """
    if not STATUS.is_file():
        return peak_memory() or 0
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1000  # from KB


def measure(way: str, seed: int, count: int, workers: int) -> dict[str, float]:
    """Clean a collection once, and tell how fast, in how much memory and at what cost in CPU time.

    Args:
        way: ``list`` holds all records at once, ``stream`` one at a time, both without a search for
            copies; ``copies`` is a stream with it.
        seed: number that fixes the collection.
        count: number of its records.
        workers: processes beside this one; 0 works here.
    """
    sample = [Outcome(asdict(document)) for document in collection(seed, 4000)[0]]
    near = NearDuplicates(3, 14, 8)
    alone, together = pipeline(boilerplate_of(sample), Leaks(evaluation_items(), 5, 0.8), near)
    unseen = together.pop("copies")
    if way == "copies":
        together = {"copies": unseen, **together}
    else:
        del alone["signature"]
    begun, used = time.perf_counter(), os.times()
    if workers:
        outcomes = clean_in_parallel(alone, seed, count, workers)
    else:
        outcomes = run(alone, read(seed, 0, count))
    results = run(together, outcomes)
    kept = sum(not outcome.dropped for outcome in (list(results) if way == "list" else results))
    now = os.times()  # CPU time is not changed by what else the machine does
    return {
        "kept": kept,
        "cpu_seconds": now.user + now.system - used.user - used.system,
        "worker_cpu_seconds": now.children_user
        + now.children_system
        - used.children_user
        - used.children_system,
        "per_second": round(count / (time.perf_counter() - begun)),
        "peak_mb": own_peak(),
        "state_bytes": state_size(unseen) if isinstance(unseen, Unseen) else 0,
    }


def scale_cell(way: str, count: int, workers: int, seed: int = 0) -> dict[str, float]:
    """Measure in a fresh process, so that no other work counts."""
    numbers = [str(number) for number in (seed, count, workers)]
    done = subprocess.run(
        [sys.executable, "-m", "lessons.data_preparation.scale", way, *numbers],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    values: dict[str, float] = json.loads(done.stdout)
    return values


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.data_preparation.scale", description=__doc__
    )
    parser.add_argument("way", choices=("list", "stream", "copies"))
    parser.add_argument("numbers", type=int, nargs=3, metavar=("SEED", "COUNT", "WORKERS"))
    options = parser.parse_args(arguments)
    print(json.dumps(measure(options.way, *options.numbers)))


if __name__ == "__main__":
    main()
