"""The machine a number was measured on."""

import os
import platform
import sys
from pathlib import Path
from typing import Any


def peak_memory() -> int | None:
    """Return the most memory this process ever held, in MB; None on Windows, which does not say."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1e6 if sys.platform == "darwin" else 1e3))


def machine() -> dict[str, Any]:
    """Describe this machine: processor, cores that this process may use, operating system."""
    info, model = Path("/proc/cpuinfo"), platform.processor() or platform.machine()
    if info.is_file():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "os": f"{platform.system()} {platform.machine()}",
    }
