"""What a process of a learner's code may take, and which systems cannot hold it."""

import sys
from dataclasses import dataclass
from pathlib import Path

NAMES = {"win32": "Windows", "darwin": "macOS"}  # as their users call them


@dataclass(frozen=True)
class Limits:
    """What one process of a learner's code may take.

    Attributes:
        seconds: of one call.
        loading: seconds until the file is loaded, with all that it imports.
        megabytes: memory, beyond that of Python and the course.
    """

    seconds: float = 10.0
    loading: float = 60.0
    megabytes: int = 2000


def limit_memory(megabytes: int, system: str = sys.platform) -> str:
    """Let this process take so much memory more, and no more.

    Args:
        megabytes: how much beyond what it has now.
        system: as ``sys.platform`` names it.

    Returns:
        Why there is no such limit; empty where there is one. Only Linux keeps one: macOS accepts it
        and does not hold it, and Windows has no such call.
    """
    if system != "linux":
        return f"memory is not limited: {NAMES.get(system, system)} cannot do it"
    import resource  # here, because Windows has no such module

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + megabytes * 1_000_000
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY and hard < most:
        return ""  # whoever started this process has set a stricter one
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    return ""
