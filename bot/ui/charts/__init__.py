"""Charts as PNG: how a round or a question was answered, how a member does."""

from bot.ui.charts.member import member_chart
from bot.ui.charts.page import BAR, KEY, SCALE, WIDTH, drawable, width_of, wrap
from bot.ui.charts.tally import item_chart, tally_chart

__all__ = [
    "BAR",
    "KEY",
    "SCALE",
    "WIDTH",
    "drawable",
    "item_chart",
    "member_chart",
    "tally_chart",
    "width_of",
    "wrap",
]
