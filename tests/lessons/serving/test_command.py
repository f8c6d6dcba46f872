"""``python -m lessons.serving``: start, ask, bench."""

import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from lessons.serving import __main__, command
from lessons.serving.client import Answer


@pytest.fixture
def answers(monkeypatch):
    """A client that answers without a server; gives back what was asked."""
    asked = []

    def asker(client, model, room, clock, show=lambda _: None):
        def ask(prompt, due):
            asked.append((client, model, room, prompt))
            show("fast")
            return Answer(0.0, 0.0, 0.5, 1.5, 3, "fast", "stop")

        return ask

    monkeypatch.setattr(command.clients, "connect", lambda address: address)
    monkeypatch.setattr(command.clients, "asker", asker)
    monkeypatch.setattr(command, "served", lambda name: Path("models", name))
    return asked


def test_ask_shows_the_answer_and_what_was_waited_for(answers, capsys):
    assert command.main(["ask", "Opposite of slow?", "--port", "81", "--tokens", "9"]) == 0
    assert answers == [("http://127.0.0.1:81/v1", "chat", 9, "Opposite of slow?")]
    assert capsys.readouterr().out == (
        "fast\n[stop; first text after 0.50 s, then 0.500 s a token]\n"
    )


def test_bench_prints_a_line_for_so_many_users(answers, monkeypatch, capsys):
    started = []

    @contextmanager
    def running(folder, options):
        started.append((folder, options))
        yield SimpleNamespace(address="here", model=folder.name)

    monkeypatch.setattr(command, "running", running)
    assert (
        command.main(["bench", "chat", "--requests", "5", "--concurrency", "1", "3", "--batching"])
        == 0
    )
    assert started == [(Path("models/chat"), ("--continuous-batching",))]
    assert len(answers) == 1 + 2 * 5
    first, _, one, three = capsys.readouterr().out.splitlines()
    assert first.startswith("5 requests each")
    assert one.split() == ["1", "0.50", "0.50", "1.50", "1.50", "10.0"]
    assert three.split()[0] == "3"


@pytest.mark.parametrize("stopped", [False, True])
def test_start_shows_the_command_and_asks_no_network(answers, monkeypatch, capsys, stopped):
    seen = {}

    def run(given, **options):
        seen.update(options, command=given)
        if stopped:
            raise KeyboardInterrupt
        return SimpleNamespace(returncode=5)

    monkeypatch.setattr(subprocess, "run", run)
    assert command.main(["start", "chat", "--port", "81"]) == (0 if stopped else 5)
    assert seen["command"][-3:] == ["127.0.0.1", "--port", "81"]
    assert seen["cwd"] == Path("models")
    assert seen["env"]["HF_HUB_OFFLINE"] == seen["env"]["HF_HUB_DISABLE_UPDATE_CHECK"] == "1"
    place, line = capsys.readouterr().out.splitlines()
    assert place == "cd models"
    assert line.startswith("HF_HUB_OFFLINE=1 HF_HUB_DISABLE_UPDATE_CHECK=1 ")
    assert " serve chat " in line


def test_what_is_shown_can_be_typed_on_windows_and_elsewhere():
    given = Path("my models"), {"A": "1", "B": "2"}, ["py thon", "-m", "x"]
    assert command.typed(*given, "linux") == ["cd 'my models'", "A=1 B=2 'py thon' -m x"]
    assert command.typed(*given, "darwin") == command.typed(*given, "linux")
    assert command.typed(*given, "win32") == [
        'cd /d "my models"', "set A=1", "set B=2", '"py thon" -m x',
    ]  # fmt: skip


def test_the_package_is_a_command():
    assert __main__.main is command.main
