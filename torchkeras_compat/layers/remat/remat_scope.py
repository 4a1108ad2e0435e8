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
from torchkeras_compat.layers.remat.recomputed_call import recomputed
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

_MODES = ("full", "activations", "larger_than", "list_of_layers", None)
_scopes: list[RematScope] = []  # the open ones, innermost last


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
        _scopes.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        _scopes.pop()

    def _covers(self, layer: Layer) -> bool:
        """Return whether calls of the layer may be recomputed."""
        if self.mode == "list_of_layers":
            return layer.name in self.layer_names
        return self.mode is not None and layer._is_recomputed_as_a_whole


def remat(f: Callable) -> Callable:
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


class RematerializationMixin:
    """The part of `Layer` that knows the `RematScope` in which it was made."""

    if TYPE_CHECKING:
        # The attributes of the layer that this is a part of.
        def __getattr__(self, name: str) -> Any: ...

    # Models say no: recomputing one as a whole needs, at once, the memory of all its layers.
    _is_recomputed_as_a_whole = True

    def rematerialized_call(self, layer_call: Callable, *args: Any, **kwargs: Any) -> Callable:
        """Return what computes ``layer_call`` as the `RematScope` around the making of the layer has it.

        Args:
            layer_call: Function of these arguments: a method of the layer.
            args: Arguments that it will be called with, by whose shapes ``"larger_than"`` decides.
            kwargs: The same, by name.
        """
        scope: RematScope | None = self.__dict__.get("_remat_scope")
        if scope is None or is_inferring_shapes():
            return layer_call
        if scope.mode == "activations":
            return functools.partial(_with_remat_activations, self, layer_call)  # type: ignore[arg-type]
        if scope.mode == "larger_than" and not self._is_output_larger(scope.output_size_threshold, args, kwargs):
            return layer_call
        return lambda *args, **kwargs: recomputed(layer_call, self, args, kwargs)  # type: ignore[arg-type]

    def _enter_remat_scope(self, scope: RematScope | None) -> None:
        """Have calls recomputed as ``scope`` says."""
        if scope is not None and scope._covers(self):  # type: ignore[arg-type]
            state = self.__dict__
            state["_remat_scope"] = scope
            state["_large_outputs"] = {}
            # In the instance, in front of the method: layers outside any scope have no test for it.
            state["call"] = MethodType(_rematerialized_call, self)

    # Shapes are inferred by running the layer, which no trace can do. `torch.compiler.disable` imports the compiler.
    @torch._disable_dynamo
    def _is_output_larger(self, threshold: float, args: tuple, kwargs: dict[str, Any]) -> bool:
        """Return whether the outputs for arguments of these shapes have more than ``threshold`` values."""
        known: dict[Any, bool] = self.__dict__["_large_outputs"]
        shapes = tuple(x.shape for x in pytree.tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor))
        if shapes not in known:
            symbols = pytree.tree_map(
                lambda x: KerasTensor(tuple(x.shape), x.dtype) if isinstance(x, torch.Tensor) else x, (args, kwargs)
            )
            with torch.no_grad():
                outputs = self.compute_output_spec(*symbols[0], **symbols[1])
            size = sum(math.prod(x.shape) for x in pytree.tree_leaves(outputs) if isinstance(x, KerasTensor))
            known[shapes] = size > threshold
        return known[shapes]


def open_scope() -> RematScope | None:
    """Return the innermost open scope."""
    return _scopes[-1] if _scopes else None


def _rematerialized_call(layer: Layer, *args: Any, **kwargs: Any) -> Any:
    call = functools.partial(type(layer).call, layer)
    return layer.rematerialized_call(call, *args, **kwargs)(*args, **kwargs)


# Under which names layers hold activation functions, of the user and what computes them.
_ACTIVATIONS = ("activation", "recurrent_activation", "_activate", "_activate_gates")


def _with_remat_activations(layer: Layer, call: Callable, *args: Any, **kwargs: Any) -> Any:
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
