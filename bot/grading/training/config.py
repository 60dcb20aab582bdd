"""A training run as its TOML file says it."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ConfigurationError

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(_Table):
    """Folders and files on this machine. What is left empty is not read."""

    graded: list[Path] = []
    """JSON lines of graded answers, SemEval-2013 Task 7 folders, SAF files; see `data.py`."""
    entailment: Path | None = None
    """Folder of `<set>.jsonl.gz`."""
    banks: list[Path] = []
    """Question banks with graded examples (TOML)."""
    references: list[Path] = []
    """JSON lines of explained terms, without marks."""


class Adapter(_Table):
    """LoRA (Hu et al. 2021, arXiv:2106.09685) in the encoder's linear layers."""

    rank: Annotated[int, Field(ge=1)]
    alpha: Positive = 32.0
    dropout: Share = 0.05


class Teacher(_Table):
    """A trained model whose probabilities are targets beside the labels (Hinton et al. 2015)."""

    folder: Path
    share: Share = 0.5
    temperature: Positive = 2.0


class Stage(_Table):
    """One stage: a mixture of sources, drawn without end until the budget is spent.

    Exactly one of `minutes` (of computing, across interruptions) and `steps`; the learning rate
    follows it: up over the first `warmup` of it, then down to `rate * final`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    mix: dict[str, Positive]
    """Parts of a batch by source, in any unit; `sources.py` lists the names."""
    minutes: Positive | None = None
    steps: Annotated[int, Field(ge=1)] | None = None
    rate: Positive = 1.5e-4
    warmup: Share = 0.06
    final: Share = 0.02
    schedule: Literal["linear", "cosine"] = "linear"
    decay: Annotated[float, Field(ge=0)] = 0.01
    smoothing: Share = 0.05
    dropout: Share = 0.0
    """Of the encoder's hidden states. Attention has none: on a processor it would take longer than
    the attention itself."""
    class_weights: tuple[Positive, Positive, Positive] = (1.0, 1.0, 1.0)
    question_dropout: Share = 0.15
    adapter: Adapter | None = None
    teacher: Teacher | None = None

    @model_validator(mode="after")
    def _one_budget(self) -> "Stage":
        if (self.minutes is None) == (self.steps is None):
            raise ValueError("give minutes or steps, and not both")
        if not self.mix:
            raise ValueError("mix names no source")
        return self


class Config(_Table):
    """A run. `base` is a folder of weights to start from; all-mpnet-base-v2 from its packages where
    it is empty. With `average` it starts from the mean of these runs' weights instead; then it
    needs no stage.

    Groups (questions) of fold `held` out of `folds` are never trained on and are what is scored;
    banks have `bank_folds` folds of their own, of which those from `bank_folds` on hold nothing.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    seed: int = 0
    base: str = ""
    average: list[Path] = []
    device: Literal["cpu", "cuda"] = "cpu"
    threads: Annotated[int, Field(ge=1)] = 2
    precision: Literal["fp32", "bf16"] = "fp32"
    batch: Annotated[int, Field(ge=1)] = 32
    chunk: Annotated[int, Field(ge=1)] = 40
    """Batches that are drawn, sorted by length and shuffled together."""
    folds: Annotated[int, Field(ge=2)] = 10
    bank_folds: Annotated[int, Field(ge=2)] = 4
    held: Annotated[int, Field(ge=0)] = 0
    checkpoint_minutes: Positive = 2.0
    layers: Annotated[int, Field(ge=1)] | None = None
    """Layers of a published encoder that are kept, from the first; all where it is not said."""
    frozen: Annotated[int, Field(ge=0)] = 0
    """Layers that stay as they are, from the first, and the embeddings with them."""
    train_words: bool = False
    """Train the word embeddings too."""
    data: Data
    stage: list[Stage] = []

    @model_validator(mode="after")
    def _agrees(self) -> "Config":
        if not self.stage and not self.average:
            raise ValueError("there is no stage to train, and nothing to average")
        if self.bank_folds > self.folds or self.held >= self.folds:
            raise ValueError("bank_folds must not exceed folds, and held must be below folds")
        if self.train_words and self.frozen:
            raise ValueError("frozen layers freeze the word embeddings too: leave out train_words")
        names = [stage.name for stage in self.stage]
        if len(set(names)) < len(names) or "weights" in names:
            raise ValueError("stages need names of their own, other than weights")
        return self


def read(path: Path) -> Config:
    """Read a run's configuration. Raises ConfigurationError saying what is wrong with it."""
    try:
        with path.open("rb") as file:
            return Config.model_validate(tomllib.load(file))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(map(str, found['loc'])) or 'the whole'}: {found['msg']}"
            for found in error.errors()
        ]
        raise ConfigurationError("\n".join(lines)) from error
