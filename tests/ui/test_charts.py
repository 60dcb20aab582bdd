import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image, ImageColor

from bot.ui import charts

OPTIONS = ("Training mode", "Evaluation mode", "Both", "Neither")


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def pixels(image: Image.Image, colour: str) -> set[int]:
    """The rows of the image in which the colour occurs."""
    wanted, width = ImageColor.getrgb(colour), image.width
    data = image.tobytes()
    found = [i for i in range(0, len(data), 3) if tuple(data[i : i + 3]) == wanted]
    return {i // 3 // width for i in found}


async def test_the_key_is_marked_in_its_own_row_only() -> None:
    first = opened(await charts.tally_chart(OPTIONS, (3, 4, 1, 0), key=0))
    last = opened(await charts.tally_chart(OPTIONS, (3, 4, 1, 0), key=3))
    assert first.width == last.width == charts.WIDTH * charts.SCALE
    assert max(pixels(first, charts.KEY)) < first.height / 3
    assert min(pixels(last, charts.KEY)) > last.height / 2


@pytest.mark.parametrize("chosen", [(0, 0, 0, 0), (0, 1, 0, 0), (411, 1204, 385, 0)])
async def test_any_number_of_answers_is_drawn(chosen: tuple[int, ...]) -> None:
    image = opened(await charts.tally_chart(OPTIONS, chosen, key=1))
    assert bool(pixels(image, charts.BAR)) == (chosen[0] > 0)


@pytest.mark.parametrize(
    "option",
    [
        "costs $5 and $10, or $x^2$ and $\\frac{1}",
        "🎉 party 👩‍💻",
        "答えは日本語です",
        "האפשרות (הנכונה)",
        "الإجابة الصحيحة",
        "`",
        "\u202eturned\u202c",
        "a\nb",
        "word " * 40,
        "x" * 200,
    ],
)
async def test_any_text_is_drawn_without_a_warning(option: str) -> None:
    image = opened(await charts.tally_chart((option, "no"), (1, 2), key=1))
    assert image.height < 300


async def test_a_questions_chart_has_a_second_bar_where_there_is_one_to_draw() -> None:
    plain = opened(await charts.item_chart(OPTIONS, (3, 4, 1, 0), 1, well=(), well_title="Well"))
    tally = opened(await charts.tally_chart(OPTIONS, (3, 4, 1, 0), 1))
    assert plain.tobytes() == tally.tobytes()
    both = opened(
        await charts.item_chart(OPTIONS, (3, 4, 1, 0), 1, well=(2, 0, 0, 0), well_title="Well")
    )
    assert both.height > plain.height
    nobody = await charts.item_chart(OPTIONS, (0, 0, 0, 0), 1, well=(0, 0, 0, 0), well_title="-")
    assert opened(nobody).height == both.height


async def test_long_texts_are_cut_at_two_lines() -> None:
    lines = charts.wrap("word " * 40, 200)
    assert len(lines) == 2
    assert lines[1].endswith("word…")
    assert all(charts.width_of(line) <= 200 for line in lines)
    unbroken = charts.wrap("x" * 200, 200)
    assert len(unbroken) == 2
    assert unbroken[1].endswith("x…")


def test_what_the_font_lacks_becomes_one_ellipsis() -> None:
    assert charts.drawable("Yes 🎉🎉👩‍💻 and `code` 答え") == "Yes … and code …"
    assert charts.drawable("café, größer, $x$") == "café, größer, $x$"


async def test_a_members_chart_shows_topics_and_weeks() -> None:
    both = await charts.member_chart(
        [("Fine-tuning", 7, 9), ("Nothing yet", 0, 0)],
        [("2 Nov", 0), ("9 Nov", 120)],
        topics_title="Right answers by topic",
        weeks_title="Points by week",
    )
    weeks = await charts.member_chart([], [("9 Nov", 0)], topics_title="-", weeks_title="Points")
    assert pixels(opened(both), charts.KEY)
    assert pixels(opened(both), charts.BAR)
    assert not pixels(opened(weeks), charts.BAR)


def test_matplotlib_is_loaded_with_the_first_chart_only() -> None:
    code = "import sys, bot.ui.charts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
