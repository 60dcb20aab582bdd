"""Requests held against Discord's own OpenAPI description, with objects closed: a key that Discord
does not know is a finding, not a silence.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

DESCRIPTION = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
"""Data of the founders', beside the project: where it is not, nothing is checked."""

NOT_DESCRIBED = {"GET /oauth2/applications/@me": "discord.py's older address of the application"}
ALLOWED = (
    ("PUT /applications/{application_id}/commands", ("*", "nsfw"), "documented, and not described"),
    ("*", ("embeds", "*", "flags"), "discord.py 2.7 sends its own 0 back; Discord ignores it"),
    ("*", ("embeds", "*", "type"), "always 'rich'; Discord ignores it"),
    ("*", ("tts",), "False by default in every message of discord.py; an edit ignores it"),
)
"""(route, path of a key, why it may be there): taken out before the rest is looked at."""
NUMBERS = (
    (("attachments", "*", "id"), "discord.py counts uploads in numbers; Discord takes both"),
    (("recipient_id",), "discord.py keeps snowflakes as numbers; Discord takes both"),
)
"""(path of a key, why it may be a number where a string is described)."""


def unchecked(path: Path = DESCRIPTION) -> str:
    """Return what to say where requests cannot be checked; empty where they can."""
    if path.exists():
        return ""
    return f"No request was held against Discord's description: {path} is not there."


class Description:
    """Checks requests; knows nothing where there is no description."""

    def __init__(self, path: Path = DESCRIPTION) -> None:
        self.known = path.exists()
        self._paths: dict[str, Any] = {}
        self._components: dict[str, Any] = {}
        self._validators: dict[str, Any] = {}
        self._found: dict[tuple[str, str], list[str]] = {}
        """What was found of a body before: a bot that starts again sends the same commands."""
        if self.known:
            described = json.loads(path.read_text("utf-8"))
            self._paths = described["paths"]
            self._components = _closed(described["components"])

    def findings(self, method: str, template: str, query: Any, body: Any) -> list[str]:
        """Return what Discord would not understand of a request; each finding is a line."""
        name = f"{method} {template}"
        if not self.known or name in NOT_DESCRIBED:
            return []
        operation = self._paths.get(template, {}).get(method.lower())
        if operation is None:
            return [f"{name}: no such route"]
        parameters = [
            *operation.get("parameters", []),
            *self._paths[template].get("parameters", []),
        ]
        known = {one["name"] for one in parameters if one.get("in") == "query"}
        found = [f"{name}: unknown query parameter {key}" for key in query if key not in known]
        found += [
            f"{name}: {problem}" for problem in self._body(name, operation, _stripped(name, body))
        ]
        return found

    def _body(self, name: str, operation: dict[str, Any], body: Any) -> list[str]:
        described = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if described is None:
            return ["a body where Discord takes none"] if body else []
        known = name, json.dumps(body, sort_keys=True)
        if known not in self._found:
            self._found[known] = self._held_against(name, described["schema"], body)
        return self._found[known]

    def _held_against(self, name: str, described: Any, body: Any) -> list[str]:
        if name not in self._validators:
            schema = _closed(described) | {"components": self._components}
            self._validators[name] = jsonschema.Draft202012Validator(schema)
        error = jsonschema.exceptions.best_match(self._validators[name].iter_errors(body))
        return [] if error is None else [f"{error.json_path}: {error.message[:300]}"]


def _closed(schema: Any) -> Any:
    """Return the schema with every object that lists its properties taking no others."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return copy.copy(schema)
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed


def _stripped(name: str, body: Any) -> Any:
    stripped = copy.deepcopy(body)
    for route, path, _ in ALLOWED:
        if route in ("*", name):
            for owner in _owners(stripped, path):
                owner.pop(path[-1], None)
    for path, _ in NUMBERS:
        for owner in _owners(stripped, path):
            owner[path[-1]] = str(owner[path[-1]])
    return stripped


def _owners(value: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield every object that holds the path's last key."""
    key, *rest = path
    if key == "*":
        for one in value if isinstance(value, list) else ():
            yield from _owners(one, tuple(rest))
    elif isinstance(value, dict) and key in value:
        if rest:
            yield from _owners(value[key], tuple(rest))
        else:
            yield value
