"""The site's events, each handed to a plain function: mkdocs loads this file by its path."""

import gc
import logging
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from coursekit.site import (
    csp,
    highlighting,
    kept_templates,
    labs,
    lean,
    live_models,
    moved,
    pages,
    plain,
    preview,
    reference,
    scripts,
    search,
    sharing,
    signatures,
    synonyms,
    whole,
)

_serving = False
_nav: Navigation  # of the latest build

on_serve = preview.begin
on_shutdown = preview.end


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], **_: Any) -> None:
    """Let ``--strict`` count warnings under ``--quiet`` too, and remember who shows the pages.

    ``mkdocs serve`` adds a script to each page that reloads it, which a policy would block.
    """
    # A build makes millions of objects and few cycles; to look for them takes a tenth of its time.
    gc.set_threshold(1_000_000)
    highlighting.keep_lexers()
    logger = logging.getLogger("mkdocs")
    logger.setLevel(min(logger.level or logging.WARNING, logging.WARNING))
    global _serving
    _serving = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the modules in the navigation; show edit links only where the repository is known."""
    preview.redirect(config)
    pages.begin(config)
    search.index_once(config)
    reference.add_to_nav(config)
    if not config.repo_url:
        config.edit_uri = None
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the downloads, the package, the reference and the models; join the scripts."""
    files = pages.add_files(reference.add_files(labs.add_files(files, config), config), config)
    return scripts.join(live_models.add(files, config), config)


def on_nav(nav: Navigation, config: MkDocsConfig, **_: Any) -> Navigation:
    """Prepare what makes the reference: this is the last event before its pages are rendered."""
    global _nav
    _nav = nav
    pages.keep_templates(reference.prepare(config), config)
    return nav


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Compile the theme's templates only after a change, and make a page of them only after one, too."""
    pages.keep_templates(env, config)
    kept_templates.keep(env)
    preview.note(preview.Whole(config, files, _nav, env))
    return env


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Resolve what a page embeds and binds; have a lab made from its notebook."""
    preview.give_way()
    if labs.is_lab(page.file):
        pages.keep(page, markdown, labs.prepare(page, config), config, files)
        return markdown
    return pages.markdown(markdown, page, config, files)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Add a lesson's head and end, and links to sources."""
    return pages.content(html, page, config, files)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Name what is nameless; say what a shared link shows; drop what only weighs; let names break."""
    preview.give_way()
    output = whole.squeezed(sharing.with_tags(whole.accessible(output), page, config))
    return signatures.breakable(output) if reference.has(page.file.src_uri) else output


def on_post_template(output: str, **_: Any) -> str:
    """Do the same for the page that answers a wrong address."""
    return whole.accessible(output)


def on_post_build(config: MkDocsConfig) -> None:
    """Finish the search, old addresses and plain texts; put the security policy on every page."""
    moved.write(config)
    lean.drop_unused(config.site_dir)
    search.load_on_first_use(config.site_dir)
    search.answer_as_readers_ask(config.site_dir)
    plain.write(config)
    synonyms.add(config.site_dir, pages.glossary_terms(config), synonyms.read(config.docs_dir))
    if not _serving:
        csp.protect(config.site_dir)
