"""Requests held against Discord's own OpenAPI description, with objects closed: a key that Discord
does not know is a finding, not a silence.
"""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema

DESCRIPTION = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
"""Data of the founders', beside the project: where it is not, nothing is checked."""

NOT_DESCRIBED = {"GET /oauth2/applications/@me": "discord.py's older address of the application"}
ALLOWED: tuple[tuple[str, str, str], ...] = ()
"""(route, part of the finding, why discord.py may)."""


class Description:
    """Checks requests; knows nothing where there is no description."""

    def __init__(self, path: Path = DESCRIPTION) -> None:
        self.known = path.exists()
        self._paths: dict[str, Any] = {}
        self._components: dict[str, Any] = {}
        self._validators: dict[str, Any] = {}
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
        parameters = [*operation.get("parameters", []), *self._paths[template].get("parameters", [])]
        known = {one["name"] for one in parameters if one.get("in") == "query"}
        found = [f"{name}: unknown query parameter {key}" for key in query if key not in known]
        found += [f"{name}: {problem}" for problem in self._body(name, operation, body)]
        return [one for one in found if not _allowed(name, one)]

    def _body(self, name: str, operation: dict[str, Any], body: Any) -> list[str]:
        described = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if described is None:
            return ["a body where Discord takes none"] if body else []
        if name not in self._validators:
            schema = _closed(described["schema"]) | {"components": self._components}
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


def _allowed(name: str, finding: str) -> bool:
    return any(route in ("*", name) and part in finding for route, part, _ in ALLOWED)
