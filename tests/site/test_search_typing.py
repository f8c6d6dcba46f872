"""What a reader sees who types into the search field: groups, a miss, and where the keys lead."""

import pytest
from playwright.sync_api import Page, expect

from visiting import axe


def type_query(page: Page, text: str) -> None:
    """Search as a reader does: the theme looks at the keys, not at what a script puts into it."""
    page.keyboard.press("/")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text[:-1])
    page.keyboard.type(text[-1])  # each key asks: the last is enough
    page.locator(".md-search-result__meta").wait_for()


# The heading that comes first, and the place that the first result leads to: of each heading one, and more.
TYPED = [
    ("few shot", "Terms", "glossary/#few-shot"),
    ("perplexitty", "Lessons", "lesson-4/evaluation/#how-likely-it-finds-a-text-perplexity"),
    ("OOM", "Errors", "if-it-breaks/#the-gpus-memory-is-full"),
    ("plain_loop", "Code", "reference/benchmark/#lessons.benchmark.plain_loop"),
]
MORE = [
    ("top_p", "Lessons", "lesson-4/prompting/#which-token-next"),
    ("finetunning", "Lessons", "lesson-4/fine-tuning/"),
    ("what is a token", "Terms", "glossary/#token"),
    ("QAT", "Terms", "glossary/#quantization-aware-training"),
    ("how do I stop hallucinations", "Terms", "glossary/#hallucination"),
    ("BERT", "Lessons", "lesson-4/pretraining/#one-text-two-kinds-of-labels"),
    ("weight_decay", "Terms", "glossary/#weight-decay"),
    ("index out of range in self", "Errors", "if-it-breaks/#index-indexerror-index-out"),
]


# By day the bars ask all that learners type, and count how often the right place is first.
@pytest.mark.parametrize(
    "typed", [TYPED, pytest.param(MORE, marks=pytest.mark.nightly)], ids=["of each kind", "more"]
)
def test_the_right_place_is_first_below_its_heading(real_url, visit, typed):
    """One reader asks for one after the other: most of a search is to read the index."""
    seen = visit(real_url)
    page = seen.go("accessibility/")
    first = page.locator(".md-search-result__item").first
    for text, heading, place in typed:
        type_query(page, text)
        first.locator(f".md-search-result__link[href*='/{place}']").first.wait_for()
        expect(first.locator(".md-search-result__group")).to_have_text(heading)
        assert seen.complaints == [], text


def test_headings_stand_once_above_results_and_the_keyboard_goes_through_them_as_they_stand(
    real_url, visit
):
    page = visit(real_url).go()
    type_query(page, "learning rate")
    expect(page.locator(".md-search-result__item").nth(4)).to_be_attached()
    headings = page.get_by_role("heading", level=2).filter(has_text="Lessons")
    expect(headings.and_(page.locator(".md-search-result *"))).to_have_count(1)
    names = page.locator(".md-search-result__group").all_inner_texts()
    assert len(names) == len(set(names)) > 1
    kinds = page.locator(".md-search-result__item").evaluate_all(
        "all => all.map(e => e.dataset.kind)"
    )
    assert [k for k, before in zip(kinds, ["", *kinds], strict=False) if k != before] == names
    levels = page.locator(".md-search-result article").evaluate_all(
        "all => all.map(e => e.querySelector('h1, h2').ariaLevel)"
    )
    assert set(levels) == {"3", "4"}
    tags = page.locator(".md-search-result .md-tags")
    assert tags.count() > 0
    assert [tag.is_visible() for tag in tags.all()] == [False] * tags.count()

    items = page.locator(".md-search-result__item")
    type_query(page, "how do I stop hallucinations")
    best = page.locator(".md-search-result__link[href*='#over-fitting']").first
    best.wait_for()
    paragraphs = best.locator("article > p:not(.md-search-result__terms)")
    assert paragraphs.count() == 1, "other words led to it: its first paragraph is shown alone"

    type_query(page, "zzzz")
    page.locator(".md-search-result__miss").wait_for()
    type_query(page, "model")
    expect(items.nth(9)).to_be_attached()
    before = items.count()
    page.locator(".md-search__scrollwrap").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(items.nth(before)).to_be_attached()
    names = page.locator(".md-search-result__group").all_inner_texts()
    assert len(names) == len(set(names))

    type_query(page, "zzzz")
    page.locator(".md-search-result__miss").wait_for()
    type_query(page, "chain of thought")
    links = page.locator(".md-search-result__item > .md-search-result__link")
    expect(links.nth(3)).to_be_attached()
    steps = page.locator(".md-search-result__item > a, .md-search-result__item > details > summary")
    for at in range(4):
        page.keyboard.press("ArrowDown")
        expect(steps.nth(at)).to_be_focused()
    page.locator(".md-search__input").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{real_url}glossary/#chain-of-thought")


def test_a_query_without_a_hit_says_so_and_offers_two_pages(real_url, visit):
    seen = visit(real_url)
    page = seen.go("accessibility/")
    type_query(page, "RAG")
    status = page.locator(".md-search-result__meta[role=status]")
    expect(status).to_have_text("No matching documents. Two pages may help:")
    links = page.locator(".md-search-result__miss a")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert addresses == [f"{real_url}if-it-breaks/", f"{real_url}glossary/"]
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".md-search__input")).to_be_focused()
    type_query(page, "RLHF")
    expect(links).to_have_count(0)
    page.locator(".md-search-result__link").first.wait_for()
    type_query(page, "Ollama")
    links.nth(1).click()
    page.wait_for_url(f"{real_url}glossary/")
    assert seen.complaints == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_neither_results_nor_a_miss_have_a_fault_that_axe_can_find(real_url, visit, scheme):
    page = visit(real_url, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce").go(
        "accessibility/"
    )
    for text, shown in (("tokenizer", "group"), ("RAG", "miss")):
        type_query(page, text)
        page.locator(f".md-search-result__{shown}").first.wait_for()
        assert axe(page) == [], text
