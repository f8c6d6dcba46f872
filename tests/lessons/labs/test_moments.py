"""What a kill at each moment would leave in a folder, and how a check asks for it."""

import io
import json
import os
import tempfile
from pathlib import Path

from lessons.labs import child
from lessons.labs.moments import recorded
from lessons.labs.runner import Solution

RENAMES = """\
from pathlib import Path
def save(folder, data):
    Path(folder, "part").write_bytes(data)
    Path(folder, "part").replace(Path(folder, "whole"))
    return len(data)
"""


def test_a_file_is_seen_empty_half_and_whole_before_its_renaming(tmp_path):
    (tmp_path / "whole").write_bytes(b"old")
    with recorded(tmp_path) as found:
        (tmp_path / "part").write_bytes(b"abcd")
        (tmp_path / "part").replace(tmp_path / "whole")
    old = {"whole": b"old"}
    parts = [{**old, "part": part} for part in (b"", b"ab", b"abc", b"abcd")]
    assert found == [old, *parts, {"whole": b"abcd"}]


def test_what_is_added_to_a_file_leaves_its_beginning_as_it_was(tmp_path):
    (tmp_path / "log").write_bytes(b"old")
    with recorded(tmp_path) as found, (tmp_path / "log").open("ab") as file:
        file.write(b"12345")
    assert [one["log"] for one in found] == [b"old", b"old12", b"old12345"]


def test_what_is_written_over_in_place_is_half_new_on_the_way(tmp_path):
    (tmp_path / "data").write_bytes(b"aaaaaaaa")
    with recorded(tmp_path) as found, (tmp_path / "data").open("r+b") as file:
        file.write(b"bbbbbbbb")
    assert [one["data"] for one in found] == [b"aaaaaaaa", b"bbbbaaaa", b"bbbbbbbb"]


def test_a_removal_is_a_moment_and_reading_or_another_folder_is_none(tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        (folder / "a").write_bytes(b"a")
    with recorded(here) as found:
        (here / "a").read_bytes()
        (elsewhere / "b").write_bytes(b"b")
        os.close(os.open(elsewhere / "b", os.O_RDONLY))
        (here / "a").unlink()
    assert found == [{"a": b"a"}, {}]


def test_a_file_of_tempfile_is_seen_too(tmp_path):
    with recorded(tmp_path) as found:
        with tempfile.NamedTemporaryFile(dir=tmp_path, delete=False) as file:
            file.write(b"abcd")
        Path(file.name).replace(tmp_path / "whole")
    name = Path(file.name).name
    assert {name: b"ab"} in found
    assert found[-1] == {"whole": b"abcd"}


def test_without_a_folder_nothing_is_noted(tmp_path):
    with recorded(None) as found:
        (tmp_path / "a").write_bytes(b"a")
    assert found == []


def test_a_check_gets_the_moments_of_a_call_in_the_other_process(tmp_path):
    with Solution(RENAMES) as solution, solution.again() as other:
        found = other.moments(str(tmp_path), "save", str(tmp_path), b"abcd")
        assert solution.call("save", str(tmp_path), b"") == 0
    assert [sorted(one) for one in found] == [[], *[["part"]] * 4, ["whole"]]


def test_the_other_process_answers_with_the_moments(tmp_path):
    (tmp_path / "solution.py").write_text(RENAMES, "utf-8")
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    answers = io.StringIO()
    server = child.Server(tmp_path / "solution.py", answers, "T")
    arguments = json.dumps({"list": [str(folder), {"bytes": "00"}]})
    asked = {"name": "save", "arguments": arguments, "seconds": 60, "watch": str(folder)}
    with (tmp_path / "dump").open("w") as dump:
        child.serve(server, io.StringIO(json.dumps(asked) + "\n"), dump, 60)
    answer = json.loads(answers.getvalue().splitlines()[1][2:])
    assert json.loads(answer["moments"])["list"][-1] == {"dict": [["whole", {"bytes": "00"}]]}
