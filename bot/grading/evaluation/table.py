"""A report as people read it: Markdown."""

from collections.abc import Iterator, Sequence

from bot.grading.evaluation.bootstrap import Figure
from bot.grading.evaluation.report import (
    AttackFigures,
    ExampleFigures,
    Failure,
    Report,
    SetFigures,
    Speed,
)


def markdown(report: Report) -> str:
    """Return the whole report as Markdown."""
    return "\n".join([*_head(report), *sections(report)]).rstrip() + "\n"


def sections(report: Report) -> Iterator[str]:
    """Yield the lines of everything that was measured."""
    yield "Figures are followed by their 95 % intervals: percentiles of 1,000 draws of whole"
    yield "questions; where all texts came out alike, Clopper and Pearson's with questions as"
    yield "trials."
    yield ""
    if report.held:
        yield f"Only questions that the run of `{report.held}` held out of training.\n"
    if report.sets:
        yield from _sets(report.sets)
    for name, families in report.attacks.items():
        yield from _attacks(name, families)
    if report.flips:
        yield "### Right wordings of one question that got different verdicts\n"
        yield from rows(("questions of", "pairs", "questions", "share"),
                        [(name, one.pairs, one.questions, cell(one.rate))
                         for name, one in report.flips.items()])  # fmt: skip
    if report.examples:
        yield from _examples(report.examples)
    if report.speed is not None:
        yield from _speed(report.speed, report)


def _head(report: Report) -> Iterator[str]:
    yield f"# Evaluation of {report.model}\n"
    if report.note:
        yield f"**{report.note}**\n"
    yield f"`{report.command}` on {report.made}, commit {report.commit or 'unknown'}, seed"
    yield f"{report.seed}; weights {report.weights[:12] or 'not in a folder'}.\n"


def _sets(sets: dict[str, SetFigures]) -> Iterator[str]:
    yield "### Graded answers\n"
    for way, title in (("three_way", "three-way"), ("two_way", "two-way")):
        found = [
            (name, one.answers, one.questions, cell(ways.accuracy), cell(ways.macro_f1),
             cell(ways.weighted_f1))
            for name, one in sets.items()
            if (ways := getattr(one, way)) is not None
        ]  # fmt: skip
        if found:
            heads = ("set", "answers", "questions", "accuracy", "macro-F1", "weighted-F1")
            yield f"{title.capitalize()}:\n"
            yield from rows(heads, found)
    bins = next(iter(sets.values())).calibration.bins
    yield "How far its confidence in the two-way verdict can be believed. ECE: sum over"
    yield f"{bins} bins of equal width of (share of answers) x |accuracy - mean confidence|."
    yield "AURC: mean error over all coverages.\n"
    heads = ("set", "ECE", "AURC", "accuracy", "at 80 %", "at 50 %", "to a moderator",
             "accuracy of the rest")  # fmt: skip
    yield from rows(heads, [_calibrated(name, one) for name, one in sets.items()])


def _calibrated(name: str, one: SetFigures) -> tuple[str, ...]:
    known = one.calibration
    accuracy = (cell(known.accuracy_at[coverage]) for coverage in ("100%", "80%", "50%"))
    rest = cell(one.accuracy_unreviewed)
    return (name, cell(known.error), cell(known.aurc), *accuracy, cell(one.reviewed), rest)


def _attacks(name: str, families: dict[str, AttackFigures]) -> Iterator[str]:
    for accepted, title in ((False, "Attacks"), (True, "Harmless changes")):
        some = {
            family: one
            for family, one in families.items()
            if (one.holds != "not_accepted") == accepted
        }
        if not some:
            continue
        yield f"### {title}: questions of {name}\n"
        must = "accepted" if accepted else "not accepted"
        yield f"Turned: of the unchanged texts that were {must}, the share that was turned.\n"
        heads = ("family", "what", "texts", must, "or to a moderator", "unchanged", "turned")
        yield from rows(heads, [
            (family, one.says, one.texts, cell(one.rate), cell(one.unreviewed),
             "" if one.base_rate is None else f"{one.base_rate:.3f}", cell(one.turned))
            for family, one in some.items()
        ])  # fmt: skip
        flagged = [one.flagged for one in some.values() if one.flagged is not None]
        for figure in flagged:
            yield f"Of the pasted references, {figure} were flagged as copied.\n"


def _examples(found: dict[str, ExampleFigures]) -> Iterator[str]:
    yield "### The banks' own examples\n"
    one = next(iter(found.values()))
    yield f"{one.examples} examples of {one.questions} questions.\n"
    heads = ("held against", "good ones accepted", "wrong ones not accepted",
             "partial ones accepted", "contradictory ones called so")  # fmt: skip
    yield from rows(heads, [
        (name, *map(cell, (one.good_accepted, one.wrong_not_accepted, one.partial_accepted,
                           one.contradictory_called_so)))
        for name, one in found.items()
    ])  # fmt: skip
    yield "Of these, the good ones whose writing alone speaks against them, and the wrong ones"
    yield "whose writing speaks for them (a regression that sees neither question nor reference):\n"
    yield from rows(("held against", "good ones accepted", "wrong ones not accepted"), [
        (name, cell(one.good_against_habit), cell(one.wrong_against_habit))
        for name, one in found.items()
    ])  # fmt: skip


def _speed(speed: Speed, report: Report) -> Iterator[str]:
    machine = report.machine
    share = "" if speed.share_of_peak is None else f"{speed.share_of_peak:.0%}"
    yield "### Speed\n"
    yield f"{machine.processor}, {machine.cores} cores, {speed.threads} threads; load before: "
    yield f"{machine.load}.\n"
    yield from rows(("what", "figure"), [
        ("one explanation with three key points, median", f"{speed.single_ms:.1f} ms"),
        (
            "three sentences with two references, key points, known wordings and mistakes, median",
            f"{speed.full_ms:.1f} ms",
        ),
        ("the first, 95th percentile", f"{speed.single_ms_p95:.1f} ms"),
        (f"in batches of {speed.batch}, explanations a second", f"{speed.bulk_per_second:.1f}"),
        ("texts held against references and key points a second", f"{speed.pairs_per_second:.0f}"),
        ("an fp32 matrix product's operations", f"{speed.peak_flops_per_second / 1e9:.0f} GFLOP/s"),
        ("share of that which the batches reach", share or "not known: it does not run in torch"),
    ])  # fmt: skip


def failures(found: Sequence[Failure]) -> Iterator[str]:
    """Yield what came out wrong, a line each."""
    for one in found:
        wanted = f"{one.wanted}, " if one.wanted else ""
        said = " ".join(one.text.split())
        said = said if len(said) <= 200 else said[:200] + " …"
        yield f"- {one.question} ({wanted}got {one.label}, {one.confidence:.2f}): {said!r}"
    yield ""


def rows(heads: Sequence[str], body: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield a Markdown table."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in body:
        yield "| " + " | ".join(str(one).replace("|", "\\|") for one in row) + " |"
    yield ""


def cell(figure: Figure | None) -> str:
    """Return the figure for a table."""
    return "" if figure is None else str(figure)
