"""The site's build writes models for the page in eight bits, and scripts that tell their sizes."""

import struct
from array import array
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from coursekit.site import live_models, scripts
from coursekit.site.live_models import Tensor, quantized, read, write


def halves(*numbers: float) -> bytes:
    """Numbers as the upper halves of floats."""
    return b"".join(struct.pack("<f", number)[2:] for number in numbers)


def rows(tensors: dict[str, Tensor], name: str) -> list[list[float]]:
    """A matrix in eight bits, as numbers."""
    whole, width = array("b", tensors[name].data), tensors[name].shape[1]
    scales = array("f", tensors[f"{name}.scale"].data)
    return [
        [weight * scale for weight in whole[at * width : (at + 1) * width]]
        for at, scale in enumerate(scales)
    ]


def test_each_weight_is_at_most_half_a_step_from_what_it_was():
    was = [1.0, -0.5, 0.25, 0.0, 0.0, 0.0, -8.0, 3.0, 0.03125]
    tensors = quantized({"wte.weight": Tensor("BF16", [3, 3], halves(*was))})
    assert tensors["wte.weight"].dtype == "I8"
    assert list(array("f", tensors["wte.weight.scale"].data))[1] == 1.0  # of a row of zeros
    for row, before in zip(rows(tensors, "wte.weight"), (was[:3], was[3:6], was[6:]), strict=True):
        step = max(map(abs, before)) / 127
        assert row == pytest.approx(before, abs=step / 2 * 1.0001)


def test_a_row_is_what_one_output_is_made_of():
    stored = halves(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)  # 2 inputs, 3 outputs
    tensors = quantized({"h.0.mlp.c_fc.weight": Tensor("BF16", [2, 3], stored)})
    turned = rows(tensors, "h.0.mlp.c_fc.weight")
    assert tensors["h.0.mlp.c_fc.weight"].shape == [3, 2]
    assert turned == [pytest.approx(row, abs=0.03) for row in ([1, 4], [2, 5], [3, 6])]


def test_what_no_vector_is_multiplied_by_stays_as_it_is():
    kept = {
        "h.0.ln_1.weight": Tensor("BF16", [2], halves(1.0, 2.0)),
        "wpe.weight": Tensor("BF16", [1, 2], halves(1.0, 2.0)),
    }
    assert quantized(kept) == kept


def test_numbers_of_the_other_kind_with_16_bits_are_read():
    assert list(Tensor("F16", [2], struct.pack("<2e", 0.5, -3.0)).numbers()) == [0.5, -3.0]


def test_a_file_is_read_as_it_was_written_and_begins_its_tensors_where_a_kernel_can():
    tensors = {
        "a": Tensor("I8", [3], b"abc"),
        "b": Tensor("F32", [1], struct.pack("<f", 1.5)),
    }
    data = write(tensors)
    assert read(data) == tensors
    assert data.index(struct.pack("<f", 1.5)) % 16 == 0
    head = b'{"__metadata__": {"format": "pt"}}'
    assert read(len(head).to_bytes(8, "little") + head) == {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no file", "no safetensors file"),
        (write({"a": Tensor("I8", [3], b"abc")})[:-1], "it ends at byte .*, within a"),
    ],
)
def test_a_file_that_is_none_is_named(data, said):
    with pytest.raises(ValueError, match=said):
        read(data)


def test_a_matrix_of_other_numbers_is_named():
    with pytest.raises(ValueError, match=r"wte\.weight: F32, where BF16 or F16 is read"):
        quantized({"wte.weight": Tensor("F32", [1, 1], bytes(4))})


@pytest.fixture
def site(tmp_path):
    """A course with a model, and what its build adds to the files."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.coursekit]\n")
    settings = "site_name: x\nextra: {live_models: {tiny: models/tiny}}\n"
    (tmp_path / "mkdocs.yml").write_text(settings)
    folder = tmp_path / "models/tiny"
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_text("{}")
    weights = {"wte.weight": Tensor("BF16", [1, 2], halves(1.0, 2.0))}
    (folder / "model.safetensors").write_bytes(write(weights))
    config = load_config(str(tmp_path / "mkdocs.yml"))
    config.plugins._current_plugin = "hooks"  # as mkdocs notes it where a file is generated

    def add(*more: File) -> Files:
        return live_models.add(Files(list(more)), config)

    return folder, config, add


def test_a_models_files_stand_side_by_side_and_are_made_once(site):
    folder, _, add = site
    files = add()
    names = ["config.json", "tokenizer.json", "model.safetensors"]
    assert [file.src_uri for file in files] == [f"assets/models/tiny/{name}" for name in names]
    made = files.src_uris["assets/models/tiny/model.safetensors"]
    assert read(made.content_bytes)["wte.weight"].dtype == "I8"
    kept = Path(str(made.abs_src_path))
    kept.write_bytes(b"kept")
    assert add().src_uris[made.src_uri].content_bytes == b"kept"
    weights = {"wte.weight": Tensor("BF16", [1, 2], halves(1.0, 3.0))}
    (folder / "model.safetensors").write_bytes(write(weights))
    assert add().src_uris[made.src_uri].content_bytes != b"kept"


def test_what_is_wrong_with_a_model_is_said_with_its_place(site):
    folder, _, add = site
    (folder / "model.safetensors").write_bytes(b"no file")
    with pytest.raises(PluginError, match=r"models/tiny/model\.safetensors: no safetensors file"):
        add()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(PluginError, match=r"there is no models/tiny/tokenizer\.json"):
        add()


def test_a_script_says_how_much_it_loads_and_comes_without_comments(site):
    _, config, add = site
    code = '// Why.\nconst SIZE = "{{ bytes assets/models/tiny/config.json assets/a.txt }}";\n'
    text = File.generated(config, "assets/a.txt", content="abc")
    script = File.generated(config, "assets/js/live/a.js", content=code)
    files = scripts.join(add(script, text), config)
    assert files.src_uris["assets/js/live/a.js"].content_string == "const SIZE = 5;\n"


def test_a_script_that_asks_for_the_size_of_no_file_is_named(site):
    _, config, add = site
    code = 'const SIZE = "{{ bytes assets/models/none/config.json }}";\n'
    script = File.generated(config, "assets/js/live/a.js", content=code)
    with pytest.raises(PluginError, match=r"docs/assets/js/live/a\.js: .*none/config\.json"):
        scripts.join(add(script), config)


def test_big_endian_processors_read_and_write_the_same(monkeypatch):
    numbers = array("f", [1.0])
    monkeypatch.setattr(live_models.sys, "byteorder", "big")
    assert live_models._ordered(numbers).tobytes() == struct.pack(">f", 1.0)
