"""A whole GPT-2, written out, which reads the weights of the shipped base model."""

# --8<-- [start:imports]
import torch
from safetensors.torch import load_file
from torch import nn

from lessons.storage import checkpoint

# --8<-- [end:imports]


# --8<-- [start:block]
class Block(nn.Module):
    """Attention, then an MLP. Each adds to what comes in and replaces nothing."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def attend(self, x: torch.Tensor) -> torch.Tensor:
        """Mix each token with those before it; shapes (rows, tokens, width)."""
        rows, tokens, width = x.shape
        q, k, v = (
            part.view(rows, tokens, self.heads, -1).transpose(1, 2)
            for part in self.qkv(x).split(width, -1)
        )  # queries, keys, values: (rows, heads, tokens, width / heads)
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # how well each query fits each key
        future = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -torch.inf).softmax(-1)  # nobody sees what comes later
        mixed: torch.Tensor = self.out((weights @ v).transpose(1, 2).reshape(rows, tokens, width))
        return mixed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add what attention brings, then what the MLP makes of it."""
        x = x + self.attend(self.ln_1(x))
        grown = nn.functional.gelu(
            self.up(self.ln_2(x)), approximate="tanh"
        )  # (rows, tokens, 4 * width)
        added: torch.Tensor = self.down(grown)
        return x + added


# --8<-- [end:block]


# --8<-- [start:gpt]
class GPT(nn.Module):
    """The network of GPT-2 (Radford et al. 2019), by default with the blocks of `base`."""

    def __init__(
        self, vocabulary: int, positions: int, width: int = 192, heads: int = 6, blocks: int = 6
    ) -> None:
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Score each token of the vocabulary as the next one.

        Args:
            ids: shape (rows, tokens).

        Returns:
            Logits, shape (rows, tokens, vocabulary).

        Raises:
            ValueError: more tokens than there are positions.
        """
        tokens, positions = ids.shape[1], self.position.num_embeddings
        if tokens > positions:
            raise ValueError(f"{tokens} tokens, and {positions} positions: shorten the text")
        x = self.token(ids) + self.position(torch.arange(tokens))
        for block in self.blocks:
            x = block(x)
        logits: torch.Tensor = self.norm(x) @ self.token.weight.T  # the embeddings once more
        return logits


# --8<-- [end:gpt]


# --8<-- [start:weights]
RENAMED = {
    "transformer.h.": "blocks.", "transformer.wte": "token", "transformer.wpe": "position",
    "transformer.ln_f": "norm", "attn.c_attn": "qkv", "attn.c_proj": "out", "mlp.c_fc": "up",
    "mlp.c_proj": "down",
}  # fmt: skip


def load_gpt() -> GPT:
    """Make a GPT with the weights of `base`, in float32.

    The library keeps the matrices of a block as (inputs, outputs), a linear layer as (outputs, inputs).
    """
    model, renamed = GPT(vocabulary=2048, positions=256), {}
    for name, weight in load_file(checkpoint("base") / "model.safetensors").items():
        matrix = "blocks" not in name and ".h." in name and weight.dim() == 2
        for library_name, short_name in RENAMED.items():
            name = name.replace(library_name, short_name)
        renamed[name] = weight.T if matrix else weight
    model.load_state_dict(renamed)
    return model.eval()


# --8<-- [end:weights]
