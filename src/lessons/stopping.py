"""Let a command end with one line when it is stopped, or fails, while its imports still run.

They take seconds, in which no function of the command can catch anything yet. Nothing is imported here
that takes long.
"""

import os
import signal
import sys
from types import FrameType, TracebackType

STOPPED = 130  # what a shell calls a command that was stopped by Ctrl+C


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End here and now: an exception could be caught by whatever is being imported."""
    os.write(2, b"stopped: nothing had begun yet\n")
    os._exit(STOPPED)


def _fail(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    print(f"error: {error}", file=sys.stderr)


def while_importing() -> None:
    """Call this before the imports that take long."""
    signal.signal(signal.SIGINT, _stop)
    sys.excepthook = _fail


def from_now_on() -> None:
    """Call this behind the imports: Ctrl+C and errors are the command's own again."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.excepthook = sys.__excepthook__
