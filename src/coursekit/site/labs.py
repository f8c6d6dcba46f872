"""Labs: notebook pages made by mkdocs-jupyter, as light as the other pages.

A lab is a script in the percent format. The site shows it and never runs it.

Each would carry half a megabyte of style sheet, and scripts that load more from elsewhere. The course's
own style sheet covers what a lab uses, and the theme's copy button replaces theirs.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

__all__ = ["PATTERN", "lean", "render_with_jupyter"]

PATTERN = "lesson-5/*.py"  # below docs
SETTINGS = {
    "include": [PATTERN],
    "execute": False,
    "allow_errors": False,
    "include_requirejs": False,
    "custom_mathjax_url": "",
}

SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b[^>]*>.*?</\1>\s*", re.DOTALL)
COPY_BUTTON = re.compile(
    r'<div class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>\s*', re.DOTALL
)
COPIED_TEXT = re.compile(r'<div class="clipboard-copy-txt"[^>]*>.*?</div>\s*', re.DOTALL)
CODE = re.compile(
    r'<div[^>]*class="[^"]*highlight-ipynb[^"]*"[^>]*>\s*<pre>(?P<code>.*?)</pre>\s*</div>',
    re.DOTALL,
)
ANCHOR = re.compile(r'<a class="anchor-link" href="(?P<href>[^"]*)">[^<]*</a>')
INLINE_STYLE = re.compile(r'(<[a-zA-Z][^>]*?)\sstyle="[^"]*"')


def render_with_jupyter(config: MkDocsConfig) -> None:
    """Have mkdocs-jupyter render the labs of a course that has some.

    Importing it takes longer than making a dozen pages, so a course without labs does without.
    """
    if not any(Path(config.docs_dir).glob(PATTERN)):
        return
    from mkdocs_jupyter.plugin import Plugin

    plugin = Plugin()
    errors, warnings = plugin.load_config(SETTINGS, config_file_path=config.config_file_path)
    assert not errors, errors
    assert not warnings, warnings
    config.plugins["mkdocs-jupyter"] = plugin


def lean(html: str) -> str:
    """Take out of a notebook page what the site has anyway; leave any other page as it is."""
    if 'class="jupyter-wrapper"' not in html:
        return html
    for surplus in (SCRIPT_OR_STYLE, COPY_BUTTON, COPIED_TEXT):
        html = surplus.sub("", html)
    html = CODE.sub(
        lambda m: (
            '<div class="language-python highlight"><pre>'
            f"<code>{m['code'].lstrip(chr(10))}</code></pre></div>"
        ),
        html,
    )
    html = ANCHOR.sub(
        r'<a class="headerlink" href="\g<href>" title="Link to this section">¶</a>', html
    )
    return INLINE_STYLE.sub(r"\1", html)
