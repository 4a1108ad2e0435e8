"""Whether a stored state of a training run can be taken: looked at as a whole before anything is changed."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.random.states import check_random_states


def check_keys(value: Any, keys: Iterable[str], place: str) -> None:
    """Make sure that ``value`` is a dict with these keys.

    Raises:
        FileContentError: it is not.
    """
    if not isinstance(value, dict) or set(value) != set(keys):
        found = sorted(map(str, value)) if isinstance(value, dict) else type(value).__name__
        raise FileContentError(f"{place} is a dict with the keys {sorted(keys)}. The copy has: {found}.")


def check_count(value: Any, place: str) -> None:
    """Make sure that ``value`` is an int, not negative.

    Raises:
        FileContentError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise FileContentError(f"{place} is an int, not negative. The copy has: {str(value)[:40]}.")


def check_tensors(given: Any, own: list[torch.Tensor], place: str) -> None:
    """Make sure that ``given`` is a list of tensors in the form of ``own``.

    Raises:
        FileContentError: it is not.
    """
    if not isinstance(given, list) or len(given) != len(own):
        raise FileContentError(f"{place} is a list of {len(own)} tensors, and is another in the copy.")
    for i, (value, tensor) in enumerate(zip(given, own, strict=True)):
        check_tensor(value, tensor, f"{place}[{i}]")


def check_tensor(value: Any, own: torch.Tensor, place: str) -> None:
    """Make sure that ``value`` is a tensor in the form of ``own``.

    Raises:
        FileContentError: it is not.
    """
    if not isinstance(value, torch.Tensor) or value.shape != own.shape or value.dtype != own.dtype:
        found = (value.dtype, tuple(value.shape)) if isinstance(value, torch.Tensor) else type(value).__name__
        raise FileContentError(
            f"{place} is a tensor of {own.dtype} and shape {tuple(own.shape)}. The copy has {found}."
        )


def check_like(value: Any, own: Any, place: str) -> None:
    """Make sure that ``value`` is of the kind of ``own``, the same thing in the training run that begins.

    Numbers go with numbers, strings with strings, dicts with dicts. Where there is nothing yet (None) anything plain
    may come; lists and dicts may have grown.

    Raises:
        FileContentError: it is not.
    """
    if own is None:
        return
    is_right = True
    if isinstance(own, Mapping):
        is_right = isinstance(value, dict)
        for key in value if is_right else ():
            check_like(value[key], own.get(key), f"{place}[{key!r}]")
    elif isinstance(own, (bool, str)):
        is_right = isinstance(value, type(own))
    elif isinstance(own, (numbers.Number, np.ndarray, torch.Tensor)):
        is_right = isinstance(value, (int, float, np.ndarray, torch.Tensor)) and _is_real(value) == _is_real(own)
    elif isinstance(own, (list, tuple)):
        is_right = isinstance(value, (list, tuple))
    if not is_right:
        raise FileContentError(f"{place} is of the kind {type(own).__name__}. The copy has {type(value).__name__}.")


def check_optimizer(state: Any, own: dict[str, Any], shapes: list[torch.Size], place: str) -> None:
    """Make sure that ``state`` is a ``state_dict`` for the optimizer that ``own`` is of.

    Args:
        state: What the copy has.
        own: What ``state_dict`` of the optimizer returns now, perhaps before its first step.
        shapes: Shapes of its parameters, in order.
        place: Name for messages.

    Raises:
        FileContentError: it is not.
    """
    check_keys(state, own, place)
    for key, value in own.items():
        if key in ("state", "param_groups"):
            continue
        if isinstance(value, list) and all(isinstance(v, torch.Tensor) for v in value):
            check_tensors(state[key], value, f"{place}[{key!r}]")
        else:
            check_like(state[key], value, f"{place}[{key!r}]")
    groups = state["param_groups"]
    if not isinstance(groups, list) or len(groups) != len(own["param_groups"]):
        raise FileContentError(f"{place} has {len(own['param_groups'])} groups of parameters, and others in the copy.")
    for i, (group, mine) in enumerate(zip(groups, own["param_groups"], strict=True)):
        check_keys(group, mine, f"{place}['param_groups'][{i}]")
        check_like(group, mine, f"{place}['param_groups'][{i}]")
        if group["params"] != mine["params"]:
            raise FileContentError(f"{place} has the parameters {mine['params']}, and others in the copy.")
    if not isinstance(state["state"], dict):
        raise FileContentError(f"{place}['state'] is a dict. The copy has {type(state['state']).__name__}.")
    for number, slots in state["state"].items():
        at = f"{place}['state'][{number!r}]"
        if not isinstance(number, int) or not 0 <= number < len(shapes) or not isinstance(slots, dict):
            raise FileContentError(f"{at} is not the state of one of {len(shapes)} parameters.")
        mine = own["state"].get(number)
        if mine is not None:
            check_keys(slots, mine, at)
        for name, value in slots.items():
            if mine is not None and isinstance(mine[name], torch.Tensor):
                check_tensor(value, mine[name], f"{at}[{name!r}]")
            elif isinstance(value, torch.Tensor) and not _fits(value.shape, shapes[number]):
                raise FileContentError(
                    f"{at}[{name!r}] has the shape {tuple(value.shape)}, its parameter {tuple(shapes[number])}."
                )


def check_position(position: Any, step: int, source: dict[str, Any], most: int | None) -> None:
    """Make sure that ``position`` is a place in the data.

    Args:
        position: What the copy has.
        step: Steps of the epoch that are done.
        source: What the source remembers now.
        most: Largest number of batches that can have been taken; None if nobody knows.

    Raises:
        FileContentError: it is not.
    """
    check_keys(position, ("step", "taken", "pass_start", "source"), "data")
    for key in ("step", "taken"):
        check_count(position[key], f"data[{key!r}]")
    if position["step"] != step:
        raise FileContentError(f"data['step'] is {step}, as of the epoch. The copy has {position['step']}.")
    if most is not None and position["taken"] > most:
        raise FileContentError(f"data['taken'] is at most {most}. The copy has {position['taken']}.")
    check_like(position["source"], source, "data['source']")
    if position["taken"] > 0:
        check_keys(position["pass_start"], ("random", "source"), "data['pass_start']")
        check_random_states(position["pass_start"]["random"])
        check_like(position["pass_start"]["source"], source, "data['pass_start']['source']")
    elif position["pass_start"] != {}:
        check_keys(position["pass_start"], ("random", "source"), "data['pass_start']")


def _fits(slot: torch.Size, parameter: torch.Size) -> bool:
    """Whether a state can belong to a parameter: one of its shape, of sums over some axes, or of another rank."""
    return len(slot) != len(parameter) or all(a in (1, b) for a, b in zip(slot, parameter, strict=True))


def _is_real(value: Any) -> bool:
    return not (isinstance(value, complex) or "complex" in str(getattr(value, "dtype", "")))
