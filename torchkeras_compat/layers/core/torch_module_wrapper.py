"""A plain `torch.nn.Module` as a layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import training_state


class TorchModuleWrapper(Layer):
    """Layer that computes with a `torch.nn.Module`; `Sequential` wraps plain modules by itself.

    Args:
        module: The module.
        name: Name, unique by default; that of the module's class if None.
        output_shape: Kept for Keras's signature; shapes are inferred on the meta device.

    Raises:
        ValueError: ``module`` is not a `torch.nn.Module`.

    Example:
        >>> TorchModuleWrapper(nn.Linear(4, 2))(torch.ones(1, 4)).shape
        torch.Size([1, 2])

    Source: Keras API, layers/TorchModuleWrapper.
    """

    module: nn.Module
    # Whether torch knows the module itself, and not this layer, as the child of a model: see `models.replacement`.
    _is_transparent = False

    def __init__(self, module: nn.Module, name: str | None = None, output_shape: Any = None, **kwargs: Any) -> None:
        if not isinstance(module, nn.Module):
            raise ValueError(f"`module` must be a torch.nn.Module. Received: {module!r} of type {type(module)}")
        super().__init__(name=name, **kwargs)
        self.module = module
        self.output_shape = output_shape

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Compute with the module, whose training flag ``forward`` has set unless a subclass gives another one."""
        if training is None or training is self.training:
            return self.module(*args, **kwargs)
        with training_state(self, bool(training)):
            return self.module(*args, **kwargs)

    def build(self, *input_shapes: Any, **named_shapes: Any) -> None:
        """The module brings its weights along."""

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"A plain torch module ({type(self.module).__name__}) has no Keras config, so the architecture of a model"
            " that holds one cannot be written to a `.keras` file. Save `model.state_dict()` with torch.save, save the"
            " weights with `save_weights`, or write the module as a `Layer` with `get_config`."
        )

    def save_own_variables(self, store: Any) -> None:
        """Put the module's state dictionary into ``store``, under its own keys."""
        for key, tensor in self.module.state_dict().items():
            store[key] = tensor

    def load_own_variables(self, store: Any) -> None:
        """Set the module's state dictionary from what :meth:`save_own_variables` stored."""
        self.module.load_state_dict({key: torch.as_tensor(store[key]) for key in store.keys()})

    def extra_repr(self) -> str:
        return torch.typename(self.module)
