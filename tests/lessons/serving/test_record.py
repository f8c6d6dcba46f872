"""What the lab's page says of the recorded server is what the record holds."""

from statistics import median

import pytest

from lessons.experiments import load_result
from lessons.labs.serving_queue import serve
from lessons.serving.measuring import columns

RECORD = load_result("serving_smollm2")
OFF, ON = (RECORD["summary"][batching] for batching in ("off", "on"))
USERS = {"one": 1, "two": 2, "four": 4, "eight": 8}


def processor_rate(row):
    return row["rate"] / row["share"]


def test_users_wait_for_the_answers_of_those_before_them():
    for name in ("two", "four", "eight"):
        answers = OFF[name]["first"] / OFF[name]["token"] / 24
        assert answers == pytest.approx(USERS[name] - 1, abs=0.5)


def test_without_batching_the_server_does_as_much_in_a_second_of_the_processor():
    rates = [processor_rate(OFF[name]) for name in USERS]
    assert max(rates) < 1.25 * min(rates)


def test_with_batching_it_does_more_the_more_ask():
    gains = [processor_rate(ON[name]) / processor_rate(OFF[name]) for name in USERS]
    assert gains == sorted(gains)
    assert gains[-1] > 2


@pytest.mark.parametrize("name", ["half", "most", "over"])
def test_the_queue_is_predicted_with_the_pace_of_the_moment_and_not_without(name):
    values = next(c["values"] for c in RECORD["cells"] if not c["parameters"]["batching"])
    alone = [row["done"] - row["sent"] for row in columns(values, "one")]
    slower = OFF[name]["token"] / OFF["one"]["token"]
    due = [row["due"] for row in columns(values, name)]

    def predicted(services):
        return median(e - d for d, (_, e) in zip(due, serve(due, services, 1), strict=True))

    seen = OFF[name]["done"]
    assert predicted(alone) < 0.65 * seen
    assert 0.7 * seen < predicted([slower * each for each in alone]) < 1.3 * seen


def test_a_stop_lost_no_answer():
    for summary in (ON, OFF):
        stop = summary["stop"]
        assert stop["finished"] == stop["sent"] == 4
        assert (stop["refused"], stop["status"]) == (1, -15)
