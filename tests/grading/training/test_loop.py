"""How a model is made ready for a stage, the loss, and the learning rate."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from bot.grading import pair
from bot.grading.tokens import Triple
from bot.grading.training import loop
from bot.grading.training.config import Stage
from bot.grading.training.data import NOT_CORRECT
from bot.grading.training.pairs import Pair

SOME = [Triple("why?", "it is warm", "because it is warm"), Triple("", "the warm", "cold")]


def stage_with(**values: Any) -> Stage:
    return Stage(name="x", mix={"a": 1}, **({"steps": 10} | values))


def test_not_correct_asks_for_either_of_two() -> None:
    logits = torch.tensor([[0.0, 5.0, -5.0], [0.0, -5.0, 5.0], [5.0, 0.0, 0.0]])
    stage = stage_with(smoothing=0.0)
    losses = [
        float(
            loop.loss_of(
                logits[[row]], [Pair("", "", "", NOT_CORRECT, 1.0, "", "")], stage, soft=None
            )
        )
        for row in range(3)
    ]
    assert losses[0] == pytest.approx(losses[1])
    assert losses[0] == pytest.approx(-math.log(1 - float(torch.softmax(logits[0], 0)[0])))
    assert losses[2] > 3


def test_weights_weigh() -> None:
    logits = torch.tensor([[4.0, 0.0, 0.0], [4.0, 0.0, 0.0]])
    good, bad = Pair("", "", "", "correct", 1.0, "", ""), Pair("", "", "", "incorrect", 0.1, "", "")
    stage = stage_with(smoothing=0.0)
    alone = [float(loop.loss_of(logits[:1], [one], stage, soft=None)) for one in (good, bad)]
    together = float(loop.loss_of(logits, [good, bad], stage, soft=None))
    assert together == pytest.approx((alone[0] + 0.1 * alone[1]) / 1.1)


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_the_rate_goes_up_and_down(schedule: str) -> None:
    stage = stage_with(rate=1.0, warmup=0.1, final=0.2, schedule=schedule)
    rates = [loop.rate(stage, step / 20) for step in range(21)]
    assert rates[1] == pytest.approx(0.5)
    assert max(rates) == rates[2] == pytest.approx(1.0)
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] == pytest.approx(0.2)
    assert loop.rate(stage, 0.55) == pytest.approx(0.6)


# --- Dropout


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_encoder_has_the_stages_dropout_and_attention_none(base: Path, dropout: float) -> None:
    model = pair.start_from(base)
    before = {name: value.p for name, value in _dropouts(model)}
    assert all(before.values()), "each layer of the base has dropout of its own"
    loop.prepare(model, stage_with(dropout=dropout))
    after = {name: value.p for name, value in _dropouts(model)}
    attention = {name for name in after if name.endswith("attention.attn.dropout")}
    assert len(attention) == 2, "one a layer"
    assert {after[name] for name in attention} == {0.0}
    encoder = {name for name in after if name.startswith("encoder.")} - attention
    assert {after[name] for name in encoder} == {dropout}
    assert {name: after[name] for name in after.keys() - encoder - attention} == {"head.0": 0.1}


@pytest.mark.parametrize(("dropout", "varies"), [(0.0, False), (0.3, True)])
def test_only_the_stages_dropout_makes_the_encoder_vary(
    base: Path, dropout: float, varies: bool
) -> None:
    model = pair.start_from(base)
    loop.prepare(model, stage_with(dropout=dropout))
    model.train()
    ids, mask, _ = model.tokenizer.collate(model.tokenizer.encode(SOME))
    torch.manual_seed(0)
    first, second = (
        model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state for _ in range(2)
    )
    assert (not torch.equal(first, second)) == varies


def _dropouts(model: pair.PairModel) -> list[tuple[str, nn.Dropout]]:
    return [(name, part) for name, part in model.named_modules() if isinstance(part, nn.Dropout)]
