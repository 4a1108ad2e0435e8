"""What is known of torch's operations: which write, which draw, which only show memory."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import torch

_aten: Any = torch.ops.aten

# Writes that the schema does not tell of: positions of the running statistics.
_HIDDEN_WRITES = {
    "aten::native_batch_norm": (3, 4),
    "aten::cudnn_batch_norm": (3, 4),
    "aten::miopen_batch_norm": (3, 4),
    "aten::batch_norm_gather_stats": (3, 4),
    "aten::batch_norm_gather_stats_with_counts": (3, 4),
    "aten::_fused_moving_avg_obs_fq_helper": (3, 4),
}
# Operations without effects, beyond those that torch tags as elementwise or whose schema says that they show memory.
_PURE = (
    frozenset(
        f"aten::{name}"
        for name in (
            *(
                "mm",
                "addmm",
                "bmm",
                "baddbmm",
                "matmul",
                "linear",
                "sum",
                "mean",
                "amax",
                "amin",
                "argmax",
                "argmin",
                "max",
            ),
            *("min", "any", "all", "prod", "topk", "sort", "cumsum", "var", "std", "var_mean", "logsumexp", "_softmax"),
            *(
                "_log_softmax",
                "_softmax_backward_data",
                "_log_softmax_backward_data",
                "cat",
                "stack",
                "clone",
                "_to_copy",
            ),
            *(
                "gather",
                "index",
                "index_select",
                "embedding",
                "embedding_dense_backward",
                "one_hot",
                "nll_loss_forward",
            ),
            *("nll_loss_backward", "nll_loss2d_forward", "nll_loss2d_backward", "convolution", "convolution_backward"),
            *("max_pool2d_with_indices", "max_pool2d_with_indices_backward", "avg_pool2d", "avg_pool2d_backward"),
            *("native_layer_norm", "native_layer_norm_backward", "native_group_norm", "native_group_norm_backward"),
            *("constant_pad_nd", "slice_backward", "select_backward", "threshold_backward", "masked_fill", "scatter"),
            *("scatter_add", "flip", "roll", "tril", "triu", "binary_cross_entropy", "binary_cross_entropy_backward"),
            *("mse_loss", "mse_loss_backward", "native_dropout_backward", "linalg_vector_norm", "repeat", "arange"),
        )
    )
    | frozenset()
)
_PURE |= {"mkldnn::_linear_pointwise"}
# Operations whose result depends on the form of their arguments only, which is the same in each run.
_OF_FORM = frozenset(
    f"aten::{name}"
    for name in (
        *("ones_like", "zeros_like", "full_like", "ones", "zeros", "full", "scalar_tensor", "arange"),
        *("new_ones", "new_zeros", "new_full"),
    )
)


@cache
def written(function: Any) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return which arguments an operation writes into: positions, and names of those given by name."""
    schema = function._schema
    positions = list(_HIDDEN_WRITES.get(schema.name, ()))
    names = []
    for i, argument in enumerate(schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            if argument.kwarg_only:
                names.append(str(argument.name))
            else:
                positions.append(i)
    return tuple(positions), tuple(names)


@cache
def is_random(function: Any) -> bool:
    """Whether an operation draws numbers."""
    return torch.Tag.nondeterministic_seeded in function.tags


@cache
def is_elementwise(function: Any) -> bool:
    """Whether each number of the result depends on numbers at one place only."""
    return torch.Tag.pointwise in function.tags or function._schema.name == "aten::threshold_backward"


@cache
def is_view(function: Any) -> bool:
    """Whether an operation shows the memory of its argument in another way, and does nothing else."""
    returns = function._schema.returns
    return bool(returns) and all(r.alias_info is not None and not r.alias_info.is_write for r in returns)


@cache
def is_of_form(function: Any) -> bool:
    """Whether the result is the same in each run, whatever numbers the arguments hold."""
    return function._schema.name in _OF_FORM


@cache
def is_determined(function: Any) -> bool:
    """Whether the numbers in the result follow from the numbers in the arguments."""
    return not is_random(function) and "empty" not in function._schema.name


@cache
def is_pure(function: Any) -> bool:
    """Whether an operation gives the same for the same numbers, and does nothing else."""
    if is_random(function) or written(function) != ((), ()):
        return False
    return is_elementwise(function) or is_view(function) or is_of_form(function) or function._schema.name in _PURE


class InPlace(NamedTuple):
    """An operation that writes its result into memory that is there.

    Attributes:
        function: The operation.
        name: The argument that says where; None if it is the first one.
    """

    function: Any
    name: str | None


@cache
def in_place(function: Any) -> InPlace | None:
    """Return the operation that writes an elementwise result where its first argument lies; None if there is none."""
    if not is_elementwise(function) or written(function) != ((), ()):
        return None
    name = function._schema.name.removeprefix("aten::")
    found = getattr(getattr(_aten, name + "_", None), function._overloadname, None)
    if found is not None and written(found) == ((0,), ()):
        return InPlace(found, None)
    if name.endswith("_backward"):  # of these the first argument is the gradient, which nobody else needs
        found = getattr(getattr(_aten, name), "grad_input", None)
        if found is not None and written(found) == ((), ("grad_input",)):
            return InPlace(found, "grad_input")
    return None
