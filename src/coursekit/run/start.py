"""What each Python that the tests start runs first, so that it looks for garbage less often.

While libraries are loaded there is none to be found, and to look for it takes a sixth of the time of a
process that loads PyTorch. Another sixth goes at its end, to give back piece by piece what the system
takes back in any case. What a program's own names hold is closed all the same, such as its files.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

__all__ = ["quick", "start"]

SELDOM = """\
import atexit, gc, sys

def end():
    gc.freeze()
    sys.program = sys.modules.get("__main__")  # else its names were garbage that nobody looks for

gc.set_threshold(100_000)
atexit.register(end)
"""


def start(without: Iterable[str] = ()) -> str:
    """Return what Python is to run first.

    Args:
        without: packages that are not found, as where nobody installed them.
    """
    return SELDOM + "".join(f"sys.modules[{name!r}] = None\n" for name in without)


@contextlib.contextmanager
def quick(
    environment: Mapping[str, str] = os.environ, without: Iterable[str] = ()
) -> Iterator[str]:
    """Return, for as long as processes start, a ``PYTHONPATH`` with which they start so.

    Args:
        environment: what it has there stays, behind.
        without: packages that they do not find.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(start(without), "utf-8")
        yield os.pathsep.join(filter(None, (folder, environment.get("PYTHONPATH"))))
