"""Reliability and risk, drawn as PNG. matplotlib is imported late: it is slow to come."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.grading.evaluation.report import AttackFigures, SetFigures

DOTS = 120
"""Dots an inch."""
_INK, _BAR, _GOOD, _BAD = "#2b2d31", "#5865f2", "#3ba55c", "#d83c3e"


def reliability(figures: SetFigures, title: str, path: Path) -> None:
    """Draw how often grades given so surely were right, bin by bin, over how many there are."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    bins = figures.calibration.reliability
    sheet = Figure(figsize=(5, 5.6), dpi=DOTS, layout="constrained")
    upper, lower = sheet.subplots(2, 1, height_ratios=(4, 1), sharex=True)
    width = 1 / figures.calibration.bins
    middles = [(one.low + one.high) / 2 for one in bins]
    upper.plot([0, 1], [0, 1], color=_INK, linewidth=1, linestyle="--", label="perfect")
    upper.bar(middles, [one.accuracy for one in bins], width=0.92 * width, color=_BAR, alpha=0.8,
              label="right")  # fmt: skip
    upper.plot([one.confidence for one in bins], [one.accuracy for one in bins], "o", color=_INK,
               markersize=4, label="mean confidence")  # fmt: skip
    error = figures.calibration.error
    upper.set_title(f"{title}: ECE {error.value:.3f} [{error.low:.3f}, {error.high:.3f}]",
                    fontsize=10)  # fmt: skip
    upper.set_ylabel("share of two-way verdicts that are right")
    upper.set_ylim(0, 1)
    upper.set_xlim(0, 1)
    upper.legend(loc="upper left", frameon=False, fontsize=8)
    lower.bar(middles, [one.answers for one in bins], width=0.92 * width, color=_INK, alpha=0.6)
    lower.set_ylabel("answers")
    lower.set_xlabel("confidence of the grader")
    FigureCanvasAgg(sheet).print_png(str(path))


def attacks(figures: Mapping[str, AttackFigures], title: str, path: Path) -> None:
    """Draw each family's rate with its interval."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(figures)[::-1]
    rates = [figures[name].rate for name in names]
    sheet = Figure(figsize=(7, 0.8 + 0.24 * len(names)), dpi=DOTS, layout="constrained")
    axes = sheet.subplots()
    places = np.arange(len(names))
    axes.barh(places, [rate.value for rate in rates], height=0.7,
              color=[_GOOD if rate.value >= 0.95 else _BAD for rate in rates])  # fmt: skip
    axes.hlines(places, [rate.low for rate in rates], [rate.high for rate in rates], color=_INK,
                linewidth=1.5)  # fmt: skip
    axes.axvline(0.95, color=_INK, linewidth=0.8, linestyle=":")
    axes.set_yticks(places, names, fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlabel("share of texts that came out as they must; lines: 95 % intervals; dotted: .95")
    axes.set_title(title, fontsize=10)
    FigureCanvasAgg(sheet).print_png(str(path))
