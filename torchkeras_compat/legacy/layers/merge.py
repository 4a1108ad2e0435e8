"""`Merge` of Keras 1: several branches, or tensors, made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import torch

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.core.lambda_layer import Lambda
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.merging.concatenate import Concatenate
from torchkeras_compat.layers.merging.dot import Dot
from torchkeras_compat.layers.merging.elementwise import Add, Average, Maximum, Multiply
from torchkeras_compat.legacy.layers.cosine_merge import CosineMerge
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_ELEMENTWISE: dict[str, Callable[..., Layer]] = {"sum": Add, "mul": Multiply, "ave": Average, "max": Maximum}
MODES = (*_ELEMENTWISE, "concat", "dot", "cos")


def merging_layer(mode: str, concat_axis: int, dot_axes: Any, name: str | None = None) -> Layer:
    """Return the layer of today that computes a mode of Keras 1.

    Args:
        mode: One of ``MODES``.
        concat_axis: Axis of ``"concat"``.
        dot_axes: Axes of ``"dot"`` and ``"cos"``.
        name: Of the layer.

    Raises:
        ValueError: there is no such mode.

    Example:
        >>> type(merging_layer("cos", -1, 1)).__name__
        'Dot'
    """
    if mode in _ELEMENTWISE:
        return _ELEMENTWISE[mode](name=name)
    if mode == "concat":
        return Concatenate(axis=concat_axis, name=name)
    if mode in ("dot", "cos"):
        return Dot(axes=dot_axes, normalize=mode == "cos", name=name)
    raise ValueError(f"A merge has the modes {', '.join(MODES)}, or a function. Received: mode={mode!r}")


class Merge(Layer):
    """Makes one tensor of several: of the outputs of branches, or of those that it is called on.

    With ``layers`` it is the first layer of a `Sequential`, whose inputs are those of the branches in their order:
    ``fit([x1, x2], y)``. A branch may begin with a `Merge` itself.

    Args:
        layers: Branches: models or layers, at least two; None to be called on a list of tensors.
        mode: ``"sum"``, ``"mul"``, ``"concat"``, ``"ave"``, ``"cos"``, ``"dot"``, ``"max"``, or a function of the list
            of tensors, which may take ``mask`` too; or a `CosineMerge`, which files have for ``"cos"``.
        concat_axis: Axis of ``"concat"``.
        dot_axes: Axis, or one for each of two, of ``"dot"`` and ``"cos"``.
        output_shape: Of a function: shape without the batch axis, or a function of the list of shapes that returns one
            with it; None to find it by running ``mode``.
        output_mask: Of a function: mask, or a function of the list of masks; None for none.
        arguments: Further keyword arguments of a function.
        node_indices: Numbers of calls of the branches, of which there is one: zeros.
        tensor_indices: For each branch, which of its outputs is meant; None for its only one.
        name: Name.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors, one for each input of each branch.
    Output shape:
        That of the mode: of one input for sums and the like; ``(batch, 1)`` for products of vectors.

    Raises:
        ValueError: the mode is unknown; there are fewer than two branches; an index does not fit.
        TypeError: a branch is not a layer, or the inputs are not a list.

    Example:
        >>> from torchkeras_compat import layers, models
        >>> left, right = (models.Sequential([layers.Dense(2, input_dim=3)]) for _ in range(2))
        >>> model = models.Sequential([Merge([left, right], mode="concat"), layers.Dense(1)])
        >>> model([torch.ones(4, 3), torch.ones(4, 3)]).shape
        torch.Size([4, 1])

    Source: Keras 1.2 API, layers/Merge.
    """

    _takes_lists = True
    _brings_inputs = True
    _makes_masks = True

    branches: list[Layer]
    merging: Layer  # what merges the tensors: a layer of today, or a `Lambda` around the function

    def __init__(
        self,
        layers: Sequence[Any] | None = None,
        mode: Any = "sum",
        concat_axis: int = -1,
        dot_axes: Any = -1,
        output_shape: Any = None,
        output_mask: Any = None,
        arguments: dict[str, Any] | None = None,
        node_indices: Sequence[int] | None = None,
        tensor_indices: Sequence[int | None] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.branches = [] if layers is None else [_branch(layer) for layer in layers]
        if layers is not None and len(self.branches) < 2:
            raise ValueError(f"A Merge has at least two branches. Received: layers={layers!r}")
        if node_indices is not None and any(node_indices):
            raise ValueError(
                f"Branches are called once here, which is call number 0. Received: node_indices={list(node_indices)}."
                " Use the function `merge` on the output tensors that are meant."
            )
        if tensor_indices is not None and len(tensor_indices) != len(self.branches):
            raise ValueError(f"`tensor_indices` has one index for each branch. Received: {list(tensor_indices)}")
        self.tensor_indices = None if tensor_indices is None else list(tensor_indices)
        self.mode, self.concat_axis, self.dot_axes = mode, concat_axis, dot_axes
        self.output_mask = output_mask
        self.supports_masking = True
        if isinstance(mode, (Lambda, CosineMerge)):
            self.merging = mode
        elif callable(mode):
            self.merging = Lambda(mode, output_shape=output_shape, arguments=arguments, name=self.name)
        else:
            self.merging = merging_layer(mode, concat_axis, dot_axes)
        self._skip_building()

    @property
    def layers(self) -> list[Layer]:
        """The branches."""
        return self.branches

    def _sources(self) -> list[Any]:
        """What its tensors belong to, in their order: inputs of the branches, one of several branches once."""
        return list({id(source): source for branch in self.branches for source in _sources(branch)}.values())

    def _own_inputs(self) -> list[KerasTensor] | None:
        """Return an input for each of the branches, if their shapes are known."""
        found: list[KerasTensor] = []
        for source in self._sources():
            known = _input_of(source)
            if known is None:
                return None
            found.append(InputLayer(batch_shape=known[0], dtype=known[1]).output)
        return found if self.branches else None

    def call(self, inputs: Sequence[torch.Tensor], mask: Any = None) -> torch.Tensor:
        """Run the branches, if there are any, and merge."""
        if not isinstance(inputs, (list, tuple)):
            raise TypeError(f"Merge '{self.name}' takes a list of tensors. Received: {type(inputs).__name__}")
        tensors = self._outputs_of_branches(list(inputs)) if self.branches else list(inputs)
        if len(tensors) < 2:
            raise TypeError(f"Merge '{self.name}' takes a list of at least two tensors. Received: {len(tensors)}")
        takes_mask = isinstance(self.merging, Lambda) and "mask" in self.merging._passed_arguments
        output: torch.Tensor = self.merging(tensors, mask=mask) if takes_mask else self.merging(tensors)
        return output

    def _outputs_of_branches(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        sources = self._sources()
        if len(inputs) != len(sources):
            raise ValueError(
                f"The branches of Merge '{self.name}' have {len(sources)} inputs. Received: {len(inputs)} tensors. Give"
                " a list with one array for each; a branch that stands in several places has one input."
            )
        tensor_of = {id(source): x for source, x in zip(sources, inputs, strict=True)}
        found = []
        for i, branch in enumerate(self.branches):
            given = [tensor_of[id(source)] for source in _sources(branch)]
            output = branch(given[0] if len(given) == 1 else given)
            index = None if self.tensor_indices is None else self.tensor_indices[i]
            found.append(output[index or 0] if isinstance(output, (list, tuple)) else output)
        return found

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where all inputs count; of a function what ``output_mask`` says."""
        if isinstance(self.merging, Lambda):
            return self.output_mask(mask) if callable(self.output_mask) else self.output_mask
        if self.branches or mask is None or isinstance(self.merging, Dot) or all(m is None for m in mask):
            return None
        if isinstance(self.merging, Concatenate):
            return self.merging.compute_mask(inputs, mask)
        return reduce(torch.logical_and, [m for m in mask if m is not None])

    def get_config(self) -> dict[str, Any]:
        is_function = isinstance(self.merging, (Lambda, CosineMerge))
        config: dict[str, Any] = {
            **super().get_config(),
            "layers": [serialize_keras_object(branch) for branch in self.branches] or None,
            "mode": serialize_keras_object(self.merging) if is_function else self.mode,
            "concat_axis": self.concat_axis,
            "dot_axes": self.dot_axes,
            "tensor_indices": self.tensor_indices,
        }
        if self.output_mask is not None:
            config["output_mask"] = serialize_keras_object(self.output_mask)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Merge:
        """Return a new layer made from what ``get_config`` returned."""
        config = dict(config)
        with custom_object_scope(custom_objects or {}):
            config["layers"] = deserialize_as("layers", config.get("layers"))
            if isinstance(config.get("mode"), dict):
                config["mode"] = deserialize_as("layers", config["mode"])
            if isinstance(config.get("output_mask"), dict):
                config["output_mask"] = deserialize_as("operations", config["output_mask"])
        return cls(**config)


def _branch(layer: Any) -> Layer:
    if isinstance(layer, KerasTensor):
        raise TypeError(
            "The branches of a Merge are models or layers. Received a symbolic tensor. Use the function"
            " `merge([a, b], mode=...)` for tensors, or call the layer: `Merge(mode=...)([a, b])`."
        )
    if not isinstance(layer, Layer):
        raise TypeError(f"The branches of a Merge are models or layers. Received: {layer!r}")
    return layer


def _sources(branch: Any) -> list[Any]:
    """Return what the inputs of a branch belong to: the layer that it begins with, or its input tensors."""
    if isinstance(branch, Merge):
        return branch._sources() if branch.branches else [branch]
    first = branch.layers[0] if isinstance(branch, GraphModel) and branch.layers else None
    if isinstance(first, (Merge, GraphModel)):
        return _sources(first)
    graph = branch._find_graph() if isinstance(branch, GraphModel) else None
    return [branch] if graph is None or len(graph.input_tensors) == 1 else list(graph.input_tensors)


def _input_of(source: Any) -> tuple[Any, str | None] | None:
    """Return the shape and dtype of an input of a branch; None where they are not known."""
    if isinstance(source, KerasTensor):
        return source.shape, source.dtype
    graph = source._find_graph() if isinstance(source, GraphModel) else None
    if graph is not None:
        return graph.input_tensors[0].shape, graph.input_tensors[0].dtype
    shape = source._input_shape_argument
    return None if shape is None else (shape, source._input_dtype_hint)
