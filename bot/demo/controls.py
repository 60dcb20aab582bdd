"""How simcord's page knows the selects and buttons of a message.

It knows each by its place in the message, and keeps what was chosen at that place. The set-up
changes its selects in place: the choice of a channel would be taken for one of a role. So here a
control is known by its custom id, and a select also by what the bot has marked as chosen, which the
page then shows, as Discord's own apps do.
"""

# simcord is pinned to the exact version, and has no public way to do this.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

import json
import zlib
from collections.abc import Mapping
from typing import Any

from simcord.preview import _action_plans, _component_projection

_PROJECTED = _component_projection._control_key
_PLANNED = _action_plans._component_key


def know_controls_by_custom_id() -> None:
    """Change it for every page of this process; again does nothing more."""

    def projected(scope: str, component: Mapping[str, Any], path: str) -> str | None:
        return _named(_PROJECTED(scope, component, path), component)

    def planned(component: Mapping[str, Any], path: str, message_id: int) -> str | None:
        return _named(_PLANNED(component, path, message_id), component)

    _component_projection._control_key = projected
    _action_plans._component_key = planned


def _named(key: str | None, component: Mapping[str, Any]) -> str | None:
    custom_id = component.get("custom_id")
    if key is None or not key.startswith("message:") or not custom_id:
        return key
    marked = [
        [option["value"] for option in component.get("options", ()) if option.get("default")],
        [value["id"] for value in component.get("default_values", ())],
    ]
    scope = key.partition(":component:")[0]
    return f"{scope}:component:{custom_id}:{zlib.crc32(json.dumps(marked).encode()):x}"
