"""What is made once for all blocks changes nothing of a block."""

import pytest
from markdown import markdown
from pymdownx import highlight

from coursekit.site import highlighting

TEXT = '''\
```python linenums="1"
def half(value: float) -> str:
    """Half."""
    return f"{value / 2:.1f}"  # "odd
```

```python
value = """open
```

```console
$ python half.py
1.5
```

Inline `#!python half(3)`.
'''


def html(**options: object) -> str:
    extensions = ["pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences"]
    return markdown(TEXT, extensions=extensions, extension_configs={"pymdownx.highlight": options})


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlight, "get_lexer_by_name", highlight.get_lexer_by_name)


def test_a_style_without_rules_makes_the_html_of_any_other():
    plain = html(pygments_style=highlighting.NO_RULES)
    assert plain == html()
    assert '<span class="k">def</span>' in plain


def test_a_kept_lexer_remembers_nothing_of_the_text_before(kept):
    fresh = html()
    highlighting.keep_lexers()
    assert [html(), html()] == [fresh, fresh]


def test_the_lexer_of_a_language_is_made_once(kept):
    highlighting.keep_lexers()
    made = highlight.get_lexer_by_name("python", stripnl=True)
    assert highlight.get_lexer_by_name("python", stripnl=True) is made
    assert highlight.get_lexer_by_name("python", stripnl=False) is not made
