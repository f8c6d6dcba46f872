"""Reviews, what a program wants to know of each as JSON, and a model that writes token by token."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lessons.serving.quiet import quiet
from lessons.tokenization.tokenizers import byte_order
from lessons.world.reviews import PRODUCTS, review

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MOODS = ("positive", "negative")
ROOM = 64  # tokens of an answer at most: more than the longest valid text has bytes


def wanted(product: str, mood: str) -> str:
    """What a program wants to know of a review."""
    return json.dumps({"product": product, "sentiment": mood})


def valid_texts() -> list[bytes]:
    """All answers that the program can use: a small grammar, written out."""
    return [wanted(product, mood).encode() for product in PRODUCTS for mood in MOODS]


def product_of(text: str) -> str:
    """The thing that a review is about; empty if it names none or several."""
    words = set(text.lower().replace("!", " ").replace(".", " ").replace(",", " ").split())
    named = [product for product in PRODUCTS if product in words]
    return named[0] if len(named) == 1 else ""


def reviews(count: int, seed: int, split: str = "held-out") -> list[tuple[str, str]]:
    """Draw different reviews that name one product, each with the answer that is wanted."""
    rng, found = random.Random(f"reviews for a program {split} {seed}"), dict[str, str]()
    while len(found) < count:
        drawn = review(rng, split, MOODS[len(found) % 2])
        if product := product_of(drawn.text):
            found[drawn.text] = wanted(product, drawn.sentiment)
    return list(found.items())


def ask_for_json(text: str, examples: Sequence[tuple[str, str]]) -> str:
    """A prompt that shows a few reviews with their answers, and then asks for another one."""
    shown = "".join(f"Review: {one}\nJSON: {answer}\n" for one, answer in examples)
    return f"{shown}Review: {text}\nJSON:"


@dataclass
class Writer:
    """A model that is asked for one token at a time.

    Attributes:
        model: causal language model.
        tokenizer: its byte-level one.
        tokens: the bytes of each token, at the place of its id; special tokens have none.
        end: id of the token that ends a text.
    """

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    tokens: list[bytes] = field(init=False)
    end: int = field(init=False)
    _read: tuple[str, list[int]] = field(init=False, default=("", []))
    _past: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.end = self.tokenizer.eos_token_id
        special, order = set(self.tokenizer.all_special_ids), byte_order()
        prints = [value for value in order if value in (*range(33, 127), *range(161, 173))]
        prints += [value for value in order if value in range(174, 256)]
        letters = {chr(value): value for value in prints}
        others = [value for value in range(256) if value not in prints]
        letters |= {chr(256 + place): value for place, value in enumerate(others)}
        names = self.tokenizer.convert_ids_to_tokens(list(range(len(self.tokenizer))))
        self.tokens = [
            b"" if number in special else bytes(letters[letter] for letter in name)
            for number, name in enumerate(names)
        ]

    def logits(self, prompt: str, written: Sequence[int]) -> list[float]:
        """A number for each token of the vocabulary: the larger, the likelier it comes next.

        What was read in the call before is not read again, if only a token was added.
        """
        import torch

        if (prompt, [*written[:-1]]) == self._read and written:
            ids, past = [written[-1]], self._past
        else:
            ids, past = [*self.tokenizer(prompt)["input_ids"], *written], None
        with torch.no_grad():
            found = self.model(input_ids=torch.tensor([ids]), past_key_values=past, use_cache=True)
        self._read, self._past = (prompt, [*written]), found.past_key_values
        numbers: list[float] = found.logits[0, -1].tolist()
        return numbers

    def write(
        self,
        prompt: str,
        choose: Callable[[list[float], bytes], int],
        room: int = ROOM,
    ) -> str | None:
        """Write until the end token, or None if there is no room left: half an answer is none.

        Args:
            prompt: without a space at the end.
            choose: takes logits and the bytes that are written so far, and returns the next token's id.
            room: tokens at most.
        """
        written: list[int] = []
        for _ in range(room):
            text = b"".join(self.tokens[number] for number in written)
            number = choose(self.logits(prompt, written), text)
            if number == self.end:
                return text.decode("utf-8", "replace")
            written.append(number)
        return None


def load_writer() -> Writer:
    """Load the course's `base`."""
    with quiet():
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from lessons.storage import checkpoint

        folder = checkpoint("base")
        model: Any = AutoModelForCausalLM.from_pretrained(folder)
        return Writer(model.eval(), AutoTokenizer.from_pretrained(folder))


def parses(text: str | None) -> bool:
    """Whether an answer is JSON of the form that is wanted."""
    return text is not None and text.strip().encode() in valid_texts()
