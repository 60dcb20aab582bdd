"""The pair model for small machines: int8 in onnxruntime, a quarter of the size, without torch.

`bot.grading.export` makes it beside the weights. Weights and activations of the encoder's products
are int8 (dynamic quantization: activations get their scale as they come), the rest is fp32.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import OperatorError
from bot.grading.combine import Floats
from bot.grading.tokens import Tokens, batches, read_tokenizer

MODEL, RECORD = "model.int8.onnx", "int8.json"
FORMAT = 1
ADVICE = "Run `tutor grade export`, or set grader.engine to torch in config.toml."


class Int8Pairs:
    """`Pairs` in onnxruntime. Used by one thread at a time."""

    def __init__(self, folder: Path, *, threads: int, batch: int, weights: str) -> None:
        """Load from the folder. `weights` is the SHA-256 of the weights that it must be made of.

        Raises OperatorError: not exported, damaged, of other weights, or no onnxruntime.
        """
        path = folder / MODEL
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise OperatorError(f"There is no int8 model in {folder}. {ADVICE}") from error
        if record.get("format") != FORMAT or record.get("weights") != weights:
            raise OperatorError(f"{path} was made of other weights. {ADVICE}")
        if not path.is_file() or sha256(path) != record.get("sha256"):
            raise OperatorError(f"{path} is missing or damaged. {ADVICE}")
        try:
            import onnxruntime
        except ImportError as error:
            raise OperatorError(
                "grader.engine is onnx, but onnxruntime is not installed: "
                "`pip install onnxruntime`, or set grader.engine to torch in config.toml."
            ) from error
        options: Any = onnxruntime.SessionOptions()  # pyright: ignore[reportUnknownVariableType]
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._tokens = Tokens(read_tokenizer(folder))
        self._batch = batch

    def predict(self, triples: Sequence[tuple[str, str, str]]) -> Floats:
        """Return logits, float32 (triples, 3), in the order of `combine.LABELS`."""
        rows = self._tokens.encode(triples)
        logits = np.zeros((len(rows), 3), np.float32)
        for chosen in batches([len(row.ids) for row in rows], self._batch):
            padded = self._tokens.padded([rows[place] for place in chosen])
            (logits[chosen],) = self._session.run(["logits"], padded._asdict())
        return logits

    def count_tokens(self, text: str) -> int:
        """Return how many word pieces the text has."""
        return self._tokens.count(text)


def sha256(path: Path) -> str:
    """Return the hash of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
