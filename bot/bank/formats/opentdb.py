"""Open Trivia DB: the JSON that its API answers with. Its questions are CC BY-SA 4.0."""

import base64
import binascii
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import unquote_plus

from bot.bank.formats import draft, limits
from bot.bank.formats.draft import FULL, Choice, Draft, Note, Parsed, Refused, Source
from bot.bank.formats.literal import literal

LICENCE = "CC-BY-SA-4.0"
SOURCE = "Open Trivia Database, https://opentdb.com"
_DIFFICULTY = {"easy": 2, "medium": 3, "hard": 4}
_BASE64_TYPES = ("bXVsdGlwbGU=", "Ym9vbGVhbg==")
_IN_URL = re.compile(r"\S*%[0-9A-Fa-f]{2}\S*|\S+\+\S+")
_KEYS = frozenset(
    ("type", "difficulty", "category", "question", "correct_answer", "incorrect_answers")
)
_SPACE = re.compile(r"[\s,]*")


def read(source: Source) -> Parsed:
    """Return what stands in an answer of the API, in any of its encodings."""
    text = limits.decode(source.raw)
    rows = _rows(text)
    limits.check_count(len(rows))
    found: list[Draft | Refused | Note] = [_question(line, row) for line, row in rows]
    return draft.parsed(found, "Open Trivia DB", at_least_one="its `results` are empty")


def _rows(text: str) -> list[tuple[int, object]]:
    """Return the results with their lines. Raises UnreadableFileError for what is no such JSON."""
    try:
        whole: Any = json.loads(text)
    except json.JSONDecodeError as error:
        what = f"is not JSON: {error.msg}; save the API's answer as it is"
        raise draft.UnreadableFileError(error.lineno, what) from error
    except (RecursionError, ValueError) as error:
        raise draft.UnreadableFileError(1, "is no question file; it nests too deep") from error
    listed = cast("Any", whole.get("results") if isinstance(whole, dict) else whole)
    if not isinstance(listed, list):
        what = "has no list `results`; save the whole answer of the API"
        raise draft.UnreadableFileError(1, what)
    rows = cast("list[object]", listed)
    return list(zip(_lines(text, len(rows)), rows, strict=False))


def _lines(text: str, count: int) -> Iterator[int]:
    """Yield the line of each result. Where the list cannot be found again, each is in line 1."""
    found = re.search(r'"results"\s*:\s*\[', text) or re.match(r"\s*\[", text)
    at, line, seen = (found.end() if found else 0), 1, 0
    decoder = json.JSONDecoder()
    for _ in range(count):
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        line, seen = line + text.count("\n", seen, at), at
        yield line
        try:
            _, at = decoder.raw_decode(text, at)
        except ValueError:
            at = len(text)


def _question(line: int, row: object) -> Draft | Refused:
    if not isinstance(row, dict):
        return Refused(line, "", "is no question; a result is an object in { }")
    values = _decoded(cast("dict[str, object]", row))
    prompt, right, wrong = (values.get(key) for key in ("question", "correct_answer", _WRONG))
    shown = str(prompt or "")
    if not isinstance(prompt, str) or not isinstance(right, str) or not isinstance(wrong, list):
        return Refused(line, shown, f"lacks `question`, `correct_answer` or `{_WRONG}`; add it")
    texts = [right, *map(str, cast("list[object]", wrong))]
    if values.get("type") == "boolean":
        texts.sort(reverse=True)  # True before False
    else:
        # The API puts the key first. Its place here comes from the words, so that it is the same at
        # each import, and keys spread over the letters.
        place = hashlib.sha256(prompt.encode("utf-8", "replace")).digest()[0] % len(texts)
        texts.insert(place, texts.pop(0))
    choices = [Choice(text, FULL * (text == right)) for text in texts]
    told = {"source": SOURCE, "licence": LICENCE}
    notes = [f"{key[:40]!r} is left out" for key in values if key not in _KEYS]
    if isinstance(topic := values.get("category"), str) and topic:
        told["topic"] = topic
    level = values.get("difficulty")
    if isinstance(level, str) and level in _DIFFICULTY:
        made = {**told, "difficulty": _DIFFICULTY[level]}
    else:
        made = told
        notes += [f"the difficulty {level!r} is none that is known"] if level else []
    return draft.choice_question(line, "", prompt, choices, values=made, notes=notes)


_WRONG = "incorrect_answers"


def _decoded(row: dict[str, object]) -> dict[str, object]:
    """Return a row without the API's encoding: base64, URL (RFC 3986, or the older one whose spaces
    are +; in the newer a + is %2B), or HTML entities.
    """
    if row.get("type") in _BASE64_TYPES:
        decode = _from_base64
    elif isinstance(asked := row.get("question"), str) and _IN_URL.fullmatch(asked):
        decode = unquote_plus
    else:
        decode = html.unescape
    return {key: _told(value, decode) for key, value in row.items()}


def _told(value: object, decode: Callable[[str], str]) -> object:
    if isinstance(value, list):
        texts = cast("list[object]", value)
        return [_clean(decode(one)) if isinstance(one, str) else one for one in texts]
    return _clean(decode(value)) if isinstance(value, str) else value


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text


def _clean(text: str) -> str:
    """Return a plain text as Markdown, without half characters, which JSON can write and no file
    can hold.
    """
    return literal(text.encode("utf-8", "replace").decode("utf-8").strip())
