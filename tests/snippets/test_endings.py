"""How a script ends: a reader who stops reading, no room, a package that is not there, Ctrl+C."""

import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import transformers

from snippets.conftest import SNIPPETS
from snippets.support import BASE, MLM, WITH_MODEL, left, numbers, parts

pytestmark = pytest.mark.usefixtures("empty_folder")


def start(*args: str, **settings: Any) -> subprocess.Popen[str]:
    """Start a script in a process of its own. Without a package that it names, that is quick."""
    return subprocess.Popen(
        [sys.executable, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **settings,
    )


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("lines", [3, 20_000])
def test_a_reader_who_stops_reading_ends_a_script_quietly(tmp_path, options, lines):
    text = tmp_path / "long.txt"
    text.write_text("".join(f"line {number}\n" for number in range(lines)))
    reading, writing = os.pipe()
    os.close(reading)
    script = str(SNIPPETS / "clean_text.py")
    done = subprocess.run(
        [sys.executable, *options, script, "--file", str(text)], stdout=writing,
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 0
    assert "error" not in done.stderr.lower()
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_an_output_without_room_is_an_error_in_a_line():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, str(SNIPPETS / "clean_text.py")], stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "error: [Errno 28] No space left on device\nhint: make room" in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes an output")
def test_a_closed_output_is_no_error():
    done = start("-c", f"import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, "
                 f"{str(SNIPPETS / 'clean_text.py')!r}])")  # fmt: skip
    assert "kept 3 lines" in done.communicate()[1]
    assert done.returncode == 0


def fake(folder: Path, content: str) -> dict[str, str]:
    """An environment in which the libraries are a module that does what the content says."""
    for name in ("torch", "transformers"):
        (folder / f"{name}.py").write_text(content)
    return {**os.environ, "PYTHONPATH": str(folder)}


@pytest.mark.parametrize("script", WITH_MODEL)
def test_a_package_that_is_not_there_is_named(tmp_path, script):
    process = start(str(SNIPPETS / script), env=fake(tmp_path, "import nothing_there"))
    out, err = process.communicate()
    assert (out, process.returncode) == ("", 1)
    assert err.splitlines()[0] == "error: No module named 'nothing_there'"
    assert err.splitlines()[1:] == ["hint: install what the script's head names, or use: uv run"]


def test_a_library_that_cannot_be_loaded_ends_in_a_line(tmp_path):
    story = "raise OSError('libc10.so: cannot open\\nand a long story')"
    process = start(str(SNIPPETS / "prompt.py"), env=fake(tmp_path, story))
    assert process.communicate() == ("", "error: libc10.so: cannot open\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal to send there")
def test_ctrl_c_is_said_in_a_line(tmp_path):
    waiting = "import time\nprint('here', flush=True)\ntime.sleep(60)"
    process = start(
        str(SNIPPETS / "prompt.py"), env=fake(tmp_path, waiting),
        # Whoever runs the tests in the background ignores the signal, and so would the script.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate()[1] == "stopped\n"
    assert process.returncode == 130


def test_ctrl_c_in_training_leaves_nothing_behind(run, monkeypatch, tmp_path):
    def stopped(*args: object, **settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(transformers.Trainer, "train", stopped)
    out, err, status = run("fine_tune.py", "--model", MLM)
    assert status == 130
    assert err == "stopped\n"
    assert "saved" not in out
    assert left(tmp_path) == []


def test_a_log_has_what_the_script_says_and_nothing_else(run):
    """No bars for loading, training and saving; and what was understood, before it is trained on."""
    out, err, status = run("fine_tune.py", "--model", MLM, "--learning-rate", "0.0005")
    assert (status, err) == (0, "")
    assert out.startswith("labels: bad 20, good 20\n")
    right, asked, low, high = numbers(
        out, r"right on unseen texts: (\d+) of (\d+), 95 % interval ([\d.]+) to ([\d.]+)"
    )
    assert low <= right / asked <= high
    (always,) = numbers(out, r'always "good": (\d+) of 10')
    assert 0 < always < asked
    assert math.isfinite(numbers(out, r"last loss: ([\d.]+)")[0])
    for script in ("perplexity.py", "prompt.py", "tokenize_text.py", "quantize.py"):
        assert run(script, "--model", BASE)[1:] == ("", 0), script
    assert run("generate_quantized.py")[1:] == ("", 0)
    assert run("reward_model.py", "--model", BASE, "--epochs", 1)[1:] == ("", 0)


def test_intervals_of_shares():
    """Wilson's, as in any table of them."""
    interval = parts("fine_tune.py")["interval"]
    assert interval(10, 10) == "95 % interval 0.72 to 1.00"
    assert interval(0, 10) == "95 % interval 0.00 to 0.28"
    assert interval(81, 263) == "95 % interval 0.26 to 0.37"
