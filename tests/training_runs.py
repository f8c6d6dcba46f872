"""Small models and runs of the training loop that its tests share."""

import torch
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

from lessons.models.progress import History
from lessons.models.training import Recipe, train
from tinymodel import Tiny, batches

RECIPE = Recipe(steps=12, learning_rate=1e-2, warmup=3, save_every=5)


def gpt2(**changes) -> GPT2LMHeadModel:
    settings = {
        "vocab_size": 64, "n_positions": 16, "n_embd": 16, "n_layer": 2, "n_head": 2,
        "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 1, "use_cache": False,
        "resid_pdrop": 0, "embd_pdrop": 0, "attn_pdrop": 0, "loss_type": "ForCausalLM",
    }  # fmt: skip
    return GPT2LMHeadModel(GPT2Config(**settings | changes))


def bert() -> BertForMaskedLM:
    return BertForMaskedLM(
        BertConfig(
            vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=32,
        )
    )  # fmt: skip


def run(folder=None, model=None, batches=batches, recipe=RECIPE, **options) -> History:
    return train(model or Tiny(), batches, recipe, folder, quiet=True, **options)


def weights(model) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten().clone() for parameter in model.parameters()])
