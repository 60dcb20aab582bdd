"""What pydantic finds wrong with a question, in words for the person who writes banks."""

import difflib
from collections.abc import Iterable
from typing import Any

from bot.domain.question import Example, Program, Question

EXAMPLES = {
    "id": 'id = "learning-rate-too-high"',
    "prompt": 'prompt = "What does pre-training give a model?"',
    "options": 'options = ["…", "…", "…", "…"]',
    "answer": 'answer = "B"',
    "hints": 'hints = ["…", "…", "…"], from a nudge to nearly there',
    "explanation": 'explanation = "Why the key is right …"',
    "key_points": 'key_points = ["One idea, as a sentence.", "Another one."]',
    "misconceptions": "[question.misconceptions] with one line for each wrong option",
    "topic": 'topic = "Optimisation"',
    "difficulty": "difficulty = 2, from 1 (easy) to 5",
    "source": 'source = "Where the fact can be checked"',
    "licence": 'licence = "MIT"',
    "title": 'title = "Fine-tuning"',
    "prints": 'prints = "1.00"',
    "examples": "[[question.examples]] with a text and a label",
    "text": 'text = "What a member could write"',
    "label": 'label = "correct", "partial", "incorrect" or "contradictory"',
    "covers": "covers = [1, 2], the numbers of key points, from 1",
}
"""What to write, by key."""


def questions(count: int) -> str:
    """Return a number of questions in words: '1 question', '2 questions'."""
    return "1 question" if count == 1 else f"{count:,} questions"


def missing(key: str) -> str:
    """Return the sentence about a key that is not there."""
    what = "no key: `answer` is missing" if key == "answer" else f"`{key}` is missing"
    return f"{what}; add {EXAMPLES.get(key, key)}"


def unknown(key: str, known: Iterable[str]) -> str:
    """Return the sentence about a key that no bank has."""
    close = difflib.get_close_matches(key, list(known), n=1)
    return f"`{key}` is not a key of a bank; " + (f"write `{close[0]}`" if close else "take it out")


def sentence(error: Any) -> str:
    """Return the sentence about one of pydantic's errors (an ErrorDetails)."""
    path = tuple(error["loc"])
    key = str(path[-1]) if isinstance(path[-1:] and path[-1], str) else ""
    kind, values, given = error["type"], error.get("ctx", {}), error["input"]
    name = _name(path)
    shown = repr(given) if isinstance(given, str) else str(given)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    match kind:
        case "missing":
            return missing(key)
        case "extra_forbidden":
            model = {"program": Program, "examples": Example}.get(str(path[0]), Question)
            return unknown(key, model.model_fields if len(path) > 1 else Question.model_fields)
        case "string_too_short":
            return f"{name} is empty; write it"
        case "string_too_long":
            longest = values["max_length"]
            return f"{name} has {len(given)} characters; shorten it to {longest} (Discord's limits)"
        case "string_pattern_mismatch":
            return (
                f"{name} is {shown}; use lower-case letters, digits and hyphens, such as "
                f"{EXAMPLES['id']}"
            )
        case "string_type" | "int_type" | "tuple_type" | "dict_type" | "model_type":
            if path == ("answer",):
                return f"{name} must name one option, not {shown}; write {EXAMPLES['answer']}"
            return f"{name} is {shown}, which is the wrong kind; write {_example(path)}"
        case "literal_error":
            if path == ("answer",):
                return (
                    f"{name} is {shown}; name the one right option by its letter, such as "
                    f"{EXAMPLES['answer']}"
                )
            if path[0] == "examples":
                return f"{name} is {shown}; write {EXAMPLES['label']}"
            return f"`misconceptions` has an entry {path[1]!r}; name options by letters: A, B, C …"
        case "too_short":
            return f"{name} has {values['actual_length']} entries; it needs {values['min_length']}"
        case "too_long":
            return f"{name} has too many entries; it takes {values['max_length']} at most"
        case "greater_than_equal" | "less_than_equal":
            return f"{name} is {shown}; write {_example(path)}"
        case "value_error":
            said = str(values["error"])
            return f"{name}: {said}" if path else said
        case _:
            return f"{name}: {error['msg']}; write {_example(path)}"


def _name(path: tuple[Any, ...]) -> str:
    if not path:
        return "the question"
    match path:
        case ("hints" | "options" | "key_points" as many, int(index), *_):
            if many == "options":
                return f"option {'ABCDEF'[index] if index < 6 else index + 1}"
            return f"{many[:-1].replace('_', ' ')} {index + 1}"
        case ("examples", int(index)):
            return f"example {index + 1}"
        case ("examples", int(index), str(key), *_):
            return f"`{key}` of example {index + 1}"
        case ("misconceptions", str(letter), *_):
            return f"the misconception of {letter}"
        case _:
            return f"`{'.'.join(str(part) for part in path)}`"


def _example(path: tuple[Any, ...]) -> str:
    keys = [str(part) for part in path[:1] + path[2:3]] if path[:1] == ("examples",) else path[:1]
    return EXAMPLES.get(str(keys[-1]) if keys else "", "text in quotes")
