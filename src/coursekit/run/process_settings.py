"""Settings of the process and of loaded libraries that code reads and changes through functions."""

import contextlib
import functools
import importlib
import locale
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["put_back", "taken"]

# A setting's name, what reads it, what writes it.
Setting = tuple[str, Callable[[], Any], Callable[[Any], object]]
# SIGALRM is the clock of the tests, another one for each; nobody can handle the other two.
NOT_OURS = frozenset({"SIGALRM", "SIGKILL", "SIGSTOP"})
RESOURCE: Any = importlib.import_module("resource") if os.name == "posix" else None
LIBRARIES = {  # functions of a module that read and write one setting
    "torch": (
        ("get_default_dtype", "set_default_dtype"),
        ("get_num_threads", "set_num_threads"),
        ("is_grad_enabled", "set_grad_enabled"),
        ("are_deterministic_algorithms_enabled", "use_deterministic_algorithms"),
    )
}


def taken() -> dict[str, Any]:
    """All settings as they are, by name; those of a library only where it is loaded."""
    return {name: read() for name, read, _ in _settings()}


def put_back(values: dict[str, Any]) -> None:
    """Write each setting that is another one by now.

    Args:
        values: what :func:`taken` returned.
    """
    for name, read, write in _settings():
        if name in values and read() != values[name]:
            write(values[name])


def _settings() -> Iterator[Setting]:
    yield "recursion limit", sys.getrecursionlimit, sys.setrecursionlimit
    yield "switch interval", sys.getswitchinterval, sys.setswitchinterval
    yield "umask", _umask, os.umask
    every = locale.LC_ALL
    yield (
        "locale",
        functools.partial(locale.setlocale, every),
        functools.partial(locale.setlocale, every),
    )
    yield from _handlers()
    yield from _limits()
    yield from _of_libraries()


def _umask() -> int:
    os.umask(mask := os.umask(0))  # there is no way to read it alone
    return mask


def _handlers() -> Iterator[Setting]:
    if threading.current_thread() is not threading.main_thread():
        return  # where Python lets nobody change them
    for number in signal.valid_signals():
        name = getattr(number, "name", str(number))
        # A handler that Python did not set cannot be set by it.
        if name not in NOT_OURS and signal.getsignal(number) is not None:
            write = functools.partial(signal.signal, number)
            yield name, functools.partial(signal.getsignal, number), write


def _limits() -> Iterator[Setting]:
    for name in (name for name in dir(RESOURCE) if name.startswith("RLIMIT_")):
        number = getattr(RESOURCE, name)
        write = functools.partial(_limit, number)
        yield name, functools.partial(RESOURCE.getrlimit, number), write


def _limit(number: int, values: tuple[int, int]) -> None:
    with contextlib.suppress(ValueError):  # a hard limit that was lowered stays so, but for root
        RESOURCE.setrlimit(number, values)


def _of_libraries() -> Iterator[Setting]:
    for library, pairs in LIBRARIES.items():
        inside = vars(sys.modules[library]) if library in sys.modules else {}
        for read, write in pairs:
            if read in inside and write in inside:  # not while it is being loaded
                yield f"{library}.{read}", inside[read], inside[write]
    if "set_printoptions" in (numpy := vars(sys.modules.get("numpy", sys))):
        yield "numpy.get_printoptions", numpy["get_printoptions"], _print_with
    if "set_printoptions" in vars(sys.modules.get("torch", sys)):
        yield "torch.print", _torch_options, _torch_print_with


def _print_with(options: dict[str, Any]) -> None:
    sys.modules["numpy"].set_printoptions(**options)


def _torch_options() -> dict[str, Any]:
    return dict(vars(sys.modules["torch"]._tensor_str.PRINT_OPTS))  # which no public name reads


def _torch_print_with(options: dict[str, Any]) -> None:
    sys.modules["torch"].set_printoptions(**options)
