"""A stand-in for the base model that answers by a function of the prompt."""

from collections.abc import Callable

import pytest

from lessons.prompting import chain_of_thought, prompts


def scripted(
    monkeypatch: pytest.MonkeyPatch, name: str, answer: Callable[..., object]
) -> list[str]:
    """Replace what asks the model by a function of the prompt; returns the prompts that were asked."""
    asked: list[str] = []

    def ask(_model, _tokenizer, questions, *rest, **options):
        asked.extend(questions)
        return [answer(prompt, *rest, **options) for prompt in questions]

    for module in (prompts, chain_of_thought):
        monkeypatch.setattr(module, name, ask)
        monkeypatch.setattr(module, "load_base", lambda: (None, None))
    return asked
