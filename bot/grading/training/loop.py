"""One stage of training: batches in, a better model out, within its budget."""

import ctypes
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from bot.grading.pair import LABELS, PairModel
from bot.grading.training.config import Stage
from bot.grading.training.data import NOT_CORRECT
from bot.grading.training.pairs import Pair
from bot.grading.training.stream import Stream

CLIP = 1.0
_ALLOWED = {
    **{label: [float(label == other) for other in LABELS] for label in LABELS},
    NOT_CORRECT: [float(other != "correct") for other in LABELS],
}
Targets = Callable[[Sequence[Pair]], Tensor]
"""A teacher: pairs to probabilities, shape (pairs, 3)."""


@dataclass
class Progress:
    """How far a stage is; kept in every checkpoint."""

    steps: int = 0
    seconds: float = 0.0
    """Of computing, across interruptions."""
    loss: float = math.nan
    """Running mean over about 100 steps."""
    history: list[tuple[int, float, float]] = field(default_factory=list[tuple[int, float, float]])
    """(step, seconds, loss), now and then."""

    def share(self, stage: Stage) -> float:
        """Return how much of the stage's budget is spent, 0..1."""
        if stage.steps is not None:
            return min(1.0, self.steps / stage.steps)
        return min(1.0, self.seconds / (60 * (stage.minutes or 1)))


def keep_memory() -> None:
    """Let glibc keep the memory of freed batches instead of handing it back and faulting it in
    again: batches run up to 1.5 times faster. Does nothing elsewhere.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD in malloc.h
    libc.mallopt(trim_threshold, 2**31 - 1)
    libc.mallopt(mmap_threshold, 32 * 2**20)  # the most that glibc takes


def prepare(model: PairModel, stage: Stage) -> None:
    """Make a model ready to be trained by `stage`."""
    for module in model.encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = stage.dropout
    for layer in model.encoder.encoder.layer:
        layer.attention.attn.dropout.p = 0.0


def rate(stage: Stage, share: float) -> float:
    """Return the learning rate when this share of the budget is spent."""
    if share < stage.warmup:
        return stage.rate * max(share / stage.warmup, 0.01)
    left = (1 - share) / max(1e-9, 1 - stage.warmup)
    if stage.schedule == "cosine":
        left = (1 - math.cos(math.pi * left)) / 2
    return stage.rate * (stage.final + (1 - stage.final) * left)


def optimizer(model: PairModel, stage: Stage) -> torch.optim.AdamW:
    """Return AdamW over what is trainable; vectors (biases, norms) do not decay."""
    trained = [value for value in model.parameters() if value.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": [value for value in trained if value.ndim > 1]},
            {"params": [value for value in trained if value.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=stage.rate,
        betas=(0.9, 0.98),
        weight_decay=stage.decay,
        fused=True,
    )


def loss_of(logits: Tensor, pairs: Sequence[Pair], stage: Stage, soft: Tensor | None) -> Tensor:
    """Return the weighted mean loss of a batch.

    Cross-entropy over the labels that a pair may have (`not_correct`: two of them, whose
    probabilities are added), smoothed towards all three, and with a teacher's probabilities mixed
    in: share * T^2 * KL(teacher || student at temperature T) (Hinton et al. 2015). What is known
    of a pair from its answer's writing is added first, so that it need not be learned (`habits`).
    """
    habits = torch.tensor([[pair.habit, 0.0, 0.0] for pair in pairs], device=logits.device)
    logs = nn.functional.log_softmax(logits.float() + habits, dim=1)
    allowed = torch.tensor([_ALLOWED[pair.label] for pair in pairs], device=logits.device)
    hard = -torch.logsumexp(logs.masked_fill(allowed == 0, -math.inf), dim=1)
    each = (1 - stage.smoothing) * hard - stage.smoothing * logs.mean(dim=1)
    if soft is not None and stage.teacher is not None:
        warm = stage.teacher.temperature
        student = nn.functional.log_softmax(logits.float() / warm, dim=1)
        apart = nn.functional.kl_div(student, soft.to(logits.device), reduction="none").sum(1)
        each = (1 - stage.teacher.share) * each + stage.teacher.share * warm**2 * apart
    classes = torch.tensor(stage.class_weights, device=logits.device)
    given = torch.tensor([pair.weight for pair in pairs], device=logits.device)
    weights = given * (allowed * classes).sum(1) / allowed.sum(1)
    return (each * weights).sum() / weights.sum()


def train(
    model: PairModel,
    stream: Stream,
    stage: Stage,
    progress: Progress,
    optimiser: torch.optim.AdamW,
    *,
    precision: str,
    teacher: Targets | None = None,
    every: Callable[[bool], None],
) -> None:
    """Train until the stage's budget is spent; `progress` goes on from where it is.

    `every` is called after each step, with True at the end; it may save. Time spent in it counts.
    """
    device = next(model.parameters()).device
    trained = [value for value in model.parameters() if value.requires_grad]
    model.train()
    before = time.monotonic()
    for pairs, rows in stream.batches():
        for group in optimiser.param_groups:
            group["lr"] = rate(stage, progress.share(stage))
        tensors = [tensor.to(device) for tensor in model.tokenizer.collate(rows)]
        soft = teacher(pairs) if teacher is not None else None
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            logits: Tensor = model(*tensors)
        loss: Any = loss_of(logits, pairs, stage, soft)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, CLIP)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        progress.steps += 1
        value = float(loss.detach())
        if math.isnan(progress.loss):
            progress.loss = value
        progress.loss += (value - progress.loss) / min(progress.steps, 100)
        now = time.monotonic()
        progress.seconds += now - before
        before = now
        if progress.steps % 50 == 0:
            progress.history.append(
                (progress.steps, round(progress.seconds, 1), round(progress.loss, 4))
            )
        done = progress.share(stage) >= 1
        every(done)
        if done:
            return
