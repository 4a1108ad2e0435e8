"""The state of an optimizer in a `.h5` file of a whole model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.saving.h5_names import child_array, names_of
from torchkeras_compat.saving.h5_walk import walk
from torchkeras_compat.saving.old_arrays.file_layers import FileLayers
from torchkeras_compat.saving.old_arrays.loading import layer_pairs
from torchkeras_compat.saving.old_arrays.writers import writer_of
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
from torchkeras_compat.saving.old_trained_weights import TrainedWeights
from torchkeras_compat.saving.stores import child
from torchkeras_compat.saving.weights_h5 import assign_arrays, to_tensor
from torchkeras_compat.unfilled_values import UnfilledValues
from torchkeras_compat.user_warnings import warn_user

# Not `optimizer_weights`, Keras's name: where Keras 3 finds such a group it makes the optimizer for no variables, and
# can no longer train the model. Without it, it trains on with a new state.
STATE = "optimizer_state"


def state_group(root: Any) -> Any:
    """Return the group that a file of this package, or else of Keras, keeps the state in; None if there is none."""
    own = child(root, STATE)
    return child(root, "optimizer_weights") if own is None else own


def restore_state(model: Any, root: Any, version: str, path: str, unfilled: UnfilledValues | None = None) -> None:
    """Set the state of a model's optimizer from a file; warn, and leave it new, if it does not fit.

    Args:
        model: The loaded model, compiled.
        root: The file.
        version: Its ``keras_version``.
        path: File, for messages.
        unfilled: The state that waits for its values.

    Raises:
        FileContentError: the file lists arrays that it does not hold.
    """
    group = state_group(root)
    names = names_of(group, "weight_names") or unlisted_names(group)
    arrays = [child_array(root if name.startswith("/") else group, name.lstrip("/")) for name in names]
    try:
        if is_keras2(version):
            _restore_old(model, names, arrays, root, version, path)
        else:
            _restore(model.optimizer, arrays, unfilled)
    except Unfit as fault:
        warn_user(
            f"The state of optimizer '{model.optimizer.name}' in the file does not fit and is left out: {fault}."
            " Training starts with a new state, as after `compile`; weights are as they were saved."
        )


def unlisted_names(group: Any) -> list[str]:
    """Return the names of numbered arrays in a group that does not list them, in the order of their numbers.

    Keras 2.0 to 2.2 failed to write lists of more than 64 KiB. Names without numbers say nothing of the order: there
    are none then.

    Args:
        group: Group with `Adam/iterations:0`, `training/Adam/Variable_7:0` and their like.
    """
    found: list[tuple[bool, int, str]] = []
    for path, below in walk(group):
        if hasattr(below, "keys"):
            continue
        numbered = re.fullmatch(r"(?:[Vv]ariable|param)(?:_(\d{1,9}))?(?::0)?", path[-1])
        is_count = numbered is None and re.fullmatch(r"iterations(?::0)?", path[-1]) is not None
        if numbered is None and not is_count:
            return []
        found.append((not is_count, int((numbered and numbered[1]) or 0), "/".join(path)))
    return [name for _, _, name in sorted(found)]


def _restore(optimizer: Any, arrays: Sequence[Any], unfilled: UnfilledValues | None) -> None:
    own = optimizer.variables
    expected, received = [tuple(v.shape) for v in own], [tuple(a.shape) for a in arrays]
    # Keras keeps two numbers of an optimizer that has made no update.
    if expected != received and not (len(received) == 2 and expected[:2] == received):
        raise Unfit(f"it has another form ({len(received)} arrays for {len(expected)} variables)")
    assign_arrays(list(zip(own, arrays, strict=False)), unfilled)


def _restore_old(model: Any, names: list[str], arrays: list[Any], root: Any, version: str, path: str) -> None:
    optimizer = model.optimizer
    inner = optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer
    group = child(root, "model_weights")
    stored, writer = FileLayers(group, path), writer_of(group, root)
    names_of_layers = list(stored.names)
    pairs = layer_pairs(model, stored.names, path, False, True, writer)
    pairs.sort(key=lambda pair: names_of_layers.index(pair[1]))  # as the model had them there
    layers = [(layer, stored.arrays(name)) for layer, name in pairs]
    weights = TrainedWeights(layers, inner._trainable_variables, version, writer)
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
