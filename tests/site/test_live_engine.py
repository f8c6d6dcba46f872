"""The engine in the page computes what PyTorch computes with the same weights."""

from pathlib import Path
from typing import Any

import pytest
import torch
import wasmtime
from transformers import AutoModelForCausalLM, AutoTokenizer

import lessons
from coursekit.site.live_models import BY_COLUMN, read
from lessons.world import documents

ROOT = Path(__file__).parents[2]
KERNELS = sorted((ROOT / "docs/assets/js/live").rglob("*.wat"))
COMPILE = (
    'python -c "import pathlib, wasmtime\n'
    "for wat in pathlib.Path('docs/assets/js/live').rglob('*.wat'):\n"
    "    wat.with_suffix('.wasm').write_bytes(wasmtime.wat2wasm(wat.read_text()))\""
)
ENGINE = "/assets/js/live/engine"
PROMPTS, WRITTEN = 30, 64
# Of these prompts by day, with the kernel and on the slow path; by night all.
FAST, PLAIN = 6, 1

# Greedy texts in the worker, and the scores after each prompt.
IN_WORKER = f"""async prompts => {{
    const {{ loaded }} = await import('{ENGINE}/model.js');
    let come = 0;
    const model = await loaded('base', (bytes) => (come = bytes));
    const found = [];
    for (const ids of prompts) {{
        const scores = Array.from(await model.ask('next', {{ ids }}));
        const text = [...ids];
        await model.ask('generate', {{ ids, count: {WRITTEN}, ways: {{ temperature: 0 }}, pastEnd: true }},
                        ({{ id }}) => text.push(id));
        found.push([scores, text]);
    }}
    const writing = model.ask('generate', {{ ids: prompts[0], count: 200, ways: {{}}, pastEnd: true }});
    await model.ask('stop'); // is heard as soon as the worker rests, however slow this page is
    const {{ why, written }} = await writing;
    const whole = await model.ask('generate', {{ ids: prompts[0], count: 999, ways: {{}}, pastEnd: true }});
    const looks = await model.ask('attention', {{ ids: prompts[3] }});
    const last = looks[5][5].map((row) => Array.from(row));
    const encoded = model.tokenizer.encode('Mia has 12 kites.');
    return {{ found, come, why, written, whole, last, encoded, kernel: model.kernel }};
}}"""
# The same in plain JavaScript, as in a browser without SIMD.
PLAINLY = f"""async ([prompts, written]) => {{
    const {{ GPT }} = await import('{ENGINE}/gpt.js');
    const {{ Weights }} = await import('{ENGINE}/weights.js');
    const come = async (name) => fetch('/assets/models/base/' + name);
    const config = await (await come('config.json')).json();
    const bytes = new Uint8Array(await (await come('model.safetensors')).arrayBuffer());
    const gpt = new GPT(config, await Weights.from(bytes, undefined, GPT.room(config)));
    return prompts.map((ids) => {{
        const text = [...ids];
        let scores, first;
        while (text.length < ids.length + written) {{
            scores = gpt.read(text);
            first ??= Array.from(scores);
            text.push(scores.indexOf(scores.reduce((a, b) => Math.max(a, b))));
        }}
        return [first, text];
    }});
}}"""


@pytest.fixture(scope="module")
def full() -> Any:
    folder = lessons.checkpoint("base")
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def small(real) -> Any:
    """PyTorch's model with the weights of the page's file."""
    folder = lessons.checkpoint("base")
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    weights = model.state_dict()
    tensors = read((real.root / "assets/models/base/model.safetensors").read_bytes())
    for name in (name for name in tensors if not name.endswith(".scale")):
        tensor, data = tensors[name], bytearray(tensors[name].data)
        if tensor.dtype == "I8":
            scale = torch.frombuffer(bytearray(tensors[f"{name}.scale"].data), dtype=torch.float32)
            value = torch.frombuffer(data, dtype=torch.int8).view(*tensor.shape) * scale[:, None]
            value = value.T if name.endswith(BY_COLUMN) else value
        else:
            value = torch.frombuffer(data, dtype=torch.bfloat16).float().view(*tensor.shape)
        weights[name].copy_(value)
    return model


@pytest.fixture(scope="module")
def prompts() -> list[list[int]]:
    """Beginnings of documents that no model has read."""
    tokenizer = AutoTokenizer.from_pretrained(lessons.checkpoint("base"))
    texts = documents(20, PROMPTS, "held-out")
    return [ids[: 4 + 2 * at] for at, ids in enumerate(tokenizer(texts).input_ids)]


def same_text(model: Any, ids: list[int], scores: list[float], text: list[int]) -> None:
    """The scores after a prompt are the model's, and each token after it is its likeliest."""
    with torch.no_grad():
        theirs = model(torch.tensor([text])).logits[0]
    assert (theirs[len(ids) - 1] - torch.tensor(scores)).abs().max() < 1e-3
    assert theirs[len(ids) - 1 : -1].argmax(-1).tolist() == text[len(ids) :]


@pytest.mark.parametrize("count", [FAST, pytest.param(PROMPTS, marks=pytest.mark.nightly)])
def test_it_writes_what_pytorch_writes_with_and_without_the_kernel(
    count, real_url, visit, small, prompts
):
    there = visit(real_url)
    page = there.go("accessibility/")
    said = page.evaluate(IN_WORKER, prompts[:count])
    assert said["kernel"], "the kernel runs under the site's policy"
    assert said["come"] < 3_500_000
    assert said["encoded"] == AutoTokenizer.from_pretrained(lessons.checkpoint("base")).encode(
        "Mia has 12 kites."
    )
    assert said["why"] == "stopped"
    assert said["written"] < 200
    assert said["whole"]["why"] == "context"
    assert said["whole"]["written"] == 256 - len(prompts[0])
    with torch.no_grad():
        looks = small(torch.tensor([prompts[3]]), output_attentions=True).attentions[5][0, 5]
    for place, row in enumerate(said["last"]):
        assert row == pytest.approx(looks[place, : place + 1].tolist(), abs=1e-4)
    for ids, (scores, text) in zip(prompts[:count], said["found"], strict=True):
        assert len(text) == len(ids) + WRITTEN
        same_text(small, ids, scores, text)
    for ids, (scores, text) in zip(
        prompts[:PLAIN], page.evaluate(PLAINLY, [prompts[:PLAIN], WRITTEN]), strict=True
    ):
        same_text(small, ids, scores, text)
    assert there.complaints == []


@pytest.mark.nightly
def test_all_texts_are_the_same_without_the_kernel(real_url, visit, small, prompts):
    page = visit(real_url).go("accessibility/")
    for ids, (scores, text) in zip(
        prompts, page.evaluate(PLAINLY, [prompts, WRITTEN]), strict=True
    ):
        same_text(small, ids, scores, text)


@pytest.mark.nightly
def test_eight_bits_hardly_change_what_is_likeliest(full, small):
    tokenizer = AutoTokenizer.from_pretrained(lessons.checkpoint("base"))
    batch = tokenizer(documents(21, 20, "held-out"), return_tensors="pt", padding=True)
    with torch.no_grad():
        same = full(**batch).logits.argmax(-1) == small(**batch).logits.argmax(-1)
    share = same[batch["attention_mask"].bool()].float().mean().item()
    print(f"the same likeliest token as in 16 bits: {share:.1%} of {batch['attention_mask'].sum()}")
    assert share > 0.97


@pytest.mark.parametrize("wat", KERNELS, ids=lambda path: path.stem)
def test_a_kernel_is_what_its_source_compiles_to(wat):
    compiled = bytes(wasmtime.wat2wasm(wat.read_text("utf-8")))
    assert compiled == wat.with_suffix(".wasm").read_bytes(), f"run\n{COMPILE}"
