"""Stories with a cause and an ending that follows from it, with questions, answers and a summary.

Held-out stories are about people whose names never occur in training, and about a problem, a thing and
a place that never come together there.
"""

import random
import re
from dataclasses import dataclass

from lessons.world.grammar import indefinite
from lessons.world.lexicon import ANIMALS, COLORS, FOODS, PLACES, THINGS
from lessons.world.names import is_girl, name
from lessons.world.splits import draw

Questions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ending:
    """How a problem ends: wordings of the text, the summary, and what can be asked about it."""

    texts: tuple[str, ...]
    summary: str
    questions: Questions


@dataclass(frozen=True)
class Plot:
    """A problem in several wordings, what can be asked about it, and its two endings."""

    name: str
    problems: tuple[str, ...]
    questions: Questions
    happy: Ending
    sad: Ending


@dataclass(frozen=True)
class Story:
    """One story and the truth about it.

    Attributes:
        opening: who it is about, and the problem.
        ending: how it ends, after a blank.
        questions: questions with their answers.
        happy: whether it ends well.
        key: what is held out.
    """

    opening: str
    ending: str
    summary: str
    questions: Questions
    happy: bool
    hero: str
    friend: str
    key: str

    @property
    def text(self) -> str:
        """The whole story."""
        return f"{self.opening} {self.ending}"


PLOTS = (
    Plot(
        "lost",
        (
            "{day} {hero} lost {his} {thing} in the {place}. {He} looked for it everywhere.",
            "{day} {hero} went to the {place} and lost {his} {thing} there.",
        ),
        (
            ("What did {hero} lose?", "the {thing}"),
            ("Where did {hero} lose the {noun}?", "in the {place}"),
            ("Who lost the {noun}?", "{hero}"),
        ),
        Ending(
            (
                "{friend} helped {him} and found the {noun} {spot}. {hero} was happy.",
                '"Don\'t cry," said {friend}. They searched together, and {friend} found it {spot}.',
            ),
            "{hero} lost {his} {thing} in the {place}, and {friend} found it {spot}.",
            (
                ("Who found the {noun}?", "{friend}"),
                ("Where was the {noun}?", "{spot}"),
                ("Was the {noun} found?", "yes"),
            ),
        ),
        Ending(
            (
                "{friend} looked {spot}, but it was not there. {hero} went home sad.",
                "Even {friend} could not find it. {hero} cried all {time}.",
            ),
            "{hero} lost {his} {thing} in the {place}, and nobody found it.",
            (("Who could not find the {noun}?", "{friend}"), ("Was the {noun} found?", "no")),
        ),
    ),
    Plot(
        "coins",
        (
            "{day} {he} saw {a_thing} in the {place}. It cost {price} coins, but {he} had {purse} coins.",
            "{He} wanted {a_thing} from the {place}. {He} had {purse} coins, but it cost {price} coins.",
        ),
        (
            ("What did {hero} want?", "{a_thing}"),
            ("How much did the {noun} cost?", "{price} coins"),
            ("How many coins did {hero} have?", "{purse} coins"),
        ),
        Ending(
            (
                "{friend} gave {him} {gap} coins. {hero} bought the {noun} and was happy.",
                '"Take {gap} coins," said {friend}. {hero} paid {price} coins for the {noun}.',
            ),
            "{hero} wanted {a_thing}, and {friend} gave {him} {gap} coins for it.",
            (("Who gave {hero} coins?", "{friend}"), ("Did {hero} buy the {noun}?", "yes")),
        ),
        Ending(
            (
                "{friend} had no money either. {hero} went home sad.",
                "{friend} had money but gave {him} nothing. {hero} did not get the {noun}.",
            ),
            "{hero} wanted {a_thing} but had only {purse} coins.",
            (("Who did not help {hero}?", "{friend}"), ("Did {hero} buy the {noun}?", "no")),
        ),
    ),
    Plot(
        "cold",
        (
            "{day} {he} found {a_animal} in the {place}. It was cold and could not move.",
            "{day} {hero} saw {a_animal} near the {place}. It was ill and very cold.",
        ),
        (
            ("What animal did {hero} find?", "{a_animal}"),
            ("How was the {animal}?", "cold"),
            ("Who found the {animal}?", "{hero}"),
        ),
        Ending(
            (
                "{hero} ran to {friend}, who kept it warm. After {days} days it was strong again.",
                '"I\'ll help you," said {friend}. The {animal} slept {days} days in the warm kitchen. '
                "Then it was strong again.",
            ),
            "{hero} found {a_animal}, and {friend} helped {him} make it strong again.",
            (
                ("Who helped {hero}?", "{friend}"),
                ("How many days did it take?", "{days} days"),
                ("Was the {animal} saved?", "yes"),
            ),
        ),
        Ending(
            (
                "{hero} ran to {friend}, but they came back too late. The {animal} was gone.",
                "{friend} came to help, but it was too late. After {days} days the {animal} was dead.",
            ),
            "{hero} found {a_animal}, but help came too late.",
            (("Who could not save the {animal}?", "{friend}"), ("Was the {animal} saved?", "no")),
        ),
    ),
    Plot(
        "hungry",
        (
            "{day} {he} walked to the {place} and forgot {his} lunch. {He} was very hungry.",
            "{day} {hero} was hungry in the {place}. {He} had nothing to eat.",
        ),
        (
            ("Where was {hero}?", "in the {place}"),
            ("How did {hero} feel?", "hungry"),
            ("Who was hungry?", "{hero}"),
        ),
        Ending(
            (
                "There {he} met {friend}, who gave {him} {a_food}. They ate and laughed.",
                "{friend} had {a_food} and shared it with {him}. {hero} thanked {friend}.",
            ),
            "{hero} was hungry in the {place}, and {friend} gave {him} {a_food}.",
            (("Who gave {hero} food?", "{friend}"), ("What did {hero} eat?", "{a_food}")),
        ),
        Ending(
            (
                "There {he} met {friend}, who had {a_food} and ate it alone. {hero} was sad.",
                "{friend} had {a_food} but did not share it. {hero} went home hungry.",
            ),
            "{hero} was hungry in the {place}, but {friend} did not share {his_friend} {food}.",
            (("Who did not share?", "{friend}"), ("What did {friend} eat?", "{a_food}")),
        ),
    ),
    Plot(
        "broken",
        (
            "{day} {he} played with {his} {thing} in the {place}. {He} dropped it, and it broke.",
            "{day} {hero} fell in the {place} and broke {his} {thing}.",
        ),
        (
            ("What did {hero} break?", "the {thing}"),
            ("Where did the {noun} break?", "in the {place}"),
            ("Who broke the {noun}?", "{hero}"),
        ),
        Ending(
            (
                "{friend} fixed the {noun} with {tool}. {hero} was happy again.",
                '"I can fix it," said {friend}, and did it with {tool}.',
            ),
            "{hero} broke {his} {thing} in the {place}, and {friend} fixed it with {tool}.",
            (
                ("Who fixed the {noun}?", "{friend}"),
                ("What did {friend} use?", "{tool}"),
                ("Was the {noun} fixed?", "yes"),
            ),
        ),
        Ending(
            (
                "{friend} tried to fix the {noun} with {tool}, but it was too late. {hero} cried.",
                '"I can\'t fix it," said {friend}. {hero} threw the {noun} away.',
            ),
            "{hero} broke {his} {thing} in the {place}, and {friend} could not fix it.",
            (("Who could not fix the {noun}?", "{friend}"), ("Was the {noun} fixed?", "no")),
        ),
    ),
    Plot(
        "letter",
        (
            "In {year} {hero} wrote a letter to {friend}. It took {days} days to reach the {place}.",
            "{day} {hero} sent a letter to {friend} in the {place}. It took {days} days.",
        ),
        (
            ("Who wrote a letter?", "{hero}"),
            ("How many days did the letter take?", "{days} days"),
            ("Where was {friend}?", "in the {place}"),
        ),
        Ending(
            (
                '"We\'re friends," {friend} answered, and sent {him} {a_thing}. {hero} was happy.',
                "{friend} answered and came to visit {him} with {a_thing}.",
            ),
            "{hero} wrote to {friend}, who gave {him} {a_thing}.",
            (("What did {hero} get?", "{a_thing}"), ("Did {friend} answer?", "yes")),
        ),
        Ending(
            (
                "{friend} never answered. {hero} was sad and sold {his} {thing}.",
                "No letter came back. {hero} gave away {his} {thing}, a present from {friend}.",
            ),
            "{hero} wrote to {friend}, who never answered.",
            (("Who never answered?", "{friend}"), ("Did {friend} answer?", "no")),
        ),
    ),
    Plot(
        "race",
        (
            "{day} {hero} and {friend} ran a race to the {place}. The prize was {a_thing}.",
            "{hero} and {friend} wanted to win {a_thing}. They ran {miles} miles to the {place}.",
        ),
        (
            ("What was the prize?", "{a_thing}"),
            ("Where did they run?", "to the {place}"),
            ("Who ran with {hero}?", "{friend}"),
        ),
        Ending(
            (
                "{friend} fell, and {hero} stopped to help. They shared the {noun}.",
                "When {friend} fell, {hero} carried {him_friend}. Both got the {noun}.",
            ),
            "{hero} helped {friend} in a race to the {place}, and they shared the {noun}.",
            (("Who fell?", "{friend}"), ("Who helped?", "{hero}")),
        ),
        Ending(
            (
                "{friend} fell, but {hero} did not stop. {hero} got the {noun} and lost a friend.",
                "{hero} pushed {friend} and won the {noun}. Nobody was happy.",
            ),
            "{hero} won {a_thing} in a race but did not help {friend}.",
            (("Who won the race?", "{hero}"), ("Who lost the race?", "{friend}")),
        ),
    ),
)
STARTS = (
    "Once there was a {kid} named {hero}.",
    "{hero} was a {kid} from a small {home}.",
    "{hero} was {years} years old and lived near the {place}.",
    "There was a {kid} called {hero}.",
)
PETS = ("{He} had {a_pet}.", "{He} lived with {his} {pet}.")
DAYS = ("One {time}", "One Sunday", "Yesterday", "One cold {time}", "In the {time}")
SPOTS = (
    "under the chair",
    "behind the door",
    "near the old wall",
    "under a tree",
    "in a basket",
    "on the table",
)
TOOLS = ("glue", "tape", "a hammer", "a string", "a nail")


def story(rng: random.Random, split: str, happy: bool | None = None) -> Story:
    """Tell a story of the split: someone, a problem, a friend, and an ending.

    Args:
        rng: source of chance.
        split: ``train`` or ``held-out``.
        happy: whether it shall end well; by chance (two in three do) if None.
    """
    return draw(lambda: _story(rng, split, happy), lambda told: told.key, split)


def _story(rng: random.Random, split: str, happy: bool | None) -> Story:
    plot = rng.choice(PLOTS)
    happy = rng.random() < 2 / 3 if happy is None else happy
    roles, key = _roles(rng, split, plot.name)
    ending = plot.happy if happy else plot.sad
    start, questions = [rng.choice(STARTS)], [*plot.questions, *ending.questions]
    if rng.random() < 0.5:
        start.append(rng.choice(PETS))
        questions.append(("What animal did {hero} have?", "{a_pet}"))
    opening = " ".join([*start, rng.choice(plot.problems)]).format(**roles)
    last = rng.choice(ending.texts).format(**roles)
    asked = ((question.format(**roles), answer.format(**roles)) for question, answer in questions)
    known = tuple(pair for pair in asked if _told(pair[1], f"{opening} {last}"))
    summary = ending.summary.format(**roles)
    return Story(opening, last, summary, known, happy, roles["hero"], roles["friend"], key)


def _told(answer: str, text: str) -> bool:
    """Say whether a text gives an answer word for word: not each wording tells everything."""
    return answer in ("yes", "no") or bool(re.search(rf"\b{answer.removeprefix('the ')}\b", text))


def _roles(rng: random.Random, split: str, plot: str) -> tuple[dict[str, str], str]:
    """Fill the roles of a story, and make its key."""
    hero = friend = name(rng, split)
    while friend == hero:
        friend = name(rng, split)
    thing, food, place, animal, pet = (
        rng.choice(choice) for choice in (THINGS, FOODS, PLACES, ANIMALS, ANIMALS)
    )
    look = rng.choice(COLORS).english
    gap, purse = rng.randint(2, 19), rng.randint(5, 40)
    about = {"cold": animal, "hungry": food}.get(plot, thing)
    roles = {
        "noun": thing.english, "thing": f"{look} {thing.english}", "place": place.english,
        "a_thing": indefinite(f"{look} {thing.english}"), "animal": animal.english,
        "a_animal": indefinite(animal.english), "food": food.english,
        "a_food": indefinite(food.english), "pet": pet.english, "a_pet": indefinite(pet.english),
        "price": str(purse + gap), "gap": str(gap), "purse": str(purse),
        "year": str(rng.randint(1700, 2020)), "years": str(rng.randint(5, 99)),
        "days": str(rng.randint(2, 12)), "miles": str(rng.randint(2, 30)),
        "home": rng.choice(("village", "island", "town")), "spot": rng.choice(SPOTS),
        "tool": rng.choice(TOOLS), "time": rng.choice(("morning", "evening", "afternoon", "night")),
    }  # fmt: skip
    roles["day"] = rng.choice(DAYS).format(**roles)
    return roles | _people(hero, friend), f"{plot} {about.english} {place.english}"


def _people(hero: str, friend: str) -> dict[str, str]:
    girl = is_girl(hero)
    return {
        "hero": hero, "friend": friend, "he": "she" if girl else "he", "He": "She" if girl else "He",
        "him": "her" if girl else "him", "his": "her" if girl else "his",
        "kid": "girl" if girl else "boy", "him_friend": "her" if is_girl(friend) else "him",
        "his_friend": "her" if is_girl(friend) else "his",
    }  # fmt: skip


def question_prompt(text: str, question: str) -> str:
    """Ask a question about a story in the form that the course uses."""
    return f"Story: {text}\nQuestion: {question}\nAnswer:"


def summary_prompt(text: str) -> str:
    """Ask for a summary in the form that the course uses."""
    return f"Story: {text}\nSummary:"


def story_document(rng: random.Random, split: str) -> str:
    """Write a document: a story, alone or with its summary or with questions and answers."""
    tale, kind = story(rng, split), rng.random()
    if kind < 0.2:
        return tale.text
    if kind < 0.4:
        return f"{summary_prompt(tale.text)} {tale.summary}"
    chosen = rng.sample(tale.questions, min(len(tale.questions), rng.randint(1, 3)))
    if kind < 0.9:
        asked = "\n".join(f"Question: {question}\nAnswer: {answer}" for question, answer in chosen)
        return f"Story: {tale.text}\n{asked}"
    asked = "\n".join(f"Q: {question}\nA: {answer}" for question, answer in chosen)
    return f"Context: {tale.text}\n{asked}"
