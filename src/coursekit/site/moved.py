"""Old addresses of pages: each sends its readers on to where the page is now.

The plugin ``mkdocs-redirects`` would do that with a script on each page, each with a hash of its own in
the policy of all pages. These need no script, and the browser leaves them at once.
"""

from collections.abc import Mapping
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from coursekit.files import write_atomically

__all__ = ["write"]

PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="An old address of a page, which leads to where it is now.">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={url}">
<link rel="canonical" href="{url}">
<title>Moved</title>
</head>
<body>
<main><h1>Moved</h1><p>This page is at <a href="{url}">{url}</a> now.</p></main>
</body>
</html>
"""


def write(config: MkDocsConfig) -> None:
    """Write a page for each old address that ``moved`` names, below ``extra`` in mkdocs.yml.

    Raises:
        PluginError: an old address that a page has, or a new one that none has.
    """
    pages: Mapping[str, str] = config.extra.get("moved", {})
    site, language = Path(config.site_dir), config.theme.get("language", "en")
    for before, now in pages.items():
        old, new = (File(name, "", "", config.use_directory_urls) for name in (before, now))
        place = site / old.dest_path
        if not (site / new.dest_path).is_file():
            raise PluginError(f"mkdocs.yml: moved: {before} leads to {now}, which is no page")
        if place.is_file() and "<title>Moved</title>" not in place.read_text("utf-8"):
            raise PluginError(f"mkdocs.yml: moved: {before} is a page still")
        url = get_relative_url(new.url, old.url)
        write_atomically(place, PAGE.format(language=language, url=url))
