"""What one Python interpreter keeps from block to block, and what no page may leave behind.

A page's blocks run inside the process of the tests. A :class:`Snapshot` holds what a block can change in
it, so that each block finds what the page's last one left, and everything else finds what was before.

Not put back are attributes of modules that a block replaced, modules that it put into ``sys.modules``
(but for those it wrote into the page's folder), threads that go on, contexts of ``decimal``, and settings
of a library that was not loaded when the snapshot was taken. A page that does so cleans up behind itself.
"""

import builtins
import contextlib
import logging
import os
import random
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coursekit.run import process_settings
from coursekit.run.capture import stream

__all__ = ["Leftovers", "Snapshot", "log_records", "readers_environment"]

# Under `make test`, a page's own `make` would take itself for a part of that and say so.
TESTS_OWN = frozenset({"MAKEFLAGS", "MAKELEVEL", "MFLAGS"})
STREAMS = {"stdout": 1, "__stdout__": 1, "stderr": 2, "__stderr__": 2}
HOOKS = (*STREAMS, "excepthook", "displayhook")
GENERATORS = ("numpy.random", "torch")  # whose state a whole process shares, beside Python's own
BARS = (
    ("enable_progress_bar", "disable_progress_bar"),
    ("enable_progress_bars", "disable_progress_bars"),
)

LoggerState = tuple[int, bool, bool, list[logging.Handler], list[Any]]
FRESH: LoggerState = (logging.NOTSET, True, False, [], [])
FRESH_ROOT: LoggerState = (logging.WARNING, True, False, [], [])


def readers_environment() -> dict[str, str]:
    """The environment without what only the tests put there."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in TESTS_OWN and not name.startswith("PYTEST_")
    }


@contextlib.contextmanager
def log_records(level: int = logging.WARNING) -> Iterator[list[logging.LogRecord]]:
    """Collect log records of at least this level, also of loggers that do not propagate."""
    records: list[logging.LogRecord] = []
    make = logging.getLogRecordFactory()

    def keep(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.levelno >= level:
            records.append(record)
        return record

    logging.setLogRecordFactory(keep)
    try:
        yield records
    finally:
        logging.setLogRecordFactory(make)


def _loggers() -> dict[str, logging.Logger]:
    known = logging.root.manager.loggerDict.items()
    named = {name: found for name, found in known if isinstance(found, logging.Logger)}
    return {"": logging.root, **named}


def _set_logger(logger: logging.Logger, state: LoggerState) -> None:
    level, logger.propagate, logger.disabled, handlers, filters = state
    if logger.level != level:
        logger.setLevel(level)  # which also forgets what was decided by the old one
    logger.handlers[:], logger.filters[:] = handlers, filters


class Snapshot:
    """What a block can change in the process, as it is now."""

    def __init__(self, home: Path) -> None:
        """Take the snapshot; ``home`` stands for a working folder that was deleted."""
        try:
            self.folder = Path.cwd()
        except FileNotFoundError:
            self.folder = home
        self.environment = dict(os.environ)
        self.path, self.arguments = (sys.path, list(sys.path)), (sys.argv, list(sys.argv))
        self.hooks = {name: getattr(sys, name) for name in HOOKS}
        self.thread_hook = threading.excepthook
        self.main = sys.modules["__main__"]
        self.builtins = dict(vars(builtins))
        self.filters = list(warnings.filters)
        self.silenced = logging.root.manager.disable
        self.loggers: dict[str, LoggerState] = {
            name: (
                logger.level,
                logger.propagate,
                logger.disabled,
                list(logger.handlers),
                list(logger.filters),
            )
            for name, logger in _loggers().items()
        }
        self.chance = random.getstate()
        self.settings = process_settings.taken()

    @classmethod
    def fresh(cls, home: Path, main: types.ModuleType) -> "Snapshot":
        """What an interpreter has that somebody has just started in a folder."""
        made = cls(home)
        made.folder = home
        made.environment = readers_environment()
        made.path, made.arguments = (["", *sys.path],) * 2, ([""], [""])
        made.hooks = {name: stream(number) for name, number in STREAMS.items()}
        made.thread_hook = threading.__excepthook__
        made.main = main
        made.filters = [("always", None, Warning, None, 0)]  # each warning, on each page, counts
        made.silenced = logging.NOTSET
        made.loggers[""] = FRESH_ROOT
        made.chance = random.Random().getstate()
        for name in GENERATORS:
            if name in sys.modules:
                sys.modules[name].seed()
        return made

    def restore(self) -> None:
        """Make everything as it was when the snapshot was taken."""
        os.chdir(self.folder)
        for name in os.environ.keys() - self.environment.keys():
            del os.environ[name]
        os.environ.update(self.environment)
        sys.path, sys.path[:] = self.path
        sys.argv, sys.argv[:] = self.arguments
        for name, value in self.hooks.items():
            setattr(sys, name, value)
        threading.excepthook = self.thread_hook
        sys.modules["__main__"] = self.main
        for name in vars(builtins).keys() - self.builtins.keys():
            delattr(builtins, name)
        vars(builtins).update(self.builtins)
        warnings.resetwarnings()  # the only way to say that the list is another one now
        warnings.filters.extend(self.filters)  # type: ignore[attr-defined]
        logging.disable(self.silenced)
        known = _loggers()
        for name, state in self.loggers.items():
            _set_logger(known[name], state)
        random.setstate(self.chance)
        process_settings.put_back(self.settings)


def _bars(
    modules: Mapping[str, types.ModuleType],
) -> dict[str, tuple[bool, Callable[[], Any], Callable[[], Any]]]:
    """Libraries that let progress bars be switched: whether they are on, and what switches them."""
    found = {}
    for name, module in modules.items():
        # Not getattr: a module that loads its parts when they are asked for would load them.
        inside = vars(module) if isinstance(module, types.ModuleType) else {}
        for enable, disable in BARS:
            if "is_progress_bar_enabled" in inside and enable in inside and disable in inside:
                on = bool(inside["is_progress_bar_enabled"]())
            elif "are_progress_bars_disabled" in inside and enable in inside and disable in inside:
                on = not inside["are_progress_bars_disabled"]()
            else:
                continue
            found[name] = on, inside[enable], inside[disable]
    return found


def _figures() -> list[int]:
    """The numbers of the figures that are open; matplotlib warns of many, whoever opened them."""
    plots = sys.modules.get("matplotlib.pyplot")
    return plots.get_fignums() if plots else []


class Leftovers:
    """What a page may leave in libraries and modules, and what takes it away when the page ends."""

    def __init__(self, home: Path) -> None:
        """Note what is there before the page's first block runs in the folder ``home``."""
        self.home = home.resolve()
        self.loggers = set(_loggers())
        self.modules = dict(sys.modules)
        self.figures = set(_figures())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some libraries ask for another function by now
            self.bars = {name: on for name, (on, _, _) in _bars(self.modules).items()}

    def remove(self) -> None:
        """Switch bars back, close the page's figures, forget its loggers and the modules that it wrote."""
        # Of thousands of modules, to look into each takes long.
        new = {n: m for n, m in list(sys.modules.items()) if self.modules.get(n) is not m}
        self._switch_bars({n: sys.modules[n] for n in self.bars if n in sys.modules} | new)
        for number in set(_figures()) - self.figures:
            sys.modules["matplotlib.pyplot"].close(number)
        for name, logger in _loggers().items():
            if name not in self.loggers:
                kept = [handler for handler in logger.handlers if not self._prints(handler)]
                # A library that was imported on the page has set up itself: its handlers stay.
                _set_logger(logger, (logging.NOTSET, logger.propagate, False, kept, logger.filters))
        for name, module in new.items():
            file = vars(module).get("__file__") if isinstance(module, types.ModuleType) else None
            if file and Path(file).resolve().is_relative_to(self.home):
                sys.modules.pop(name, None)

    def _switch_bars(self, modules: Mapping[str, types.ModuleType]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # where the environment decides, they cannot be switched
            for _ in range(2):  # one library may switch those of another
                for name, (on, enable, disable) in _bars(modules).items():
                    if on != (wanted := self.bars.get(name, True)):
                        (enable if wanted else disable)()

    def _prints(self, handler: logging.Handler) -> bool:
        """Whether a handler of the page's own would write to another page's output, or to its files."""
        file = getattr(handler, "baseFilename", None)
        if file is not None:
            return Path(file).resolve().is_relative_to(self.home)
        return getattr(handler, "stream", None) is stream(STREAMS["stdout"])
