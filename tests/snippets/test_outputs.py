"""What scripts write is there whole or not at all, and is looked at before the work."""

import random
import shutil
import sys
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoTokenizer,
)

from snippets.support import BASE, MLM, left, parts, refused

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.mark.parametrize("name", ["new", "a/b/new", "there"])
def test_an_output_is_there_whole_or_not_at_all(tmp_path, name):
    whole = parts("quantize.py")["whole"]
    (tmp_path / "there").mkdir()
    before = left(tmp_path)

    def write(broken: bool) -> None:
        with whole(Path(name)) as folder:
            folder.mkdir()
            (folder / "config.json").write_text("{}")
            if broken:
                raise KeyboardInterrupt
            (folder / "weights").write_text("1")

    with pytest.raises(KeyboardInterrupt):
        write(broken=True)
    assert left(tmp_path) == before
    write(broken=False)
    assert left(tmp_path / name) == ["config.json", "weights"]
    assert not [path for path in left(tmp_path) if "/." in f"/{path}"]
    with pytest.raises(ValueError, match="is there and not empty: name another --output"):
        write(broken=False)


def test_the_current_folder_can_be_the_output(tmp_path):
    with parts("quantize.py")["whole"](Path()) as folder:
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    assert [path.name for path in Path.cwd().iterdir()] == ["config.json"]


@pytest.mark.parametrize(
    "script", ["fine_tune.py", "reward_model.py", "quantize.py", "clean_text.py"]
)
@pytest.mark.parametrize("output", ["notes.txt", "notes.txt/model", "full"])
def test_an_output_is_looked_at_before_the_work(run, monkeypatch, tmp_path, script, output):
    def never(*args: object, **settings: object) -> None:
        raise AssertionError("the work began")

    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "weights.pt").write_text("mine")
    before = left(tmp_path)
    monkeypatch.setattr(AutoTokenizer, "from_pretrained", never)
    _, _, status = run(script, "--output", output)
    assert str(status).startswith("error: ")
    assert "work began" not in str(status)
    assert left(tmp_path) == before
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize(
    "script", ["quantize.py", "reward_model.py", "fine_tune.py", "clean_text.py"]
)
def test_a_full_disk_leaves_nothing_behind(run, monkeypatch, tmp_path, script):
    import resource

    source = tmp_path / "source"
    source.mkdir()
    (source / "text.txt").write_text("".join(f"{number} lines\n" for number in range(20_000)))
    args = ["--output", "made/result"]
    model = ["--model", MLM if script == "fine_tune.py" else BASE]
    args += ["--file", source / "text.txt"] if script == "clean_text.py" else model
    if script == "reward_model.py":
        args += ["--epochs", 1]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        done = run(script, *args)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    refused(done, "hint: make room on the disk")
    assert left(tmp_path) == ["source", "source/text.txt"]
    if script == "quantize.py":
        assert run(script, *args)[2] == 0, "with room, it goes on as if nothing had been"


def test_a_damaged_result_has_a_hint(run, tmp_path):
    shutil.copytree(BASE, "quantized")
    noise = [random.Random(seed).randbytes(999) for seed in range(12)]
    for content in (b"", b"PK\x03\x04" + bytes(99), b"\xa5" + bytes(9), *noise):
        Path("quantized/weights.pt").write_bytes(content)
        refused(run("generate_quantized.py"), "hint: a file is damaged")
    torch.save({"a": torch.ones(2)}, "quantized/weights.pt")
    refused(run("generate_quantized.py"), "hint: a file is damaged")


def test_a_bit_of_quantized_weights_that_is_another_is_noticed(run, capsys):
    """Its loader compares no checksums, and would go on with another number."""
    assert run("quantize.py", "--model", BASE)[2] == 0
    whole = Path("quantized/weights.pt").read_bytes()
    chance, refusals = random.Random(0), 0
    weights = torch.load("quantized/weights.pt", weights_only=False)
    norm = weights["transformer.ln_f.weight"].numpy().tobytes()
    places = [whole.index(norm) + 1, *(chance.randrange(len(whole)) for _ in range(12))]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        Path("quantized/weights.pt").write_bytes(damaged)
        done = run("generate_quantized.py")
        if done[2] != 0:
            refused(done, "weights.pt is corrupted", "hint: a file is damaged")
            refusals += 1
        elif place == places[0]:
            pytest.fail("another number was read")
    assert refusals > 6, "the others changed what nobody reads"
