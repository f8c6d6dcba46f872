"""The glossary: what an entry says, what is wrong with one, and where pages mark its term."""

import json
from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.course import glossary
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.site.terms import mark
from minicourse import MiniCourse

HEAD = "---\ntitle: Glossary\ndescription: D\n---\n\n# Glossary\n\nAll terms.\n\n"
MASK = "## attention mask\n\nOnes and `zeros`, see\n[here](words.md).\n\nTaught in: Words.\n\n"
PAIRS = "## byte-pair encoding\n\nJoin pairs.\n\nAlso: BPE, pair encoding. Taught in: Words.\n\n"
LATER = "## epoch\n\nOne pass.\n\nTaught in: Later.\n"
GOOD = HEAD + MASK + PAIRS + LATER
OUTLINE = """\
sections:
  - {title: Words, about: words, page: words.md, hour: 30}
  - {title: Later, about: later, minutes: 5, hour: 30}
"""


@pytest.fixture
def words(course: MiniCourse) -> MiniCourse:
    """A course with one page that uses two terms, and a section without a page."""
    course.write("docs/lesson-4/outline.yml", OUTLINE)
    meta = "---\ntitle: Words\ndescription: D\nminutes: 5\nobjectives: [know it]\n---\n"
    course.write("docs/lesson-4/words.md", meta + "\nAn attention mask, and BPE.\n")
    return course


def problems(course: MiniCourse, text: str) -> str:
    page = course.page(text, "docs/glossary.md")
    config = Config.load(course.root)
    return "\n".join(map(str, glossary.problems(load(page, config), config)))


def test_a_glossary_that_keeps_its_rules_has_no_problems(words):
    assert problems(words, GOOD) == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (LATER, MASK, "glossary.md:23: 'attention mask' is defined twice, here and on line 10"),
        ("Also: BPE", "Also: attention masking, Attention-Mask", "'Attention-Mask' is defined tw"),
        ("Also: BPE", "Also: BPE, BPE", "'BPE' is defined twice, here and on line 17"),
        ("Join pairs.\n\n", "", "glossary.md:17: 'byte-pair encoding' has no definition"),
        (" Taught in: Words.\n\n## e", "\n\n## e", "does not end with a line 'Taught in: PAGE.'"),
        ("Taught in: Later", "Taught in: Never", "no page 'Never' teaches 'epoch'; there are ["),
        (MASK + PAIRS, PAIRS + MASK, "'attention mask' stands behind 'byte-pair encoding'"),
        ("## attention mask", "## attention", ""),
        ("## attention mask", "## attentive", "glossary.md:10: no page uses 'attentive'"),
        ("Taught in: Later", "Taught in: Words", "no page uses 'epoch'; add the form that"),
    ],
)
def test_a_planted_fault_is_named_with_its_line(words, old, new, message):
    assert old in GOOD
    found = problems(words, GOOD.replace(old, new))
    assert message in found
    assert bool(found) == bool(message)


def test_a_word_with_too_many_senses_need_not_be_used(words):
    reason = "Taught in: Words. Unmarked: it has other senses."
    text = GOOD.replace("Taught in: Later.", reason)
    assert problems(words, text) == ""
    words.page(text, "docs/glossary.md")
    terms = glossary.load_terms(Config.load(words.root))
    assert terms[2].taught == "Words"
    assert mark("<p>An epoch.</p>", terms, "g/") == "<p>An epoch.</p>"


def test_the_tests_of_the_glossarys_page_check_its_entries(words):
    words.page(GOOD.replace("One pass.", ""), "docs/glossary.md")
    result = words.pytester.runpytest_inprocess(
        "-p", "coursekit.testing.pytest_plugin", "docs/glossary.md"
    )
    result.assert_outcomes(failed=1)
    assert "docs/glossary.md:23: 'epoch' has no definition" in result.stdout.str()


def test_the_site_shows_letters_and_where_each_term_is_taught(words):
    config = Config.load(words.root)
    page = load(words.page(GOOD, "docs/glossary.md"), config)
    text = page.text
    for start, end, new in sorted(glossary.changes(page, config), reverse=True):
        text = text[:start] + new + text[end:]
    assert '<a href="#attention-mask">A</a>\n<a href="#byte-pair-encoding">B</a>' in text
    assert "Taught in [Words](lesson-4/words.md).\n{: .glossary__where }" in text
    assert "Also: BPE, pair encoding. Taught in [Words]" in text
    assert "To be taught in Later, which is not written yet." in text


def test_the_site_refuses_a_glossary_that_breaks_its_rules(words):
    config = Config.load(words.root)
    page = load(words.page(HEAD + PAIRS + MASK, "docs/glossary.md"), config)
    with pytest.raises(ContractError, match="alphabetical order"):
        glossary.changes(page, config)


def test_a_tooltip_gets_the_definition_without_markdown(words):
    words.page(GOOD, "docs/glossary.md")
    found = json.loads(glossary.definitions(Config.load(words.root)))
    assert found["attention-mask"] == "Ones and zeros, see here."
    assert list(found) == ["attention-mask", "byte-pair-encoding", "epoch"]


def test_a_tooltip_gets_the_value_of_a_binding(words):
    words.page(GOOD.replace("Ones and", "{{ constant 0.5 }} and"), "docs/glossary.md")
    found = json.loads(glossary.definitions(Config.load(words.root)))
    assert found["attention-mask"].startswith("0.5 and")


def test_a_loose_number_in_the_glossary_fails(words):
    words.page(GOOD.replace("Ones and", "It is 0.5, ones and"), "docs/glossary.md")
    assert "docs/glossary.md:12: '0.5' is bound to no measurement" in words.run().stdout.str()


def test_a_course_without_a_glossary_has_no_terms(course):
    assert glossary.load_terms(Config.load(course.root)) == []
    assert mark("<p>BPE</p>", [], "glossary/") == "<p>BPE</p>"


ENTRIES = """\
## BPE
## Cohen's kappa
## entropy
## held out
## hash
## language model
## masked language model
## model
"""


def marked(html: str, names: str = ENTRIES) -> str:
    text = names.replace("\n", "\n\nText.\n\nTaught in: X.\n\n")
    config = Config(Path("/course"))
    page = glossary.Page(config.root / "docs/glossary.md", text, {}, 0)
    return mark(html, glossary.terms(page, config), "g/")


def link(slug: str, text: str) -> str:
    return f'<a class="term" href="g/#{slug}">{text}</a>'


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("entropy", "entropy"),
        ("Entropy", "entropy"),
        ("entropies", "entropy"),
        ("hashes", "hash"),
        ("models", "model"),
        ("held-out", "held-out"),
        ("Held\nout", "held-out"),
        ("Cohen's kappa", "cohens-kappa"),
        ("masked language models", "masked-language-model"),
        ("BPE", "bpe"),
    ],
)
def test_a_term_is_found_in_the_forms_in_which_text_writes_it(text, slug):
    assert marked(f"<p>An {text}.</p>") == f"<p>An {link(slug, text)}.</p>"


@pytest.mark.parametrize(
    "text", ["bpe", "remodel", "ENTROPY", "non-model", "model-free", "hashing"]
)
def test_what_only_looks_like_a_term_is_left_alone(text):
    assert marked(f"<p>{text}</p>") == f"<p>{text}</p>"


def test_only_the_first_occurrence_on_a_page_is_marked():
    html = "<p>A model.</p><h2>More</h2><p>Models and a model.</p>"
    assert marked(html) == html.replace("model", link("model", "model"), 1)


def test_the_longest_term_wins_and_terms_do_not_nest():
    html = "<p>A masked language model is a language model, a model.</p>"
    whole = link("masked-language-model", "masked language model")
    part, word = link("language-model", "language model"), link("model", "model")
    assert marked(html) == f"<p>A {whole} is a {part}, a {word}.</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<h2>A model</h2>",
        '<p><a href="x">a <em>model</em></a></p>',
        "<p><code>model</code></p>",
        '<div class="highlight"><pre><span></span><code>model <span class="k">x</span></code></pre></div>',
        '<figure class="drawing"><svg><text>model</text></svg><figcaption>A model.</figcaption></figure>',
        '<div class="quiz"><check-yourself data-key="model"><summary>A model</summary></div>',
        "<details><summary>The model</summary></details>",
        '<p class="admonition-title">The model</p>',
        '<div class="card"><p>A model</p><br>a model</div>',
        '<span title="a model > b">x</span><!-- a model -->',
        "<table><tr><th>model</th></tr></table>",
    ],
)
def test_what_is_no_running_text_stays_as_it_is(html):
    assert marked(html) == html
    assert marked(f"{html}<p>model</p>") == f"{html}<p>{link('model', 'model')}</p>"


def test_text_behind_a_lone_angle_bracket_is_still_text():
    assert marked("<p>1 < 2, model</p>") == f"<p>1 < 2, {link('model', 'model')}</p>"
