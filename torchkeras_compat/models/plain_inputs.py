"""Inputs of a call that a graph may take as they are: decided from what its inputs declare, without walking twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import ordered_keys

_Tensor = torch.Tensor


class PlainInputs:
    """What the inputs of a graph declare, for the calls that need nothing put right.

    Args:
        structure: The symbolic inputs as the model was given them.
        tensors: The same, flat.
        names: Their names, by which a dict may give them where the structure is a list.
        fixes_sizes: Whether data must have the sizes that the symbolic inputs have.
    """

    def __init__(self, structure: Any, tensors: Sequence[KerasTensor], names: Sequence[str], fixes_sizes: bool) -> None:
        self._structure = structure
        self._is_flat = isinstance(structure, (list, tuple)) and set(map(type, structure)) == {KerasTensor}
        self._names = names
        self._declared = [
            (None if t.dtype == "string" else to_torch_dtype(t.dtype), t.ndim, t.shape[1:] if fixes_sizes else ())
            for t in tensors
        ]

    def flat(self, inputs: Any, dtype: torch.dtype | None) -> list[torch.Tensor] | None:
        """Return the tensors in the order and the dtypes of the graph's inputs; None where more has to be put right.

        Args:
            inputs: What the model was called with.
            dtype: Of the model's computation, to which floating point inputs are rounded; None where they are not.
        """
        if type(self._structure) is KerasTensor or (self._is_flat and type(inputs) is _Tensor):
            given: Any = [inputs]
        elif self._is_flat and type(inputs) in (list, tuple):
            given = inputs
        elif self._is_flat and type(inputs) is dict:
            given = [inputs.get(name) for name in self._names]
        else:
            given = []
            if not _collect(self._structure, inputs, given):
                return None
        if len(given) != len(self._declared):
            return None
        found = []
        for x, (declared, rank, sizes) in zip(given, self._declared):
            if type(x) is not _Tensor or declared is None or x.dim() != rank or hasattr(x, "_keras_mask"):
                return None
            if x.is_complex():
                return None
            for wanted, size in zip(sizes, x.shape[1:]):
                if wanted is not None and wanted != size:
                    return None
            if dtype is not None and x.dtype is not dtype and x.is_floating_point():
                x = x.to(dtype)
            found.append(x if x.dtype is declared else x.to(declared))
        return found


def _collect(structure: Any, inputs: Any, found: list[Any]) -> bool:
    """Add what lies in the inputs where the structure has tensors; return whether the nesting is the same."""
    if isinstance(structure, dict):
        if type(inputs) is not dict or inputs.keys() != structure.keys():
            return False
        keys = ordered_keys(structure)
        pairs = zip(map(structure.__getitem__, keys), map(inputs.__getitem__, keys), strict=True)
    elif isinstance(structure, (list, tuple)) and type(inputs) in (list, tuple) and len(inputs) == len(structure):
        pairs = zip(structure, inputs, strict=True)
    else:
        return False
    for part, given in pairs:
        if type(part) is KerasTensor:
            found.append(given)
        elif not _collect(part, given, found):
            return False
    return True
