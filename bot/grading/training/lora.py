"""LoRA by peft: small matrices are trained beside the encoder's linear layers, then added to them.

Needs the extra `train`.
"""

from typing import Any

from bot.errors import OperatorError
from bot.grading.pair import PairModel
from bot.grading.training.config import Adapter

LAYERS = ["q", "k", "v", "o", "dense"]
"""The linear layers of transformers' MPNet by the end of their names."""


def attach(model: PairModel, adapter: Adapter | None) -> None:
    """Freeze the encoder and put adapters into it; without an adapter, train all of it."""
    model.requires_grad_(True)
    if adapter is None:
        return
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ModuleNotFoundError as error:
        raise OperatorError("LoRA needs peft: pip install '.[train]'") from error
    model.encoder.requires_grad_(False)
    config = LoraConfig(
        r=adapter.rank,
        lora_alpha=int(adapter.alpha),
        lora_dropout=adapter.dropout,
        target_modules=LAYERS,
    )
    inject_adapter_in_model(config, model.encoder)


def merge(model: PairModel) -> None:
    """Add the adapters to the layers they stand beside, and take them out."""
    for parent in list(model.encoder.modules()):
        for name, child in list(parent.named_children()):
            if not hasattr(child, "lora_A"):
                continue
            layer: Any = child
            layer.merge()
            setattr(parent, name, layer.get_base_layer())
    model.requires_grad_(True)
