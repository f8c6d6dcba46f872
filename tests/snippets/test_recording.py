"""Recording, with the stand-in Hub in place of the real one."""

import datetime
import json
import math
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from transformers import GPT2Config, GPT2LMHeadModel

from coursekit.config import Config
from coursekit.page import script_records
from coursekit.page.scripts import digest
from snippets.conftest import BERT, GPT2, SNIPPETS, Hub, hiding
from snippets.recording import Entry, ScriptFailedError, packages, record, record_all, write
from snippets.test_real_hub import parameters, tensors, weights_of_bert, weights_of_gpt2

DOWNLOADING = """\
# /// script
# requires-python = ">=3.11"
# dependencies = ["huggingface_hub>=1"]
# ///
import sys
from huggingface_hub import hf_hub_download
for path in sys.argv[1:]:
    hf_hub_download(*path.rsplit("/", 1))
print("fetched:", *sys.argv[1:])
"""
NOTHING_TO_LOAD = '# /// script\n# dependencies = ["packaging"]\n# ///\n'


@pytest.fixture
def online(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What leads a script to the stand-in; the settings that lead elsewhere are a maintainer's own."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return {"HF_ENDPOINT": hub.url, "no_proxy": "127.0.0.1,localhost"}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "download.py"
    path.write_text(DOWNLOADING)
    return path


def served(hub: Hub) -> list[str]:
    """Of the large files, those whose content the stand-in sent, with their repositories."""
    paths = [urlsplit(path).path for path in hub.downloads]
    return [path.removeprefix("/cdn/") for path in paths if path.startswith("/cdn/")]


def test_an_entry_says_what_was_run_where_and_what_came_of_it(hub, online, tmp_path):
    script = SNIPPETS / "tokenize_text.py"
    arguments = ["--text", "Hello, how"]
    online["PYTHONPATH"] = str(hiding(tmp_path, script))
    entry = record(
        script, arguments, cache=tmp_path / "cache", work=tmp_path / "work", environment=online
    )
    assert sorted(entry) == [
        "accelerator", "command", "date", "download_mb", "machine", "output", "python", "script",
        "seconds", "versions",
    ]  # fmt: skip
    today = datetime.datetime.now(datetime.UTC).date()
    assert today - datetime.date.fromisoformat(entry["date"]) <= datetime.timedelta(days=1)
    assert re.fullmatch(r".+, \d+ cores, \w+ \w+", entry["machine"])
    assert entry["versions"].keys() == {"transformers"}
    assert entry["command"] == "python tokenize_text.py --text 'Hello, how'"
    assert entry["output"].endswith("decoded: Hello, how\n")
    assert entry["script"] == digest(script)
    assert entry["seconds"] > 0
    assert any(path.endswith("/tokenizer.json") for path in hub.downloads)
    course = tmp_path / "course"
    (course / "snippets").mkdir(parents=True)
    shutil.copy(script, course / "snippets")
    write(course / "snippets" / "recorded.json", {script.name: entry})
    assert script_records.read(Config(course)) == {
        script.name: {script_records.OWN: script_records.Run(**entry)}
    }


def test_a_download_is_counted_once_for_each_script_that_needs_it(hub, online, tmp_path, script):
    """Three scripts share a cache: they ask for a file twice, for this and another, and for none."""
    gpt2, bert = f"{GPT2}/model.safetensors", f"{BERT}/model.safetensors"
    found = []
    for wanted in ([gpt2, gpt2], [gpt2, bert, f"{BERT}/config.json"], []):
        entry = record(
            script, wanted, cache=tmp_path / "cache", work=tmp_path / "work", environment=online
        )
        size = sum((hub.root / name).stat().st_size for name in set(wanted))
        assert entry["download_mb"] == round(size / 1e6, 1)
        found.append(entry["download_mb"])
    assert found[1] > found[0] > found[2] == 0
    assert served(hub) == [gpt2, bert], "what was stored is fetched again"


@pytest.fixture
def pair(tmp_path: Path) -> list[Path]:
    """Two scripts, of which the second shows what it finds in its folder."""
    first, second = tmp_path / "make.py", tmp_path / "show.py"
    first.write_text(f"{NOTHING_TO_LOAD}from pathlib import Path\nPath('made').mkdir()\n")
    second.write_text(f"{NOTHING_TO_LOAD}from pathlib import Path\nprint(*Path().iterdir())\n")
    return [first, second]


@pytest.mark.parametrize(("after", "found"), [({}, "\n"), ({"show.py": "make.py"}, "made\n")])
def test_scripts_share_a_folder_where_one_needs_what_another_wrote(tmp_path, pair, after, found):
    record_all(tmp_path / "recorded.json", pair, tmp_path / "runs", after, {})
    kept = json.loads((tmp_path / "recorded.json").read_text())
    assert kept["show.py"]["own"]["output"] == found
    assert kept["show.py"]["own"]["download_mb"] == 0


def test_nothing_is_written_unless_all_scripts_ran_and_passed(tmp_path, pair):
    path = tmp_path / "recorded.json"
    path.write_text(old := '{"make.py": {}}')

    def check(entry: Entry, cache: Path) -> None:
        assert entry["output"] == "something else"

    with pytest.raises(AssertionError, match="something else"):
        record_all(path, pair, tmp_path / "checked", {}, {"show.py": check})
    pair[1].write_text(f"{NOTHING_TO_LOAD}raise SystemExit('error: no such model')\n")
    with pytest.raises(ScriptFailedError, match="error: no such model"):
        record_all(path, pair, tmp_path / "failed", {}, {})
    assert path.read_text() == old


def test_a_new_entry_replaces_the_old_one_of_its_script_and_no_other(tmp_path):
    path = tmp_path / "recorded.json"
    write(path, {"b.py": {"output": "old"}, "c.py": {"output": "é"}})
    write(path, {"b.py": {"output": "new"}, "a.py": {"output": "first"}})
    kept = json.loads(path.read_text("utf-8"))
    assert list(kept.items()) == [
        ("a.py", {"own": {"output": "first"}}), ("b.py", {"own": {"output": "new"}}),
        ("c.py", {"own": {"output": "é"}}),
    ]  # fmt: skip
    assert [file.name for file in tmp_path.iterdir()] == ["recorded.json"]


def test_entries_of_several_models_stand_side_by_side(tmp_path):
    path = tmp_path / "recorded.json"
    for model, output in (("Some Model", "old"), ("own", "own"), ("Some Model", "new")):
        write(path, {"a.py": {"output": output}}, model)
    kept = json.loads(path.read_text("utf-8"))
    assert kept == {"a.py": {"Some Model": {"output": "new"}, "own": {"output": "own"}}}


def test_a_folder_of_this_machine_has_a_name_of_its_own_in_the_command(tmp_path, pair):
    (model := tmp_path / "elsewhere").mkdir()
    (model / "weights").write_text("here")
    script = tmp_path / "weigh.py"
    script.write_text(
        f"{NOTHING_TO_LOAD}import os, sys\nprint(open(sys.argv[1] + '/weights').read())\n"
        "print(os.environ['HF_HUB_OFFLINE'])\n"
    )
    record_all(
        tmp_path / "recorded.json", [script], tmp_path / "runs", {}, {}, model="Some Model",
        arguments={"weigh.py": ["small"]}, environment={"HF_HUB_OFFLINE": "1"},
        folders={"small": model},
    )  # fmt: skip
    entry = json.loads((tmp_path / "recorded.json").read_text())["weigh.py"]["Some Model"]
    assert entry["command"] == "python weigh.py small"
    assert entry["output"] == "here\n1\n"
    assert str(tmp_path) not in json.dumps(entry)


def test_a_record_that_is_none_is_named_and_left_as_it_is(tmp_path):
    path = tmp_path / "recorded.json"
    path.write_text("<<<<<<< a conflict")
    with pytest.raises(ValueError, match=r"recorded\.json is not a record, restore or remove it"):
        write(path, {})
    assert path.read_text() == "<<<<<<< a conflict"


def test_a_script_that_fails_shows_its_stderr(tmp_path):
    script = tmp_path / "failing.py"
    script.write_text(f"{NOTHING_TO_LOAD}import sys\nsys.exit('error: no such model\\nhint: x')\n")
    with pytest.raises(ScriptFailedError) as caught:
        record(script, ["--model", "y"], cache=tmp_path / "cache", work=tmp_path / "work")
    message = "failing.py --model y ended with status 1:\nerror: no such model\nhint: x\n"
    assert str(caught.value) == message


def test_a_script_must_name_its_packages(tmp_path):
    script = tmp_path / "plain.py"
    script.write_text("print('hello')\n")
    with pytest.raises(ValueError, match=r"plain\.py: no block `# /// script`"):
        packages(script)
    script.write_text('# /// script\n# dependencies = [\n#   "a>=1,<2",\n#   "b[c]",\n# ]\n# ///\n')
    assert packages(script) == ["a", "b"]
    assert packages(SNIPPETS / "quantize.py") == ["transformers", "torch", "torchao"]


def test_the_checks_of_the_real_models_read_what_a_cache_holds(hub, online, script, tmp_path):
    """Without a network they never run, and a slip in them would show after a gigabyte."""
    files = [f"{model}/model.safetensors" for model in (GPT2, BERT)]
    cache = tmp_path / "cache"
    entry = record(script, files, cache=cache, work=tmp_path / "work", environment=online)
    with pytest.raises(AssertionError):
        weights_of_gpt2(entry, cache)  # it has two layers
    with pytest.raises(AssertionError):
        weights_of_bert(entry, cache)  # it is small
    shapes = tensors(cache, GPT2)
    assert shapes["h.1.attn.bias"] == [1, 1, 1024, 1024]
    config = GPT2Config.from_pretrained(hub.root / GPT2)
    masks = sum(math.prod(shape) for name, shape in shapes.items() if name.endswith(".attn.bias"))
    assert parameters(shapes) - masks == GPT2LMHeadModel(config).num_parameters()
    assert {name.rpartition(".")[2] for name in tensors(cache, BERT) if "LayerNorm" in name} == {
        "gamma", "beta",
    }  # fmt: skip
