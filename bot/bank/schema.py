"""The JSON Schema of a bank's file, so that editors complete keys and mark mistakes.

A bank names it in its first line: `#:schema ./schema.json` (Taplo, Even Better TOML).
`python -m bot.bank.schema` writes it anew after a change to `bot.domain.question`.
"""

import json
from pathlib import Path
from typing import Any

from bot.bank.load import DEFAULTS
from bot.domain.question import WholeQuestion


def bank_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a bank's file. What spans several keys, such as the
    answer being one of the options, is left to `tutor check`.
    """
    question = WholeQuestion.model_json_schema()
    shared = question.pop("$defs", {})
    # A default above the questions may stand in for these, so no question alone must have them.
    question["required"] = [key for key in question["required"] if key not in DEFAULTS]
    question["title"] = "Question"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Bank of questions",
        "description": "Made from bot/domain/question.py by `python -m bot.bank.schema`.",
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "question"],
        "properties": {
            "title": {
                "type": "string",
                "minLength": 1,
                "maxLength": 80,
                "description": "What members see above a question.",
            },
            **{
                key: {**question["properties"][key], "description": "For questions without one."}
                for key in DEFAULTS
            },
            "question": {"type": "array", "minItems": 1, "items": question},
        },
        "$defs": shared,
    }


def write_schema(path: Path) -> bool:
    """Write the schema to `path` (questions/schema.json); return whether that changed it."""
    text = json.dumps(bank_schema(), indent=2, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    write_schema(Path("questions/schema.json"))
