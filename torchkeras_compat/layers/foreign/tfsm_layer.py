"""`TFSMLayer`: a SavedModel of TensorFlow as a layer."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable
from torch.utils import _pytree as pytree

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers.foreign.libraries import library
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.variables import Variable


def _tensorflow() -> Any:
    return library("tensorflow", "TFSMLayer", "pip install tensorflow")


class TFSMLayer(Layer):
    """An endpoint of a SavedModel of TensorFlow, which `keras.export` writes, as a layer.

    Its variables are weights of the layer, trained by torch; each call copies them and the inputs to TensorFlow, and
    outputs, gradients and what the endpoint changed back. Opening a SavedModel runs what is in it: open only what you
    trust. No file of a model opens one; see ``from_config``.

    Args:
        filepath: Folder of the SavedModel.
        call_endpoint: Name of the endpoint, an attribute or a signature of the model.
        call_training_endpoint: The endpoint of training; None for the same.
        trainable: Whether training changes the weights.
        name: Name, unique by default.
        dtype: Dtype or policy.

    Call arguments:
        inputs: Tensor, or a nesting of them.
        training: Whether the layer trains.

    Raises:
        ImportError: TensorFlow is not installed.
        ValueError: the model has no such endpoint.

    Example:
        >>> TFSMLayer("exported_model")(torch.ones(2, 4)).shape  # doctest: +SKIP
        torch.Size([2, 3])

    Source: Keras API, layers/TFSMLayer.
    """

    supports_jit = False

    _loaded: Any  # the SavedModel
    _functions: tuple[Callable[..., Any], Callable[..., Any]]  # the endpoint, and that of training
    _theirs: list[Any]  # TensorFlow's variables, and ours
    _own: list[Variable]

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        call_endpoint: str = "serve",
        call_training_endpoint: str | None = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        tensorflow = _tensorflow()
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self.filepath = os.fspath(filepath)
        self.call_endpoint = call_endpoint
        self.call_training_endpoint = call_training_endpoint
        state = self.__dict__  # past the attribute hook, which would look for children
        state["_loaded"] = tensorflow.saved_model.load(self.filepath)
        state["_functions"] = (
            _endpoint(self._loaded, call_endpoint, self.filepath),
            _endpoint(self._loaded, call_training_endpoint or call_endpoint, self.filepath),
        )
        state["_theirs"] = _variables(self._loaded, self._functions)
        state["_own"] = [self._copy_of(i, v) for i, v in enumerate(self._theirs)]
        self._skip_building()

    def _copy_of(self, place: int, variable: Any) -> Variable:
        """Make a weight with the value of a variable of TensorFlow."""
        value = torch.from_numpy(np.array(variable.numpy()))
        is_trained = bool(getattr(variable, "trainable", False)) and value.is_floating_point()
        made = self.add_weight(
            tuple(value.shape),
            lambda shape, dtype=None: value,
            str(value.dtype).removeprefix("torch."),
            trainable=is_trained,
            name=str(variable.name).partition(":")[0].replace("/", "_"),
        )
        self.__dict__[f"_variable_{place}"] = made
        return made

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Compute the endpoint in TensorFlow."""
        leaves, structure = pytree.tree_flatten(inputs)
        notes: list[Any] = []

        def compute(arrays: list[Any]) -> list[Any]:
            outputs = self._functions[training](pytree.tree_unflatten(arrays, structure))
            found, tree = pytree.tree_flatten(outputs if not isinstance(outputs, dict) else dict(outputs))
            notes[:] = [tree]
            return found

        if any(t.is_meta for t in leaves):
            ones = [np.ones(tuple(t.shape), str(t.dtype).removeprefix("torch.")) for t in leaves]
            found = compute([_tensorflow().constant(a) for a in ones])
            specs = [torch.empty(tuple(a.shape), dtype=getattr(torch, a.dtype.name), device="meta") for a in found]
            return pytree.tree_unflatten(specs, notes[0])
        tensors = [*leaves, *(v.value for v in self._own if v.is_parameter)]
        apply: Callable[..., tuple[torch.Tensor, ...]] = _TensorFlowFunction.apply
        results = apply(self, compute, leaves[0].device, len(leaves), *tensors)
        if training:
            for own, theirs in zip(self._own, self._theirs, strict=True):
                if not own.is_parameter:
                    own.assign(theirs.numpy())
        return pytree.tree_unflatten(list(results), notes[0])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filepath": self.filepath,
            "call_endpoint": self.call_endpoint,
            "call_training_endpoint": self.call_training_endpoint,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, safe_mode: bool | None = None) -> Any:
        """Return a new layer made from what ``get_config`` returned, if the caller trusts it.

        Args:
            config: What it returned.
            custom_objects: Not used.
            safe_mode: False to open the SavedModel that the config names; a file cannot say so.

        Raises:
            FileContentError: ``safe_mode`` is not False: a SavedModel runs code, and a config must not open a path.
        """
        if safe_mode is not False:
            raise FileContentError(
                f"The config names a SavedModel, {config.get('filepath')!r:.200}, which runs what is in it when it is"
                " opened. A config never opens a path. If you trust it, make the layer yourself, `TFSMLayer(filepath)`,"
                " or call `TFSMLayer.from_config(config, safe_mode=False)`."
            )
        return cls(**config)


class _TensorFlowFunction(torch.autograd.Function):
    """A function of TensorFlow, whose gradients are those of its tape."""

    @staticmethod
    def forward(
        ctx: Any,
        layer: TFSMLayer,
        compute: Callable[[list[Any]], list[Any]],
        device: torch.device,
        count: int,
        *tensors: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        """Compute, and keep the tape."""
        tensorflow = _tensorflow()
        for own, theirs in zip(layer._own, layer._theirs, strict=True):
            theirs.assign(_to_numpy(own.value))
        arrays = [tensorflow.constant(_to_numpy(t)) for t in tensors[:count]]
        sources = [*arrays, *(t for o, t in zip(layer._own, layer._theirs, strict=True) if o.is_parameter)]
        if not any(ctx.needs_input_grad):
            found = compute(arrays)
        else:
            with tensorflow.GradientTape() as tape:
                tape.watch([a for a in arrays if a.dtype.is_floating])
                found = compute(arrays)
            ctx.tape, ctx.sources, ctx.found = tape, sources, found
            ctx.devices = [t.device for t in tensors]
        outputs = tuple(_to_torch(a, device) for a in found)
        ctx.mark_non_differentiable(*(t for t in outputs if not t.is_floating_point()))
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        """Return the gradient of each tensor."""
        constant = _tensorflow().constant
        pairs = [(a, constant(_to_numpy(g))) for a, g in zip(ctx.found, gradients, strict=True) if a.dtype.is_floating]
        found = ctx.tape.gradient([a for a, _ in pairs], ctx.sources, output_gradients=[g for _, g in pairs])
        del ctx.tape
        given = [None if g is None else _to_torch(g, d) for g, d in zip(found, ctx.devices, strict=True)]
        return (None, None, None, None, *given)


class _Signature:
    """A signature of a SavedModel as a function of its inputs."""

    def __init__(self, signature: Callable[..., Any]) -> None:
        self.concrete_functions = (signature,)

    def __call__(self, inputs: Any) -> Any:
        signature = self.concrete_functions[0]
        return signature(**inputs) if isinstance(inputs, dict) else signature(inputs)


def _endpoint(loaded: Any, name: str, path: str) -> Callable[..., Any]:
    """Return an endpoint of a loaded model: an attribute, or a signature.

    Raises:
        ValueError: there is none of this name.
    """
    found = getattr(loaded, name, None)
    if callable(found):
        return found  # type: ignore[no-any-return]
    signatures = getattr(loaded, "signatures", {})
    if name in signatures:
        signature: Callable[..., Any] = signatures[name]
        return _Signature(signature)
    raise ValueError(
        f"The endpoint '{name}' is neither an attribute of the reloaded SavedModel nor an entry in its `signatures`:"
        f" {sorted(signatures)}. SavedModel: {path}. Give one of these as `call_endpoint`."
    )


def _variables(loaded: Any, functions: tuple[Callable[..., Any], ...]) -> list[Any]:
    """Return the variables of a loaded model, each once."""
    found = [*getattr(loaded, "variables", ())]
    for function in functions:
        for concrete in getattr(function, "concrete_functions", (function,)):
            found += getattr(concrete, "variables", ())
    return list({id(v): v for v in found}.values())


def _to_numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()


def _to_torch(array: Any, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.array(array)).to(device)
