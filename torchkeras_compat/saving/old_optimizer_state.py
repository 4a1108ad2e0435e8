"""The state of optimizers in files of Keras 1 and 2: which array is which moment of which weight.

Three layouts were written: lists slot by slot (Keras 1, 2.0 to 2.3 and the first tf.keras), slots named after their
weight, ``Adam/dense/kernel/m:0`` (tf.keras up to 2.10 and `optimizers.legacy`), and slots named before it,
``Adam/m/dense/kernel:0`` (from 2.11 on). Names, counts and shapes must agree; shapes alone say nothing, as the moments
of a weight all have its shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from torchkeras_compat.saving.stores import read_array

COUNT, PRODUCT = "iterations", "product"
_SCALARS = {"iterations": COUNT, "iter": COUNT, "iteration": COUNT, "m_schedule": PRODUCT, "momentum_cache": PRODUCT}
# Slots of the lists of Keras 1 and 2, in their order.
_LISTS = {
    "SGD": ("momentum",),
    "RMSprop": ("velocity",),
    "Adagrad": ("accumulator",),
    "Adadelta": ("accumulated_grad", "accumulated_delta_var"),
    "Adam": ("momentum", "velocity"),
    "Adamax": ("momentum", "norm"),
    "Nadam": ("momentum", "velocity"),
}
_ALWAYS_COUNTED = ("SGD", "Adam", "Adamax", "Nadam")
# How Keras 2.3 named the lists: "training/Adam/vhat_3:0".
_LISTED = {
    "moment": "momentum",
    "accumulator": "accumulator",
    "delta_accumulator": "accumulated_delta_var",
    "m": "momentum",
    "v": "velocity",
    "u": "norm",
    "vhat": "velocity_hat",
}
_AFTER = {
    "m": "momentum",
    "v": "velocity",
    "vhat": "velocity_hat",
    "momentum": "momentum",
    "rms": "velocity",
    "mg": "average_gradient",
    "accumulator": "accumulator",
    "linear": "linear",
    "accum_grad": "accumulated_grad",
    "accum_var": "accumulated_delta_var",
}
_BEFORE = {
    **{name: name for name in ("momentum", "velocity", "average_gradient", "accumulator", "linear", "average")},
    **{name: name for name in ("accumulated_grad", "accumulated_delta_var")},
    "m": "momentum",
    "v": "velocity",
    "u": "norm",
    "vhat": "velocity_hat",
    "r": "rows",
    "c": "columns",
}
_NEVER_NEGATIVE = ("velocity", "velocity_hat", "norm", "accumulator", "accumulated_grad", "accumulated_delta_var")
_MOST_UPDATES = 2**31  # which the count holds
_FACTORS = 1_000_000  # of a product, after which those left differ in no digit


class Unfit(Exception):
    """The state of a file is not that of the optimizer; why."""


class OldState(NamedTuple):
    """What a file holds of an optimizer.

    Args:
        scalars: Arrays without axes: the count of updates, the product of momenta.
        slots: Name of each slot here -> its arrays, in the order of the weights in the file.
        is_listed: Whether names say nothing of weights, and the order is that of the file.
    """

    scalars: dict[str, Any]
    slots: dict[str, list[Any]]
    is_listed: bool = False


def old_state(kind: str, names: Sequence[str], arrays: Sequence[Any], weights: int) -> OldState:
    """Return what the arrays of an optimizer are, by their names and counts.

    Args:
        kind: Class of the optimizer: ``"Adam"``.
        names: Their names in the file, in its order.
        arrays: Datasets.
        weights: Number of weights that the optimizer trains, as the file has them.

    Raises:
        Unfit: they are not the state of such an optimizer, for that many weights.

    Example:
        >>> names = ["Adam/iter:0", "Adam/a/m:0", "Adam/b/m:0", "Adam/a/v:0", "Adam/b/v:0"]
        >>> old_state("Adam", names, [np.zeros(())] * 5, 2).slots.keys()
        dict_keys(['momentum', 'velocity'])
    """
    scalars: dict[str, Any] = {}
    rest: list[tuple[str, Any]] = []
    style = ""
    for name, array in zip(names, arrays, strict=True):
        last = _last(name)
        if last in _SCALARS and array.shape == () and _SCALARS[last] not in scalars:
            scalars[_SCALARS[last]] = array
            style = last if _SCALARS[last] == COUNT else style
        elif last in ("learning_rate", "current_learning_rate", "decay") and array.shape == ():
            continue  # which the config has, too
        else:
            rest.append((name, array))
    is_listed = style not in ("iter", "iteration")
    if is_listed:
        slots = _by_lists(kind, rest, scalars, weights)
    else:
        slots = _by_name(rest, _after if style == "iter" else _before)
    if kind == "Adamax" and "velocity" in slots:
        slots["norm"] = slots.pop("velocity")
    return OldState(scalars, slots, is_listed)


def _last(name: str) -> str:
    return re.sub(r"_\d+$", "", _plain(name).rpartition("/")[2])


def _plain(name: str) -> str:
    return re.sub(r":\d+(_\d+)?$", "", name)


def _after(name: str) -> str | None:
    return _AFTER.get(_last(name))


def _before(name: str) -> str | None:
    first, _, rest = _plain(name).partition("/")
    slot = _BEFORE.get(rest.partition("/")[0])
    return _BEFORE.get(first) if slot is None else slot  # an optimizer inside another one has no name in front


def _by_name(rest: list[tuple[str, Any]], slot_of: Callable[[str], str | None]) -> dict[str, list[Any]]:
    slots: dict[str, list[Any]] = {}
    for name, array in rest:
        slot = slot_of(name)
        if slot is None:
            raise Unfit(f"{name!r:.100} does not belong to it")
        slots.setdefault(slot, []).append(array)
    return slots


def _by_lists(kind: str, rest: list[tuple[str, Any]], scalars: dict[str, Any], weights: int) -> dict[str, list[Any]]:
    lists = _LISTS.get(kind)
    if lists is None:
        raise Unfit(f"this Keras had no {kind}")
    if COUNT not in scalars and rest and rest[0][1].shape == () and _is_counted(kind, lists, len(rest), weights):
        scalars[COUNT] = rest.pop(0)[1]  # without a name of its own: "Variable:0", "param_0"
    if COUNT not in scalars and kind in _ALWAYS_COUNTED:
        raise Unfit("the count of updates is missing")
    named = _by_name(rest, _listed) if rest and all(_listed(name) for name, _ in rest) else None
    if named is not None and kind in ("RMSprop", "Adadelta") and "accumulator" in named:
        named["velocity" if kind == "RMSprop" else "accumulated_grad"] = named.pop("accumulator")
    if named is not None:
        return named
    arrays = [array for _, array in rest]
    if kind == "Adam" and weights and len(arrays) == 3 * weights:  # of 2.1.3 on, with dummies unless `amsgrad`
        lists = (*lists, "velocity_hat")
    if len(arrays) != len(lists) * weights:
        raise Unfit(f"it has {len(arrays)} arrays, where {len(lists)} for each of {weights} weights are expected")
    return {slot: arrays[i * weights : (i + 1) * weights] for i, slot in enumerate(lists)}


def _is_counted(kind: str, lists: tuple[str, ...], received: int, weights: int) -> bool:
    expected = [len(lists) * weights, *([3 * weights] if kind == "Adam" else [])]
    return received - 1 in expected


def _listed(name: str) -> str | None:
    found = re.fullmatch(r"([a-z_]+)_\d+", _plain(name).rpartition("/")[2])
    return None if found is None else _LISTED.get(found[1])


# -- what the optimizer has ------------------------------------------------------------------------------------------


def own_slots(optimizer: Any) -> dict[str, list[Any]]:
    """Return the slots of a built optimizer, each with its variables in the order of the weights.

    Example:
        >>> from torchkeras_compat.optimizers.adam import Adam
        >>> import torch
        >>> {k: len(v) for k, v in own_slots(Adam(params=[torch.nn.Parameter(torch.ones(2))])).items()}
        {'momentum': 1, 'velocity': 1}
    """
    tracked, start = list(optimizer._tracked), 0
    number = len([v for v in optimizer._trainable_variables if not v.overwrite_with_gradient])
    groups = (*((("average",),) if optimizer.use_ema else ()), *optimizer._slots)
    slots: dict[str, list[Any]] = {}
    for group in groups:
        for i, slot in enumerate(group):
            slots[slot] = tracked[start + i : start + number * len(group) : len(group)]
        start += number * len(group)
    if hasattr(optimizer, "_seconds"):  # Adafactor, whose means along axes have other shapes
        factored = [i for i, v in enumerate(optimizer._trainable_variables) if len(v.shape) > 1]
        slots["rows"] = [optimizer._rows[i] for i in factored]
        slots["columns"] = [optimizer._columns[i] for i in factored]
        slots["velocity"] = list(optimizer._seconds)
    return {slot: variables for slot, variables in slots.items() if variables}


def kind_of(optimizer: Any) -> str:
    """Return the name of the class of optimizers, of those that files may hold, that an optimizer is of."""
    names = [cls.__name__.removeprefix("Legacy") for cls in type(optimizer).__mro__]
    return next((name for name in names if name in _LISTS), names[0])


def assignments(
    optimizer: Any, state: OldState, in_own_order: Callable[[list[Any]], list[Any]] = list
) -> list[tuple[Any, np.ndarray]]:
    """Return each variable of an optimizer with its value in the file, all checked.

    Args:
        optimizer: Optimizer, built.
        state: What the file holds.
        in_own_order: Makes arrays in the order of the weights in the file arrays, or values, for those of the model.

    Raises:
        Unfit: something is missing or cannot be.
    """
    found: list[tuple[Any, np.ndarray]] = []
    for slot, variables in own_slots(optimizer).items():
        arrays = state.slots.get(slot)
        if arrays is None:
            raise Unfit(f"its {slot!r} is missing")
        expected = [tuple(v.shape) for v in variables]
        if state.is_listed or (expected != [tuple(a.shape) for a in arrays] and slot not in ("rows", "columns")):
            arrays = in_own_order(arrays)
        received = [tuple(a.shape) for a in arrays]
        if expected != received:
            raise Unfit(f"its {slot!r} has the shapes {received}, where {expected} are expected")
        values = [_numbers(a) for a in arrays]
        if slot in _NEVER_NEGATIVE and any((value < 0).any() for value in values):
            raise Unfit(f"its {slot!r} has negative numbers")
        found.extend(zip(variables, values, strict=True))
    return found


def _numbers(array: Any) -> np.ndarray:
    values: np.ndarray = array if isinstance(array, np.ndarray) else read_array(array)
    if values.dtype.kind not in "fiu":
        raise Unfit(f"{getattr(array, 'name', 'an array')} holds numbers of type {values.dtype}")
    return values


def count_of_updates(state: OldState) -> int | None:
    """Return the number of updates that a file says were made, None if it does not say.

    Raises:
        Unfit: that number cannot be.
    """
    array = state.scalars.get(COUNT)
    if array is None:
        return None
    value = float(_numbers(array))
    if not (0 <= value < _MOST_UPDATES and value == int(value)):
        raise Unfit(f"its count of updates is {value!r}")
    return int(value)


def product_of_momenta(optimizer: Any, updates: int) -> float:
    """Return the product that Nadam keeps, after some updates: files of Keras before 2.3, and of 2.11 on, lack it.

    Args:
        optimizer: A Nadam of today or of Keras 2.
        updates: How many there were.

    Source: Dozat 2016, algorithm 2, with the schedule of momenta of the optimizer.
    """
    pace = getattr(optimizer, "schedule_decay", 1.0)
    steps = np.arange(1, min(updates, _FACTORS) + 1)
    factors = optimizer.beta_1 * (1.0 - 0.5 * 0.96 ** (steps * pace))
    left: float = optimizer.beta_1 ** max(updates - _FACTORS, 0)
    return float(np.prod(factors)) * left
