"""A training run from its configuration to `run.json`, resumed where it was left.

`data/runs/<name>/` holds: `checkpoint.safetensors` while a stage is unfinished, a folder for each
finished stage, `weights/` (the model with its calibration), and `run.json`.
"""

import json
import logging
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import torch

from bot.errors import ConfigurationError
from bot.grading import pair
from bot.grading.encoder import check_weights, find_folder
from bot.grading.pair import PairModel
from bot.grading.training import checkpoint, data, folds, lora, loop, perturb, sources
from bot.grading.training.calibrating import calibrate
from bot.grading.training.config import Config
from bot.grading.training.distil import teacher_of
from bot.grading.training.loop import Progress
from bot.grading.training.pairs import Pair
from bot.grading.training.scoring import numbers, rows, score
from bot.grading.training.stream import Stream

log = logging.getLogger(__name__)

RUNS = Path("data/runs")
ENTAILMENT_HELD = 50
"""One premise in so many is held out of the entailment pairs."""
ENTAILMENT_SCORED = 1000
Told = Callable[[str, int, float, float, float], None]
"""Called after every step: stage, steps, share of its budget (0..1), seconds, running loss."""


@dataclass
class Material:
    """What was read, and what of it is held out."""

    trained: dict[str, list[data.Asked]] = field(default_factory=dict[str, list[data.Asked]])
    held: list[data.Asked] = field(default_factory=list[data.Asked])
    pairs: dict[str, list[Pair]] = field(default_factory=dict[str, list[Pair]])
    held_pairs: list[Pair] = field(default_factory=list[Pair])
    hashes: dict[str, str] = field(default_factory=dict[str, str])


def read(config: Config) -> Material:
    """Read all data of a run and hold out its fold."""
    found = Material()
    asked: list[data.Asked] = []
    for path in config.data.graded:
        asked += data.read_any(path, found.hashes)
    places = folds.assign((one.group for one in asked), config.folds, config.seed)
    bank = [one for path in config.data.banks for one in data.read_any(path, found.hashes)]
    places |= folds.assign((one.group for one in bank), config.bank_folds, config.seed)
    for one in [*asked, *bank]:
        of_bank = one.source == "bank"
        if places[one.group] == config.held % (config.bank_folds if of_bank else config.folds):
            found.held.append(one)
        else:
            found.trained.setdefault(one.source, []).append(one)
    for path in config.data.references:
        found.hashes[str(path)] = data.digest(path)
        found.trained.setdefault("references", []).extend(data.read_references(path))
    if config.data.entailment is not None:
        for path in sorted(config.data.entailment.glob("*.jsonl.gz")):
            found.hashes[str(path)] = data.digest(path)
            name = path.name.removesuffix(".jsonl.gz")
            for one in data.read_entailment(path):
                if folds.is_held(one.group, ENTAILMENT_HELD):
                    found.held_pairs.append(one)
                else:
                    found.pairs.setdefault(name, []).append(one)
    return found


def sources_of(material: Material) -> dict[str, sources.Source]:
    """Return every source that the material makes, by the names of `sources.py`."""
    found: dict[str, sources.Source] = {}
    for name, pairs in material.pairs.items():
        found[f"nli/{name}"] = sources.Fixed(pairs)
    clean = [one for name in ("snli", "mnli") for one in material.pairs.get(name, [])]
    if clean:
        found["hard/nli"] = sources.ChangedPairs(clean, _negatives)
        found["easy/nli"] = sources.ChangedPairs(clean, _positives)
    for name, asked in material.trained.items():
        found[f"graded/{name}"] = sources.GradedAnswers(asked)
        found[f"peer/{name}"] = sources.Peers(asked)
        found[f"points/{name}"] = sources.Points(asked)
        found[f"hard/{name}"] = sources.Changed(asked, _negatives)
        found[f"easy/{name}"] = sources.Changed(asked, _positives)
    return found


def run(config: Config, *, told: Told, stages: int | None = None) -> Path:
    """Train all stages (or the first `stages`), score, calibrate and save; return the run's folder.

    A run that was interrupted goes on from its checkpoint; finished stages are not repeated.
    """
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    loop.keep_memory()
    folder = RUNS / config.name
    folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = _read_record(folder)
    material = read(config)
    record |= {
        "config": config.model_dump(mode="json"),
        "seed": config.seed,
        "data": material.hashes,
        "held": sorted(one.group for one in material.held),
        "versions": _versions(),
        "commit": _commit(),
    }
    record.setdefault("started", datetime.now(UTC).isoformat(timespec="seconds"))
    record.setdefault("stages", {})
    available = sources_of(material)
    model = _first(config, record)
    for number, stage in enumerate(config.stage[:stages]):
        kept = folder / stage.name
        if stage.name in record["stages"]:
            model = pair.load(kept).to(config.device)
            continue
        progress = _train(config, number, model, available, folder, told)
        scores, _ = score(model, material.held)
        scores["entailment"] = _entailment(model, material.held_pairs)
        record["stages"][stage.name] = {
            "steps": progress.steps,
            "seconds": round(progress.seconds, 1),
            "loss": round(progress.loss, 4),
            "history": progress.history,
            "scores": scores,
        }
        model.save(kept)
        _write_record(folder, record)
        checkpoint.remove(folder)
    answers = rows(material.held)
    scores, logits = score(model, material.held)
    groups = [one.group for one, _ in answers]
    if len(set(groups)) > 1:
        import numpy as np

        model.fitted = calibrate(logits, numbers(answers), np.array(groups))
    record["scores"] = scores
    record["calibration"] = {
        "temperature": model.fitted.temperature,
        "accept": model.fitted.accept,
        "review_below": model.fitted.review_below,
        "review_above": model.fitted.review_above,
        "measured": model.fitted.measured,
    }
    record["sha256"] = model.save(folder / "weights")
    record["ended"] = datetime.now(UTC).isoformat(timespec="seconds")
    _write_record(folder, record)
    return folder


def _first(config: Config, record: dict[str, Any]) -> PairModel:
    base = find_folder(config.base)
    if (base / pair.CONFIG).is_file() and "sha256" in (base / pair.CONFIG).read_text("utf-8"):
        model = pair.load(base)
        record["base"] = model.sha256
    else:
        record["base"] = check_weights(base, published=not config.base)
        model = pair.start_from(base)
    return model.to(config.device)


def _train(
    config: Config,
    number: int,
    model: PairModel,
    available: dict[str, sources.Source],
    folder: Path,
    told: Told,
) -> Progress:
    stage = config.stage[number]
    words = model.encoder.embeddings.word_embeddings.weight
    lora.attach(model, stage.adapter)
    if not config.train_words:
        words.requires_grad_(False)
    stream = Stream(
        available,
        stage.mix,
        model.tokenizer,
        seed=config.seed,
        batch=config.batch,
        chunk=config.chunk,
        question_dropout=stage.question_dropout,
    )
    optimiser = loop.optimizer(model, stage)
    progress = Progress()
    if checkpoint.stage_of(folder) == number:
        progress = checkpoint.restore(folder, model, optimiser, stream)
        log.info("Going on with %s at step %d", stage.name, progress.steps)
    saved = progress.seconds

    def every(done: bool) -> None:
        nonlocal saved
        told(
            stage.name, progress.steps, progress.share(stage), progress.seconds, progress.loss
        )
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


def _entailment(model: PairModel, held: Sequence[Pair]) -> dict[str, float]:
    from bot.grading.training.scoring import score_pairs

    chosen = held[:: max(1, len(held) // ENTAILMENT_SCORED)]
    return score_pairs(model, chosen) if chosen else {}


def _negatives(one: Pair, neighbours: Sequence[str], rng: Random) -> list[Pair]:
    return perturb.negatives(one, neighbours, rng)


def _positives(one: Pair, neighbours: Sequence[str], rng: Random) -> list[Pair]:
    del neighbours
    return perturb.positives(one, rng)


def _versions() -> dict[str, str]:
    names = ("torch", "transformers", "tokenizers", "safetensors", "numpy")
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def _commit() -> str:
    """Return the commit that is checked out, with + where files differ from it, or nothing."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            ["git", "describe", "--always", "--dirty=+", "--abbrev=40"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / "run.json"
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{path} is damaged; move it away to start anew.") from error


def _write_record(folder: Path, record: dict[str, Any]) -> None:
    part = folder / "run.json.part"
    part.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(part, folder / "run.json")
