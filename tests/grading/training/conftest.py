"""A world to train in: an MPNet of two small layers with random weights, and a handful of rows."""

import gzip
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import MPNetConfig, MPNetModel

from bot.grading.training import config as configuration
from bot.grading.training.config import Config

TINY = Path(configuration.__file__).parent / "configs" / "tiny.toml"
SUBJECTS = ("Heat", "Light", "Sound", "Water", "Salt", "Ice", "Iron", "Wood")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
WORDS = (
    *("the", "a", "is", "are", "not", "because", "it", "makes", "moves", "faster", "slower"),
    *("warm", "cold", "through", "why", "does"),
)


def write_lines(path: Path, rows: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


def make_base(folder: Path) -> Path:
    """Write an MPNet with random weights, and a tokenizer that knows letters and a few words."""
    folder.mkdir(parents=True)
    pieces = ["<s>", "<pad>", "</s>", *(f"[unused{number}]" for number in range(9)), "[UNK]"]
    pieces += [*".,;:'?/*-", *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(5)
    shape = MPNetConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=256,
    )
    MPNetModel(shape).save_pretrained(folder)
    return folder


def graded_rows() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for subject in SUBJECTS:
        texts = {
            f"{subject} moves faster because it is warm.": "correct",
            f"because it is warm the {subject} moves faster": "correct",
            f"{subject} moves slower because it is warm.": "contradictory",
            "because of the moon": "incorrect",
        }
        rows += [
            {
                "question_id": subject,
                "question": f"Why does {subject} move?",
                "references": [f"{subject} is warm and moves faster.", "The warm moves faster."],
                "answer": text,
                "label3": label,
            }
            for text, label in texts.items()
        ]
    return rows


def entailment_rows() -> list[dict[str, object]]:
    labels = ("entailment", "contradiction", "neutral")
    return [
        {
            "source": "snli",
            "premise": f"{subject} number {number} is warm and it moves through the wood.",
            "hypothesis": f"{subject} number {number} is {'cold' if number % 3 == 1 else 'warm'}.",
            "label": labels[number % 3],
        }
        for subject in SUBJECTS
        for number in range(30)
    ]


def bank() -> str:
    questions = [
        f"""
[[question]]
id = "why-{subject.lower()}"
prompt = "Why is {subject} warm?"
explanation = "{subject} is warm because it moves. What moves faster is not cold."
key_points = ["{subject} moves.", "What moves faster is warm."]
[[question.examples]]
text = "it moves, that makes {subject} warm"
label = "correct"
covers = [1, 2]
[[question.examples]]
text = "{subject} moves a lot."
label = "partial"
covers = [1]
[[question.examples]]
text = "{subject} is warm because it does not move"
label = "contradictory"
"""
        for subject in SUBJECTS[:4]
    ]
    return "".join(questions)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("weights") / "base")


@pytest.fixture(scope="session")
def furnish(base: Path) -> Callable[[Path], Path]:
    """Puts everything into a folder that tiny.toml names."""
    return partial(_furnish, base)


def _furnish(base: Path, folder: Path) -> Path:
    shutil.copytree(base, folder / "base")
    write_lines(folder / "graded.jsonl", graded_rows())
    (folder / "entailment").mkdir()
    write_lines(folder / "entailment" / "snli.jsonl.gz", entailment_rows())
    (folder / "bank.toml").write_text(bank(), encoding="utf-8")
    terms = [
        {"question": f"What is {subject}?", "references": [f"{subject} is a warm or cold thing."]}
        for subject in SUBJECTS
    ]
    write_lines(folder / "terms.jsonl", list(terms))
    return folder


@pytest.fixture
def world(tmp_path: Path, furnish: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with everything that tiny.toml names."""
    monkeypatch.chdir(furnish(tmp_path))
    return tmp_path


@pytest.fixture
def tiny() -> Config:
    return configuration.read(TINY)
