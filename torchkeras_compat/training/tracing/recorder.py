"""Records the tensor operations of a step while it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakTensorKeyDictionary

from torchkeras_compat.random.seed_generator import recorded_by
from torchkeras_compat.training.tracing.operations import is_determined, is_of_form, written
from torchkeras_compat.training.tracing.program import Op, Program, Value
from torchkeras_compat.training.tracing.simplify import writes

_aten: Any = torch.ops.aten
# Numbers that Python code takes from a tensor may decide what it does next.
_READS = torch.Tag.data_dependent_output
_CHANGES_FORM = torch.Tag.inplace_view
_LARGEST_LITERAL = 64


# What Python code may take from a tensor, or hang on it, past the operations.
_PAST_OPERATIONS = {
    getattr(torch.Tensor, name): name
    for name in (
        *("tolist", "numpy", "__array__", "__dlpack__", "data_ptr", "untyped_storage", "storage"),
        *("register_hook", "register_post_accumulate_grad_hook", "retain_grad", "set_", "resize_", "apply_", "map_"),
    )
    if hasattr(torch.Tensor, name)
}


class _Watch(TorchFunctionMode):
    """Refuses a recording where Python code takes numbers from a tensor past the operations."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = _PAST_OPERATIONS.get(func)
        if name is not None:
            self._recorder.refuse(f"the code of the step calls `Tensor.{name}`")
        return func(*args, **(kwargs or {}))


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records what happens below autograd in its scope: the operations of forward and backward pass, as they run.

    Nothing is held longer than the step itself holds it, so it needs no more memory.

    Args:
        inputs: The tensors of the batch.
        is_watching: Whether to watch for Python code that takes numbers from tensors past the operations.

    Attributes:
        refusal: Why what was recorded cannot stand for the step; None if it can.
    """

    def __init__(self, inputs: Sequence[torch.Tensor], is_watching: bool = True) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.refusal: str | None = None
        self._ops: list[Op] = []
        self._is_paused = False
        self._is_watching = is_watching
        self._values: Any = WeakTensorKeyDictionary()
        self._storages: dict[int, Value] = {}  # of the tensors that outlive the step
        self._inputs = [Value(t, place=i) for i, t in enumerate(inputs)]
        for i, tensor in enumerate(inputs):
            self._check(tensor)
            if self.refusal is None:
                if tensor not in self._values:
                    self._values[tensor] = self._inputs[i]
                value = self._inputs[i] = self._values[tensor]
                value.root = self._storages.setdefault(self._storage(tensor), value)

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch imports its compiler for the class: 1 s

    def __enter__(self) -> Any:
        self._scopes = contextlib.ExitStack()
        self._scopes.enter_context(recorded_by(self))
        if self._is_watching:
            self._scopes.enter_context(_Watch(self))
        return super().__enter__()  # type: ignore[no-untyped-call]

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        self._scopes.__exit__(*error)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self.refusal is not None or self._is_paused:
            return func(*args, **kwargs)
        is_read = _READS in func.tags
        if (is_read or _has_unknown_shape(func, args)) and not self._knows(args):
            self.refusal = f"{func} makes the code depend on the numbers in a tensor, as `.item()`, `if` and masks do"
        if is_read or self.refusal is not None:
            return func(*args, **kwargs)  # a number that is the same in each run, the code may look at
        if func is _aten.lift_fresh.default and args[0] not in self._values and args[0].numel() <= _LARGEST_LITERAL:
            made = func(*args, **kwargs)
            kept = made.detach().clone()
            literal = Value(kept, kept)
            literal.is_literal = True
            self._values[made] = value = Value(made)  # a copy for each run: the code may write into it
            value.is_known = True
            self._ops.append(Op(_aten.clone.default, (literal,), {}, [value], True))
            return made
        sources: list[torch.Tensor] = []

        values = self._recorded(args, sources), {name: self._recorded(x, sources) for name, x in kwargs.items()}
        outputs = func(*args, **kwargs)
        if _CHANGES_FORM in func.tags:
            self._take_new_form(args[0])
        is_single = isinstance(outputs, torch.Tensor)
        several = [outputs] if is_single else list(outputs) if isinstance(outputs, (list, tuple)) else []
        made = [self._output(x, sources) if isinstance(x, torch.Tensor) else None for x in several]
        op = Op(func, *values, made, is_single)
        self._ops.append(op)
        if self.refusal is None:
            self._note_known(op, sources)
        return outputs

    def _knows(self, args: Sequence[Any]) -> bool:
        """Whether all numbers in the arguments of an operation are the same in each run."""
        if any(isinstance(item, (list, tuple)) for item in args):
            args = [x for item in args for x in (item if isinstance(item, (list, tuple)) else (item,))]
        values = [self._values.get(x) for x in args if isinstance(x, torch.Tensor)]
        return bool(values) and all(value is not None and value.root.is_known for value in values)

    def _note_known(self, op: Op, sources: Sequence[torch.Tensor]) -> None:
        """Note whether what an operation made, or wrote into, has the same numbers in each run."""
        roots = [self._values[source].root for source in sources]
        is_known = is_of_form(op.function) or (is_determined(op.function) and all(root.is_known for root in roots))
        for value in op.outputs:
            if value is not None and value.root is value and value.root not in roots:
                value.is_known = is_known
        if not is_known and written(op.function) != ((), ()):
            for value in writes(op):
                value.root.is_known = False

    def _recorded(self, argument: Any, sources: list[torch.Tensor]) -> Any:
        """Return an argument with values in place of its tensors, which are added to ``sources``."""
        if isinstance(argument, torch.Tensor):
            sources.append(argument)
            return self._value_of(argument)
        if isinstance(argument, (list, tuple)):
            return type(argument)([self._recorded(item, sources) for item in argument])
        return argument

    def program(self, results: dict[Any, torch.Tensor]) -> Program | None:
        """Return what was recorded.

        Args:
            results: What the step leaves, by what it is for; all other tensors that were made must be gone.
        """
        found = {key: self._values.get(tensor) for key, tensor in results.items()}
        if self.refusal is None:
            lost = [key for key, value in found.items() if value is None]
            if lost:
                self.refusal = f"{lost[0]} was made where nothing is recorded"
            elif self._kept(results):
                self.refusal = "code of the step keeps a tensor that it computed"
        return Program(self._inputs, self._ops, found) if self.refusal is None else None

    def _kept(self, results: dict[Any, torch.Tensor]) -> bool:
        """Whether a tensor of the step is still there that is not one of its results."""
        known = {id(t) for result in results.values() for t in (result, result._base)}
        return any(not value.is_outside and id(tensor) not in known for tensor, value in self._values.items())

    def refuse(self, reason: str) -> None:
        """Say why what is recorded cannot stand for the step; the first reason stays."""
        if self.refusal is None and not self._is_paused:
            self.refusal = reason

    def call(self, function: Callable[[], Any]) -> Any:
        """Run a function of the host that each run of the program runs at this place, too; return what it returns."""
        was_paused, self._is_paused = self._is_paused, True
        try:
            found = function()
        finally:
            self._is_paused = was_paused
        self._ops.append(Op(function, (), {}, [], False))
        return found

    def _storage(self, tensor: torch.Tensor) -> int:
        """Where the memory of a tensor is noted; a look of the recorder itself, which nobody need watch."""
        was_paused, self._is_paused = self._is_paused, True
        try:
            return int(tensor.untyped_storage()._cdata)
        finally:
            self._is_paused = was_paused

    def _take_new_form(self, tensor: torch.Tensor) -> None:
        """Let a tensor whose shape or strides were changed in place be another value of the same memory."""
        old = self._value_of(tensor)
        if old is None or old.is_outside:
            self.refuse("the form of a tensor that outlives the step is changed in place")
            return
        self._values[tensor] = new = Value(tensor)
        new.root = old.root

    def _check(self, tensor: torch.Tensor) -> None:
        if tensor.layout is not torch.strided or type(tensor) not in (torch.Tensor, torch.nn.Parameter):
            self.refusal = f"a tensor of type {type(tensor).__name__} and layout {tensor.layout}"
        elif tensor.is_conj() or tensor.is_neg():
            self.refusal = "a tensor is a lazy conjugate or negative"

    def _value_of(self, tensor: torch.Tensor) -> Value | None:
        """Return the value of an argument; a tensor that the step did not make is one from outside."""
        found: Value | None = self._values.get(tensor)
        if found is None:
            self._check(tensor)
            if self.refusal is not None:
                return None
            found = self._values[tensor] = Value(tensor, tensor)
            found.root = self._storages.setdefault(self._storage(tensor), found)
            if found.root.place is not None:
                self.refuse("the batch is memory that something else holds too")
        return found

    def _output(self, tensor: torch.Tensor, sources: list[torch.Tensor]) -> Value | None:
        found: Value | None = self._values.get(tensor)
        if found is not None:
            return found
        self._check(tensor)
        if self.refusal is not None:
            return None
        found = self._values[tensor] = Value(tensor)
        storage = self._storage(tensor)
        for source in sources:
            if self._storage(source) == storage:
                found.root = self._values[source].root
                break
        return found


def _has_unknown_shape(func: Any, args: Sequence[Any]) -> bool:
    """Whether the shape of what an operation returns depends on numbers in a tensor."""
    if torch.Tag.dynamic_output_shape not in func.tags:
        return False
    if func is not _aten.index.Tensor:
        return True
    return any(x is not None and x.dtype in (torch.bool, torch.uint8) for x in args[1])
