"""The check of part 3 of the lab on pre-training: checkpoints that outlive a kill and a bad disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from lessons.labs.moments import Files
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, shown

Saved = tuple[int, bytes]


@contextmanager
def _folder(files: Files | None = None) -> Iterator[Path]:
    """A folder for a while, with files in it."""
    with tempfile.TemporaryDirectory(prefix="checkpoints-", ignore_cleanup_errors=True) as name:
        for place, data in (files or {}).items():
            path = Path(name, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield Path(name)


def _read(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _told(saved: Any) -> str:
    """What load returned, in words."""
    if isinstance(saved, tuple) and len(saved) == 2 and isinstance(saved[1], bytes):
        return f"({saved[0]!r}, {len(saved[1]):,} bytes)"
    return shown(saved)


def check_saving(solution: Solution, rng: Random) -> None:
    """The newest checkpoint that is whole comes back, whatever happened to those after it."""
    _check_in_order(solution, rng)
    _check_room(solution, rng)
    _check_damage(solution, rng)
    _check_kill(solution, rng)


def _bytes(rng: Random, size: int = 600) -> bytes:
    """Data as no format expects it: line ends, zeros, and everything else."""
    return b"\n\x00\r\n" + rng.randbytes(size)


# What has to hold when nothing goes wrong


def _check_in_order(solution: Solution, rng: Random) -> None:
    for steps in ((1,), (8, 9, 10), (90, 100), (5, 1000, 20_000)):
        with _folder() as folder:
            got = solution.call("load", str(folder))
            if got is not None:
                raise WrongError(
                    "load finds something in an empty folder",
                    "A run that begins has no checkpoint, and None says so.",
                    "load(an empty folder)",
                    _told(got),
                    "None",
                )
            for step in steps:
                data = _bytes(rng)
                solution.call("save", str(folder), step, data)
                _require_newest(solution.call("load", str(folder)), (step, data), steps)


def _require_newest(got: Any, wanted: Saved, steps: tuple[int, ...]) -> None:
    if got == wanted:
        return
    done = [step for step in steps if step <= wanted[0]]
    call = f"{', '.join(f'save(…, {step}, …)' for step in done)}, then load"
    if isinstance(got, tuple) and len(got) == 2 and got[0] in done[:-1]:
        raise WrongError(
            "load takes an older checkpoint",
            f"It was saved at step {wanted[0]}, and nothing is wrong with that one. In the order "
            "of letters, 9 comes "
            "after 10.",
            call, _told(got), _told(wanted),
        )  # fmt: skip
    if isinstance(got, tuple) and len(got) == 2 and got[0] == wanted[0]:
        raise WrongError(
            "load gives other bytes than were saved",
            "A checkpoint may hold any byte, line ends and zeros too. Write it as bytes, and mind "
            "where a header "
            "ends.",
            call, shown(got[1]), shown(wanted[1]),
        )  # fmt: skip
    raise WrongError(
        "load does not give back what was saved",
        "Wanted are the step, as a number, and the bytes, as a tuple of two.",
        call, _told(got), _told(wanted),
    )  # fmt: skip


def _check_room(solution: Solution, rng: Random) -> None:
    size = 4000
    with _folder() as folder:
        for step in range(10, 80, 10):
            solution.call("save", str(folder), step, _bytes(rng, size))
        files = _read(folder)
    used = sum(map(len, files.values()))
    if used > 5 * size:  # two of them, and each perhaps as text
        raise WrongError(
            "the disk fills up",
            f"After seven saves of {size:,} bytes there are {used:,} bytes. A checkpoint of a "
            "large model takes "
            "gigabytes, and a full disk ends the run. Keep this one and the one before.",
            "save at steps 10, 20, …, 70",
            shown(sorted(files)),
        )


# What has to hold when a file is damaged


def _damages(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Ways in which a file gets damaged."""
    half = len(data) // 2
    yield "is cut off in the middle", data[:half]
    yield "is empty", b""
    places = {half: "in the middle", 0: "at its beginning", len(data) - 1: "at its end"}
    for place, name in places.items():
        changed = bytearray(data)
        changed[place] ^= 1
        yield f"has one bit changed {name}", bytes(changed)
    ends = [*range(0, min(80, len(data)), 3), *range(max(0, len(data) - 80), len(data), 3)]
    for place in [*ends, *range(0, len(data), max(1, len(data) // 24))]:
        changed = bytearray(data)
        changed[place] ^= 64
        yield f"has one bit changed, in byte {place:,}", bytes(changed)
    quarter = len(data) // 4
    first, second = data[2 * quarter : 3 * quarter], data[3 * quarter : 4 * quarter]
    yield "has two blocks exchanged", data[: 2 * quarter] + second + first + data[4 * quarter :]


def _check_damage(solution: Solution, rng: Random) -> None:
    older, newer = (90, _bytes(rng)), (100, _bytes(rng))
    with _folder() as folder:
        solution.call("save", str(folder), *older)
        before = _read(folder)
        solution.call("save", str(folder), *newer)
        after = _read(folder)
    for name in [name for name, data in after.items() if before.get(name) != data]:
        for how, data in _damages(after[name]):
            if data != after[name]:
                _require_older(solution, {**after, name: data}, f"{name} {how}", older, newer)
        gone = {place: data for place, data in after.items() if place != name}
        _require_older(solution, gone, f"{name} is gone", older, newer)


def _require_older(solution: Solution, files: Files, what: str, older: Saved, newer: Saved) -> None:
    call = f"save(…, {older[0]}, …), save(…, {newer[0]}, …); then {what}; then load"
    why = "A damaged checkpoint is no reason to stop: there is one before it."
    got = _loaded(solution, files, call, why)
    if got in (older, newer):
        return
    if got is None:
        if len(files) <= 1:
            raise WrongError(
                "there is only one checkpoint, so a damaged one loses the run",
                "Disks and networks do change bytes. Keep the one before until the next one is there.",
                call, "None", _told(older),
            )  # fmt: skip
        raise WrongError(
            "load gives up at a damaged checkpoint",
            "The one before it is whole. Four days of work would begin anew.",
            call, "None", _told(older),
        )  # fmt: skip
    raise WrongError(
        "a damaged checkpoint is taken for a whole one",
        "The run would go on from changed weights, or from another step, and nobody would know. A "
        "length does not "
        "tell, nor does a sum: take a digest of all that counts, the step too, and compare it.",
        call,
        _told(got),
        f"{_told(older)} as they were saved",
    )


def _loaded(solution: Solution, files: Files, call: str, why: str) -> Any:
    """What load returns for such a folder; what it raises is told with a reason."""
    with _folder(files) as folder:
        try:
            return solution.call("load", str(folder))
        except WrongError as error:
            error.why = f"{why} ({error.why})"
            error.call = call
            raise


# What has to hold when the process is killed while it saves


def _check_kill(solution: Solution, rng: Random) -> None:
    saved = [(step, _bytes(rng)) for step in (90, 100, 110)]
    for count in range(3):
        with _folder() as folder:
            for one in saved[:count]:
                solution.call("save", str(folder), *one)
            moments = solution.moments(str(folder), "save", str(folder), *saved[count])
        before = saved[count - 1] if count else None
        for files in moments:
            _require_whole(solution, files, before, saved[count])


def _require_whole(solution: Solution, files: Files, before: Saved | None, now: Saved) -> None:
    left = ", ".join(f"{name} of {len(data):,} bytes" for name, data in files.items()) or "nothing"
    call = f"save(…, {now[0]}, …), killed when there was {left}; then load"
    why = "What a kill leaves behind must not stop the run from going on."
    got = _loaded(solution, files, call, why)
    if got is None and before is not None:
        raise WrongError(
            "a kill while it saves loses the checkpoint before it, too",
            "Until the new one is whole, the old one is all that you have. So do not write over "
            "it, and take "
            "nothing away too early.",
            call, "None", _told(before),
        )  # fmt: skip
    if got not in (before, now):
        raise WrongError(
            "a half-written checkpoint is taken for a whole one",
            "The run would go on from half the weights. Write under another name first and rename "
            "at the end, and "
            "know a whole one by its digest.",
            call, _told(got), _told(before),
        )  # fmt: skip
    with _folder(files) as folder:
        try:
            solution.call("save", str(folder), *now)
        except WrongError as error:
            error.why = f"After a kill, the next save finds what it left behind. ({error.why})"
            error.call = f"{call}, then save(…, {now[0]}, …) again"
            raise
        again = solution.call("load", str(folder))
    if again != now:
        raise WrongError(
            "what a kill leaves behind spoils the next save",
            "It has to work as if nothing had been there.",
            f"{call}, then save(…, {now[0]}, …) again, then load",
            _told(again),
            _told(now),
        )
