"""Which button takes a custom id, and whether it is made of it again."""

import re
from collections.abc import Coroutine
from typing import Any

from bot.ui.components import DYNAMIC_ITEMS


def template(item: type[Any]) -> re.Pattern[str]:
    """Return the pattern of an item's custom ids."""
    return item.__discord_ui_compiled_template__


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Run what waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something")


def check(custom_id: str) -> None:
    """Assert that one item at most takes an id, and that what it makes of it has such an id too."""
    taken = [item for item in DYNAMIC_ITEMS if template(item).fullmatch(custom_id)]
    assert len(taken) <= 1, taken
    for item in taken:
        own = template(item)
        made = at_once(item.from_custom_id(None, None, own.fullmatch(custom_id)))
        assert own.fullmatch(made.item.custom_id), "its own id is none of its own"
