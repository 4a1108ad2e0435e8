"""Checks of a data adapter."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.testing.check import NotApplicable, Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_equal, tensors
from torchkeras_compat.testing.devices import STAND_IN, accelerators
from torchkeras_compat.testing.making import maker_of, name_of


def check_data_adapter(
    adapter: Any,
    *,
    arguments: Mapping[str, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of a data adapter.

    Args:
        adapter: Subclass of ``Adapter`` or a function that makes one. Where it takes ``device``, the checks give one.
        arguments: Arguments of the class or function: a source of at least two batches, in a fixed order.
        skip: Names of checks to leave out, best a dict of names and reasons.
        hypothesis: There is nothing to draw for an adapter; taken so that all check functions are called alike.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``adapter`` is of another type.
        ValueError: ``skip`` names no check.

    Example:
        >>> from torchkeras_compat.data.arrays import ArraysAdapter
        >>> source = {"x": torch.zeros(5, 2), "y": torch.zeros(5), "batch_size": 2}
        >>> len(check_data_adapter(ArraysAdapter, arguments=source).failed)
        0
    """
    return run_checks(DataAdapterSubject(adapter, arguments=arguments), skip, hypothesis=hypothesis).raise_failures()


class DataAdapterSubject:
    """A data adapter to check; see :func:`check_data_adapter`."""

    kind = "data adapter"
    takes_custom_objects = False

    def __init__(self, adapter: Any, *, arguments: Mapping[str, Any] | None = None) -> None:
        self.name = name_of(adapter)
        self._adapter, self._arguments = adapter, dict(arguments or {})
        signature = inspect.signature(adapter) if callable(adapter) else None
        self.takes_device = signature is not None and (
            "device" in signature.parameters or any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
        )
        self.make = maker_of(adapter, self._arguments, ())

    def made_on(self, device: str) -> Any:
        """An adapter whose batches go to a device."""
        return maker_of(self._adapter, {**self._arguments, "device": device}, ())()


def _rows(part: Any) -> list[int]:
    return [len(x) for x in tensors(part)]


@check("data adapter", "Yield `(x, y, sample_weight)`, None for what there is not, converted to tensors.")
def batches(subject: DataAdapterSubject) -> None:
    """An epoch yields batches of three parts that hold tensors, or None, with one number of rows."""
    adapter = subject.make()
    if not isinstance(adapter, Adapter):
        fail("the adapter is not of a subclass of `Adapter`", type(adapter).__mro__)
    count = 0
    for count, batch in enumerate(adapter.epoch(), 1):  # noqa: B007
        if not isinstance(batch, tuple) or len(batch) != 3:
            fail("a batch is not a tuple of three", f"{type(batch).__name__} of {len(batch)}")
        wrong = [x for x in tree.flatten(batch) if x is not None and not isinstance(x, torch.Tensor)]
        if wrong:
            fail("a batch holds something that is not a tensor", type(wrong[0]).__name__)
        if len(set(_rows(batch))) != 1:
            fail("the parts of a batch have different numbers of rows", _rows(batch))
    if count < 2:
        fail("the source gives fewer batches than the checks need, two", count)


@check("data adapter", "Count from the source, or leave `num_batches`, `batch_size` and `partial_batch_size` None.")
def counts(subject: DataAdapterSubject) -> None:
    """`num_batches`, `batch_size` and `partial_batch_size` are None or true."""
    adapter = subject.make()
    said = adapter.num_batches, adapter.batch_size, adapter.partial_batch_size
    sizes = [_rows(batch)[0] for batch in adapter.epoch()]
    if said[0] is not None and said[0] != len(sizes):
        fail("`num_batches` is not the number of batches of an epoch", f"{said[0]} for {len(sizes)}")
    if said[1] is not None and (set(sizes[:-1]) - {said[1]} or sizes[-1] > said[1]):
        fail("`batch_size` is not that of the batches", f"{said[1]} for batches of {sizes}")
    if said[1] is not None and said[2] is not None and said[2] % said[1] != sizes[-1] % said[1]:
        fail("`partial_batch_size` is not the size of a smaller last batch", f"{said[2]} for a last one of {sizes[-1]}")


def _is_one_shot(adapter: Any) -> bool:
    return bool(getattr(adapter, "is_one_shot", False))


@check("data adapter", "Start again in `epoch`; set `is_one_shot = True` if the source can be read only once.")
def epochs(subject: DataAdapterSubject) -> None:
    """The second epoch has as many batches and rows as the first."""
    adapter = subject.make()
    if _is_one_shot(adapter):
        raise NotApplicable("the source can be read only once")
    first, second = ([_rows(batch)[0] for batch in adapter.epoch()] for _ in range(2))
    if first != second:
        fail("the second epoch differs from the first", f"batches of {second} after batches of {first}")


@check("data adapter", "Hand out new tensors, or views that nobody writes to again.")
def stability(subject: DataAdapterSubject) -> None:
    """A batch that was handed out does not change any more."""
    handed = [(batch, [x.clone() for x in tensors(batch)]) for batch in subject.make().epoch()]
    for i, (batch, copies) in enumerate(handed):
        check_equal(f"batch {i} changed after it was handed out", tensors(batch), copies)


@check("data adapter", "Keep the place in the data in the iterator that `epoch` returns, not in the adapter.")
def abandoned(subject: DataAdapterSubject) -> None:
    """An epoch that was left in the middle does not change the next one."""
    adapter = subject.make()
    if _is_one_shot(adapter):
        raise NotApplicable("the source can be read only once")
    whole = sum(_rows(batch)[0] for batch in subject.make().epoch())
    iterator = adapter.epoch()
    next(iterator)
    del iterator
    found = sum(_rows(batch)[0] for batch in adapter.epoch())
    if found != whole:
        fail("after an epoch that was left, the next has another number of rows", f"{found} instead of {whole}")


@check("data adapter", "Move the tensors of a batch to the `device` that the adapter was given.")
def devices(subject: DataAdapterSubject) -> None:
    """Batches lie on the device that was asked for."""
    if not subject.takes_device:
        raise NotApplicable("it takes no `device`")
    for kind in [*accelerators(), STAND_IN]:
        for x in tensors(next(iter(subject.made_on(kind).epoch()))):
            if x.device.type != kind:
                fail(f"with `device={kind!r}` a batch is not there", x.device)
