"""What arrays a model needs: by its inputs, the layers that take them, its outputs and its loss."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.model import Model
from torchkeras_compat.symbolic.node import symbolic_leaves

# Sizes of axes that the model leaves open.
STEPS, PIXELS, CLASSES = 20, 32, 10
IRIS_FEATURES, IRIS_CLASSES = 4, 3


@dataclass(frozen=True)
class Input:
    """An input of a model.

    Args:
        name: Its name.
        shape: Of a sample.
        kind: ``"floats"``, ``"integers"``, ``"pixels"`` (0 to 255) or ``"strings"``.
        below: Of integers: the smallest number that does not occur.
    """

    name: str
    shape: tuple[int, ...]
    kind: str = "floats"
    below: int = 10


@dataclass(frozen=True)
class Target:
    """What one output of a model is compared with.

    Args:
        name: Name of the output.
        shape: Of the output for a sample.
        kind: ``"integers"``, ``"one_hot"``, ``"binary"``, ``"signs"``, ``"floats"``, ``"positive"`` or ``"inputs"``.
    """

    name: str
    shape: tuple[int, ...]
    kind: str

    @property
    def classes(self) -> int:
        """Number of classes: of two for a single number."""
        if self.kind in ("integers", "one_hot"):
            return max(self.shape[-1] if self.shape else 1, 1)
        return 2


@dataclass(frozen=True)
class Needs:
    """The arrays that fit a model.

    Args:
        model: Its name, for messages.
        inputs: Its inputs.
        targets: Its targets.
        batch: Size of a batch, where the model fixes it.
    """

    model: str
    inputs: tuple[Input, ...]
    targets: tuple[Target, ...]
    batch: int | None = None

    @property
    def is_iris(self) -> bool:
        """Whether the bundled flowers fit."""
        return (
            [(i.shape, i.kind) for i in self.inputs] == [((IRIS_FEATURES,), "floats")]
            and len(self.targets) == 1
            and self.targets[0].kind in ("integers", "one_hot")
            and self.targets[0].shape == (IRIS_CLASSES,)
        )


def needs_of(model: Model, loss: Any = None) -> Needs | None:
    """Return what arrays a model needs; None where nothing says it.

    Args:
        model: The model.
        loss: What compares its outputs with targets, where it is not compiled.
    """
    graph = None
    find_graph = getattr(model, "_find_graph", None)
    with contextlib.suppress(Exception):  # a model that cannot be built says so when it is trained
        graph = find_graph() if find_graph is not None else None
    if graph is not None:
        tensors = graph.input_tensors
        batch = next((t.shape[0] for t in tensors if t.shape and t.shape[0] is not None), None)
        takers = [list(_takers(t, graph)) for t in tensors]
        inputs = tuple(
            _input(name, t.shape[1:], t.dtype, layers) for name, t, layers in zip(graph.input_names, tensors, takers)
        )
        shapes = [t.shape[1:] for t in graph.output_tensors]
        names = graph.output_names
        last = [t.node.operation if t.node is not None else None for t in graph.output_tensors]
    else:
        first, final = _first_layer(model), _last_layer(model)
        if first is None:
            return None
        inputs, batch = (guessed_input(type(first).__name__, first, final),), None
        shapes, names, last = [_output_shape(model, inputs[0], final)], ["output"], [final]
    losses = [own if own is not None else loss for own in _losses(model, names)]
    targets = tuple(
        target(name, known_sizes(shape, inputs), loss, activation_of(layer), inputs)
        for name, shape, loss, layer in zip(names, shapes, losses, last)
    )
    return Needs(model.name, inputs, targets, batch)


def target(name: str, shape: tuple[int, ...], loss: Any, activation: str, inputs: Sequence[Input]) -> Target:
    """Return the target of an output, by its loss and the activation of its layer.

    Example:
        >>> target("out", (3,), "sparse_categorical_crossentropy", "softmax", ())
        Target(name='out', shape=(3,), kind='integers')
    """
    kind = _kind_of_loss(loss) or {"softmax": "one_hot", "sigmoid": "binary", "relu": "positive"}.get(
        activation, "floats"
    )
    floats = [i.shape for i in inputs if i.kind in ("floats", "pixels")]
    if kind in ("binary", "floats", "positive") and floats == [shape] and math.prod(shape) > 1:
        kind = "inputs"  # an autoencoder
    return Target(name, shape, kind)


def _kind_of_loss(loss: Any) -> str | None:
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", None) or type(loss).__name__
    name = str(name).lower().replace("_", "")
    if loss is None:
        return None
    if "sparsecategorical" in name or "sparsetopk" in name:
        return "integers"
    if "categorical" in name or name.startswith(("kl", "kullback")):
        return "one_hot"
    if "binary" in name:
        return "binary"
    if "hinge" in name:
        return "signs"
    return "positive" if "poisson" in name or "logarithmic" in name or name == "msle" else None


def _losses(model: Model, names: Sequence[str]) -> list[Any]:
    given = getattr(model, "loss", None)
    if isinstance(given, dict):
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        return [*given, *[None] * len(names)][: len(names)]
    return [given] * len(names)


def activation_of(layer: Any) -> str:
    """Return the name of the activation of a layer, such as ``"softmax"``; that of a layer in a layer too."""
    inner = getattr(layer, "layer", None)
    if isinstance(inner, Layer):
        return activation_of(inner)
    if isinstance(layer, Model) and layer.layers:
        return activation_of(layer.layers[-1])
    found = getattr(layer, "activation", None)
    name = getattr(found, "__name__", None) or (type(found).__name__ if found is not None else type(layer).__name__)
    return str(name).lower()


def _takers(tensor: Any, graph: Any) -> Iterable[Layer]:
    """The layers that compute with an input: those that only change its form are looked through."""
    for node in graph.nodes:
        if not any(t is tensor for t in symbolic_leaves((node.args, node.kwargs))):
            continue
        operation = node.operation
        inner = getattr(operation, "_layer_graph", None)
        if isinstance(operation, Model) and inner is not None:
            yield from _takers(inner.input_tensors[0], inner)
        elif isinstance(operation, Layer) and (operation.weights or type(operation).__name__ in _SAYS_A_KIND):
            wrapped = getattr(operation, "layer", None)
            yield wrapped if isinstance(wrapped, Layer) else operation
        else:
            for output in node.output_tensors:
                yield from _takers(output, graph)


_SAYS_A_KIND = {"Rescaling", "CategoryEncoding", "TextVectorization", "StringLookup", "IntegerLookup", "Hashing"}


def _input(name: str, shape: Sequence[int | None], dtype: str, takers: Sequence[Layer]) -> Input:
    kinds = {type(layer).__name__: layer for layer in takers}
    rank = len(shape)
    sizes = tuple(
        (PIXELS if rank >= 3 else STEPS) if size is None and axis < max(rank - 1, 1) else 3 if size is None else size
        for axis, size in enumerate(shape)
    )
    if dtype == "string" or "TextVectorization" in kinds or "StringLookup" in kinds:
        return Input(name, sizes, "strings")
    tables = [_number(layer, "input_dim") for layer in takers if type(layer).__name__ == "Embedding"]
    if tables:
        return Input(name, sizes, "integers", min(tables))
    if "CategoryEncoding" in kinds:
        return Input(name, sizes, "integers", _number(kinds["CategoryEncoding"], "num_tokens"))
    if "int" in dtype or "IntegerLookup" in kinds:
        return Input(name, sizes, "pixels" if rank >= 3 else "integers", 10)
    rescaling = kinds.get("Rescaling")
    return Input(name, sizes, "pixels" if rescaling is not None and rank >= 3 else "floats")


def _number(layer: Layer, name: str) -> int:
    found: Any = getattr(layer, name, None)
    return int(found or 10)


def guessed_input(kind: str, layer: Any = None, final: Any = None) -> Input:
    """Return an input that a layer can take first, where its model does not say a shape.

    Args:
        kind: Name of the class of the layer.
        layer: The layer, if there is one.
        final: The last layer, which says whether iris may fit.
    """
    if kind == "Embedding":
        return Input("input", (STEPS,), "integers", int(getattr(layer, "input_dim", 0) or 1000))
    if kind in ("TextVectorization", "StringLookup"):
        return Input("input", (1,), "strings")
    if "ConvLSTM2D" in kind or "3D" in kind:
        return Input("input", (8, 16, 16, 1))
    if kind == "Rescaling" or kind.startswith("Random"):
        return Input("input", (PIXELS, PIXELS, 3), "pixels")
    if "2D" in kind:
        return Input("input", (28, 28, 1))
    if "1D" in kind or kind in ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "TimeDistributed", "Masking"):
        return Input("input", (10, 8))
    if kind == "Flatten":
        return Input("input", (28, 28))
    units = getattr(final, "units", None)
    return Input("input", (784,) if units == CLASSES else (IRIS_FEATURES,) if units == IRIS_CLASSES else (8,))


def known_sizes(shape: Sequence[int | None], inputs: Sequence[Input]) -> tuple[int, ...]:
    """Return a shape of an output with open sizes as the first input has them."""
    first = inputs[0].shape if inputs else ()
    return tuple((first[axis] if axis < len(first) else 1) if size is None else size for axis, size in enumerate(shape))


def _leaf_layers(model: Model) -> list[Layer]:
    found: list[Layer] = []
    for layer in model.layers:
        found.extend(_leaf_layers(layer) if isinstance(layer, Model) else [layer])
    return found


def _first_layer(model: Model) -> Layer | None:
    return next((layer for layer in _leaf_layers(model) if type(layer).__name__ != "Dropout"), None)


def _last_layer(model: Model) -> Layer | None:
    return next((layer for layer in reversed(_leaf_layers(model)) if hasattr(layer, "units")), None)


def _output_shape(model: Model, first: Input, final: Any) -> tuple[int | None, ...]:
    with contextlib.suppress(Exception):
        shape = model.compute_output_shape((None, *first.shape))
        if isinstance(shape, tuple) and all(size is None or isinstance(size, int) for size in shape):
            return tuple(shape[1:])
    return (int(getattr(final, "units", 1) or 1),)
