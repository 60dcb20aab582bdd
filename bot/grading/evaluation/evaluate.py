"""One evaluation, from what is to be measured to report.json, report.md and the plots."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.question import Question
from bot.errors import OperatorError
from bot.grading.evaluation import items, measure, plots, speed, table
from bot.grading.evaluation.items import Item
from bot.grading.evaluation.measure import Steps, silently
from bot.grading.evaluation.report import (
    NAME,
    AttackFigures,
    ExampleFigures,
    Flips,
    Report,
    SetFigures,
)
from bot.grading.evaluation.targets import AIDED, UNAIDED
from bot.grading.service import Grader

TEXTS = 200
"""Of each family of attacks on the questions of one set, about."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured, and with what."""

    rows: Sequence[Path] = ()
    """Files of JSON lines."""
    official: Sequence[Path] = ()
    """Folders of SemEval-2013 Task 7."""
    questions: Sequence[Question] = ()
    """Of the banks."""
    attacks: bool = True
    texts: int = TEXTS
    speed: bool = True
    seed: int = 0
    threads: int = 1
    """What the grader was loaded with."""
    held: frozenset[str] | None = None
    """Names of the only questions that are measured; None: all."""
    held_by: str = ""
    """Where the names are from."""
    weights: Path | None = None
    command: str = ""
    commit: str = ""
    note: str = ""
    steps: Steps[range] = field(default=silently, repr=False)


def evaluate(grader: Grader, wanted: Wanted) -> Report:
    """Measure all that is wanted. Raises OperatorError for files that cannot be read."""
    machine = speed.machine()
    found = speed.measure(grader, wanted.threads) if wanted.speed else None
    sets = _read(wanted)
    asked = [one for one in wanted.questions if wanted.held is None or one.id in wanted.held]
    figures: dict[str, SetFigures] = {}
    attacked: dict[str, dict[str, AttackFigures]] = {}
    flips: dict[str, Flips] = {}
    for name, answers in sets.items():
        grades = measure.grade_all(
            grader, [one.submission for one in answers], f"Grading {name}", wanted.steps
        )
        figures[name] = measure.of_set(answers, grades, seed=wanted.seed)
        if wordings := measure.of_wordings(answers, grades, seed=wanted.seed):
            flips[name] = wordings
    materials = {name: items.materials_of(answers) for name, answers in sets.items()}
    if asked:
        materials = {"the banks": items.materials_of_banks(asked), **materials}
    if wanted.attacks:
        attacked = {
            name: measure.of_attacks(
                of, grader, texts=wanted.texts, seed=wanted.seed, steps=wanted.steps
            )
            for name, of in materials.items()
        }
    examples: dict[str, ExampleFigures] = {}
    odds = items.habits_of(wanted.questions, wanted.seed)
    for name, unaided in ((AIDED, False), (UNAIDED, True)):
        of_banks = items.of_banks(asked, unaided=unaided)
        if not of_banks:
            continue
        grades = measure.grade_all(grader, [one.submission for one in of_banks], name, wanted.steps)
        examples[name] = measure.of_examples(
            of_banks,
            grades,
            odds=[odds[one.group, one.submission.answer] for one in of_banks],
            seed=wanted.seed,
        )
        if wordings := measure.of_wordings(of_banks, grades, seed=wanted.seed):
            flips[f"the banks, {name}"] = wordings
    return Report(
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        command=wanted.command,
        model=grader.name,
        weights=_digest(wanted.weights / "model.safetensors") if wanted.weights else "",
        commit=wanted.commit,
        seed=wanted.seed,
        note=wanted.note,
        held=wanted.held_by,
        machine=machine,
        sources={path.name: _digest(path) for path in (*wanted.rows, *wanted.official)},
        sets=figures,
        attacks=attacked,
        flips=flips,
        examples=examples,
        speed=found,
    )


def write(report: Report, folder: Path) -> list[Path]:
    """Write report.json, report.md and the plots into the folder; return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / NAME, folder / "report.md"]
    written[0].write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    written[1].write_text(table.markdown(report), encoding="utf-8")
    for name, figures in report.sets.items():
        written.append(folder / f"reliability-{_file_name(name)}.png")
        plots.reliability(figures, name, written[-1])
    for name, families in report.attacks.items():
        written.append(folder / f"attacks-{_file_name(name)}.png")
        plots.attacks(families, f"Questions of {name}", written[-1])
    return written


def held_by(record: Path) -> frozenset[str]:
    """Return the names of the questions that a run of `tutor train` held out, from its run.json.

    Raises OperatorError when it does not say.
    """
    try:
        found = json.loads(record.read_text(encoding="utf-8"))["held"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"{record} does not say which questions were held out.") from error
    # 'scientsbank/EM_45b': the run names its sets otherwise than the files do.
    return frozenset(str(name).rpartition("/")[2] for name in found)


def _read(wanted: Wanted) -> dict[str, list[Item]]:
    sets: dict[str, list[Item]] = {}
    every = [
        *(item for path in wanted.rows for item in items.read_rows(path)),
        *(item for folder in wanted.official for item in items.read_official(folder)),
    ]
    for item in every:
        if wanted.held is None or item.group.rpartition("/")[2] in wanted.held:
            sets.setdefault(item.source, []).append(item)
    return sets


def _file_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's XML files by name."""
    try:
        if path.is_dir():
            digest = hashlib.sha256()
            for one in sorted(path.rglob("*.xml")):
                digest.update(f"{one.relative_to(path)}\0".encode() + one.read_bytes())
            return digest.hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error}") from error
