import pytest

from bot.domain.durations import parse_minutes, spell


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90m", 90),
        ("20h", 1200),
        ("1d", 1440),
        ("1d 12h", 2160),
        ("1d12h", 2160),
        ("2 hours, 30 minutes", 150),
        (" 1 Week ", 10080),
        ("0m", 0),
    ],
)
def test_lengths_as_people_write_them(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "20", "h", "1y", "-1h", "1 month", "1h and", "1.5h", "٣h"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(ValueError, match="not a length"):
        parse_minutes(text)


@pytest.mark.parametrize("minutes", [0, 1, 90, 1200, 1440, 2161])
def test_spelled_lengths_are_read_back(minutes: int) -> None:
    assert parse_minutes(spell(minutes)) == minutes


def test_spelling_uses_the_largest_units() -> None:
    assert spell(2190) == "1d 12h 30m"
