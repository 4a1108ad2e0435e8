"""`tf.Tensor`, the ways in and out of it, and how a function of plain tensors becomes one of ``tf.*``.

Modules beside this one import from here: it also makes the core know the tensors of this dialect.
"""

from __future__ import annotations

from torchkeras_compat.dialects.tensorflow.boundary import BOUNDARY
from torchkeras_compat.dialects.tensorflow.functions import run, tensor_function, unrecorded
from torchkeras_compat.dialects.tensorflow.operators import BINARY, COMPARISONS, UNARY, as_operand, equal, unequal
from torchkeras_compat.dialects.tensorflow.parts import place, select
from torchkeras_compat.dialects.tensorflow.shells import (
    Reference,
    Tensor,
    core_asks,
    identity_of,
    package_asks,
    plain_of,
    unwrap,
    unwrap_key,
    without_shells,
    wrap,
)
from torchkeras_compat.overrides import OVERRIDES

__all__ = [
    "BINARY",
    "COMPARISONS",
    "UNARY",
    "Reference",
    "Tensor",
    "as_operand",
    "core_asks",
    "equal",
    "identity_of",
    "package_asks",
    "place",
    "plain_of",
    "run",
    "select",
    "tensor_function",
    "unequal",
    "unrecorded",
    "unwrap",
    "unwrap_key",
    "without_shells",
    "wrap",
]

OVERRIDES.tensors = BOUNDARY
