"""From the world's documents to what a model trains on: two tokenizers, and the batch of each step."""

# --8<-- [start:imports]
import random
from collections.abc import Callable, Iterable, Sequence

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from lessons.models.steps import Batch

Texts = Callable[[int, int], list[str]]  # a seed and a count -> documents
# --8<-- [end:imports]

END, PAD = "<|endoftext|>", "<|pad|>"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


# --8<-- [start:base_tokenizer]
def base_tokenizer(texts: Iterable[str], size: int, context: int) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE tokenizer that cuts numbers into digits.

    So a sum is always written in the same pieces, and can be learned digit by digit. How numbers are cut
    changes how well large models add: groups of three digits from the right do better than from the left
    (Singh, Strouse 2024, https://arxiv.org/abs/2402.14903).

    Args:
        texts: training texts.
        size: entries, 258 or more: two special tokens and 256 bytes come first.
        context: the longest sequence of the model, in tokens.
    """
    fast = Tokenizer(models.BPE())
    digits = pre_tokenizers.Digits(individual_digits=True)
    in_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.pre_tokenizer = pre_tokenizers.Sequence([digits, in_bytes])
    fast.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END, PAD],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    fast.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=fast,
        bos_token=END,
        eos_token=END,
        pad_token=PAD,
        padding_side="left",  # a causal model goes on at the right end
        model_max_length=context,
    )


# --8<-- [end:base_tokenizer]


def mlm_tokenizer(texts: Sequence[str], size: int, context: int) -> PreTrainedTokenizerFast:
    """Train a WordPiece tokenizer as BERT has it: lower case, without accents.

    Args:
        texts: training texts.
        size: entries, special tokens and letters included.
        context: the longest sequence of the model, in tokens.
    """
    normalizer = normalizers.BertNormalizer(lowercase=True)
    lowered = [normalizer.normalize_str(text) for text in texts]
    letters = sorted({letter for text in lowered for letter in text if not letter.isspace()})
    learner = Tokenizer(models.WordPiece(unk_token=SPECIAL[1]))
    learner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        # named first, because the trainer numbers letters inside words in a random order
        special_tokens=[*SPECIAL, *(f"##{letter}" for letter in letters)],
        initial_alphabet=letters,
        show_progress=False,
    )
    learner.train_from_iterator(lowered, trainer)
    # made anew from the vocabulary, in which a letter inside a word is no longer special
    fast = Tokenizer(models.WordPiece(learner.get_vocab(), unk_token=SPECIAL[1]))
    fast.normalizer, fast.pre_tokenizer = normalizer, pre_tokenizers.BertPreTokenizer()
    fast.decoder = decoders.WordPiece()
    fast.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", SPECIAL.index("[CLS]")), ("[SEP]", SPECIAL.index("[SEP]"))],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=fast,
        **dict(
            zip(
                ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"),
                SPECIAL,
                strict=True,
            )
        ),
        model_max_length=context,
    )


# --8<-- [start:pack]
def pack(documents: Iterable[Sequence[int]], size: int) -> list[list[int]]:
    """Fill blocks with whole documents, the longest first, each where it fits best.

    Nothing is cut, so no block begins in the middle of a story, and few places stay empty (Ding et
    al. 2024, https://arxiv.org/abs/2404.10830). Documents longer than a block are left out.

    Args:
        documents: token ids, the end-of-text token included.
        size: tokens in a block.

    Returns:
        Blocks of at most ``size`` ids.
    """
    by_room: list[list[list[int]]] = [[] for _ in range(size + 1)]  # blocks by places left
    short = (ids for ids in documents if len(ids) <= size)
    for ids in sorted(short, key=len, reverse=True):
        room = next((r for r in range(len(ids), size) if by_room[r]), size)
        block = by_room[room].pop() if by_room[room] else []
        block += ids
        by_room[size - len(block)].append(block)
    return [block for blocks in by_room for block in blocks]


# --8<-- [end:pack]


# --8<-- [start:causal]
class CausalBatches:
    """Batches for next-token prediction, made while training goes on: memory stays flat.

    The text of every ``chunk`` steps has seeds of its own, so the batch of a step is always the same,
    whatever was asked before. Each document ends with the end-of-text token. What stays empty at the
    end of a sequence is filled with more of it, with label -100: nothing that counts comes after.

    Args:
        tokenizer: with an end-of-text token.
        texts: makes documents.
        size: tokens in a sequence.
        rows: sequences in a batch.
        chunk: steps whose text is made at once.
    """

    AT_ONCE = 4096  # documents that are packed together

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        texts: Texts,
        size: int,
        rows: int,
        chunk: int = 250,
    ):
        self.tokenizer, self.texts = tokenizer, texts
        self.size, self.rows, self.chunk = size, rows, chunk
        self.end = tokenizer.eos_token_id
        self.number, self.blocks = -1, torch.empty(0)  # the chunk at hand, shape (blocks, size)

    def __call__(self, step: int) -> Batch:
        """Return the batch of a step: ``input_ids`` and ``labels`` of shape (rows, size)."""
        if self.number != step // self.chunk:
            self.number = step // self.chunk
            self.blocks = self._fill(self.number)
        first = step % self.chunk * self.rows
        labels = self.blocks[first : first + self.rows].long()
        return {"input_ids": labels.masked_fill(labels == -100, self.end), "labels": labels}

    def _fill(self, number: int) -> torch.Tensor:
        wanted, part = self.chunk * self.rows, 0
        blocks: list[list[int]] = []
        while len(blocks) < wanted:
            texts = self.texts(1000 * (number + 1) + part, self.AT_ONCE)
            coded = self.tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
            blocks += pack([[*ids, self.end] for ids in coded], self.size)
            part += 1
        random.Random(number).shuffle(blocks)
        filled = torch.full((wanted, self.size), -100, dtype=torch.int32)
        for row, block in zip(filled, blocks, strict=False):  # what is left over is not used
            row[: len(block)] = torch.tensor(block, dtype=torch.int32)
        return filled


# --8<-- [end:causal]


# --8<-- [start:mask]
def mask_tokens(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerFast, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide 15 % of the tokens, as BERT does (Devlin et al. 2018, https://arxiv.org/abs/1810.04805).

    Of the chosen tokens 80 % become ``[MASK]``, 10 % a random one, and 10 % stay as they are.

    Args:
        ids: shape (sequences, tokens).
        tokenizer: source of the special tokens; those are never chosen.
        generator: source of chance.

    Returns:
        The ids to read, and the labels: -100 where nothing was chosen.
    """
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    chosen = (torch.rand(ids.shape, generator=generator) < 0.15) & ~special
    kind = torch.rand(ids.shape, generator=generator)
    random_ids = torch.randint(len(SPECIAL), len(tokenizer), ids.shape, generator=generator)
    read = torch.where(chosen & (kind < 0.8), tokenizer.mask_token_id, ids)
    read = torch.where(chosen & (kind >= 0.9), random_ids, read)
    return read, ids.masked_fill(~chosen, -100)


# --8<-- [end:mask]


class MaskedBatches:
    """Batches for masked language modeling: single texts, those of similar length together.

    Args:
        tokenizer: with a mask and a padding token.
        texts: makes documents.
        size: the most tokens of a sequence; longer texts are cut.
        rows: sequences in a batch.
        chunk: steps whose text is made at once.
    """

    WIDTHS = 16  # widths are multiples of it: the libraries keep code and memory for each width

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        texts: Texts,
        size: int,
        rows: int,
        chunk: int = 250,
    ):
        self.tokenizer, self.texts = tokenizer, texts
        self.size, self.rows, self.chunk = size, rows, chunk
        self.number, self.groups = -1, list[list[list[int]]]()  # the chunk at hand, by step

    def __call__(self, step: int) -> Batch:
        """Return the batch of a step: ids, mask and labels of shape (rows, width)."""
        if self.number != step // self.chunk:
            self.number = step // self.chunk
            self.groups = self._fill(self.number)
        group = self.groups[step % self.chunk]
        width = min(-(-max(map(len, group)) // self.WIDTHS) * self.WIDTHS, self.size)
        ids = torch.full((self.rows, width), self.tokenizer.pad_token_id)
        for row, text in zip(ids, group, strict=True):
            row[: len(text)] = torch.tensor(text)
        read, labels = mask_tokens(ids, self.tokenizer, torch.Generator().manual_seed(step))
        mask = (ids != self.tokenizer.pad_token_id).long()
        return {"input_ids": read, "attention_mask": mask, "labels": labels}

    def _fill(self, number: int) -> list[list[list[int]]]:
        texts = self.texts(1000 + number, self.chunk * self.rows)
        coded = self.tokenizer(texts, truncation=True, max_length=self.size)["input_ids"]
        ordered = sorted(coded, key=len)
        groups = [ordered[i : i + self.rows] for i in range(0, len(ordered), self.rows)]
        random.Random(number).shuffle(groups)
        return groups
