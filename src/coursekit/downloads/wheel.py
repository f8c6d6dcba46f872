"""The package that readers install: built once, again only after a change."""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.text import read_text

__all__ = ["build", "file_name"]


def file_name(config: Config) -> str:
    """The wheel's name, from the project's name and version."""
    project = tomllib.loads(read_text(config.root / "pyproject.toml"))["project"]
    name = re.sub(r"[-_.]+", "_", project["name"]).lower()
    return f"{name}-{project['version']}-py3-none-any.whl"


def _sources(config: Config) -> list[Path]:
    lessons = (config.root / config.lessons).rglob("*")
    files = [file for file in lessons if file.is_file() and "__pycache__" not in file.parts]
    tops = [*config.root.glob("pyproject.toml"), *config.root.glob("README.md")]
    return [*files, *tops, *config.root.glob("LICENSE*")]


def build(config: Config) -> Path:
    """Build the wheel into ``.cache/dist`` unless the one there is newer than all its sources.

    Raises:
        RuntimeError: the build failed; the message is the builder's.
    """
    wheel = config.root / ".cache" / "dist" / file_name(config)
    stamp = wheel.with_suffix(".files")
    sources = _sources(config)
    listing = "\n".join(sorted(config.relative(file).as_posix() for file in sources))
    newest = max(file.stat().st_mtime for file in sources)
    fresh = wheel.is_file() and wheel.stat().st_mtime >= newest
    if fresh and stamp.is_file() and stamp.read_text("utf-8") == listing:
        return wheel
    wheel.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wheel.parent) as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        done = subprocess.run(command, cwd=config.root, capture_output=True, text=True, check=False)
        built = Path(folder) / wheel.name
        if done.returncode or not built.is_file():
            raise RuntimeError(f"the wheel was not built:\n{done.stdout}{done.stderr}")
        built.replace(wheel)
    write_atomically(stamp, listing)
    return wheel
