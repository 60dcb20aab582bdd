"""Discord's limits of an embed's parts, and texts that are cut to fit."""

DESCRIPTION, FIELD = 4096, 1024
"""Characters of a description and of a field's value."""


def cut(text: str, longest: int) -> str:
    """Return the text; one that is longer than `longest` characters ends in an ellipsis there."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rstrip() + "…" if longest > 0 else ""
