"""`RematScope` and `remat`: activations that are computed again in the backward pass instead of being kept."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator, Sequence
from types import MethodType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.layers.layer.remat_scopes import OPEN_SCOPES
from torchkeras_compat.layers.remat.recomputed_call import recomputed
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

_MODES = ("full", "activations", "larger_than", "list_of_layers", None)


class RematScope:
    """Layers made inside it compute their activations again in the backward pass, instead of keeping them.

    That saves memory and costs a second forward pass of these layers. What lies inside a layer that is recomputed, is
    recomputed with it, once. A model is not recomputed as a whole, which would save nothing: its layers are. Recurrent
    layers keep the activations of their steps in ``"activations"``.

    Args:
        mode: ``"full"`` for whole layers, ``"activations"`` for the activation functions alone, ``"larger_than"`` for
            layers with large outputs, ``"list_of_layers"`` for those of ``layer_names``, None for none of them.
        output_size_threshold: In ``"larger_than"``: layers whose outputs have more values than this, batch included.
        layer_names: In ``"list_of_layers"``: names of layers; a model may be among them.

    Raises:
        ValueError: ``mode`` is unknown.
        TypeError: ``output_size_threshold`` is not a number, or ``layer_names`` is not a list of names.

    Example:
        >>> from torchkeras_compat import layers
        >>> with RematScope("larger_than", output_size_threshold=4096):
        ...     block = layers.Dense(1024, activation="gelu")

    Source: Keras API, RematScope. Chen et al. 2016 (arXiv:1604.06174).
    """

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: Sequence[str] | None = None
    ) -> None:
        if mode not in _MODES:
            raise ValueError(f"Invalid mode {mode!r}. Supported modes are: {', '.join(map(repr, _MODES))}.")
        if isinstance(output_size_threshold, bool) or not isinstance(output_size_threshold, (int, float)):
            raise TypeError(
                f"`output_size_threshold` is a number of values. Received: output_size_threshold="
                f"{output_size_threshold!r}"
            )
        if isinstance(layer_names, str) or not all(isinstance(name, str) for name in layer_names or ()):
            raise TypeError(f"`layer_names` is a list of names of layers. Received: layer_names={layer_names!r}")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = list(layer_names or ())

    def __enter__(self) -> RematScope:
        OPEN_SCOPES.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        OPEN_SCOPES.pop()

    def _covers(self, layer: Layer) -> bool:
        """Return whether calls of the layer may be recomputed."""
        if self.mode == "list_of_layers":
            return layer.name in self.layer_names
        return self.mode is not None and layer._is_recomputed_as_a_whole

    def take(self, layer: Layer) -> None:
        """Have calls of a layer recomputed, if they may be."""
        if self._covers(layer):
            state = layer.__dict__
            state["_remat_scope"] = self
            state["_large_outputs"] = {}
            # In the instance, in front of the method: layers outside any scope have no test for it.
            state["call"] = MethodType(_rematerialized_call, layer)

    def recomputing(
        self, layer: Layer, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[..., Any]:
        """Return what computes a call of a layer and recomputes it, or its activations, in the backward pass."""
        if is_inferring_shapes():
            return call
        if self.mode == "activations":
            return functools.partial(_with_remat_activations, layer, call)
        if self.mode == "larger_than" and not _is_output_larger(layer, self.output_size_threshold, args, kwargs):
            return call
        return lambda *args, **kwargs: recomputed(call, layer, args, kwargs)


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes what ``f`` does, and computes its activations again in the backward pass.

    Random numbers are the same in both runs. Called without gradients it is ``f`` itself. On a `KerasTensor` the
    operations of ``f`` are recorded as ever; to recompute them in a functional model, use ``Lambda(remat(f))``.

    Args:
        f: Function of tensors, layer or ``torch.nn.Module``.

    Raises:
        TypeError: ``f`` cannot be called.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> remat(lambda x: (x * 2).exp())(x).sum().backward()
        >>> x.grad
        tensor([14.7781, 14.7781])

    Source: Keras API, remat.
    """
    if not callable(f):
        raise TypeError(f"`remat` takes a function or a layer. Received: f={f!r} of type {type(f).__name__}")
    owner = f if isinstance(f, nn.Module) else getattr(f, "__self__", None)
    root = owner if isinstance(owner, nn.Module) else None

    def rematerialized(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return f(*args, **kwargs)
        return recomputed(f, root, args, kwargs)

    if not isinstance(f, nn.Module):
        functools.update_wrapper(rematerialized, f)
    return rematerialized


# Shapes are inferred by running the layer, which no trace can do. `torch.compiler.disable` imports the compiler.
@torch._disable_dynamo
def _is_output_larger(layer: Layer, threshold: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether the outputs of a layer for arguments of these shapes have more than ``threshold`` values."""
    known: dict[tuple[torch.Size, ...], bool] = layer.__dict__["_large_outputs"]
    shapes = tuple(x.shape for x in pytree.tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor))
    if shapes not in known:
        symbols = pytree.tree_map(
            lambda x: KerasTensor(tuple(x.shape), x.dtype) if isinstance(x, torch.Tensor) else x, (args, kwargs)
        )
        with torch.no_grad():
            outputs = layer.compute_output_spec(*symbols[0], **symbols[1])
        size = sum(math.prod(x.shape) for x in pytree.tree_leaves(outputs) if isinstance(x, KerasTensor))
        known[shapes] = size > threshold
    return known[shapes]


def _rematerialized_call(layer: Layer, *args: Any, **kwargs: Any) -> Any:
    call = functools.partial(type(layer).call, layer)
    return layer.rematerialized_call(call, *args, **kwargs)(*args, **kwargs)


# Under which names layers hold activation functions, of the user and what computes them.
_ACTIVATIONS = ("activation", "recurrent_activation", "_activate", "_activate_gates")


def _with_remat_activations(layer: Layer, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a layer whose activation functions are recomputed."""
    with contextlib.ExitStack() as stack:
        for name in _ACTIVATIONS:
            stack.enter_context(_remat_attribute(layer, name))
        return call(*args, **kwargs)


@contextlib.contextmanager
def _remat_attribute(layer: Layer, name: str) -> Iterator[None]:
    own = layer.__dict__
    value = own.get(name)
    function = layer._modules.get(name) if value is None else value
    if not callable(function):
        yield
        return
    own[name] = remat(function)
    try:
        yield
    finally:
        if value is None:
            del own[name]
        else:
            own[name] = value
