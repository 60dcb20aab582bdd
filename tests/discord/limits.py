"""What Discord bounds: lengths and counts of a message, and requests in a time."""

from dataclasses import dataclass
from typing import Any

from tests.discord.world import Refusal

EMBEDS, EMBED_SUM, FIELDS, ROWS, BUTTONS = 10, 6000, 25, 5, 5
_EMBED = {"title": 256, "description": 4096}
CONTENT, CUSTOM_ID, LABEL = 2000, 100, 80


def check_message(body: dict[str, Any]) -> None:
    """Raise Refusal (50035) where a message is longer, or has more parts, than Discord takes."""
    _at_most("content", len(body.get("content") or ""), CONTENT)
    embeds: list[dict[str, Any]] = body.get("embeds") or []
    _at_most("embeds", len(embeds), EMBEDS)
    _at_most("embeds", sum(_length(embed) for embed in embeds), EMBED_SUM)
    rows: list[dict[str, Any]] = body.get("components") or []
    _at_most("components", len(rows), ROWS)
    for row in rows:
        parts = row.get("components", [])
        _at_most("components", len(parts), BUTTONS)
        for part in parts:
            _at_most("custom_id", len(part.get("custom_id") or ""), CUSTOM_ID)
            _at_most("label", len(part.get("label") or ""), LABEL)


def _length(embed: dict[str, Any]) -> int:
    total = 0
    for name, most in _EMBED.items():
        _at_most(f"embeds.{name}", len(embed.get(name) or ""), most)
        total += len(embed.get(name) or "")
    fields = embed.get("fields") or []
    _at_most("embeds.fields", len(fields), FIELDS)
    for one in fields:
        _at_most("embeds.fields.name", len(one["name"]), 256)
        _at_most("embeds.fields.value", len(one["value"]), 1024)
        total += len(one["name"]) + len(one["value"])
    footer = (embed.get("footer") or {}).get("text") or ""
    author = (embed.get("author") or {}).get("name") or ""
    _at_most("embeds.footer", len(footer), 2048)
    _at_most("embeds.author", len(author), 256)
    return total + len(footer) + len(author)


def _at_most(what: str, length: int, most: int) -> None:
    if length > most:
        raise Refusal(400, 50035, f"Invalid Form Body: {what} has {length}, at most {most}")


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds, for each bucket and channel."""

    requests: int
    seconds: float


LIMITS = {
    "read": Limit(50, 1.0),
    "write": Limit(5, 5.0),
    "reaction": Limit(1, 0.25),
    "webhook": Limit(5, 2.0),
}
"""As Discord was seen to set them. Proofs that kill hundreds of times scale the seconds down."""


class Buckets:
    """Counts requests. Seconds are real ones, and multiplied by `scale`."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def take(self, bucket: str, major: str, now: float) -> tuple[dict[str, str], float]:
        """Count a request at `now` (seconds); return the headers, and the seconds to wait where it
        is one too many (else 0).
        """
        if bucket not in LIMITS:
            return {}, 0.0
        limit = LIMITS[bucket]
        span = limit.seconds * self.scale
        began, used = self._windows.get((bucket, major), (now, 0))
        if now - began >= span:
            began, used = now, 0
        wait = began + span - now
        refused = used >= limit.requests
        if not refused:
            used += 1
            self._windows[bucket, major] = (began, used)
        headers = {
            "X-RateLimit-Bucket": bucket,
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(limit.requests - used),
            "X-RateLimit-Reset-After": f"{wait:.3f}",
        }
        return headers, wait if refused else 0.0
