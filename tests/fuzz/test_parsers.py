"""The table of what is fuzzed is whole, and its seeds are read."""

import pytest

from bot.bank.formats.table import READ
from bot.ui.components import DYNAMIC_ITEMS
from tests.fuzz.parsers import PARSERS


def test_every_format_is_fuzzed() -> None:
    assert PARSERS.keys() >= set(READ)


@pytest.mark.parametrize("name", PARSERS)
def test_seeds_are_read(name: str) -> None:
    for seed in PARSERS[name].seeds:
        PARSERS[name].read(seed)


def test_the_seeds_hold_an_id_of_each_button() -> None:
    seeds = [seed.decode() for seed in PARSERS["custom-id"].seeds]
    for item in DYNAMIC_ITEMS:
        assert any(map(item.__discord_ui_compiled_template__.fullmatch, seeds)), item
