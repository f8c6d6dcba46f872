"""Training in the page: what it computes is what PyTorch computes, and everybody can use it."""

import base64
import json
import re
from typing import Any

import pytest
import torch
from playwright.sync_api import expect

from lessons.experiments import load_result
from lessons.models import recipes
from lessons.models.steps import Batch, token_loss
from lessons.models.training import train
from lessons.pretraining.in_the_page import IN_PAGE, LOOKS, stories, tokenizer_of
from visiting import faults_of, tab_to

PAGE = "lesson-4/pretraining/#train-one-here"
SCRIPTS = "/assets/js/live/train"
STEPS = (30, 100)  # by day, and by night
NAMES = {
    "gain1": "ln_1.weight",
    "bias1": "ln_1.bias",
    "attend": "attn.c_attn.weight",
    "attendBias": "attn.c_attn.bias",
    "join": "attn.c_proj.weight",
    "joinBias": "attn.c_proj.bias",
    "gain2": "ln_2.weight",
    "bias2": "ln_2.bias",
    "widen": "mlp.c_fc.weight",
    "widenBias": "mlp.c_fc.bias",
    "narrow": "mlp.c_proj.weight",
    "narrowBias": "mlp.c_proj.bias",
    "tokens": "wte.weight",
    "places": "wpe.weight",
    "gain": "ln_f.weight",
    "bias": "ln_f.bias",
}

# The first weights, the gradients of the first batch, the losses, and the batches that they are of.
TRAINED = f"""async (steps) => {{
    const {{ Matrices }} = await import('{SCRIPTS}/matrices.js');
    const {{ Training }} = await import('{SCRIPTS}/training.js');
    const {{ batch, read }} = await import('{SCRIPTS}/batches.js');
    const {{ Tokenizer }} = await import('/assets/js/live/tokenizer.js');
    const file = async (name) => (await fetch('/assets/models/stories/' + name)).text();
    const [settings, json] = (await Promise.all(['plan.json', 'tokenizer.json'].map(file))).map(JSON.parse);
    const tokens = read(await file('stories.txt'), Tokenizer.from(json));
    const kernel = new Uint8Array(await (await fetch('{SCRIPTS}/products.wasm')).arrayBuffer());
    const begun = (kernel, seed) => new Training(settings, tokens, new Matrices(kernel), seed);
    const numbers = (named) => Object.fromEntries(Object.entries(named).map(([name, {{ all }}]) => {{
        const bytes = new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
        return [name, btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))];
    }}));
    const first = (training) => {{
        const {{ read, targets }} = batch(tokens, settings.plan, training.seed, 0);
        return training.gpt.backward(read, targets);
    }};
    const training = begun(kernel, 0);
    const found = {{ weights: numbers(training.gpt.weights), losses: [], first: first(training) }};
    found.gradients = numbers(training.gpt.gradients);
    const reads = (_, step) => batch(tokens, settings.plan, 0, step).read;
    found.batches = Array.from({{ length: steps }}, reads);
    for (let step = 0; step < steps; step++) found.losses.push(training.step());
    found.twice = [0, 0, 1].map((seed) => {{
        const again = begun(kernel, seed);
        return [again.step(), again.step()];
    }});
    const plain = begun(undefined, 0);
    found.plain = [first(plain), numbers(plain.gpt.gradients)];
    found.kernel = Boolean(training.gpt.matrices.kernel) && !plain.gpt.matrices.kernel;
    return JSON.stringify(found);
}}"""

# Products of parts of matrices, transposed or not, by the kernel and in JavaScript.
PRODUCTS = f"""async () => {{
    const {{ Matrices }} = await import('{SCRIPTS}/matrices.js');
    const {{ seeded }} = await import('{SCRIPTS}/chance.js');
    const kernel = new Uint8Array(await (await fetch('{SCRIPTS}/products.wasm')).arrayBuffer());
    const both = [kernel, undefined].map((bytes) => new Matrices(bytes));
    let apart = 0;
    for (let seed = 0; seed < 40; seed++) {{
        const results = both.map((matrices) => {{
            const random = seeded(seed);
            const to = (n) => 1 + Math.floor(random() * n);
            const [m, n, k, turns] = [4 * to(5), 8 * to(4), to(40), to(4)];
            const some = (rows, columns) => {{
                const whole = matrices.make(rows + 3, columns + 5);
                whole.all.forEach((_, i, all) => (all[i] = random() - 0.5));
                return whole.part(2, 1, rows, columns);
            }};
            const A = turns & 1 ? some(k, m).T : some(m, k);
            const B = turns & 2 ? some(n, k).T : some(k, n);
            const C = some(m, n);
            matrices.multiply(C, A, B, seed % 2 === 0);
            return Array.from(C.data.subarray(C.at, C.at + (m - 1) * C.below + n));
        }});
        results[0].forEach((value, i) => (apart = Math.max(apart, Math.abs(value - results[1][i]))));
    }}
    const refused = [[4, 8, 3, 8], [3, 8, 3, 3], [4, 6, 4, 4]].map(([rows, columns, more, inner]) => {{
        try {{
            const some = [[rows, columns], [more, inner], [inner, columns]];
            both[0].multiply(...some.map((shape) => both[0].make(...shape)));
        }} catch (error) {{
            return error.message;
        }}
    }});
    return [apart, refused];
}}"""


SAID = """() => {
    window.said = [];
    const status = document.querySelector('live-train .live__status');
    new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
}"""


def named(name: str) -> str:
    """The name that transformers has for a weight."""
    layer, _, kind = name.rpartition(".")
    return f"transformer.{f'h.{layer}.' if layer else ''}{NAMES[kind]}"


@pytest.fixture(params=[STEPS[0], pytest.param(STEPS[1], marks=pytest.mark.nightly)])
def found(real_url, still, request) -> dict[str, Any]:
    page = still(real_url + PAGE)
    result: dict[str, Any] = json.loads(page.evaluate(TRAINED, request.param))
    return result


def tensor(numbers: str) -> torch.Tensor:
    """Numbers of 32 bits as a script sends them: in the base of 64, since half a million is a long text."""
    return torch.frombuffer(bytearray(base64.b64decode(numbers)), dtype=torch.float32)


def apart(ours: dict[str, str], theirs: dict[str, torch.Tensor]) -> dict[str, float]:
    """How far each parameter's gradient is from PyTorch's, as a share of its largest number."""
    return {
        name: float((tensor(values) - theirs[named(name)].flatten()).abs().max())
        / float(theirs[named(name)].abs().max())
        for name, values in ours.items()
    }


def test_gradients_and_losses_are_those_of_pytorch(found):
    model = recipes.untrained(IN_PAGE, tokenizer_of(stories()))
    weights = dict(model.named_parameters())
    assert {named(name) for name in found["weights"]} == set(weights)
    with torch.no_grad():
        for name, values in found["weights"].items():
            weights[named(name)].copy_(tensor(values).view_as(weights[named(name)]))

    def batches(step: int) -> Batch:
        rows = torch.tensor(found["batches"][step]).view(IN_PAGE.rows, IN_PAGE.context)
        return {"input_ids": rows, "labels": rows}

    batch = batches(0)
    nll, count = token_loss(model(input_ids=batch["input_ids"]).logits, batch["labels"], True)
    loss = nll / count
    loss.backward()
    gradients = {name: weight.grad for name, weight in weights.items()}
    assert found["kernel"], "one with the kernel was compared to one without it"
    for value, ours in ((found["first"], found["gradients"]), found["plain"]):
        assert value == pytest.approx(loss.item(), rel=1e-5)
        assert max(apart(ours, gradients).values()) < 1e-4
    steps = len(found["losses"])
    history = train(model, batches, IN_PAGE.recipe, until=steps, quiet=True)
    assert found["losses"] == pytest.approx(history.losses, abs=1e-3)
    print(f"loss after {steps} steps: {found['losses'][-1]:.4f}")
    learned = 3 if steps == STEPS[1] else 5
    assert found["losses"][-1] < learned < 6 < found["losses"][0], (
        "it has learned something by then"
    )
    assert found["twice"][0] == found["twice"][1] == found["losses"][:2]
    assert found["twice"][2] != found["twice"][0], "another seed, another training"


def test_products_are_the_same_with_the_kernel_and_without_it(real_url, still):
    furthest, refused = still(real_url + PAGE).evaluate(PRODUCTS)
    assert furthest < 1e-5
    assert [message and message[:15] for message in refused] == ["cannot multiply"] * 3


def test_a_model_is_trained_and_asked_by_the_keyboard(real_url, visit):
    visited = visit(real_url)
    page = visited.go(PAGE)
    widget = page.locator("live-train")
    widget.scroll_into_view_if_needed()
    start = widget.get_by_role("button", name=re.compile(r"Train a model here \(loads 0\.\d MB\)"))
    expect(start).to_be_visible()
    expect(widget.get_by_role("table")).to_be_visible()
    page.evaluate(SAID)
    assert not any("stories" in asked for asked in visited.asked), "nothing before a click"
    tab_to(page, "live-train button")
    page.keyboard.press("Enter")
    texts = widget.get_by_role("listitem")
    status = widget.locator(".live__status")
    expect(texts).not_to_have_count(0)  # the latest first: it goes on while this looks
    expect(widget.get_by_role("table")).to_be_hidden()
    expect(texts.last).to_have_attribute("value", "50")
    expect(texts.last).to_contain_text("Once there was")
    page.keyboard.press("Space")
    expect(widget.get_by_role("button", name="Go on")).to_be_focused()
    expect(status).to_contain_text(re.compile(r"Stopped after \d+ steps"))
    drawn = widget.get_by_role("img").get_attribute("aria-label")
    assert drawn is not None
    assert re.search(r"step 50 [23]\.\d\d", drawn)
    widget.get_by_role("textbox", name="A beginning of yours").fill("Mia saw")
    page.keyboard.press("Enter")
    expect(widget.get_by_text(re.compile("Mia saw.{20}"))).to_be_visible()
    widget.get_by_role("textbox", name="A beginning of yours").fill(" ")
    page.keyboard.press("Enter")
    expect(status).to_have_text("Type a beginning first.")
    assert faults_of(page, widget) == []
    seed, again = widget.get_by_label("seed"), widget.get_by_role("button", name="Begin again")
    seed.fill("-1")
    again.press("Enter")
    expect(status).to_contain_text("A seed is a whole number")
    seed.fill("7")
    again.press("Enter")
    widget.get_by_role("button", name="Stop").press("Enter")
    expect(status).to_contain_text("Stopped after")
    taken = int(re.findall(r"\d+", status.inner_text())[0])
    expect(texts).to_have_count(taken // 50)
    first, last = (
        page.evaluate(f"document.querySelector('live-train').curveOf.at({at})") for at in (0, -1)
    )
    assert first[1] > 5, "of random weights"
    expect(widget.get_by_text(f"Step {last[0]} of 800: loss {last[1]:.2f}")).to_be_visible()
    said = page.evaluate("window.said")
    assert said.count("Training begins: 136,960 weights, 800 steps.") == 2
    assert re.search(r"After 50 steps the loss is [23]\.\d\d", " ".join(said))
    assert visited.complaints == []


@pytest.mark.nightly
def test_what_did_not_load_is_said_and_can_be_loaded_again(real_url, visit):
    page = visit(real_url).go(PAGE)
    page.route("**/stories.txt", lambda route: route.fulfill(status=404))
    widget = page.locator("live-train")
    widget.scroll_into_view_if_needed()
    widget.get_by_role("button", name="Train a model here").click()
    status = widget.locator(".live__status")
    expect(status).to_have_text(
        "It cannot train here: /assets/models/stories/stories.txt did not load: 404."
    )
    page.unroute("**/stories.txt")
    widget.get_by_role("button", name="Try once more").click()
    expect(widget.get_by_text(re.compile(r"Step \d+ of 800"))).to_be_visible()
    widget.get_by_role("button", name="Stop").click()
    expect(status).to_contain_text("Stopped after")


def test_without_a_script_and_on_paper_the_recorded_run_says_it(real_url, unscripted):
    page = unscripted(real_url + PAGE)
    summary = load_result("pretraining_in_the_page")["summary"]
    rows = page.locator("live-train tbody tr")
    expect(rows).to_have_count(len(LOOKS))
    for row, step in zip(rows.all(), LOOKS, strict=True):
        number, loss, text = row.locator("th, td").all_text_contents()
        assert [number, loss] == [str(step), f"{summary[f'step{step}']['loss']:.2f}"]
        assert text.split() == f"Once there was{summary[f'step{step}']['text']}".split()
