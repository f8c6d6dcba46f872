"""A random model of two layers that reads whole words, in place of the real one."""

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

from lessons.prompting.real_arithmetic import ASKED, SO, steps
from lessons.prompting.real_sentiment import NEW, WORDINGS

ENDS = ["<|endoftext|>", "<|im_end|>"]
CHAT = "{% for message in messages %}User: {{ message.content }}\n{% endfor %}Assistant:"


@pytest.fixture(scope="session")
def words() -> PreTrainedTokenizerFast:
    """A tokenizer that makes each word of the prompts one token, with the space before it."""
    plain = Tokenizer(models.WordLevel({}, unk_token=ENDS[0]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    plain.decoder = decoders.ByteLevel()
    known = [
        "Review: Sample: a fine old film, not bad. Not good\nResult: User:\nAssistant:\n\n",
        *(f"{word} {word}\n" for word in (*NEW, "Negative", "Positive", "negative", "positive")),
        *(f"{start}{end}{' '.join(words)}" for start, end, words in WORDINGS.values()),
        *(asked.format("") for asked in ASKED.values()),
        *(f" {number} + {number} = {number}." for number in range(200)),
        SO, steps((1, 2, 3)), "Question: What is 3 + 4?\nAnswer: 7\n\n",
    ]  # fmt: skip
    trainer = trainers.WordLevelTrainer(special_tokens=ENDS, show_progress=False)
    plain.train_from_iterator(known, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, unk_token=ENDS[0], eos_token=ENDS[1], pad_token=ENDS[1]
    )
    tokenizer.chat_template = CHAT
    return tokenizer


@pytest.fixture(scope="session")
def real(words: PreTrainedTokenizerFast) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The model, which gives the same answers in each run, and its tokenizer."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
            initializer_range=0.5, bos_token_id=None, eos_token_id=1,
        )  # fmt: skip
        return LlamaForCausalLM(config).eval(), words
