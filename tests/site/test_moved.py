import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from coursekit.site import moved


@pytest.fixture
def built(tmp_path):
    """The settings of a site that was built, and has two pages."""
    config = MkDocsConfig()
    config.load_dict(
        {
            "site_name": "S", "site_dir": str(tmp_path), "docs_dir": str(tmp_path / "docs"),
            "theme": {"name": None, "custom_dir": str(tmp_path / "docs"), "language": "fr"},
        }
    )  # fmt: skip
    config.validate()
    for name in ("a/new", "a/other"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "index.html").write_text("<title>Here</title>", "utf-8")
    return config


def test_an_old_address_sends_its_readers_on_without_a_script(built, tmp_path):
    built.extra["moved"] = {"old.md": "a/new.md", "a/b.md": "a/new.md"}
    moved.write(built)
    moved.write(built)  # as when a page is built anew
    page = (tmp_path / "old/index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../a/new/">' in page
    assert '<a href="../a/new/">' in page
    assert '<html lang="fr">' in page
    assert "<script" not in page
    assert "url=../new/" in (tmp_path / "a/b/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("before", "now", "message"),
    [
        ("old.md", "a/gone.md", "old.md leads to a/gone.md, which is no page"),
        ("a/other.md", "a/new.md", "a/other.md is a page still"),
    ],
)
def test_an_address_that_leads_nowhere_or_hides_a_page_ends_the_build(built, before, now, message):
    built.extra["moved"] = {before: now}
    with pytest.raises(PluginError, match=message):
        moved.write(built)


def test_a_site_in_which_nothing_moved_gets_nothing(built, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    moved.write(built)
    assert sorted(tmp_path.rglob("*")) == before
