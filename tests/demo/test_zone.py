"""The zone of the machine."""

from pathlib import Path

import pytest

from bot.demo import zone


@pytest.mark.parametrize(
    ("variable", "link", "expected"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("Nowhere/Land", "Europe/Berlin", "Europe/Berlin"),
        ("", None, "UTC"),
    ],
)
def test_the_zone_has_a_name(
    variable: str,
    link: str | None,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    localtime = tmp_path / "localtime"
    if link:
        target = tmp_path / "zoneinfo" / link
        target.parent.mkdir(parents=True)
        target.touch()
        localtime.symlink_to(target)
    monkeypatch.setattr(zone, "_LOCALTIME", localtime)
    monkeypatch.setenv("TZ", variable)
    assert zone.local_zone() == expected
