"""What layers with an activation have in common: they compute it by torch's function, and take another at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat import activations
from torchkeras_compat.activations.identifiers import torch_equivalent
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.logits import sigmoid
from torchkeras_compat.overrides import Addition


class Activated(Layer):
    """Base of layers that end in an activation.

    Attributes:
        activation: The function or ``torch.nn.Module``; one that is assigned later counts from the next call on, in the
            models that the layer stands in too. None is the identity.
        _activate: What computes it, None for the identity.
    """

    _followed = frozenset({"activation"})

    # Names of weights in Keras 1.
    W = Addition()
    b = Addition()

    activation: Any
    _activate: Callable[[torch.Tensor], torch.Tensor] | None

    def _follow(self, name: str) -> None:
        if name == "activation":
            state = self.__dict__  # past the attribute hook: a torch module is a child once, under `activation`
            activation = self.activation
            if activation is None or isinstance(activation, (str, dict)):
                found = activations.get(activation)
                if activation is not None:
                    state["activation"] = found
                activation = found
            computed = torch_equivalent(activation)
            state["_activate"] = sigmoid if computed is torch.sigmoid else computed
