"""A program as a Python function: one line an operation, nothing decided while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.training.tracing.bindings import binding
from torchkeras_compat.training.tracing.program import Op, Program, Value, values_in
from torchkeras_compat.training.tracing.simplify import simplified, written_in_place

_WRITTEN_OUT = (int, float, bool, type(None))


class Function:
    """A program that can be run.

    Args:
        program: The program.
        results: Which of its results the function returns, in order.

    Attributes:
        program: The program, as it was given.
        simplified: The program without what is not needed.
        run: The function of the inputs, as a tuple of results.
        source: Its source.
    """

    def __init__(self, program: Program, results: Sequence[Any]) -> None:
        self._names: dict[Value, str] = {}
        self._bound: dict[str, Any] = {}
        self.program = program
        self.simplified = simplified(program)
        program = written_in_place(self.simplified)
        for i, value in enumerate(program.inputs):
            self._names[value] = f"x{i}"
        returned = [program.results[key] for key in results]
        lines = self._lines(program.ops, returned)
        arguments = ", ".join(f"x{i}" for i in range(len(program.inputs)))
        outputs = "".join(f"{self._name(value)}, " for value in returned)
        self.source = "\n    ".join([f"def run({arguments}):", *lines, f"return ({outputs})"]) + "\n"
        scope: dict[str, Any] = {**self._bound, "nan": float("nan"), "inf": float("inf")}
        exec(compile(self.source, "<traced step>", "exec"), scope)
        self.run: Callable[..., tuple[torch.Tensor, ...]] = scope["run"]

    def _lines(self, ops: list[Op], returned: list[Value]) -> list[str]:
        last: dict[Value, int] = {}
        for i, op in enumerate(ops):
            last.update((v, i) for v in (*op.inputs(), *(v for v in op.outputs if v is not None)))
        kept = {*returned}
        lines = []
        for i, op in enumerate(ops):
            call = f"{self._bind('f', binding(op))}({self._arguments(op)})"
            outputs = [v for v in op.outputs if v is not None]
            if not outputs or (op.is_single and outputs[0] in self._names):
                lines.append(call)
            elif op.is_single:
                lines.append(f"{self._new_name(outputs[0])} = {call}")
            else:
                names = ["_" if v is None else self._new_name(v) for v in op.outputs]
                lines.append(f"{', '.join(names)}, = {call}")
            gone = dict.fromkeys(v for v in (*op.inputs(), *outputs) if last[v] == i and v not in kept)
            names = [self._names[v] for v in gone if self._names.get(v, "c")[0] in "vx"]
            if names:
                lines.append(f"del {', '.join(names)}")
        return lines

    def _arguments(self, op: Op) -> str:
        given = [self._written(x) for x in op.args]
        return ", ".join([*given, *(f"{name}={self._written(x)}" for name, x in op.kwargs.items())])

    def _written(self, argument: Any) -> str:
        if isinstance(argument, Value):
            return self._name(argument)
        if type(argument) in _WRITTEN_OUT:
            return repr(argument)
        if isinstance(argument, (list, tuple)) and any(True for _ in values_in(argument)):
            return f"[{', '.join(self._written(item) for item in argument)}]"
        return self._bind("k", argument)

    def _name(self, value: Value) -> str:
        if value not in self._names:
            assert value.tensor is not None, "a value is used before it is made"
            self._names[value] = self._bind("c", value.tensor)
        return self._names[value]

    def _new_name(self, value: Value) -> str:
        if value not in self._names:
            self._names[value] = f"v{len(self._names)}"
        return self._names[value]

    def _bind(self, kind: str, what: Any) -> str:
        name = f"{kind}{len(self._bound)}"
        self._bound[name] = what
        return name
