"""A program: the tensor operations of one step, in order, with where their tensors come from and go to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch


class Value:
    """A tensor of a program.

    Attributes:
        shape: Its shape, which is the same in each run.
        stride: Its strides.
        offset: Where it begins in its memory, in numbers.
        dtype: Its dtype.
        device: Its device.
        tensor: The tensor itself, where it is there before the step and after it: a weight, a buffer, a state; or a
            number that the code of the step wrote down.
        is_literal: Whether it is such a number.
        is_known: Whether all numbers in its memory are the same in each run; asked of the root.
        place: Which of the inputs it is; None for what is none.
        root: The value whose memory it shows; itself where it has its own.
    """

    __slots__ = ("device", "dtype", "is_known", "is_literal", "offset", "place", "root", "shape", "stride", "tensor")

    def __init__(self, like: torch.Tensor, tensor: torch.Tensor | None = None, place: int | None = None) -> None:
        self.shape = tuple(like.shape)
        self.stride = like.stride()
        self.offset = like.storage_offset()
        self.dtype = like.dtype
        self.device = like.device
        self.tensor = tensor
        self.is_literal = False
        self.is_known = False
        self.place = place
        self.root = self

    @property
    def is_outside(self) -> bool:
        """Whether it was there before the step."""
        return self.tensor is not None or self.place is not None

    @property
    def is_made(self) -> bool:
        """Whether the step made the memory that it shows."""
        return not self.root.is_outside

    def looks_like(self, other: Value) -> bool:
        """Whether shape, strides and dtype agree."""
        return self.shape == other.shape and self.stride == other.stride and self.dtype is other.dtype


class Op:
    """One call of an operation.

    Attributes:
        function: The overload of the operation; or any function without arguments, run where it stands.
        args: Its arguments, a :class:`Value` in place of each tensor.
        kwargs: Those by name.
        outputs: The tensors that it returns; None for anything else.
        is_single: Whether it returns one tensor, not several.
    """

    __slots__ = ("args", "function", "is_single", "kwargs", "outputs")

    def __init__(
        self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: list[Value | None], is_single: bool
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.is_single = is_single

    @property
    def is_call(self) -> bool:
        """Whether it is a call of the host, not an operation on tensors."""
        return not isinstance(self.function, torch._ops.OpOverload)

    def inputs(self) -> Iterator[Value]:
        """The tensors that it takes."""
        for argument in (*self.args, *self.kwargs.values()):
            yield from values_in(argument)


class Program:
    """The operations of one step.

    Attributes:
        inputs: Values of the batch, in order.
        ops: The operations, in order.
        results: What the step leaves: values by what they are for.
    """

    def __init__(self, inputs: list[Value], ops: list[Op], results: dict[Any, Value]) -> None:
        self.inputs = inputs
        self.ops = ops
        self.results = results

    def outside(self) -> list[Value]:
        """The values that were there before the step, apart from the batch and from numbers in the code."""
        found: dict[Value, None] = {}
        for op in self.ops:
            found.update((v, None) for v in op.inputs() if v.tensor is not None and not v.is_literal)
        return list(found)

    def difference(self, other: Program) -> str | None:
        """Return in which way another recording of the step differs; None for the same operations on the same tensors.

        Numbers in the arguments count, and what outlives the step has to be the same tensors.
        """
        if len(self.ops) != len(other.ops):
            return f"{len(self.ops)} operations, then {len(other.ops)}"
        if self.results.keys() != other.results.keys():
            return "it leaves other results"
        pairs: dict[Value, Value] = dict(zip(self.inputs, other.inputs, strict=True))
        for a, b in zip(self.ops, other.ops, strict=True):
            if a.function != b.function or a.kwargs.keys() != b.kwargs.keys():
                return f"{a.function}, then {b.function}"
            if not _agree((a.args, list(a.kwargs.values())), (b.args, list(b.kwargs.values())), pairs):
                return f"other arguments of {a.function}"
            if not _agree_in_form(a.outputs, b.outputs, pairs):
                return f"another form of what {a.function} returns"
        if not all(_agree(value, other.results[key], pairs) for key, value in self.results.items()):
            return "it leaves results of other operations"
        return None


def _agree(a: Any, b: Any, pairs: dict[Value, Value]) -> bool:
    """Whether arguments are the same, given which values correspond; tensors from outside are added to those."""
    if isinstance(a, Value):
        if not isinstance(b, Value):
            return False
        if a not in pairs:
            if a.tensor is None or b.tensor is None or not _same_tensor(a, b):
                return False
            pairs[a] = b
        return pairs[a] is b
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(_agree(x, y, pairs) for x, y in zip(a, b))
    if type(a) is float and type(b) is float:
        return a.hex() == b.hex()  # 0.0 is not -0.0, and NaN is NaN
    return type(a) is type(b) and bool(a == b)


def _agree_in_form(a: list[Value | None], b: list[Value | None], pairs: dict[Value, Value]) -> bool:
    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        if x is None or y is None:
            if x is not y:
                return False
        elif not x.looks_like(y) or pairs.setdefault(x, y) is not y:
            return False
    return True


def values_in(argument: Any) -> Iterator[Value]:
    """The values in an argument of an operation."""
    if isinstance(argument, Value):
        yield argument
    elif isinstance(argument, (list, tuple)):
        for item in argument:
            yield from values_in(item)


def with_values(argument: Any, change: Callable[[Value], Any]) -> Any:
    """Return an argument of an operation with other things in place of its values."""
    if isinstance(argument, Value):
        return change(argument)
    if isinstance(argument, (list, tuple)):
        return type(argument)([with_values(item, change) for item in argument])
    return argument


def _same_tensor(a: Value, b: Value) -> bool:
    if not a.looks_like(b) or a.is_literal is not b.is_literal:
        return False
    assert a.tensor is not None and b.tensor is not None
    if a.tensor is b.tensor:
        return True
    if a.is_literal:
        return bool(((a.tensor == b.tensor) | ((a.tensor != a.tensor) & (b.tensor != b.tensor))).all())
    return a.tensor.device == b.tensor.device and a.tensor.data_ptr() == b.tensor.data_ptr()
