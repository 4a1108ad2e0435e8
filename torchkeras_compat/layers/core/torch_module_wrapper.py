"""A plain `torch.nn.Module` as a layer."""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from torchkeras_compat.custom_objects import custom_object_scope, get_registered_object
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import training_state

_LARGEST = 32 * 2**20  # bytes of weights in a config, which holds them in text, and which loading limits to 64 MiB


class TorchModuleWrapper(Layer):
    """Layer that computes with a `torch.nn.Module`; `Sequential` wraps plain modules by itself.

    Files hold a module of `torch.nn` (and a `torch.nn.Sequential` of such) as its class and arguments, if these are
    numbers and strings that say all of it. Besides they hold every module as Keras's do, pickled, and a pickle from a
    file is never read: to load a model with another module, give it in ``custom_objects`` under the name of the layer;
    it is copied, and gets the weights of the file.

    Args:
        module: The module.
        name: Name, unique by default; that of the module's class if None.
        output_shape: Kept for Keras's signature and files; shapes are inferred on the meta device.

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
        """Return the config, with the module as text: what `torch.save` makes of it, in base64, as in Keras.

        The archive has the class and the arguments of a module of `torch.nn`, too; if it has more than 32 MiB of
        weights, only these, and Keras cannot read it.

        Raises:
            NotImplementedError: another module cannot be pickled, or has more than 32 MiB of weights.
        """
        return {**super().get_config(), "module": _stored(self.module), "output_shape": self.output_shape}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = None
    ) -> TorchModuleWrapper:
        """Return the layer that a config describes.

        Args:
            config: What ``get_config`` returned.
            custom_objects: Names of layers and their modules.
            safe_mode: False to copy the module of a config of this process; one from a file is refused all the same.

        Raises:
            ValueError: the module is not in ``custom_objects``, and no module of `torch.nn`.
            FileSafetyError: the config names another class than those that it may.
            FileContentError: the description of the module is broken.
        """
        # 1 ms, for configs only: every model made of layers knows this class.
        from torchkeras_compat.layers.core.described_module import described_module, description_in

        name, module = config.get("name"), config.get("module")
        with custom_object_scope(custom_objects or {}):
            given = get_registered_object(name) if isinstance(name, str) else None
        if isinstance(given, nn.Module):
            module = copy.deepcopy(given)
        elif isinstance(module, _StoredModule) and safe_mode is False:
            module = copy.deepcopy(module.module)
        elif isinstance(module, str) and (description := description_in(module)) is not None:
            module = described_module(description)
        elif isinstance(module, str):
            raise ValueError(
                f"The config of the layer {name!r:.100} holds a torch.nn.Module as a pickle, which `torch.load` would"
                " read. It allows arbitrary code execution, so it is never loaded. Pass the module as"
                f" custom_objects={{{name!r:.100}: module}}, or make the model in code and load its weights."
            )
        made: TorchModuleWrapper = super().from_config({**config, "module": module})
        return made

    def save_own_variables(self, store: Any) -> None:
        """Put the module's state dictionary into ``store``, under its own keys."""
        for key, tensor in self.module.state_dict().items():
            store[key] = tensor

    def load_own_variables(self, store: Any) -> None:
        """Set the module's state dictionary from what :meth:`save_own_variables` stored."""
        self.module.load_state_dict({key: torch.as_tensor(store[key]) for key in store.keys()})

    def extra_repr(self) -> str:
        return torch.typename(self.module)


class _StoredModule(str):
    """A module as configs hold it, which knows the module as long as it stays in this process."""

    module: nn.Module

    def __deepcopy__(self, memo: dict[int, Any]) -> _StoredModule:
        return self

    def __reduce__(self) -> Any:
        return str, (str(self),)


def _stored(module: nn.Module) -> _StoredModule:
    # 1 ms, for configs only.
    from torchkeras_compat.layers.core.described_module import description_of, with_description

    tensors = [*module.parameters(), *module.buffers()]
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    kind, buffer = type(module).__name__, io.BytesIO()
    remedy = (
        "Save `model.state_dict()` with torch.save, save the weights with `save_weights`, or write the module as a"
        " `Layer` with `get_config`."
    )
    description = description_of(module)
    if size > _LARGEST and description is not None:
        return _as_text(with_description(b"", description), module)
    if size > _LARGEST:
        raise NotImplementedError(
            f"A config holds a torch module ({kind}) with its weights only up to {_LARGEST} bytes. Received one of"
            f" {size} bytes. {remedy}"
        )
    given = module
    if any(tensor.device.type != "cpu" for tensor in tensors):
        module = copy.deepcopy(module).cpu()  # the reader may have no such device
    try:
        torch.save(module, buffer)
    except Exception as error:  # pickling calls methods of anybody's classes
        raise NotImplementedError(
            f"The torch module ({kind}) cannot be pickled ({error}), as a config would hold it. {remedy}"
        ) from error
    archive = buffer.getvalue()
    return _as_text(archive if description is None else with_description(archive, description), given)


def _as_text(archive: bytes, module: nn.Module) -> _StoredModule:
    stored = _StoredModule(base64.b64encode(archive).decode("ascii"))
    stored.module = module
    return stored
