"""The page that every chart is drawn on, by matplotlib and off the loop.

A chart is laid out in points of its own page (one point is one pixel in Discord, two in the file,
so that it stays crisp). It brings its own dark panel, which reads well on Discord's dark and light
backgrounds. Nothing is told by colour alone, and every text is drawn as it stands: `$` starts no
formula, and characters that the font lacks become an ellipsis.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ft2font import FT2Font

P = ParamSpec("P")

WIDTH = 480
"""Width of every chart in points: what Discord shows of an embed's image on a desktop."""
SCALE = 2
MARGIN = 20

PANEL = "#2b2d31"
TEXT = "#f2f3f5"
FAINT = "#b5bac1"
TRACK = "#404249"
BAR = "#8b96f8"
KEY = "#3fbf73"

_FONT = "DejaVu Sans"  # comes with matplotlib, so a chart is the same on every machine
_LABEL = 14
LINE = 19
"""Height of a line of text in points."""
_BAR = 10

# One thread for the whole process: matplotlib's fonts are shared and not safe between threads.
# It starts with the first chart, and the interpreter waits for it at exit.
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


async def drawn(draw: Callable[P, "Page"], *args: P.args, **kwargs: P.kwargs) -> bytes:
    """Return the PNG of the page that `draw` makes, in the charts' own thread."""

    def work() -> bytes:
        return draw(*args, **kwargs).png()

    return await asyncio.get_running_loop().run_in_executor(_worker, work)


@dataclass(slots=True)
class Page:
    """Marks on a page that grows downwards; `y` is where the next one goes, in points."""

    y: float = MARGIN
    marks: list[Callable[["Axes"], object]] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = _LABEL,
        colour: str = TEXT,
        align: str = "left",
        bold: bool = False,
    ) -> None:
        """Put a text with its baseline at `y`; `align` says which part of it is at `x`."""
        self.marks.append(
            lambda axes: axes.text(
                x,
                y,
                text,
                fontsize=size,
                color=colour,
                ha=align,
                va="baseline",
                family=_FONT,
                fontweight="bold" if bold else "normal",
                parse_math=False,
            )
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Put a bar with round corners."""
        from matplotlib.patches import FancyBboxPatch

        radius = min(width, height, _BAR) / 2
        self.marks.append(
            lambda axes: axes.add_patch(
                FancyBboxPatch(
                    (x + radius, y + radius),
                    max(width - 2 * radius, 0),
                    max(height - 2 * radius, 0),
                    boxstyle=f"round,pad={radius},rounding_size={radius}",
                    linewidth=0,
                    facecolor=colour,
                )
            )
        )

    def png(self) -> bytes:
        """Draw everything and return the file."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        height = self.y + MARGIN
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72 * SCALE, facecolor=PANEL)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        for mark in self.marks:
            mark(axes)
        file = BytesIO()
        FigureCanvasAgg(figure).print_png(file)
        return file.getvalue()


def heading(page: Page, title: str) -> None:
    """Put a title above what comes next."""
    for line in wrap(title, WIDTH - 2 * MARGIN, lines=1):
        page.text(MARGIN, page.y + 12, line, size=13, colour=FAINT, bold=True)
    page.y += 24


def meter(page: Page, share: float, colour: str) -> None:
    """Put a bar over the whole width, filled up to `share` (0..1)."""
    page.bar(MARGIN, page.y, WIDTH - 2 * MARGIN, _BAR, TRACK)
    if share > 0:
        page.bar(MARGIN, page.y, max((WIDTH - 2 * MARGIN) * share, _BAR), _BAR, colour)
    page.y += _BAR


def wrap(text: str, room: float, *, size: float = _LABEL, lines: int = 2) -> list[str]:
    """Return the text as at most `lines` lines no wider than `room` points; the last one ends in
    an ellipsis when there was more.
    """
    rest = drawable(text)
    found: list[str] = []
    while rest and len(found) < lines:
        cut = _fitting(rest, room, size)
        if cut < len(rest):
            if len(found) == lines - 1:
                cut = _fitting(rest, room - width_of("…", size=size), size)
                space = rest.rfind(" ", 0, cut + 1)
                cut = space if space > cut - 12 else cut
                found.append(rest[:cut].rstrip(" …") + "…")
                break
            space = rest.rfind(" ", 0, cut + 1)
            cut = space if space > 0 else cut
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return found


def _fitting(text: str, room: float, size: float) -> int:
    """Return how many characters of the text fit into `room`; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle], size=size) <= room:
            low = middle
        else:
            high = middle - 1
    while 1 < low < len(text) and unicodedata.combining(text[low]):
        low -= 1  # an accent stays with its letter
    return low


def drawable(text: str) -> str:
    """Return the text as the font can draw it: white space and Markdown's backticks gone, each run
    of characters without a glyph an ellipsis.
    """
    font = _font(bold=False)
    drawn = ""
    for character in " ".join(text.replace("`", "").split()):
        # Cf: joiners and direction marks. Alone they draw as boxes or turn what follows around.
        if unicodedata.category(character) in ("Cf", "Cc", "Cs") or character == "\ufe0f":
            continue
        if font.get_char_index(ord(character)):
            drawn += character
        elif not drawn.endswith("…"):
            drawn += "…"
    return drawn


def width_of(text: str, *, size: float = _LABEL, bold: bool = False) -> float:
    """Return how wide a text is drawn, in points."""
    font = _font(bold=bold)
    font.set_size(size, 72)
    font.set_text(text)
    return font.get_width_height()[0] / 64


def _font(*, bold: bool) -> "FT2Font":
    from matplotlib import font_manager

    wanted = font_manager.FontProperties(family=_FONT, weight="bold" if bold else "normal")
    return font_manager.get_font(font_manager.findfont(wanted))
