"""Checkpoints of an unfinished stage: safetensors with JSON inside, written whole or not at all."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from bot.grading.pair import PairModel
from bot.grading.training.loop import Progress
from bot.grading.training.stream import Stream

TENSORS = "checkpoint.safetensors"


def save(
    folder: Path,
    stage: int,
    model: PairModel,
    optimiser: torch.optim.AdamW,
    stream: Stream,
    progress: Progress,
) -> None:
    """Write all that a stage needs to go on, in one file."""
    tensors = {f"model.{name}": value.contiguous() for name, value in model.state_dict().items()}
    for name, number in _numbers(model, optimiser).items():
        moments = cast(dict[str, Any], optimiser.state_dict()["state"].get(number, {}))
        for key in ("exp_avg", "exp_avg_sq", "step"):
            if key in moments:
                tensors[f"adam.{key}.{name}"] = moments[key].contiguous()
    state: dict[str, Any] = {
        "stage": stage,
        "progress": asdict(progress),
        "drawn": stream.drawn,
        "chunks": stream.chunks,
        "random": torch.get_rng_state().tolist(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{TENSORS}.part"
    save_file(tensors, part, metadata={"state": json.dumps(state)})
    part.replace(folder / TENSORS)


def stage_of(folder: Path) -> int | None:
    """Return the stage that the folder's checkpoint belongs to, None where there is none."""
    state = _state(folder)
    return None if state is None else int(state["stage"])


def restore(
    folder: Path, model: PairModel, optimiser: torch.optim.AdamW, stream: Stream
) -> Progress:
    """Put everything back as it was, and return how far the stage was."""
    state = _state(folder)
    if state is None:
        raise FileNotFoundError(folder / TENSORS)
    tensors = load_file(folder / TENSORS)
    model.load_state_dict(
        {name[6:]: value for name, value in tensors.items() if name.startswith("model.")}
    )
    moments = optimiser.state_dict()
    for name, number in _numbers(model, optimiser).items():
        found = {
            key: tensors[f"adam.{key}.{name}"]
            for key in ("exp_avg", "exp_avg_sq", "step")
            if f"adam.{key}.{name}" in tensors
        }
        if found:
            moments["state"][number] = found
    optimiser.load_state_dict(moments)
    stream.drawn.update(state["drawn"])
    stream.chunks = state["chunks"]
    torch.set_rng_state(torch.tensor(state["random"], dtype=torch.uint8))
    progress = Progress(**state["progress"])
    progress.history = [tuple(entry) for entry in progress.history]  # pyright: ignore
    return progress


def remove(folder: Path) -> None:
    """Forget the checkpoint: its stage is through."""
    (folder / TENSORS).unlink(missing_ok=True)


def _numbers(model: PairModel, optimiser: torch.optim.AdamW) -> dict[str, int]:
    """Return the place of each trained parameter in the optimiser's state."""
    names = {id(value): name for name, value in model.named_parameters()}
    order = [value for group in optimiser.param_groups for value in group["params"]]
    return {names[id(value)]: number for number, value in enumerate(order)}


def _state(folder: Path) -> dict[str, Any] | None:
    path = folder / TENSORS
    if not path.is_file():
        return None
    from safetensors import safe_open

    with cast(Any, safe_open)(path, "pt") as file:
        found: dict[str, Any] = json.loads(file.metadata()["state"])
    return found
