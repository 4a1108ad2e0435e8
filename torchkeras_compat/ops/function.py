"""`Function`: recorded calls between symbolic tensors, as one operation."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.overrides import CheckedConstructors
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import symbolic_leaves
from torchkeras_compat.symbolic.operation import Operation
from torchkeras_compat.symbolic.order import operations_by_depth
from torchkeras_compat.symbolic.program import generate, nodes_between
from torchkeras_compat.symbolic.shapes import infer_outputs


class Function(Operation, CheckedConstructors):
    """Operation that computes symbolic outputs from symbolic inputs; a `Model` is one that also trains and saves.

    Args:
        inputs: KerasTensors in any nesting; what lies before computed ones is left out.
        outputs: KerasTensors computed from them, in any nesting.
        name: Name, unique by default.

    Attributes:
        graph_module: The `torch.fx.GraphModule` that runs.

    Raises:
        ValueError: ``inputs`` or ``outputs`` are empty, or an output does not follow from the inputs. Of a call: the
            inputs have another nesting or shape.

    Example:
        >>> x = KerasTensor((None, 2))
        >>> Function(x, x * 3)(torch.ones(1, 2))
        tensor([[3., 3.]])

    Source: Keras API, Function.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            if not symbolic_leaves(structure):
                raise ValueError(f"`{what}` argument cannot be empty. Received: {structure!r}")
        self._inputs_struct, self._outputs_struct = inputs, outputs
        flat, results = symbolic_leaves(inputs), symbolic_leaves(outputs)
        self._nodes = nodes_between(flat, results)
        names = {id(n.operation): "".join(c if c.isalnum() else "_" for c in n.operation.name) for n in self._nodes}
        self.graph_module = generate(flat, outputs, self._nodes, [None] * len(results), with_masks=True, names=names)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return symbolic_leaves(self._inputs_struct)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return symbolic_leaves(self._outputs_struct)

    @property
    def operations(self) -> list[Any]:
        """The recorded operations, those furthest from the outputs first."""
        own = {id(n.operation) for n in self._nodes}
        return [o for o in operations_by_depth(self.inputs, self.outputs) if id(o) in own]

    def call(self, inputs: Any) -> Any:
        """Compute the outputs."""
        return self.graph_module.forward(*map(convert_to_tensor, self._checked(inputs)))

    def compute_output_spec(self, inputs: Any) -> Any:
        """Return KerasTensors of the shapes and dtypes that ``call`` would give."""
        return infer_outputs(self.graph_module.forward, tuple(self._checked(inputs)), {})

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs for shapes of the inputs, in their nesting."""
        specs = _specs(input_shape, self._inputs_struct)
        return pytree.tree_map(lambda x: x.shape, self.compute_output_spec(specs))

    def _checked(self, inputs: Any) -> list[Any]:
        found = _leaves_like(inputs, self._inputs_struct)
        if found is None:
            raise ValueError(
                f"Function '{self.name}' was called with an invalid input structure. Expected {self._inputs_struct!r},"
                f" received {type(inputs).__name__}."
            )
        for x, expected in zip(found, self.inputs, strict=True):
            shape = tuple(x.shape)
            if len(shape) != expected.ndim or any(
                e is not None and s is not None and e != s for e, s in zip(expected.shape, shape, strict=True)
            ):
                raise ValueError(
                    f"Function '{self.name}' was called with incompatible inputs: expected shape {expected.shape},"
                    f" received {shape}."
                )
        return found


def _leaves_like(value: Any, structure: Any) -> list[Any] | None:
    """Return what stands in ``value`` where ``structure`` has its tensors, in their order; None if they differ."""
    if isinstance(structure, KerasTensor):
        if isinstance(value, (list, tuple, dict)):
            return None
        return [value if hasattr(value, "shape") else torch.as_tensor(value)]
    if isinstance(structure, dict):
        if not isinstance(value, dict) or value.keys() != structure.keys():
            return None
        by_leaf = {id(leaf): part for key in structure for leaf, part in _pairs(structure[key], value[key])}
    else:
        if not isinstance(value, (list, tuple)) or len(value) != len(structure):
            return None
        by_leaf = {id(leaf): part for s, v in zip(structure, value, strict=True) for leaf, part in _pairs(s, v)}
    wanted = symbolic_leaves(structure)
    return [by_leaf[id(t)] for t in wanted] if len(by_leaf) == len(wanted) else None


def _pairs(structure: Any, value: Any) -> list[tuple[KerasTensor, Any]]:
    return list(zip(symbolic_leaves(structure), _leaves_like(value, structure) or (), strict=False))


def _specs(shape: Any, structure: Any) -> Any:
    if isinstance(structure, KerasTensor):
        return KerasTensor(shape, structure.dtype)
    if isinstance(structure, dict):
        return {k: _specs(shape[k], v) for k, v in structure.items()}
    return [_specs(s, v) for s, v in zip(shape, structure, strict=True)]
