"""Runs scripts as often as it is asked, each time in a copy of a process that has loaded their libraries.

Loading them takes most of a run. Started as a program, with scripts that hide the same packages. Each
line on stdin asks for a run, in JSON: the script, its folder, its arguments, the files that take what it
prints. Its status is the answer.
"""

import gc
import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

# What scripts load as they load the stand-in's GPT-2, beside what their heads import.
LATER = ("GPT2Tokenizer", "GPT2LMHeadModel")


def load(*scripts: str) -> None:
    """Import what the scripts will, and nothing beside it: their own folder comes first, as in its runs."""
    sys.path[0] = str(Path(scripts[0]).parent)
    for script in scripts:
        runpy.run_path(script)
    for name in LATER:
        getattr(sys.modules["transformers"], name)
    gc.freeze()  # a copy that looked there for garbage would first copy all that is loaded


def asked() -> dict[str, Any] | None:
    """Return, in a copy of this process, what to run; in the process itself None, at the end."""
    for line in sys.stdin:
        if os.fork() == 0:
            return dict(json.loads(line))
        print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
    return None


def begin(script: str, folder: str, arguments: list[str], files: list[str]) -> str:
    """Give this process the folder, the streams and the arguments of one that was started for the run."""
    os.chdir(folder)
    for number, name in enumerate([os.devnull, *files]):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    sys.path[0], sys.argv = str(Path(script).parent), [script, *arguments]
    return script


if __name__ == "__main__":
    load(*sys.argv[1:])
    # Below all functions, so that a run ends as any program does: its status and messages are Python's.
    if (run := asked()) is not None:
        runpy.run_path(begin(**run), run_name="__main__")
