"""Keep the few loud channels of an encoder out of its int8 products.

Dynamic int8 gives all activations of a product one scale. In MPNet's feed-forward layers a few
channels reach 10 to 95, in a few tokens of any text, where nearly all stay below 4: at their scale
the rest is left with some 5 of 127 steps. They are therefore multiplied apart and as they are: the
decomposition of Dettmers et al. 2022 (arXiv:2208.07339, section 3.2), with channels that are chosen
once.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

KEPT = 16
"""Channels of a product that are not rounded. 64 agree no better with fp32 and take longer."""
FEW = "few"
"""What the weights of these channels are called; no quantizer may touch them."""


class Split(nn.Module):
    """A linear layer in two products, of which `rest` may be rounded."""

    channels: Tensor
    quiet: Tensor

    def __init__(self, whole: nn.Linear, loudest: Tensor) -> None:
        """Take the layer and each channel's largest value, float (channels,); `whole` changes."""
        super().__init__()
        channels = loudest.topk(min(KEPT, len(loudest) // 4)).indices.sort().values
        quiet = torch.ones(len(loudest))
        quiet[channels] = 0
        self.register_buffer("channels", channels)
        self.register_buffer("quiet", quiet)
        self.few = nn.Parameter(whole.weight[:, channels].T.clone(), requires_grad=False)
        with torch.no_grad():
            whole.weight[:, channels] = 0
        self.rest = whole

    def forward(self, hidden: Tensor) -> Tensor:
        """Return what the whole layer returns: float (..., in) in, float (..., out) out."""
        return self.rest(hidden * self.quiet) + hidden[..., self.channels] @ self.few


def split(encoder: Any, read: Callable[[], object]) -> None:
    """Put a `Split` in place of each feed-forward product. `read` lets the encoder read something:
    any text shows which channels are loud.
    """
    layers = [
        part for layer in encoder.encoder.layer for part in (layer.intermediate, layer.output)
    ]
    loudest: dict[nn.Module, Tensor] = {}

    def listen(linear: nn.Module, given: tuple[Tensor, ...]) -> None:
        found = given[0].detach().abs().flatten(0, -2).amax(0)
        loudest[linear] = torch.maximum(found, loudest.get(linear, found))

    hooks = [layer.dense.register_forward_pre_hook(listen) for layer in layers]
    read()
    for hook in hooks:
        hook.remove()
    for layer in layers:
        layer.dense = Split(layer.dense, loudest[layer.dense])
