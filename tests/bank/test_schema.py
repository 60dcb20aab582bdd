"""The schema that editors use: fresh, and of one mind with the loader."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.bank.schema import bank_schema, write_schema
from tests.bank.files import question, write_bank

QUESTIONS = Path(__file__).parents[2] / "questions"


def errors(values: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(bank_schema()).iter_errors(values)]


def test_the_shipped_schema_is_fresh():
    # When this fails: `python -m bot.bank.schema`.
    shipped = (QUESTIONS / "schema.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == bank_schema()


def test_writing_it_again_changes_nothing(tmp_path: Path):
    assert write_schema(tmp_path / "schema.json")
    assert not write_schema(tmp_path / "schema.json")
    (tmp_path / "schema.json").write_text("{}")
    assert write_schema(tmp_path / "schema.json")


def test_it_is_a_schema_and_every_key_is_described():
    schema = bank_schema()
    Draft202012Validator.check_schema(schema)
    properties = schema["properties"]["question"]["items"]["properties"]
    assert all(entry.get("description") for entry in properties.values())


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_banks_fit(path: Path):
    assert errors(tomllib.loads(path.read_text(encoding="utf-8"))) == []
    assert path.read_text(encoding="utf-8").startswith("#:schema ./schema.json\n")


@pytest.mark.parametrize(
    "changes",
    [{"answer": "G"}, {"hints": ["one"]}, {"difficulty": 0}, {"colour": "red"}, {"prompt": None}],
)
def test_what_the_loader_refuses_does_not_fit(tmp_path: Path, changes: dict[str, Any]):
    path = write_bank(tmp_path / "bank.toml", question(**{"misconceptions": {}, **changes}))
    assert errors(tomllib.loads(path.read_text(encoding="utf-8")))
