"""A server in a process, the stock client, many users at once, and what is made of it."""

import signal
import sys
import threading
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import pytest
from openai import APIConnectionError

import standinserver
from lessons.serving import client, folders, load, measuring, server
from lessons.serving.experiments import EXPERIMENTS, percentile, summarise_serving
from lessons.world.instructions import instructions

STAND_IN = (sys.executable, standinserver.__file__)
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")


def folder(tmp_path: Path, name: str = "chat") -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


@unix
def test_a_stream_is_timed_from_its_first_text_and_says_how_it_ended(tmp_path):
    shown = []
    with server.running(folder(tmp_path), command=STAND_IN) as run:
        assert run.model == "chat"
        assert (run.cpu_seconds() > 0) == Path("/proc").is_dir()
        asked = client.asker(client.connect(run.address), run.model, 9, client.now, shown.append)
        answer, none = asked("How is it?", 1.0), asked("Say nothing.", 2.0)
    assert (answer.text, answer.ended, answer.tokens, answer.due) == ("It is slow.", "stop", 4, 1.0)
    assert shown == list(standinserver.WORDS)
    assert answer.first - answer.sent >= 0.9 * standinserver.PAUSE  # not the empty chunk
    assert answer.first < answer.done
    assert answer.done - answer.sent >= 3.9 * standinserver.PAUSE  # a busy machine only adds to it
    assert (none.text, none.ended, none.first) == ("", "cut", none.done)
    assert run.process.returncode == 0
    assert run.cpu_seconds() == 0.0


@pytest.mark.parametrize(
    ("name", "starting", "said"),
    [("die", 30, "ended with status 3: no such model"), ("mute", 0.3, "does not answer")],
)
def test_a_server_that_does_not_come_up_says_why(tmp_path, name, starting, said):
    with (
        pytest.raises(server.ServerError, match=said),
        server.running(folder(tmp_path, name), command=STAND_IN, starting=starting),
    ):
        pass


@unix
def test_a_server_that_does_not_stop_is_killed(tmp_path):
    with server.running(folder(tmp_path, "deaf"), command=STAND_IN, stopping=0.2) as run:
        assert run.process.poll() is None
    assert run.process.returncode == -signal.SIGKILL


def instant(prompt: str, due: float) -> client.Answer:
    return client.Answer(due, due, due + 1, due + 2, len(prompt), prompt, "stop")


def test_a_closed_loop_answers_each_request_once():
    found = load.at_once(instant, ["a", "bb", "ccc"], 2, client.now)
    assert sorted(answer.text for answer in found) == ["a", "bb", "ccc"]


def test_an_open_loop_counts_from_when_requests_were_due():
    due = load.arrivals(rate=200.0, count=5, seed=0)
    assert due == sorted(due) == load.arrivals(200.0, 5, 0)
    start = client.now()
    found = load.when_due(instant, list("abcde"), due, client.now)
    assert [answer.text for answer in found] == list("abcde")
    for answer, after in zip(found, due, strict=True):
        assert answer.due - start == pytest.approx(after, abs=0.05)


def test_users_come_at_the_rate_that_is_wanted():
    assert load.arrivals(2.0, 4000, 1)[-1] == pytest.approx(2000, rel=0.05)


def test_requests_stand_alone_and_are_the_same_each_time():
    for model in folders.NAMES:
        asked = measuring.requests(model, 30, 7)
        assert len(asked) == 30
        assert asked == measuring.requests(model, 30, 7)
        assert not any(prompt.startswith("User: ") for prompt in asked)
    held_out = {one.prompt for one in instructions(7, 60, "held-out")}
    assert held_out.issuperset(measuring.requests("chat", 30, 7))


@unix
def test_a_cell_times_each_request_of_each_way(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "served", lambda name: folder(tmp_path, name))
    serve = partial(server.running, command=STAND_IN)
    values = measuring.serving_cell("load", "chat", False, 3, 0, serve)
    for way in (*measuring.USERS, *measuring.BUSY):
        rows = measuring.columns(values, way)
        assert len(rows) == 3
        assert min(row["due"] for row in rows) == 0
        assert all(row["due"] <= row["sent"] < row["first"] < row["done"] for row in rows)
        assert {row["tokens"] for row in rows} == {4.0}
    cell = {"parameters": {"batching": True, "about": "load"}, "values": values}
    one = summarise_serving([cell])["on"]["one"]
    assert one["n"] == 3
    rows = measuring.columns(values, "one")
    steps = [(row["done"] - row["first"]) / (row["tokens"] - 1) for row in rows]
    assert one["token"] == pytest.approx(median(steps))
    assert one["first"] < one["done"] <= one["done95"]


@unix
def test_a_cell_about_stopping_counts_what_was_finished_and_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "served", lambda name: folder(tmp_path, name))
    serve = partial(server.running, command=STAND_IN)
    values = measuring.serving_cell("stop", "chat", True, 2, 0, serve)
    # How many were taken before the signal came depends on how busy the machine is.
    assert values["sent"] == 2 >= values["finished"]
    assert values["refused"] in (0, 1)
    assert (values["status"], values["seconds"] > 0) == (0, True)
    cell = {"parameters": {"batching": False, "about": "stop"}, "values": values}
    assert summarise_serving([cell])["off"]["stop"] == values


def test_a_percentile_is_the_smallest_that_so_many_do_not_exceed():
    assert percentile([3.0, 1.0, 2.0, 4.0], 50) == 2.0
    assert percentile([float(n) for n in range(20)], 95) == 18.0


def test_a_server_is_recorded_with_and_without_batching():
    for experiment in EXPERIMENTS:
        said = {(cell["about"], cell["batching"]) for cell in experiment.cells}
        assert said == {(about, on) for about in ("load", "stop") for on in (True, False)}
        assert not experiment.repeatable


def test_the_chat_model_is_instruct_with_a_template(tmp_path, monkeypatch):
    tuned, made = folder(tmp_path, "instruct"), folder(tmp_path, "made")
    (tuned / "config.json").write_text("{}")
    tuning = SimpleNamespace(instruct=lambda: tuned)  # the real ones load trl
    monkeypatch.setitem(sys.modules, "lessons.fine_tuning.instruction_tuning", tuning)
    chat = SimpleNamespace(TEMPLATE="Assistant:")
    monkeypatch.setitem(sys.modules, "lessons.fine_tuning.chat", chat)
    folders.make_chat(made)
    assert sorted(file.name for file in (made / "chat").iterdir()) == [
        "chat_template.jinja",
        "config.json",
    ]
    assert (made / "chat/chat_template.jinja").read_text("utf-8") == "Assistant:"


def test_a_model_is_found_by_its_name(monkeypatch):
    monkeypatch.setattr(folders.places, "find", lambda name: Path(name))
    monkeypatch.setattr(folders, "cached", lambda name, make, **_: Path(name, make.__name__))
    assert folders.served("smollm2") == Path("smollm2")
    assert folders.served("chat") == Path("served", "make_chat", "chat")
    with pytest.raises(ValueError, match="take one of chat, smollm2"):
        folders.served("gpt")


def test_what_was_finished_and_refused_is_counted(tmp_path, monkeypatch):
    stopping = threading.Event()
    process = SimpleNamespace(wait=lambda: None, returncode=-15)
    stub = SimpleNamespace(address="x", model="chat", process=process, ask_to_stop=stopping.set)

    def ask(prompt, due):
        if threading.current_thread() is not threading.main_thread():
            assert stopping.wait(60)
            ended = "cut" if "cut" in prompt else "stop"
        elif stopping.is_set():
            raise APIConnectionError(request=None)
        else:
            ended = "stop"
        return client.Answer(due, due, due, due, 1, prompt, ended)

    monkeypatch.setattr(measuring, "served", lambda name: folder(tmp_path, name))
    monkeypatch.setattr(
        measuring, "requests", lambda *_: ["a happy story", "a happy story, cut", "a happy story"]
    )
    monkeypatch.setattr(measuring.clients, "connect", lambda _: None)
    monkeypatch.setattr(measuring.clients, "asker", lambda *_: ask)
    values = measuring.stop_cell("chat", False, 3, lambda *_: nullcontext(stub))
    counted = {name: values[name] for name in ("sent", "finished", "refused", "status")}
    assert counted == {"sent": 3, "finished": 2, "refused": 1, "status": -15}
