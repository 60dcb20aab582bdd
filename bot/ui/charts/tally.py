"""How a round was answered, and how a question was by all who tried it."""

from collections.abc import Sequence

from bot.domain.question import LETTERS
from bot.ui.charts.page import (
    BAR,
    FAINT,
    KEY,
    LINE,
    MARGIN,
    TEXT,
    WIDTH,
    Page,
    drawn,
    meter,
    width_of,
    wrap,
)

_SMALL = 12


async def tally_chart(options: Sequence[str], chosen: Sequence[int], key: int) -> bytes:
    """Return a PNG of how many chose each option; the key (its index) has a check mark.

    `options` and `chosen` are in the order of the letters; nobody need have answered.
    """
    return await drawn(_page, tuple(options), tuple(chosen), key, (), "")


async def item_chart(
    options: Sequence[str],
    chosen: Sequence[int],
    key: int,
    *,
    well: Sequence[int],
    well_title: str,
) -> bytes:
    """Return the same of a question, with a second bar below each option: `well` is how many of
    those who do well chose it (empty: no such bars), `well_title` what they are called in the
    reader's language.
    """
    return await drawn(_page, tuple(options), tuple(chosen), key, tuple(well), well_title)


def _page(
    options: tuple[str, ...],
    chosen: tuple[int, ...],
    key: int,
    well: tuple[int, ...],
    well_title: str,
) -> Page:
    page = Page()
    for index, option in enumerate(options):
        right = index == key
        colour = KEY if right else TEXT
        numbers = _numbers(chosen[index], sum(chosen))
        room = WIDTH - 2 * MARGIN - 46 - width_of(numbers, bold=right) - 14
        baseline = page.y + 14
        page.text(MARGIN, baseline, LETTERS[index], colour=colour, bold=True)
        if right:
            page.text(MARGIN + 17, baseline, "✓", colour=colour, bold=True)
        page.text(WIDTH - MARGIN, baseline, numbers, colour=colour, align="right", bold=right)
        for line in wrap(option, room) or [""]:
            page.text(MARGIN + 38, page.y + 14, line)
            page.y += LINE
        page.y += 3
        meter(page, _share(chosen[index], sum(chosen)), KEY if right else BAR)
        if well:
            _second(page, well[index], sum(well), well_title)
        page.y += 18
    page.y -= 18
    return page


def _second(page: Page, count: int, total: int, title: str) -> None:
    numbers = _numbers(count, total)
    room = WIDTH - 2 * MARGIN - width_of(numbers, size=_SMALL) - 14
    baseline = page.y + 16
    for line in wrap(title, room, size=_SMALL, lines=1):
        page.text(MARGIN, baseline, line, size=_SMALL, colour=FAINT)
    page.text(WIDTH - MARGIN, baseline, numbers, size=_SMALL, colour=FAINT, align="right")
    page.y += LINE + 3
    meter(page, _share(count, total), FAINT)


def _numbers(count: int, total: int) -> str:
    numbers = f"{count:,}".replace(",", "\u202f")
    return f"{numbers} · {round(100 * count / total)}\u202f%" if total else numbers


def _share(count: int, total: int) -> float:
    return count / total if total else 0
