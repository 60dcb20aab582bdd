"""Whatever is typed stands among the bot's words as plain words in one line."""

import re

import pytest
from hypothesis import given, settings

from bot.ui.plain import plain, visible
from tests.hostile.texts import TEXTS, texts, wrong_with

steadily = settings(max_examples=80, derandomize=True, database=None)


@given(text=texts())
@steadily
def test_nothing_in_it_means_anything_to_discord(text: str) -> None:
    shown = plain(text)
    assert wrong_with(shown) == []
    assert "\n" not in shown
    # Every sign of markup is escaped, and nothing is escaped that stands for itself.
    assert not re.search(r"[*_~`|<>@#\[\]]", re.sub(r"\\[^a-zA-Z0-9\s]", "", shown))


@given(text=texts())
@steadily
def test_the_words_are_still_there(text: str) -> None:
    assert re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", plain(text)) == visible(text)
    assert visible(visible(text)) == visible(text)


@given(text=texts())
@steadily
def test_it_is_cut_where_it_is_too_long(text: str) -> None:
    assert len(re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", plain(text, 50))) <= 50


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Morning question", "Morning question"),
        ("Größe: 3 < 5, and 2.5 km/h - no?", r"Größe: 3 \< 5, and 2.5 km/h - no?"),
        ("می‌خواهم", "می‌خواهم"),
        ("हिन्दी में", "हिन्दी में"),
        ("tiếng Việt", "tiếng Việt"),
        ("👨‍👩‍👧 👍🏽 ❤️", "👨‍👩‍👧 👍🏽 ❤️"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("snake_case **bold**", r"snake\_case \*\*bold\*\*"),
        ("a\n b", "a b"),
        ("e" + "\u0301" * 4000 + "x", "e" + "\u0301" * 4 + "x"),
        ("\u202e\u200b\u3164", ""),
        ("discord.gg/abc", r"discord\.gg/abc"),
        ("https://discord.gg/abc", r"https\://discord\.gg/abc"),
    ],
)
def test_people_read_what_was_meant(typed: str, shown: str) -> None:
    assert plain(typed) == shown


def test_what_is_found_raw_is_raw() -> None:
    """The judge of the other tests: it finds something in most of what hostile members write."""
    assert sum(bool(wrong_with(text)) for text in TEXTS) >= 9
    assert wrong_with("**Morning** is set up. It posts at 09:00; [x] `code` - fine.") == []
