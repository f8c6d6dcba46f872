"""Articles, agreement and elision against a table written by hand."""

import pytest

from lessons.world.grammar import agree, capital, definite, elides, indefinite, of, phrase
from lessons.world.lexicon import ACTIONS, ADJECTIVES, KINDS, VERBS, Adjective, Noun, Verb
from lessons.world.sentences import (
    _predicate,
)  # the conjugation, which random sentences only sample

NOUNS = {noun.english: noun for nouns in KINDS.values() for noun in nouns}


def noun(english: str) -> Noun:
    return NOUNS[english]


def adjective(english: str) -> Adjective:
    return next(a for a in ADJECTIVES if a.english == english)


def verb(english: str) -> Verb:
    return next(v for v in VERBS + ACTIONS if v.many == english)


@pytest.mark.parametrize(
    "expected",
    [
        "a cat", "an apple", "an egg", "an orange", "an umbrella", "an uncle", "an ugly phone",
        "a unicorn", "a useless phone", "an unpleasant smell", "an hour", "a huge owl", "an old hat",
        "a one-eyed cat", "an ill dog", "a hotel", "a yellow box", "an awful lamp", "a hedgehog",
    ],
)  # fmt: skip
def test_the_article_follows_the_sound(expected):
    assert indefinite(expected.split(" ", 1)[1]) == expected


@pytest.mark.parametrize(
    ("one", "many", "french", "french_many"),
    [
        ("mouse", "mice", "souris", "souris"),
        ("wolf", "wolves", "loup", "loups"),
        ("fox", "foxes", "renard", "renards"),
        ("cherry", "cherries", "cerise", "cerises"),
        ("peach", "peaches", "pêche", "pêches"),
        ("tomato", "tomatoes", "tomate", "tomates"),
        ("strawberry", "strawberries", "fraise", "fraises"),
        ("knife", "knives", "couteau", "couteaux"),
        ("scarf", "scarves", "écharpe", "écharpes"),
        ("box", "boxes", "boîte", "boîtes"),
        ("man", "men", "homme", "hommes"),
        ("woman", "women", "femme", "femmes"),
        ("child", "children", "enfant", "enfants"),
        ("church", "churches", "église", "églises"),
        ("library", "libraries", "bibliothèque", "bibliothèques"),
        ("bear", "bears", "ours", "ours"),
        ("horse", "horses", "cheval", "chevaux"),
        ("bird", "birds", "oiseau", "oiseaux"),
        ("kite", "kites", "cerf-volant", "cerfs-volants"),
        ("castle", "castles", "château", "châteaux"),
        ("egg", "eggs", "œuf", "œufs"),
        ("day", "days", "jour", "jours"),
    ],
)
def test_plurals_are_those_of_the_dictionary(one, many, french, french_many):
    made = NOUNS.get(one, Noun("day", "jour"))
    assert (made.many, made.french, made.french_many) == (many, french, french_many)


def test_the_french_genders_are_those_of_the_dictionary():
    feminine = (
        "owl mouse unicorn bee cow frog turtle apple cherry orange peach pear carrot tomato banana "
        "strawberry key lamp clock ladder box ball cup letter doll ring bell scarf shoe girl woman "
        "queen aunt school forest kitchen church barn library street station"
    )
    assert {n.english for n in NOUNS.values() if n.feminine} == {*feminine.split()}


@pytest.mark.parametrize(
    ("thing", "look", "article", "english", "french"),
    [
        ("bird", None, "the", "the bird", "l'oiseau"),
        ("clock", None, "the", "the clock", "l'horloge"),
        ("hedgehog", None, "the", "the hedgehog", "le hérisson"),
        ("egg", None, "the", "the egg", "l'œuf"),
        ("bear", None, "the", "the bear", "l'ours"),
        ("man", None, "the", "the man", "l'homme"),
        ("hotel", None, "the", "the hotel", "l'hôtel"),
        ("key", None, "the", "the key", "la clé"),
        ("owl", None, "a", "an owl", "une chouette"),
        ("umbrella", None, "a", "an umbrella", "un parapluie"),
        ("clock", None, "a", "a clock", "une horloge"),
        ("bird", "old", "the", "the old bird", "le vieil oiseau"),
        ("man", "old", "this", "this old man", "ce vieil homme"),
        ("man", "old", "my", "my old man", "mon vieil homme"),
        ("child", "new", "the", "the new child", "le nouvel enfant"),
        ("hotel", "new", "a", "a new hotel", "un nouvel hôtel"),
        ("bird", "beautiful", "a", "a beautiful bird", "un bel oiseau"),
        ("dog", "beautiful", "a", "a beautiful dog", "un beau chien"),
        ("clock", "beautiful", "a", "a beautiful clock", "une belle horloge"),
        ("clock", "old", "my", "my old clock", "ma vieille horloge"),
        ("squirrel", "new", "this", "this new squirrel", "ce nouvel écureuil"),
        ("squirrel", None, "this", "this squirrel", "cet écureuil"),
        ("man", None, "this", "this man", "cet homme"),
        ("cat", None, "this", "this cat", "ce chat"),
        ("bee", None, "this", "this bee", "cette abeille"),
        ("clock", None, "this", "this clock", "cette horloge"),
        ("hedgehog", None, "this", "this hedgehog", "ce hérisson"),
        ("hedgehog", "old", "this", "this old hedgehog", "ce vieux hérisson"),
        ("hedgehog", "new", "a", "a new hedgehog", "un nouveau hérisson"),
        ("cat", "huge", "the", "the huge cat", "l'énorme chat"),
        ("cat", "huge", "this", "this huge cat", "cet énorme chat"),
        ("key", "huge", "my", "my huge key", "mon énorme clé"),
        ("key", "huge", "the", "the huge key", "l'énorme clé"),
        ("bird", "huge", "a", "a huge bird", "un énorme oiseau"),
        ("ladder", None, "my", "my ladder", "mon échelle"),
        ("clock", None, "my", "my clock", "mon horloge"),
        ("ladder", "big", "my", "my big ladder", "ma grande échelle"),
        ("scarf", "red", "my", "my red scarf", "mon écharpe rouge"),
        ("key", None, "my", "my key", "ma clé"),
        ("dog", None, "my", "my dog", "mon chien"),
        ("key", "green", "a", "a green key", "une clé verte"),
        ("box", "white", "a", "a white box", "une boîte blanche"),
        ("girl", "happy", "the", "the happy girl", "la fille contente"),
        ("boy", "happy", "the", "the happy boy", "le garçon content"),
        ("hat", "beautiful", "the many", "the beautiful hats", "les beaux chapeaux"),
        ("bird", "old", "the many", "the old birds", "les vieux oiseaux"),
        ("man", "old", "my many", "my old men", "mes vieux hommes"),
        ("queen", "tired", "the many", "the tired queens", "les reines fatiguées"),
        ("mouse", "white", "three", "three white mice", "trois souris blanches"),
        ("mouse", "gray", "my many", "my gray mice", "mes souris grises"),
        ("cat", "gray", "two", "two gray cats", "deux chats gris"),
        ("knife", "old", "12", "12 old knives", "12 vieux couteaux"),
        ("horse", "orange", "the many", "the orange horses", "les chevaux orange"),
        ("key", "orange", "the many", "the orange keys", "les clés orange"),
        ("orange", "orange", "a", "an orange orange", "une orange orange"),
        ("kite", "blue", "two", "two blue kites", "deux cerfs-volants bleus"),
        ("strawberry", "pretty", "nine", "nine pretty strawberries", "neuf jolies fraises"),
    ],
)
def test_a_phrase_agrees_and_elides(thing, look, article, english, french):
    made = phrase(noun(thing), adjective(look) if look else None, article)
    assert (made.english, made.french) == (english, french)


@pytest.mark.parametrize(
    ("english", "forms"),
    [
        ("happy", "content contente contents contentes"),
        ("blue", "bleu bleue bleus bleues"),
        ("white", "blanc blanche blancs blanches"),
        ("gray", "gris grise gris grises"),
        ("brown", "brun brune bruns brunes"),
        ("orange", "orange orange orange orange"),
        ("old", "vieux vieille vieux vieilles"),
        ("new", "nouveau nouvelle nouveaux nouvelles"),
        ("beautiful", "beau belle beaux belles"),
        ("tired", "fatigué fatiguée fatigués fatiguées"),
        ("heavy", "lourd lourde lourds lourdes"),
        ("pretty", "joli jolie jolis jolies"),
        ("dirty", "sale sale sales sales"),
    ],
)
def test_an_adjective_has_four_forms(english, forms):
    made = [agree(adjective(english), fem, many) for many in (False, True) for fem in (False, True)]
    assert " ".join(made) == forms


@pytest.mark.parametrize(
    "expected",
    ["du parc", "de la forêt", "de l'école", "de l'hôtel", "du marché", "de l'église", "du médecin",
     "de l'homme", "de l'oncle", "de la tante", "de l'enfant", "du hérisson"],
)  # fmt: skip
def test_of_the_is_contracted_in_the_masculine_only(expected):
    word = expected.removeprefix("de l'").split(" ")[-1]
    found = next(n for n in NOUNS.values() if n.french == word)
    assert of(found.feminine, found.french) == expected


@pytest.mark.parametrize(
    ("word", "before"),
    [("horloge", "l'"), ("homme", "l'"), ("hôtel", "l'"), ("hérisson", "le "), ("ours", "l'"),
     ("œuf", "l'"), ("école", "l'"), ("lapin", "le ")],
)  # fmt: skip
def test_a_mute_h_elides_and_an_aspirated_one_does_not(word, before):
    assert definite(False, word) == before + word
    assert elides(word) == before.endswith("'")


@pytest.mark.parametrize(
    ("who", "does", "negated", "english", "french"),
    [
        ("I", "like", False, "I like", "j'aime"),
        ("I", "like", True, "I do not like", "je n'aime pas"),
        ("I", "buy", False, "I buy", "j'achète"),
        ("I", "wait", False, "I wait", "j'attends"),
        ("I", "see", False, "I see", "je vois"),
        ("I", "follow", True, "I do not follow", "je ne suis pas"),
        ("I", "take", False, "I take", "je prends"),
        ("I", "want", False, "I want", "je veux"),
        ("I", "sleep", True, "I do not sleep", "je ne dors pas"),
        ("one", "call", True, "the cat does not call", "le chat n'appelle pas"),
        ("one", "look for", False, "the cat looks for", "le chat cherche"),
        ("one", "carry", False, "the cat carries", "le chat porte"),
        ("one", "wash", False, "the cat washes", "le chat lave"),
        ("one", "run", False, "the cat runs", "le chat court"),
        ("one", "cry", False, "the cat cries", "le chat pleure"),
        ("many", "take", False, "the cats take", "les chats prennent"),
        ("many", "want", False, "the cats want", "les chats veulent"),
        ("many", "see", True, "the cats do not see", "les chats ne voient pas"),
        ("many", "help", True, "the cats do not help", "les chats n'aident pas"),
        ("many", "sell", False, "the cats sell", "les chats vendent"),
        ("many", "follow", False, "the cats follow", "les chats suivent"),
        ("many", "run", False, "the cats run", "les chats courent"),
        ("many", "wait", True, "the cats do not wait", "les chats n'attendent pas"),
        ("many", "sleep", False, "the cats sleep", "les chats dorment"),
    ],
)
def test_a_verb_agrees_with_who_does_it(who, does, negated, english, french):
    from lessons.world.grammar import Phrase

    subject = {
        "I": Phrase("I", "je"),
        "one": phrase(noun("cat"), None, "the"),
        "many": phrase(noun("cat"), None, "the many"),
    }[who]
    assert _predicate(subject, verb(does), negated) == (english, french)


def test_regular_french_verbs_end_in_e_ent_and_e():
    irregular = {"see", "want", "sell", "take", "follow", "sleep", "wait", "run"}
    for one in VERBS + ACTIONS:
        if one.many not in irregular:
            stem = one.french_one.removesuffix("e")
            assert (one.french_many, one.french_i) == (stem + "ent", stem + "e"), one


def test_english_verbs_take_s_es_or_ies_in_the_third_person():
    ends = {"watch": "es", "wash": "es", "carry": "ies", "cry": "ies"}
    for one in VERBS + ACTIONS:
        first, *rest = one.many.split()
        third = first[:-1] + "ies" if ends.get(first) == "ies" else first + ends.get(first, "s")
        assert one.one == " ".join([third, *rest])


def test_an_unknown_article_is_named():
    with pytest.raises(ValueError, match="no article 'some': take one of the, a, this"):
        phrase(noun("cat"), None, "some")


def test_only_the_first_letter_is_made_large():
    assert capital("il y a Rila") == "Il y a Rila"
