"""How a member does: right answers by topic, points by week."""

from collections.abc import Sequence

from bot.ui.charts.page import (
    BAR,
    FAINT,
    KEY,
    LINE,
    MARGIN,
    TRACK,
    WIDTH,
    Page,
    drawn,
    heading,
    meter,
    width_of,
    wrap,
)


async def member_chart(
    topics: Sequence[tuple[str, int, int]],
    weeks: Sequence[tuple[str, int]],
    *,
    topics_title: str,
    weeks_title: str,
) -> bytes:
    """Return a PNG of a member's right answers by topic and points by week.

    `topics` are (topic, right, answered), `weeks` (label, points) from the oldest; at least one
    of them has an entry. The titles stand above the two parts, in the reader's language.
    """
    return await drawn(_member, tuple(topics), tuple(weeks), topics_title, weeks_title)


def _member(
    topics: tuple[tuple[str, int, int], ...],
    weeks: tuple[tuple[str, int], ...],
    topics_title: str,
    weeks_title: str,
) -> Page:
    page = Page()
    if topics:
        heading(page, topics_title)
    for topic, right, answered in topics:
        numbers = f"{right}/{answered}"
        room = WIDTH - 2 * MARGIN - width_of(numbers) - 14
        baseline = page.y + 14
        for line in wrap(topic, room, lines=1):
            page.text(MARGIN, baseline, line)
        page.text(WIDTH - MARGIN, baseline, numbers, align="right")
        page.y += LINE + 3
        meter(page, right / answered if answered else 0, KEY)
        page.y += 12
    if topics and weeks:
        page.y += 10
    if weeks:
        heading(page, weeks_title)
        _columns(page, weeks)
    return page


def _columns(page: Page, columns: tuple[tuple[str, int], ...]) -> None:
    height, most = 70, max(max(count for _, count in columns), 1)
    step = (WIDTH - 2 * MARGIN) / len(columns)
    width = min(step * 0.62, 40)
    floor = page.y + 16 + height
    for index, (label, count) in enumerate(columns):
        middle = MARGIN + step * (index + 0.5)
        tall = max(height * count / most, 3)
        page.bar(middle - width / 2, floor - tall, width, tall, BAR if count else TRACK)
        page.text(middle, floor - tall - 5, str(count), size=12, align="center")
        for line in wrap(label, step - 4, size=12, lines=1):
            page.text(middle, floor + 17, line, size=12, colour=FAINT, align="center")
    page.y = floor + 20
