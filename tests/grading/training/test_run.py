"""The whole path: configuration in, weights and run.json out; interrupted, folded, averaged."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from bot.cli.app import app
from bot.errors import ConfigurationError, OperatorError
from bot.grading import pair
from bot.grading.combine import Rule, rule_of
from bot.grading.entailment import WEIGHTS
from bot.grading.tokens import Triple
from bot.grading.training import checkpoint, config, lora, pooling, run
from bot.grading.training.average import average
from bot.grading.training.cases import of_row
from bot.grading.training.config import Adapter, Config, Teacher
from bot.grading.training.distil import teacher_of
from bot.grading.training.pairs import Pair
from bot.grading.training.record import earlier

TINY = Path(config.__file__).parent / "configs" / "tiny.toml"
SOME = [Triple("why?", "it is warm", "because it is warm"), Triple("", "the warm", "cold")]


class Ran(NamedTuple):
    """A run of tiny.toml as it stands, that several tests look at and none changes."""

    world: Path
    folder: Path
    """What the run returned: relative to the world, which was the current folder then."""
    told: list[tuple[str, float]]
    """(stage, share of it that is done)"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, furnish: Callable[[Path], Path]) -> Ran:
    world = furnish(tmp_path_factory.mktemp("ran"))
    told: list[tuple[str, float]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(world)
        folder = run.run(
            config.read(TINY), told=lambda stage, _, share, *__: told.append((stage, share))
        )
    return Ran(world, folder, told)


def quiet(*_: object) -> None:
    """Tell nobody."""


def changed(tiny: Config, **values: Any) -> Config:
    return tiny.model_copy(update=values)


def states(folder: Path) -> dict[str, torch.Tensor]:
    return pair.load(folder).state_dict()


def test_a_run_leaves_weights_and_a_record(ran: Ran) -> None:
    assert ran.folder == Path("data/runs/tiny")
    world, told, folder = ran.world, ran.told, ran.world / ran.folder
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["config"]["name"] == "tiny"
    assert record["seed"] == 3
    content = (world / "graded.jsonl").read_bytes()
    assert record["data"]["graded.jsonl"] == hashlib.sha256(content).hexdigest()
    assert len(record["data"]) == 4
    assert record["versions"]["torch"] == torch.__version__
    assert {name: stage["steps"] for name, stage in record["stages"].items()} == {
        "entailment": 6,
        "answers": 6,
    }
    assert record["scores"]["graded"]["answers"] == 8
    assert 0 <= record["scores"]["graded"]["three_way_macro_f1"] <= 1
    assert 0 <= record["scores"]["accepted"]["reference"] <= 1
    # Of the banks' six held texts two are partial. Two questions are too few for a head of points.
    assert record["calibration"]["measured"].keys() == {"plain"}
    assert record["calibration"]["measured"]["plain"]["texts"] == 8 + 4
    assert [stage for stage, _ in told] == ["entailment"] * 6 + ["answers"] * 6
    assert told[-1][1] == 1
    model = pair.load(folder / "weights")
    assert model.sha256 == record["sha256"]
    assert rule_of(record["calibration"]["rule"]) == model.rule
    assert model.rule.plain != Rule().plain
    assert model.rule.pointed == Rule().pointed
    assert model.measured == record["calibration"]["measured"]
    assert not (folder / checkpoint.TENSORS).exists()


def test_training_changes_layers_and_no_words(ran: Ran) -> None:
    before = pair.start_from(ran.world / "base").state_dict()
    after = states(ran.world / ran.folder / "weights")
    words = "encoder.embeddings.word_embeddings.weight"
    known = [place for place in range(len(before[words])) if not 3 <= place <= 11]  # not [unused…]
    torch.testing.assert_close(after[words][known], before[words].half().float()[known])
    layer = "encoder.encoder.layer.0.attention.attn.q.weight"
    assert (after[layer] - before[layer]).abs().max() > 1e-4


def test_frozen_layers_and_what_lies_below_stay_as_they_are(world: Path, tiny: Config) -> None:
    stage = tiny.stage[1].model_copy(update={"steps": 2, "mix": {"graded/graded": 1.0}})
    folder = run.run(changed(tiny, stage=[stage], frozen=1), told=quiet)
    before = pair.start_from(world / "base").state_dict()
    after = states(folder / "weights")
    below = ("encoder.embeddings.LayerNorm", "encoder.encoder.relative", "encoder.encoder.layer.0")
    for name in after:
        if name.startswith(below):
            torch.testing.assert_close(after[name], before[name].half().float(), rtol=0, atol=0)
    layer = "encoder.encoder.layer.1.attention.attn.q.weight"
    assert (after[layer] - before[layer]).abs().max() > 1e-4


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.usefixtures("world")
def test_bf16_without_instructions_for_it_is_told(
    tiny: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, native: bool
) -> None:
    monkeypatch.setattr(pair, "multiplies_bf16", lambda: native)
    stage = tiny.stage[1].model_copy(update={"steps": 2, "mix": {"graded/graded": 1.0}})
    folder = run.run(changed(tiny, stage=[stage], precision="bf16"), told=quiet)
    assert ("no instructions for bf16" in caplog.text) is not native
    assert states(folder / "weights")


def test_the_first_layers_of_a_base_are_kept(world: Path) -> None:
    whole, first = pair.start_from(world / "base"), pair.start_from(world / "base", layers=1)
    kept = first.encoder.state_dict()
    assert len(first.encoder.encoder.layer) == 1 < len(whole.encoder.encoder.layer)
    assert all(torch.equal(value, whole.encoder.state_dict()[name]) for name, value in kept.items())


def test_a_run_learns_what_it_is_shown(world: Path, tiny: Config) -> None:
    stage = tiny.stage[1].model_copy(update={"steps": 120, "mix": {"graded/graded": 1.0}})
    folder = run.run(changed(tiny, stage=[stage], batch=16), told=quiet)
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (_, _, first), *_, (_, _, last) = record["stages"]["answers"]["history"]
    assert last < first
    assert record["scores"]["graded"]["two_way_macro_f1"] > 0.6


def test_an_interrupted_run_goes_on(world: Path, tiny: Config) -> None:
    class StoppedError(Exception):
        pass

    def stop(stage: str, steps: int, *_: object) -> None:
        if stage == "answers" and steps == 4:
            raise StoppedError

    often = changed(tiny, checkpoint_minutes=1e-9)
    with pytest.raises(StoppedError):
        run.run(often, told=stop)
    folder = Path("data/runs/tiny")
    assert checkpoint.stage_of(folder) == 1
    entailment = (folder / "entailment" / pair.WEIGHTS).read_bytes()
    seen: list[tuple[str, int]] = []
    run.run(often, told=lambda stage, steps, *_: seen.append((stage, steps)))
    assert seen == [("answers", 4), ("answers", 5), ("answers", 6)]
    assert (folder / "entailment" / pair.WEIGHTS).read_bytes() == entailment
    assert (folder / "weights" / pair.WEIGHTS).is_file()


def test_one_seed_gives_one_model(ran: Ran, world: Path, tiny: Config) -> None:
    one = ran.world / ran.folder
    same = run.run(tiny, told=quiet, runs=world / "again")
    other = run.run(changed(tiny, seed=4), told=quiet, runs=world / "other")
    logits = [pair.load(folder / "weights").predict(SOME) for folder in (one, same, other)]
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-5)
    assert np.abs(logits[0] - logits[2]).max() > 1e-4


def test_folds_together_score_every_question_once(world: Path, tiny: Config) -> None:
    stage = tiny.stage[1].model_copy(update={"steps": 1})
    folder = run.run_folds(changed(tiny, stage=[stage]), told=quiet)
    found = json.loads((folder / "folds.json").read_text(encoding="utf-8"))
    assert found["scores"]["graded"]["answers"] == 32
    assert found["scores"]["graded"]["questions"] == 8
    assert found["scores"]["bank"]["answers"] == 12
    held = [
        set(json.loads(Path(fold, "run.json").read_text(encoding="utf-8"))["held"])
        for fold in found["folds"]
    ]
    assert sum(map(len, held)) == len(set().union(*held)) == 12
    cases = [
        of_row(json.loads(line))
        for fold in found["folds"]
        for line in Path(fold, pooling.HELD).read_text(encoding="utf-8").splitlines()
    ]
    assert {case.group for case in cases} == set().union(*held)
    # A bank's example is read in three ways, a partial one (a third of them) counts for nothing.
    measured = found["calibration"]["measured"]
    assert measured["plain"]["texts"] == 32 + 4 * 2
    assert measured["pointed"]["texts"] == 4 * 2 * 2
    rule = rule_of(found["calibration"]["rule"])
    assert (rule, measured) == pooling.pool([Path(fold) for fold in found["folds"]])[1:]


def test_what_two_runs_held_out_is_no_fold(world: Path, tiny: Config) -> None:
    stage = tiny.stage[1].model_copy(update={"steps": 1})
    folder = run.run(changed(tiny, stage=[stage]), told=quiet)
    with pytest.raises(OperatorError, match="questions that another run held out too"):
        pooling.pool([folder, folder])


def test_averaging_takes_the_mean(world: Path, tiny: Config) -> None:
    folders = [
        run.run(changed(tiny, seed=seed, name=f"s{seed}"), told=quiet, stages=1) for seed in (1, 2)
    ]
    weights = [folder / "weights" for folder in folders]
    averaged = average(weights)
    mean = averaged.state_dict()
    assert (averaged.rule, averaged.measured) == (Rule(), {}), "each rule was of its own weights"
    one, other = (states(folder) for folder in weights)
    for name, value in mean.items():
        torch.testing.assert_close(value, (one[name] + other[name]) / 2)
    folder = run.run(changed(tiny, name="mean", average=weights, stage=[]), told=quiet)
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["base"] == [str(path) for path in weights]
    assert [one["config"]["name"] for one in record["earlier"]] == ["s1", "s2"]
    led_to_it = earlier([folder, *folders])
    assert [one["config"]["name"] for one in led_to_it] == ["s1", "s2", "mean"], "each once"
    assert not any("earlier" in one for one in led_to_it)
    name = "head.1.weight"
    torch.testing.assert_close(states(folder / "weights")[name], mean[name].half().float())


def test_a_teacher_draws_its_pupil_near(ran: Ran, world: Path, tiny: Config) -> None:
    taught = ran.world / ran.folder / "weights"
    stage = tiny.stage[1].model_copy(update={"steps": 40})
    pupil = stage.model_copy(update={"teacher": Teacher(folder=taught, share=1.0)})
    logits: dict[str, Any] = {"teacher": pair.load(taught).predict(SOME)}
    for name, one in (("alone", stage), ("pupil", pupil)):
        folder = run.run(changed(tiny, name=name, stage=[one]), told=quiet)
        logits[name] = pair.load(folder / "weights").predict(SOME)

    def apart(name: str) -> float:
        one, other = (torch.softmax(torch.tensor(logits[key]), 1) for key in (name, "teacher"))
        return float((one - other).abs().sum())

    assert apart("pupil") < apart("alone")
    targets = teacher_of(pupil.teacher, "cpu")
    assert targets is not None
    soft = targets([Pair(*SOME[0], "correct", 1.0, "", "")])
    expected = torch.softmax(torch.tensor(logits["teacher"][:1]) / 2.0, dim=1)
    torch.testing.assert_close(soft, expected, atol=1e-4, rtol=1e-4)


def test_lora_trains_little_and_merges(base: Path) -> None:
    pytest.importorskip("peft")
    model = pair.start_from(base)
    names = set(model.state_dict())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    lora.attach(model, Adapter(rank=2))
    trained = {name for name, value in model.named_parameters() if value.requires_grad}
    assert all("lora_" in name or name.startswith("head.") for name in trained)
    for name, value in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(value)
    model.eval()
    logits = model.predict(SOME)
    lora.merge(model)
    assert set(model.state_dict()) == names
    np.testing.assert_allclose(model.predict(SOME), logits, atol=1e-4)
    layer = "encoder.encoder.layer.1.output.dense.weight"
    assert (model.state_dict()[layer] - before[layer]).abs().max() > 1e-3


def test_a_run_with_lora_can_be_loaded(world: Path, tiny: Config) -> None:
    pytest.importorskip("peft")
    stage = tiny.stage[0].model_copy(update={"adapter": Adapter(rank=2)})
    folder = run.run(changed(tiny, stage=[stage], checkpoint_minutes=1e-9), told=quiet)
    assert pair.load(folder / "weights").predict(SOME).shape == (2, 3)


# --- What is said to the operator


def test_the_command_prints_scores_and_where_the_run_is(world: Path) -> None:
    done = CliRunner().invoke(app, ["train", str(TINY), "--seed", "8"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["written"] == "data/runs/tiny-seed8/run.json"
    assert found["scores"]["graded"]["questions"] == 2
    assert "answers: 100.0%, step 6" in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 3", "name: Input should be a valid string"),
        ('name = "x"\n[data]\n', "there is no stage to train"),
        ('name = "x"\n[data]\n[[stage]]\nname = "a"\nmix = {a = 1}\n', "minutes or steps"),
        (
            'name = "x"\nfrozen = 1\ntrain_words = true\naverage = ["a"]\n[data]\n',
            "leave out train_words",
        ),
        ('name = "x', "is not TOML"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        config.read(path)


def test_the_configuration_of_the_weights_that_ship_is_the_one_that_they_record() -> None:
    shipped = config.read(TINY.parent / "shipped.toml")
    record = json.loads((WEIGHTS / "run.json").read_text(encoding="utf-8"))
    assert shipped.model_dump(mode="json") == record["config"]
    assert [*record["stages"]] == [stage.name for stage in shipped.stage]
    assert "unlicensed" not in str(shipped.data.entailment)


def test_a_file_that_is_not_there_is_named(world: Path, tiny: Config) -> None:
    (world / "graded.jsonl").unlink()
    with pytest.raises(OperatorError, match=r"There is no graded\.jsonl"):
        run.run(tiny, told=quiet)
