import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.pytorch_utils import Conv1D

from lessons.quantization.by_hand import (
    Grid,
    Int8Linear,
    file_bytes,
    fit,
    fit_least_error,
    int8,
    with_linear,
)


def weight(seed: int, rows: int = 5, columns: int = 7) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def tiny() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=50, n_positions=16, n_embd=16, n_layer=2, n_head=2)
    return GPT2LMHeadModel(config).eval()


@given(
    seed=st.integers(0, 1000),
    bits=st.integers(2, 8),
    per_channel=st.booleans(),
    symmetric=st.booleans(),
    shift=st.floats(-3, 3),
)
def test_no_number_moves_by_more_than_half_a_step(seed, bits, per_channel, symmetric, shift):
    real = weight(seed) + shift
    grid = fit(real, bits, per_channel, symmetric)
    whole = grid.quantize(real)
    assert whole.dtype == torch.int8
    assert grid.low <= int(whole.min()) <= int(whole.max()) <= grid.high
    # The zero point is rounded as well: at an end of an asymmetric grid that may cost a half more.
    most = 0.5 if symmetric else 1.0
    assert ((grid.dequantize(whole) - real).abs() <= most * grid.scale * 1.001).all()


@given(seed=st.integers(0, 100), symmetric=st.booleans(), shift=st.floats(-3, 3))
def test_zero_stays_zero(seed, symmetric, shift):
    real = weight(seed) + shift
    real[0] = 0
    grid = fit(real, symmetric=symmetric)
    assert (grid.dequantize(grid.quantize(real))[0] == 0).all()


def test_a_symmetric_grid_uses_all_of_its_range_in_each_row():
    grid = fit(weight(0), bits=4)
    assert (grid.low, grid.high) == (-7, 7)
    assert (grid.quantize(weight(0)).abs().amax(1) == 7).all()
    assert (grid.zero == 0).all()


def test_an_asymmetric_grid_uses_both_ends():
    real = weight(0).abs() + 1  # 0 is included: it lies at the lower end
    whole = fit(real, symmetric=False).quantize(real)
    assert (whole.amax(1) == 127).all()
    assert fit(real, symmetric=False).zero.eq(-128).all()


def test_a_row_of_its_own_scale_is_not_spoiled_by_a_large_one():
    real = weight(1)
    real[0] *= 100

    def error(per_channel: bool) -> float:
        grid = fit(real, per_channel=per_channel)
        return float((grid.dequantize(grid.quantize(real)) - real)[1:].abs().max())

    assert error(per_channel=False) > 20 * error(per_channel=True)


@pytest.mark.parametrize("bits", [2, 3, 4])
def test_the_least_error_is_no_more_than_that_of_the_full_range_or_of_any_other_tried(bits):
    real, best = weight(2, 6, 200), fit_least_error(weight(2, 6, 200), bits)

    def error(grid: Grid) -> torch.Tensor:
        return (grid.dequantize(grid.quantize(real)) - real).square().sum(1)

    full = fit(real, bits)
    for share in (0.05, 0.3, 0.6, 0.95, 1.0):
        other = Grid(full.scale * share, full.zero, full.low, full.high)
        assert (error(best) <= error(other) * 1.00001).all()
    assert error(best).sum() < error(full).sum()


@pytest.mark.parametrize("bits", [1, 9])
def test_bits_out_of_range(bits):
    with pytest.raises(ValueError, match=f"{bits} bits: take 2 to 8"):
        fit(weight(0), bits)


def test_a_vector_is_no_weight():
    with pytest.raises(ValueError, match=r"a weight of shape \(5,\): need \(rows, columns\)"):
        fit(torch.ones(5))


@pytest.mark.parametrize("bias", [True, False])
def test_an_int8_layer_computes_with_the_numbers_it_keeps(bias):
    torch.manual_seed(0)
    linear = nn.Linear(12, 8, bias=bias)
    layer, inputs = Int8Linear(linear), torch.randn(2, 3, 12)
    twin = copy.deepcopy(linear)
    twin.weight.data = fit(linear.weight.data).dequantize(layer.whole)
    torch.testing.assert_close(layer(inputs), twin(inputs))
    assert not torch.equal(layer(inputs), linear(inputs))


def test_linear_layers_compute_what_conv1d_computes(tiny):
    ids = torch.arange(10)[None]
    twin = with_linear(tiny)
    assert not any(isinstance(module, Conv1D) for module in twin.modules())
    torch.testing.assert_close(twin(ids).logits, tiny(ids).logits, atol=1e-5, rtol=1e-4)


def test_an_int8_model_keeps_its_head_tied_and_leaves_the_first_as_it_was(tiny):
    before = copy.deepcopy(tiny.state_dict())
    twin = int8(tiny)
    assert sum(isinstance(module, Int8Linear) for module in twin.modules()) == 2 * 4
    assert twin.lm_head.weight is twin.transformer.wte.weight
    assert all(torch.equal(tensor, before[name]) for name, tensor in tiny.state_dict().items())
    ids = torch.arange(10)[None]
    torch.testing.assert_close(twin(ids).logits, tiny(ids).logits, atol=0.02, rtol=0.02)
    blocks = sum(m.weight.numel() for m in tiny.modules() if isinstance(m, Conv1D))
    # The rest is the file's own: a few hundred bytes for each tensor.
    assert 3 * blocks - 20_000 < file_bytes(tiny) - file_bytes(twin) <= 3 * blocks
