"""The state of an optimizer in a `.h5` file of a whole model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.saving.old_files import is_keras2
from torchkeras_compat.saving.old_optimizer_state import (
    PRODUCT,
    OldState,
    Unfit,
    assignments,
    count_of_updates,
    kind_of,
    old_state,
    product_of_momenta,
)
from torchkeras_compat.saving.old_trained_weights import FileArrays, Match, TrainedWeights
from torchkeras_compat.saving.weights_h5 import to_tensor
from torchkeras_compat.user_warnings import warn_user


def restore_state(
    optimizer: Any,
    names: Sequence[str],
    arrays: Sequence[Any],
    layers: Sequence[tuple[Any, FileArrays]],
    version: str,
    match: Match,
) -> None:
    """Set the state of an optimizer from the arrays of a file; warn, and leave it new, if they do not fit.

    Args:
        optimizer: Optimizer of the loaded model, built.
        names: Names of the arrays in the file, in its order.
        arrays: Datasets.
        layers: Each layer of the model with the names and datasets of its weights.
        version: ``keras_version`` of the file.
        match: Finds the value of each weight of a layer.
    """
    try:
        if is_keras2(version):
            _restore_old(optimizer, names, arrays, layers, version, match)
        else:
            _restore(optimizer, arrays)
    except Unfit as fault:
        warn_user(
            f"The state of optimizer '{optimizer.name}' in the file does not fit and is left out: {fault}. Training"
            " starts with a new state, as after `compile`; weights are as they were saved."
        )


def _restore(optimizer: Any, arrays: Sequence[Any]) -> None:
    own = optimizer.variables
    expected, received = [tuple(v.shape) for v in own], [tuple(a.shape) for a in arrays]
    if expected != received:
        raise Unfit(f"it has another form ({len(received)} arrays for {len(expected)} variables)")
    for variable, value in zip(own, [to_tensor(array) for array in arrays], strict=True):
        variable.assign(value)


def _restore_old(
    optimizer: Any, names: Sequence[str], arrays: Sequence[Any], layers: Any, version: str, match: Match
) -> None:
    inner = optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer
    weights = TrainedWeights(layers, inner._trainable_variables, version, match)
    state = old_state(kind_of(inner), names, arrays, weights.count)
    updates = count_of_updates(state)
    values = assignments(inner, state, weights.in_own_order)
    product = _product(inner, state, updates or 0) if hasattr(inner, "_u_product") else None
    if updates is None and getattr(inner, "decay", None):
        warn_user(
            f"The file does not say how many updates optimizer '{inner.name}' made: its `decay` starts from 0 updates,"
            " as in the Keras that wrote it."
        )
    inner.iterations.assign(updates or 0)
    if product is not None:
        inner._u_product.assign(product)
    for variable, value in values:
        variable.assign(value)


def _product(optimizer: Any, state: OldState, updates: int) -> float:
    if PRODUCT not in state.scalars:
        return product_of_momenta(optimizer, updates)
    found = float(to_tensor(state.scalars[PRODUCT]))
    if not 0.0 <= found <= 1.0:
        raise Unfit(f"its product of momenta is {found!r}")
    return found
