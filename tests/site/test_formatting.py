"""Long signatures are broken as ruff breaks them; what is unusual is left to ruff."""

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocstrings_handlers.python._internal import rendering

from coursekit.site import formatting

WIDTH = 60
USUAL = [
    "def short(a: int) -> str: pass",
    "def together(first: int, second: str = 'a b', third: bool = False): pass",
    "def together(first: int, *, second: list[int] | None = None) -> dict[str, int]: pass",
    "def each(first: int, second: str, third: float = -1.5, fourth: tuple[int, ...] = (), /): pass",
    "def each(*args: int, first: Callable[[int, str], bool], second: int = CONSTANT, **more: str): pass",
    "def alone(only_one_of_them: Mapping[str, Sequence[int]]) -> list[str]: pass",
    "def untyped(first_of_all, second_of_all=3, third_of_all='text', fourth=None): pass",
    "def dotted(first: np.ndarray, second: np.float32 = np.pi, third: str = '') -> np.ndarray: pass",
]
UNUSUAL = [
    "def nothing() -> Mapping[str, Sequence[tuple[int, int, int, int]]]: pass",
    "def called(first: int = field(), second: str = 'a', third: bool = False): pass",
    "def quoted(first: int, second: str = 'an \"inner\" mark', third: bool = False): pass",
    "def separated(first: int, second: str = 'a, b (c', third: bool = False) -> int: pass",
    "def wide(first: Mapping[str, Sequence[tuple[int, int, int, int, int, int, int]]], b: int): pass",
    "def computed(first: int = 2*3, second: str = 'a', third: bool = False, more: int = 1): pass",
    "def starred(first: int, second: tuple[str, ...] = ('a', 'b'), third: bool = False): pass",
    "no definition",
    "def open(first: int: pass",
]


@pytest.fixture
def ruff():
    return rendering._get_ruff_formatter()


@pytest.mark.parametrize("code", USUAL)
def test_a_usual_signature_is_what_ruff_makes_of_it(ruff, code):
    assert formatting.broken(code, WIDTH) == ruff(code, WIDTH)


@pytest.mark.parametrize("code", UNUSUAL)
def test_what_is_unusual_is_left_to_ruff(code):
    assert formatting.broken(code, WIDTH) is None


@pytest.fixture
def asked(monkeypatch):
    """What ruff is asked from now on."""
    asked = []

    def ruff(code: str, width: int) -> str:
        asked.append(code)
        return "by ruff"

    monkeypatch.setattr(rendering, "_get_formatter", lambda: ruff)
    return asked


def test_mkdocstrings_starts_ruff_for_what_is_unusual_alone(asked):
    formatting.without_processes()
    formatting.without_processes()  # of a second build in this process
    formatter = rendering._get_formatter()
    assert formatter(USUAL[1], WIDTH) == formatting.broken(USUAL[1], WIDTH)
    assert formatter(UNUSUAL[0], WIDTH) == "by ruff"
    assert asked == [UNUSUAL[0]]


def test_a_build_says_so_before_it_renders_the_first_page(asked, course):
    config = load_config(str(course / "mkdocs.yml"), site_dir=str(course / "site"))
    config = config.plugins.on_config(config)
    config.plugins.on_nav(Navigation([], []), config=config, files=Files([]))
    assert rendering._get_formatter()(USUAL[1], WIDTH) != "by ruff"
    assert asked == []
