"""Checks of an initializer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch

from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.testing.check import Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_equal, check_finite
from torchkeras_compat.testing.configs import copied_by_config
from torchkeras_compat.testing.making import maker_of, name_of


def check_initializer(
    initializer: Any,
    *,
    shape: tuple[int, ...] = (4, 3),
    arguments: Mapping[str, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    custom_objects: Mapping[str, Any] | None = None,
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of an initializer.

    Args:
        initializer: Subclass of ``Initializer``, a function that makes one, or one.
        shape: A shape that it can fill.
        arguments: Arguments of the class or function.
        skip: Names of checks to leave out, best a dict of names and reasons.
        custom_objects: Further classes and functions that the config of the initializer names.
        hypothesis: There is nothing to draw for an initializer; taken so that all check functions are called alike.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``initializer`` is of another type.
        ValueError: ``skip`` names no check.

    Example:
        >>> from torchkeras_compat.initializers import GlorotUniform
        >>> len(check_initializer(GlorotUniform).failed)
        0
    """
    subject = InitializerSubject(initializer, shape=shape, arguments=arguments, custom_objects=custom_objects)
    return run_checks(subject, skip, hypothesis=hypothesis).raise_failures()


class InitializerSubject:
    """An initializer to check; see :func:`check_initializer`."""

    kind = "initializer"
    takes_custom_objects = True

    def __init__(
        self,
        initializer: Any,
        *,
        shape: tuple[int, ...] = (4, 3),
        arguments: Mapping[str, Any] | None = None,
        custom_objects: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name_of(initializer)
        self.make = maker_of(initializer, arguments, Initializer)
        self.shape = shape
        self.custom_objects = dict(custom_objects or {})


@check("initializer", "Return a tensor of the `shape` and `dtype` that `__call__` gets.")
def tensor(subject: InitializerSubject) -> None:
    """A call returns finite values of the shape and dtype that were asked for."""
    for dtype, wanted in (("float32", torch.float32), ("float64", torch.float64)):
        value = subject.make()(subject.shape, dtype=dtype)
        if not isinstance(value, torch.Tensor) or tuple(value.shape) != subject.shape or value.dtype is not wanted:
            shown = f"{type(value).__name__} of {tuple(getattr(value, 'shape', ()))}, {getattr(value, 'dtype', None)}"
            fail(f"for shape {subject.shape} and dtype {dtype!r} it returned something else", shown)
        check_finite("the tensor", value)


@check("initializer", "Return every argument of the constructor from `get_config`.")
def config(subject: InitializerSubject) -> None:
    """`from_config` makes an equal initializer from what `get_config` returned, through JSON."""
    initializer = subject.make()
    again = copied_by_config(initializer, subject.custom_objects)
    first, second = (one(subject.shape, dtype="float32") for one in (initializer, subject.make()))
    if torch.equal(first, second):  # not random, or of a given seed
        check_equal("the copy gives other values", again(subject.shape, dtype="float32"), first)
