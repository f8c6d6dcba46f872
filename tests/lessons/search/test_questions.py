"""Each question has an answer in the documentation, or none, and says where."""

from lessons.real_models import texts
from lessons.search.passages import Passage, passages
from lessons.search.questions import questions, sign_questions, unanswered
from lessons.search.ranking import SIGNS, signs


def test_there_are_enough_questions_and_no_two_are_the_same():
    answered, others = questions(), unanswered()
    assert len(answered) >= 150
    assert len(others) >= 40
    asked = [one.ask for one in (*answered, *others)]
    assert len({text.lower() for text in asked}) == len(asked)
    assert len({one.terms for one in answered}) == len(answered)
    assert 20 < sum(one.near for one in others) < len(others) - 20


def test_each_topic_exists_and_each_sentence_stands_in_a_passage_that_one_of_them_owns():
    known, every = texts.topics().keys(), passages()
    flat = [(" ".join(one.text.split()), one.owners) for one in every]
    for question in (*questions(), *sign_questions()):
        assert question.topics <= known
        for piece in question.holds:
            owned = [owners & question.topics for text, owners in flat if piece in text]
            assert any(owned), f"{question.ask} {piece!r}"


def test_questions_about_signs_have_one_in_both_wordings_and_are_apart_from_the_others():
    asked = sign_questions()
    assert len(asked) >= 20
    assert len({one.ask for one in asked}) == len({one.terms for one in asked}) == len(asked)
    assert not {one.ask for one in asked} & {one.ask for one in questions()}
    for one in asked:
        assert set(signs(one.ask)) & set(signs(one.terms)), one.ask
    assert len({sign for one in asked for sign in signs(one.ask)} & SIGNS) > 15


def test_a_sentence_tells_few_passages_from_all_others():
    every = passages()
    assert (
        max(
            sum(question.said(one) for one in every)
            for question in (*questions(), *sign_questions())
        )
        <= 8
    )


def test_a_passage_answers_by_who_owns_it_or_by_what_it_says():
    question = next(one for one in questions() if one.topics == {"break"})
    text = "It terminates the\nnearest enclosing loop."
    other = Passage(0, "for", 1, 2, text, frozenset({"for", "compound"}))
    assert question.said(other)
    assert not question.owned(other)
    owned = Passage(0, "compound", 1, 2, "else", frozenset({"compound", "break"}))
    assert question.owned(owned)
    assert not question.said(owned)
