"""A training run from its configuration to `run.json`, resumed where it was left.

`data/runs/<name>/` holds: `checkpoint.safetensors` while a stage is unfinished, a folder for each
finished stage, `weights/` (the model with its calibration), `held.jsonl` (what it said about the
questions it never saw) and `run.json`.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from bot.grading import pair
from bot.grading.combine import Rule
from bot.grading.pair import PairModel
from bot.grading.training import checkpoint, loop, lora, pooling, record
from bot.grading.training.average import average
from bot.grading.training.base import check_base, find_base
from bot.grading.training.cases import cases_of
from bot.grading.training.config import Config
from bot.grading.training.distil import teacher_of
from bot.grading.training.fitting import Measured, fit
from bot.grading.training.loop import Progress
from bot.grading.training.material import Material, read, sources_of
from bot.grading.training.scoring import Scores, score, score_pairs
from bot.grading.training.sources import Source
from bot.grading.training.stream import Stream

log = logging.getLogger(__name__)

RUNS = Path("data/runs")
ENTAILMENT_SCORED = 1000
Told = Callable[[str, int, float, float, float], None]
"""Called after every step: stage, steps, share of its budget (0..1), seconds, running loss."""


def run(config: Config, *, told: Told, stages: int | None = None, runs: Path = RUNS) -> Path:
    """Train all stages (or the first `stages`), score, calibrate and save; return the run's folder.

    A run that was interrupted goes on from its checkpoint; finished stages are not repeated.
    """
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    loop.keep_memory()
    if config.precision == "bf16" and config.device == "cpu" and not pair.multiplies_bf16():
        log.warning(
            "This processor has no instructions for bf16: a step takes many times as long as with"
            ' precision = "fp32".'
        )
    folder = runs / config.name
    folder.mkdir(parents=True, exist_ok=True)
    known = record.read(folder)
    material = read(config, known.get("held"))
    known |= {
        "config": config.model_dump(mode="json"),
        "seed": config.seed,
        "data": material.hashes,
        "held": sorted(one.group for one in material.held),
        "habits": material.habits,
        "versions": record.versions(),
        "commit": record.commit(),
    }
    known.setdefault("started", _now())
    done: dict[str, Any] = known.setdefault("stages", {})
    record.write(folder, known)
    available = sources_of(material)
    model = judged = _first(config, known)
    if not config.stage[:stages]:  # a mean of runs is judged as it grades, like a trained stage
        model.save(folder / "mean")
        model, judged = _saved(config, folder / "mean")
    scores: Scores | None = None
    for number, stage in enumerate(config.stage[:stages]):
        if stage.name in done:
            model, judged = _saved(config, folder / stage.name)
            continue
        progress = _train(config, number, model, available, folder, told)
        model.save(folder / stage.name)
        model, judged = _saved(config, folder / stage.name)
        scores = score(judged, material.held)
        done[stage.name] = {
            "steps": progress.steps,
            "seconds": round(progress.seconds, 1),
            "loss": round(progress.loss, 4),
            "history": progress.history,
            "scores": scores | {"entailment": _entailment(judged, material)},
        }
        record.write(folder, known)
        checkpoint.remove(folder)
    cases = cases_of(judged, material.held)
    model.rule, model.measured = fit(cases)
    pooling.write_held(folder, cases)
    known["scores"] = scores or score(judged, material.held)
    known["calibration"] = as_record(model.rule, model.measured)
    known["sha256"] = model.save(folder / "weights")
    known["ended"] = _now()
    record.write(folder, known)
    return folder


def run_folds(config: Config, *, told: Told, runs: Path = RUNS) -> Path:
    """Run every fold, pool what they say about the questions they never saw, and write it to
    `folds.json` in the folder `<name>`; return that folder.
    """
    folders = [
        run(
            config.model_copy(update={"held": number, "name": f"{config.name}-fold{number}"}),
            told=told,
            runs=runs,
        )
        for number in range(config.folds)
    ]
    scores, rule, measured = pooling.pool(folders)
    folder = runs / config.name
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "folds": [str(fold) for fold in folders],
        "scores": scores,
        "calibration": as_record(rule, measured),
    }
    record.write(folder, found, "folds.json")
    return folder


def as_record(rule: Rule, measured: Measured) -> dict[str, Any]:
    """Return the rule as run.json holds it."""
    return {"rule": asdict(rule), "measured": measured}


def _first(config: Config, known: dict[str, Any]) -> PairModel:
    if config.average:
        known["base"] = [str(folder) for folder in config.average]
        known["earlier"] = record.earlier(one.parent for one in dict.fromkeys(config.average))
        return average(config.average).to(config.device)
    base = find_base(config.base)
    if pair.is_saved(base):
        model = pair.load(base)
        known["base"] = model.sha256
        known["earlier"] = record.earlier([base.parent])
    else:
        known["base"] = check_base(base, published=not config.base)
        model = pair.start_from(base, config.layers)
    return model.to(config.device)


def _saved(config: Config, folder: Path) -> tuple[PairModel, PairModel]:
    """Return a stage's model to train on, and to be judged: in bf16, as it grades, where the run is
    in bf16. What is left out of saved weights is gone in both, as in a run that is resumed.
    """
    model = pair.load(folder).to(config.device)
    if config.precision == "fp32":
        return model, model
    return model, pair.load(folder, bf16=True).to(config.device)


def _train(
    config: Config,
    number: int,
    model: PairModel,
    available: dict[str, Source],
    folder: Path,
    told: Told,
) -> Progress:
    stage = config.stage[number]
    stream = Stream(
        available,
        stage.mix,
        model.tokenizer,
        seed=config.seed,
        batch=config.batch,
        chunk=config.chunk,
        question_dropout=stage.question_dropout,
    )
    loop.prepare(model, stage)
    lora.attach(model, stage.adapter)
    model.to(config.device)
    _freeze(model.encoder, config)
    optimiser = loop.optimizer(model, stage)
    progress = Progress()
    if checkpoint.stage_of(folder) == number:
        progress = checkpoint.restore(folder, model, optimiser, stream)
        log.info("Going on with %s at step %d", stage.name, progress.steps)
    saved = progress.seconds

    def every(done: bool) -> None:
        nonlocal saved
        told(stage.name, progress.steps, progress.share(stage), progress.seconds, progress.loss)
        if done or progress.seconds - saved >= 60 * config.checkpoint_minutes:
            checkpoint.save(folder, number, model, optimiser, stream, progress)
            saved = progress.seconds

    if progress.share(stage) < 1:
        loop.train(
            model,
            stream,
            stage,
            progress,
            optimiser,
            precision=config.precision,
            teacher=teacher_of(stage.teacher, config.device),
            every=every,
        )
    lora.merge(model)
    return progress


def _freeze(encoder: Any, config: Config) -> None:
    if not config.train_words:
        encoder.embeddings.word_embeddings.requires_grad_(False)
    if config.frozen:
        # All that lies before the first layer that is trained, so that no gradient is taken there.
        encoder.embeddings.requires_grad_(False)
        encoder.encoder.relative_attention_bias.requires_grad_(False)
        encoder.encoder.layer[: config.frozen].requires_grad_(False)


def _entailment(model: PairModel, material: Material) -> dict[str, float]:
    held = material.held_pairs
    chosen = held[:: max(1, len(held) // ENTAILMENT_SCORED)]
    return score_pairs(model, chosen) if chosen else {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
