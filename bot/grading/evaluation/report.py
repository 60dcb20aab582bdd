"""What an evaluation found: report.json, with every figure and how it came about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import OperatorError
from bot.grading.evaluation.attacks import Holds
from bot.grading.evaluation.bootstrap import Figure
from bot.grading.metrics import Bin

NAME = "report.json"
HELD = ", held out"
"""Behind the name of what was measured on held-out questions alone."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Way(_Part):
    """Agreement with people, three-way or two-way."""

    accuracy: Figure
    macro_f1: Figure
    """Mean over the classes in the gold labels."""
    weighted_f1: Figure
    f1: dict[str, float]
    """By class."""
    confusion: list[list[int]]
    """Rows: what people said; columns: what the grader said; in the order of `f1`."""


class Calibration(_Part):
    """How far the confidence in the two-way verdict can be believed."""

    error: Figure
    """Expected calibration error; see `metrics.calibration_error`."""
    bins: int
    aurc: Figure
    accuracy_at: dict[str, Figure]
    """Accuracy of the surest answers, by their share."""
    reliability: list[Bin]


class SetFigures(_Part):
    """One set of graded answers."""

    answers: int
    questions: int
    three_way: Way | None
    two_way: Way
    calibration: Calibration
    reviewed: Figure
    """Share that is sent to a moderator."""
    accuracy_unreviewed: Figure | None
    """Two-way accuracy of the rest."""


class Failure(_Part):
    """A text that came out otherwise than it must."""

    question: str
    text: str
    label: str
    """What the grader said."""
    confidence: float
    wanted: str | None = None


class AttackFigures(_Part):
    """One family of attacks or of harmless changes."""

    holds: Holds
    """What must be so of every text."""
    says: str
    texts: int
    questions: int
    rate: Figure
    """Share of the texts of which it is so."""
    unreviewed: Figure
    """The same, counting what goes to a moderator as well handled."""
    base_rate: float | None
    """Share of the unchanged texts of which it is so, where there are any."""
    turned: Figure | None
    """Of those, the share that the change turned."""
    flagged: Figure | None
    """Share that got the flag for a copied reference."""
    failures: list[Failure]


class Flips(_Part):
    """Pairs of texts that mean the same and got different verdicts."""

    pairs: int
    questions: int
    rate: Figure


class ExampleFigures(_Part):
    """The banks' own graded examples."""

    examples: int
    questions: int
    good_accepted: Figure | None
    wrong_not_accepted: Figure | None
    partial_accepted: Figure | None
    """Neither right nor wrong: how many pass as correct."""
    contradictory_called_so: Figure | None
    good_against_habit: Figure | None = None
    """Accepted, of the good ones whose writing alone speaks against them (`writing`)."""
    wrong_against_habit: Figure | None = None
    """Not accepted, of the wrong ones whose writing alone speaks for them."""
    mistakes: list[Failure]


class Speed(_Part):
    """How fast it is on this machine, in this process."""

    threads: int
    single_ms: float
    """Median of one explanation with a reference and three key points."""
    full_ms: float
    """Median of three sentences with all that a bank knows: two references, three key points, known
    wordings and mistakes.
    """
    single_ms_p95: float
    bulk_per_second: float
    """Explanations with three key points, in batches."""
    pairs_per_second: float
    """References and key points that texts are held against."""
    batch: int
    flops_per_second: float | None
    """Of the matrix products that torch counts; None where the model does not run in torch."""
    peak_flops_per_second: float
    """Of a product of two fp32 matrices of 1536 x 1536, with as many threads."""
    share_of_peak: float | None


class Machine(_Part):
    """Where it was measured."""

    processor: str
    cores: int
    load: float
    """Mean number of running processes over the minute before the speed was measured."""
    python: str
    versions: dict[str, str]


class Report(_Part):
    """All that one run of `tutor evaluate` found."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    made: str
    """Date and time, UTC."""
    command: str
    model: str
    weights: str
    """SHA-256 of the weights where they lie in a folder; empty else."""
    commit: str
    seed: int
    note: str = ""
    held: str = ""
    """The run.json whose held-out questions alone were measured; empty: all questions were."""
    machine: Machine
    sources: dict[str, str] = {}
    """SHA-256 of each file or folder of answers."""
    sets: dict[str, SetFigures] = {}
    attacks: dict[str, dict[str, AttackFigures]] = {}
    """By where the questions are from, then by family."""
    flips: dict[str, Flips] = {}
    """Pairs of right wordings, by where they are from."""
    examples: dict[str, ExampleFigures] = {}
    """The banks' examples, by what the grader could hold them against."""
    speed: Speed | None = None


def merged(reports: Sequence[Report]) -> Report:
    """Return the figures of several reports as one; what a report measured on held-out questions
    alone is named so, and of equal names the last counts. The rest is the first report's.
    """
    found: dict[str, dict[str, Any]] = {"sets": {}, "attacks": {}, "flips": {}, "examples": {}}
    for report in reports:
        mark = HELD if report.held else ""
        for part, by_name in found.items():
            by_name.update({name + mark: one for name, one in getattr(report, part).items()})
    speeds = [(one.speed, one.machine) for one in reports if one.speed is not None]
    last = {"speed": speeds[-1][0], "machine": speeds[-1][1]} if speeds else {}
    return reports[0].model_copy(update={**found, **last, "held": ""})


def read(path: Path) -> Report:
    """Read report.json. Raises OperatorError when it is missing or not of this form."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OperatorError(f"The report {path} cannot be read: {error}") from error
