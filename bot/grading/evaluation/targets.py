"""What was to be reached, and whether a report says that it was."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.grading.evaluation.report import HELD, Report, SetFigures
from bot.grading.evaluation.table import rows

AIDED, UNAIDED = "all that the bank knows", "explanation, key points"
"""What the banks' examples are held against, as reports name it."""

_NEGATIONS = ("negation", "negation throughout")
_REFERENCE = ("reference, casing", "reference, no punctuation", "reference, typos")


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and its two lines. `most`: it should be at most so much, not at least."""

    what: str
    first: float
    wanted: float
    value: float | None
    """None: not measured in this report."""
    most: bool = False

    @property
    def outcome(self) -> str:
        """Say which line was reached."""
        if self.value is None:
            return "not measured"

        def met(line: float) -> bool:
            assert self.value is not None
            return self.value <= line if self.most else self.value >= line

        return "wanted" if met(self.wanted) else "first" if met(self.first) else "**not reached**"


def least(family: str) -> float:
    """Return the first line of a family of attacks or harmless changes."""
    return 0.90 if family in _NEGATIONS else 0.95


def lines(report: Report) -> Iterator[str]:
    """Yield a table of the targets with what the report has."""
    yield from rows(
        ("what", "first line", "wanted", "here", "reached"),
        [
            (one.what, f"{one.first:g}", f"{one.wanted:g}",
             "" if one.value is None else f"{one.value:.3f}".rstrip("0").rstrip("."), one.outcome)
            for one in targets(report)
        ],
    )  # fmt: skip


def targets(report: Report) -> Iterator[Target]:
    """Yield issue 3's table, 'To reach'."""
    macro = {
        ("sciEntsBank", "UA"): (0.72, 0.78),
        ("sciEntsBank", "UQ"): (0.58, 0.66),
        ("sciEntsBank", "UD"): (0.58, 0.71),
        ("beetle", "UA"): (0.74, 0.78),
        ("beetle", "UQ"): (0.68, 0.72),
    }
    for (name, split), (first, wanted) in macro.items():
        found = _set(report, name, split)
        value = found.three_way.macro_f1.value if found and found.three_way else None
        yield Target(f"{name} {split}, three-way macro-F1", first, wanted, value)
    for split in ("UQ", "UD"):
        found = _set(report, "sciEntsBank", split)
        value = found.two_way.macro_f1.value if found else None
        yield Target(f"sciEntsBank {split}, two-way macro-F1", 0.74, 0.78, value)
    found = _set(report, "sciEntsBank", "UD")
    error = found.calibration.error.value if found else None
    half = found.calibration.accuracy_at["50%"].value if found else None
    yield Target("sciEntsBank UD, two-way ECE", 0.05, 0.03, error, most=True)
    yield Target("sciEntsBank UD, accuracy at 50 % coverage", 0.85, 0.90, half)
    unaided = report.examples.get(UNAIDED + HELD) or report.examples.get(UNAIDED)
    good = unaided.good_accepted if unaided else None
    wrong = unaided.wrong_not_accepted if unaided else None
    yield Target("the banks' good examples, without known wordings, accepted", 0.85, 0.95,
                 good.value if good else None)  # fmt: skip
    yield Target("their wrong ones, not accepted", 0.92, 0.98, wrong.value if wrong else None)
    yield from _attacks(report)
    speed = report.speed
    yield Target("one explanation, three key points, median ms", 80, 30,
                 speed.single_ms if speed else None, most=True)  # fmt: skip
    yield Target("bulk, share of the fp32 matrix peak", 0.75, 0.85,
                 speed.share_of_peak if speed else None)  # fmt: skip


def _attacks(report: Report) -> Iterator[Target]:
    worst: dict[str, float] = {}
    for families in report.attacks.values():
        for family, one in families.items():
            worst[family] = min(one.rate.value, worst.get(family, 1.0))
    fooling = {
        family: worst[family]
        for families in report.attacks.values()
        for family, one in families.items()
        if one.holds == "not_accepted" and family not in (*_NEGATIONS, "wrong answer, surface")
    }
    weakest = min(fooling, key=lambda family: fooling[family], default="none measured")
    yield Target(f"weakest attack ({weakest}), not accepted", 0.95, 0.99, fooling.get(weakest))
    denied = [worst[family] for family in _NEGATIONS if family in worst]
    yield Target("negation, not accepted", 0.90, 0.99, min(denied, default=None))
    same = [worst[family] for family in _REFERENCE if family in worst]
    yield Target("reference with another surface, accepted", 0.95, 0.99, min(same, default=None))


def _set(report: Report, name: str, split: str) -> SetFigures | None:
    return report.sets.get(f"{name} {split}")
