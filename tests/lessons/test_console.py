"""A console of an old code page shows what it can."""

import io

import pytest

from lessons.console import print_all


def test_a_character_that_the_code_page_lacks_is_written_out():
    kept = io.BytesIO()
    stream = io.TextIOWrapper(kept, encoding="cp437", newline="\n")
    with pytest.raises(UnicodeEncodeError):
        print("cut … here", file=stream)
    print_all(stream)
    print("café … cut", file=stream, flush=True)
    assert kept.getvalue() == b"caf\x82 \\u2026 cut\n"


def test_a_stream_that_encodes_nothing_is_left_alone():
    stream = io.StringIO()
    print_all(stream)
    print("…", file=stream)
    assert stream.getvalue() == "…\n"
