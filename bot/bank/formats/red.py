"""Red-DiscordBot's trivia lists: YAML, a question and the answers that members may type.

Only the events of the YAML are read: no aliases, no types, nothing is built from tags.
"""

from collections.abc import Iterator
from typing import Any, cast

import yaml

from bot.bank.formats import draft, limits
from bot.bank.formats.draft import FULL, Choice, Draft, Note, Parsed, Refused, Source
from bot.bank.formats.literal import literal

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, where PyYAML was built with it: ten times as fast."""
_TRUE, _FALSE = frozenset(("true", "t")), frozenset(("false", "f"))
_YES, _NO = frozenset(("yes", "y")), frozenset(("no", "n"))
# To Red an unquoted `true`, `yes` or `on` is all three, so a list may name several of them.
_ALL = (_TRUE | _YES | {"on"}, _FALSE | _NO | {"off"})
_PAIRS = (
    (_TRUE, _FALSE, ("True", "False")),
    (_YES, _NO, ("Yes", "No")),
    (*_ALL, ("True", "False")),
)
_SETTINGS = ("DESCRIPTION", "CONFIG", "$schema")


def read(source: Source) -> Parsed:
    """Return what stands in a trivia list. Questions that are true or false, or yes or no, can be
    asked by reactions; all others are answered by typing.
    """
    text = limits.decode(source.raw)
    limits.lines(text)
    found: list[Draft | Refused | Note] = []
    author = ""
    for line, key, answers in _pairs(text):
        if key == "AUTHOR":
            author = ", ".join(answers)
            found.append(Note(line, f"the author is {author}; name them in `source`"))
        elif key in _SETTINGS:
            found.append(Note(line, f"{key} is left out: {', '.join(answers)[:60]}"))
        else:
            found.append(_question(line, key, answers))
            limits.check_count(len(found))
    at_least_one = "a trivia list has lines such as `Question?:` with `- answer` below"
    return draft.parsed(found, at_least_one=at_least_one)


def _question(line: int, prompt: str, answers: list[str]) -> Draft | Refused:
    given = frozenset(answer.strip().casefold() for answer in answers)
    for yes, no, texts in _PAIRS:
        if given and (given <= yes or given <= no):
            right = given <= yes
            choices = [Choice(texts[0], FULL * right), Choice(texts[1], FULL * (not right))]
            return draft.choice_question(line, "", literal(prompt), choices)
    return Refused(line, prompt, draft.TYPED)


def _pairs(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield line, key and the scalars below it, for each key of the outermost mapping."""
    depth, key, line = 0, None, 1
    values: list[str] = []
    try:
        for event in cast("Iterator[Any]", yaml.parse(text, Loader=_LOADER)):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                at = event.start_mark.line + 1
                raise draft.UnreadableFileError(at, "uses an alias (& or *); write it out")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth == 1 and not isinstance(event, yaml.MappingStartEvent):
                    break
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.ScalarEvent):
                if depth == 1 and key is None:
                    key, line, values = str(event.value), event.start_mark.line + 1, []
                    continue
                values.append(str(event.value))
            if depth > 20:
                at = event.start_mark.line + 1
                raise draft.UnreadableFileError(at, "nests too deep; it is no trivia list")
            if depth == 1 and key is not None:
                yield line, key, values
                key = None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise draft.UnreadableFileError(at, f"is not YAML: {problem}; mend it here") from error
