"""What a command says when it is stopped, or fails, before it has begun."""

import os
import signal
import sys

import pytest

from lessons import stopping


@pytest.fixture
def own_handlers():
    """Put back afterwards what the process does at Ctrl+C and with errors."""
    before, hook = signal.getsignal(signal.SIGINT), sys.excepthook
    yield
    signal.signal(signal.SIGINT, before)
    sys.excepthook = hook


def test_while_imports_run_ctrl_c_ends_the_process_with_one_line(own_handlers, monkeypatch):
    said, ended = [], []
    stopping.while_importing()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda place, text: said.append((place, text)))
        patch.setattr(os, "_exit", ended.append)
        signal.raise_signal(signal.SIGINT)
    assert said == [(2, b"stopped: nothing had begun yet\n")]
    assert ended == [130]


def test_while_imports_run_an_error_is_one_line(own_handlers, capsys):
    stopping.while_importing()
    sys.excepthook(ImportError, ImportError("no such library"), None)
    assert capsys.readouterr().err == "error: no such library\n"


def test_behind_the_imports_ctrl_c_and_errors_are_the_commands_own(own_handlers):
    stopping.while_importing()
    stopping.from_now_on()
    assert sys.excepthook is sys.__excepthook__
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
