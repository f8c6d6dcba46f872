"""A Hub that is down, slow or busy: what the reader is told, and that caches stay whole."""

from snippets.conftest import Reader
from snippets.support import failed, succeeded


def test_a_hub_that_does_not_answer(patient):
    """The library tries for most of a minute, and says so: these ran beside the other tests."""
    down, slow, busy = (patient[fault].result() for fault in ("down", "slow", "busy"))
    failed(
        down, "couldn't connect to 'http://127.0.0.1:9'", "Retrying in", "hint: check the network"
    )
    failed(slow, "Trying to resume download", "hint: a file did not arrive")
    failed(busy, "503", "hint: check the network")


def test_caches_are_whole_after_a_hub_that_did_not_answer(patient, again, hub):
    for fault in ("down", "slow", "busy"):
        patient[fault].result()
        reader = Reader(patient["folder"] / fault, hub.url)
        assert "decoded: Hello, how are you?" in succeeded(again(reader, "tokenize_text.py"))
    reader.endpoint = "http://127.0.0.1:9"  # what is stored needs no network
    reader.offline = True
    assert "decoded: Hello, how are you?" in succeeded(reader.run("tokenize_text.py"))
