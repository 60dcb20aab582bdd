"""The pair classifier: does an answer say what a reference says, given the question?

An MPNet encoder (Song et al. 2020, arXiv:2004.09297) reads `<s> question </s> reference </s> answer
</s>`; where there is no question its part is left out. The head sees the mean of all tokens, the
reference's mean u, the answer's mean v, |u - v|, u * v and the cosine of u and v (Reimers and
Gurevych 2019, doi:10.18653/v1/D19-1410, section 3, over tokens that have attended to each other).

Importing this module imports torch: do it late. Weights are fp16 safetensors; `load` checks their
hash. Nothing here reads the network.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]
from tokenizers import Tokenizer
from torch import Tensor, nn

from bot.errors import OperatorError
from bot.grading.combine import Rule, rule_of
from bot.grading.tokens import (
    LONGEST,
    TOKENIZER,
    Encoded,
    Tokens,
    batches,
    read_tokenizer,
)

LABELS = ("correct", "contradictory", "incorrect")
"""The order of the logits."""
FORMAT = 2
HEAD = 192
"""Width of the head's hidden layer."""
WEIGHTS, CONFIG = "model.safetensors", "config.json"

Logits = npt.NDArray[np.float32]
_SHAPE = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
    "layer_norm_eps",
    "hidden_act",
    "max_position_embeddings",
    "relative_attention_num_buckets",
)
_FIRST_PLACE = 2
"""Where MPNet's positions begin."""


class Batch(NamedTuple):
    """Token ids and segments (0 special or padding, 1 question, 2 reference, 3 answer) and mask
    (1 where there is a token): int64, shape (pairs, tokens).
    """

    ids: Tensor
    mask: Tensor
    segments: Tensor


class PairTokenizer(Tokens):
    """Texts to tensors. Not safe for several threads at once."""

    def collate(self, rows: Sequence[Encoded]) -> Batch:
        """Pad the pairs to the longest of them."""
        ids, mask, segments = self.padded(rows)
        return Batch(torch.tensor(ids), torch.tensor(mask), torch.tensor(segments))


class PairModel(nn.Module):
    """Encoder and head. `forward` takes a batch's tensors and returns logits, shape (pairs, 3)."""

    def __init__(self, encoder: Any, tokenizer: PairTokenizer) -> None:
        """Put a new head on a `transformers` MPNet without a pooler."""
        super().__init__()
        width: int = encoder.config.hidden_size
        self.encoder: Any = encoder
        self.head = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(5 * width + 1, HEAD), nn.GELU(), nn.Linear(HEAD, len(LABELS))
        )
        self.tokenizer = tokenizer
        self.rule = Rule()
        """What makes grades of pairs; fitted on held-out questions."""
        self.measured: dict[str, dict[str, float]] = {}
        """What the rule reached on questions that it was not fitted on."""
        self.sha256 = ""
        self.batch = 32
        """Pairs that are predicted at once."""

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        """Return logits in `LABELS`' order; int64 (pairs, tokens) in, float (pairs, 3) out."""
        hidden: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        every = _mean(hidden, mask)
        reference = _mean(hidden, segments == 2)
        answer = _mean(hidden, segments == 3)
        cosine = nn.functional.cosine_similarity(reference, answer, dim=1).unsqueeze(1)
        features = [every, reference, answer, (reference - answer).abs(), reference * answer]
        return self.head(torch.cat([*features, cosine.to(every.dtype)], dim=1))

    def count_tokens(self, text: str) -> int:
        """Return how many word pieces the text has."""
        return self.tokenizer.count(text)

    def predict(self, triples: Sequence[tuple[str, str, str]]) -> Logits:
        """Return the logits of pairs, float32 (pairs, 3), in their order; pairs of like length
        share a batch. Uncalibrated: `combine` makes a grade of them.
        """
        logits = np.zeros((len(triples), len(LABELS)), np.float32)
        rows = self.tokenizer.encode(triples)
        device = next(self.parameters()).device
        training = self.training
        self.eval()
        with torch.inference_mode():
            for chosen in batches([len(row.ids) for row in rows], self.batch):
                tensors = self.tokenizer.collate([rows[index] for index in chosen])
                found = self(*(tensor.to(device) for tensor in tensors))
                logits[chosen] = found.float().cpu().numpy()
        self.train(training)
        return logits

    def save(self, folder: Path) -> str:
        """Write weights, tokenizer and config.json; return the weights' SHA-256.

        What no pair can use is left out: positions beyond `LONGEST`, and the vocabulary's
        `[unused…]` entries where they stand in one run.
        """
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value.detach().half().cpu() for name, value in self.state_dict().items()}
        state = {name: value for name, value in state.items() if value.is_floating_point()}
        start, stop = _unused(self.tokenizer.inner)
        state[_WORDS] = torch.cat([state[_WORDS][:start], state[_WORDS][stop:]])
        state[_PLACES] = state[_PLACES][: _FIRST_PLACE + LONGEST]
        state = {name: value.contiguous() for name, value in state.items()}
        part = folder / f"{WEIGHTS}.part"
        save_file(state, part, metadata={"format": "pt"})
        digest = _sha256(part)
        part.replace(folder / WEIGHTS)
        self.tokenizer.inner.save(str(folder / TOKENIZER))
        shape = {name: getattr(self.encoder.config, name) for name in _SHAPE}
        shape["max_position_embeddings"] = len(state[_PLACES])
        config = {
            "format": FORMAT,
            "labels": list(LABELS),
            "longest": LONGEST,
            "sha256": digest,
            "head": HEAD,
            "left_out": [start, stop],
            "encoder": shape,
            "rule": asdict(self.rule),
            "measured": self.measured,
        }
        text = json.dumps(config, indent=2) + "\n"
        (folder / CONFIG).write_text(text, encoding="utf-8")
        self.sha256 = digest
        return digest


_WORDS = "encoder.embeddings.word_embeddings.weight"
_PLACES = "encoder.embeddings.position_embeddings.weight"


def _mean(hidden: Tensor, which: Tensor) -> Tensor:
    weights = which.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)


def _unused(tokenizer: Tokenizer) -> tuple[int, int]:
    """Return the longest run [start, stop) of ids that are called `[unused…]`."""
    best = start = stop = 0
    found = (0, 0)
    for number in range(tokenizer.get_vocab_size()):
        if not (tokenizer.id_to_token(number) or "").startswith("[unused"):
            start = stop = number + 1
            continue
        stop = number + 1
        if stop - start > best:
            best, found = stop - start, (start, stop)
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_tokenizer(folder: Path) -> PairTokenizer:
    """Read tokenizer.json. Raises OperatorError where there is none."""
    return PairTokenizer(read_tokenizer(folder))


def is_saved(folder: Path) -> bool:
    """Say whether a folder holds what `PairModel.save` writes, and not another model."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and "format" in config and "labels" in config


def start_from(folder: Path, layers: int | None = None) -> PairModel:
    """Return a model on the first layers (None: all) of a published encoder, an MPNet in
    safetensors; the head is random.
    """
    shape = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    shape["num_hidden_layers"] = layers or shape["num_hidden_layers"]
    encoder = _encoder(shape)
    state = load_file(folder / WEIGHTS)
    encoder.load_state_dict({name: state[name].float() for name in encoder.state_dict()})
    return PairModel(encoder, load_tokenizer(folder))


def _encoder(shape: dict[str, Any]) -> Any:
    _stay_offline()
    from transformers import MPNetConfig, MPNetModel

    config = MPNetConfig(**{name: shape[name] for name in _SHAPE})
    return MPNetModel(config, add_pooling_layer=False)


def multiplies_bf16() -> bool:
    """Tell whether this processor multiplies bf16 numbers by instructions of its own. Where it
    does, grading takes a third of the time; elsewhere bf16 is slower than float32.
    """
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def load(folder: Path, *, threads: int | None = None, bf16: bool = False) -> PairModel:
    """Return a saved model, ready to predict: as float32, or with the encoder in bf16, and then not
    to be trained or saved. `threads` holds for all of torch.

    Raises OperatorError for a missing, damaged or unknown model.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperatorError(f"There is no readable {CONFIG} in {folder}: {error}") from error
    if config.get("format") != FORMAT:
        raise OperatorError(f"{folder} holds format {config.get('format')}; {FORMAT} is read here.")
    path = folder / WEIGHTS
    if not path.is_file() or _sha256(path) != config["sha256"]:
        raise OperatorError(f"{path} is missing, or not the weights that {CONFIG} names.")
    if threads is not None:
        torch.set_num_threads(threads)
    model = PairModel(_encoder(config["encoder"]), load_tokenizer(folder))
    try:
        model.rule, model.measured = rule_of(config["rule"]), config["measured"]
    except (KeyError, TypeError, ValueError) as error:
        raise OperatorError(f"{CONFIG} in {folder} holds no whole rule: {error!r}") from error
    state = {name: value.float() for name, value in load_file(path).items()}
    start, stop = config["left_out"]
    words = state[_WORDS]
    nothing = torch.zeros(stop - start, words.shape[1])
    state[_WORDS] = torch.cat([words[:start], nothing, words[start:]])
    model.load_state_dict(state)
    model.sha256 = config["sha256"]
    if bf16:
        model.encoder.to(torch.bfloat16)
    return model.eval()


def _stay_offline() -> None:
    # Read when huggingface_hub is first imported: a library's own look-ups must not leave this
    # machine. Forked workers are not used, and the warning about them goes to standard error.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
