"""What Moodle's two formats share: categories, which come in as topics."""

import re

_DEFAULT = re.compile(
    "(?:Default for|Défaut pour|Por defecto en|Standard für|Default per|Padrão para) "
)
"""What Moodle calls a course's first category, in the languages of most exports."""


def topic_of(path: str) -> str:
    """Return the last part of a category such as $course$/top/Biology; // stands for a slash."""
    parts = [part.replace("\0", "/").strip() for part in path.replace("//", "\0").split("/")]
    if parts and re.fullmatch(r"\$.*\$", parts[0]):
        parts = parts[1:]
        if parts and parts[0] == "top":
            parts = parts[1:]
    last = next((part for part in reversed(parts) if part), "")
    return last[found.end() :] if (found := _DEFAULT.match(last)) else last


def path_of(topic: str) -> str:
    """Return the category that `topic_of` reads back as this topic."""
    name = " ".join(topic.split()).replace("/", "//")
    # Moodle cannot tell a name's own first slash from the one before the name; it trims spaces.
    return f"$course$/top/{' ' if name.startswith('/') else ''}{name}"
