"""Other words for what the course treats: tags of single entries in the search index.

Whoever types "OOV" or "OOM" means a place that says neither. The glossary's lines "Also:" have such words,
and ``docs/synonyms.yml`` has the others, each place with what people say for it. ``search.js`` puts a place
in front when it is asked for by one of its tags, and the theme finds them as it finds a title.
"""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from coursekit import yamltext
from coursekit.course.glossary import Term
from coursekit.files import write_atomically
from coursekit.problems import ContractError, Problem
from coursekit.text import read_text

__all__ = ["FILE", "add", "read"]

FILE = "synonyms.yml"
GLOSSARY = "glossary/#"
_SHOWN = Path("docs") / FILE
AS_A_TITLE = 1000.0  # the theme lets a word of a tag weigh a thousand times as much


def read(docs: str | Path) -> dict[str, list[str]]:
    """What people say, by the place that they mean; nothing for a course without such a file.

    Args:
        docs: folder of the pages. Its ``synonyms.yml`` is a mapping of places, as the index names them, to
            lists of words.

    Raises:
        ContractError: the file is no such mapping, or the same words mean two places.
    """
    file = Path(docs) / FILE
    if not file.is_file():
        return {}
    try:
        places = yamltext.read(read_text(file))
    except yaml.YAMLError as error:
        raise ContractError(Problem(_SHOWN, 1, f"no YAML: {error}")) from error
    if not isinstance(places, dict) or not all(_is_list_of_words(said) for said in places.values()):
        message = (
            "give each place a list of words, as in `glossary/#token: [tokens]`; quote numbers"
        )
        raise ContractError(Problem(_SHOWN, 1, message))
    first: dict[str, str] = {}
    for place, said in places.items():
        for words in said:
            if words.lower() in first:
                message = (
                    f"{words!r} means {first[words.lower()]} and {place}; keep it at the better one"
                )
                raise ContractError(Problem(_SHOWN, 1, message))
            first[words.lower()] = place
    return places


def _is_list_of_words(said: object) -> bool:
    return isinstance(said, list) and all(isinstance(words, str) for words in said)


def add(site: str | Path, terms: Iterable[Term], places: Mapping[str, list[str]]) -> None:
    """Put tags into the search index below ``site``.

    Args:
        site: folder of the built site.
        terms: the entries of the glossary.
        places: further words, by place.

    Raises:
        ContractError: words for a place that the index does not have.
    """
    file = Path(site) / "search" / "search_index.json"
    index: dict[str, Any] = json.loads(file.read_text("utf-8"))
    tags = {f"{GLOSSARY}{term.slug}": [*term.also] for term in terms if term.also}
    for place, said in places.items():
        tags[place] = [*tags.get(place, []), *said]
    entries = {entry["location"]: entry for entry in index["docs"]}
    if unknown := [place for place in places if place not in entries]:
        raise ContractError(*(_problem(place, entries) for place in unknown))
    for place, said in tags.items():
        if place in entries:
            entries[place]["tags"] = said
    index["config"]["fields"]["tags"]["boost"] = AS_A_TITLE
    write_atomically(file, json.dumps(index, separators=(",", ":")))


def _problem(place: str, entries: Iterable[str]) -> Problem:
    near = get_close_matches(place, entries, n=1, cutoff=0)
    return Problem(_SHOWN, 1, f"the search index has no {place}; near it: {', '.join(near)}")
