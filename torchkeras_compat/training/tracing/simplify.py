"""Makes a program shorter without changing a bit of what it computes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.training.tracing.operations import (
    in_place,
    is_of_form,
    is_pure,
    is_random,
    is_view,
    written,
)
from torchkeras_compat.training.tracing.program import Op, Program, Value, values_in, with_values

_aten: Any = torch.ops.aten
_SAME = (_aten.detach.default, _aten.alias.default)
_VIEWS = (_aten.view.default, _aten._unsafe_view.default)
_REARRANGING = (
    *(*_VIEWS, _aten.t.default, _aten.transpose.int, _aten.permute.default, _aten.expand.default),
    *(_aten.unsqueeze.default, _aten.squeeze.default, _aten.squeeze.dim, _aten.squeeze.dims, _aten.slice.Tensor),
)
# What is kept for good must not cost memory.
_LARGEST_KEPT = 4096


def simplified(program: Program) -> Program:
    """Return a program that leaves the same, with fewer and cheaper operations."""
    for change in _PASSES:
        program = change(program)
    return program


def writes(op: Op) -> list[Value]:
    """The values that an operation writes into."""
    if op.is_call:
        return []
    positions, names = written(op.function)
    found = [op.args[i] for i in positions if i < len(op.args)] + [op.kwargs[n] for n in names if n in op.kwargs]
    values: list[Value] = []
    for argument in found:
        values += [argument] if isinstance(argument, Value) else [v for v in argument or () if isinstance(v, Value)]
    return values


def _rewritten(program: Program, rule: Callable[[int, Op], Value | None]) -> Program:
    """Drop the operations for which a rule knows a value that is there already."""
    instead: dict[Value, Value] = {}

    def now(value: Value) -> Value:
        return instead.get(value, value)

    ops = []
    for i, op in enumerate(program.ops):
        args = with_values(op.args, now)
        kwargs = {name: with_values(argument, now) for name, argument in op.kwargs.items()}
        op = Op(op.function, args, kwargs, op.outputs, op.is_single)
        made = None if op.is_call or not op.is_single else op.outputs[0]
        found = rule(i, op) if made is not None else None
        if made is None or found is None:
            ops.append(op)
        else:
            instead[made] = found
    for op in ops:
        for value in op.outputs:
            # Views of what was dropped show the memory of what stands in its place.
            while value is not None and value.root in instead and instead[value.root] is not value.root:
                value.root = instead[value.root].root
    results = {key: now(value) for key, value in program.results.items()}
    return Program(program.inputs, ops, results)


def _without_aliases(program: Program) -> Program:
    """Take memory as it is where an operation shows it as it is, or as it was before the last one."""
    maker: dict[Value, Op] = {}

    def rule(i: int, op: Op) -> Value | None:
        made, source = op.outputs[0], op.args[0] if op.args else None
        assert made is not None
        if not isinstance(source, Value) or not (is_view(op.function) or op.function in _VIEWS):
            return None
        if op.function in _SAME:
            return source
        if op.function not in _REARRANGING:
            return None
        if source.looks_like(made) and source.offset == made.offset:
            return source
        before = maker.get(source)
        if before is not None:
            first: Value = before.args[0]
            if first.looks_like(made) and _undoes(op, before):
                return first
            if op.function in _VIEWS and before.function in _VIEWS:
                op.args = (first, *op.args[1:])
        maker[made] = op
        return None

    return _rewritten(program, rule)


def _undoes(op: Op, before: Op) -> bool:
    """Whether a view shows what there was before the last one: one transposed twice."""
    if op.function is _aten.t.default:
        return before.function is _aten.t.default
    if op.function is _aten.transpose.int:
        return before.function is op.function and {*op.args[1:]} == {*before.args[1:]}
    if op.function in _VIEWS:
        return before.function in _VIEWS
    if op.function is _aten.permute.default and before.function is op.function:
        return [before.args[1][i] for i in op.args[1]] == list(range(len(op.args[1])))
    return False


def _without_repeats(program: Program) -> Program:
    """Compute once what is computed twice from the same numbers; each result keeps its own memory."""
    apart = {value.root for op in program.ops for value in writes(op)}
    apart.update(value.root for value in program.results.values())
    seen: dict[Any, Value] = {}

    def rule(i: int, op: Op) -> Value | None:
        made = op.outputs[0]
        if made is None or not is_pure(op.function) or made.root in apart or any(v.root in apart for v in op.inputs()):
            return None
        kwargs = sorted(op.kwargs.items())
        key = (op.function, _key(op.args), _key([v for _, v in kwargs]), *(name for name, _ in kwargs))
        found = seen.setdefault(key, made)
        return None if found is made else found

    return _rewritten(program, rule)


def _key(argument: Any) -> Any:
    if isinstance(argument, (list, tuple)):
        return tuple(_key(item) for item in argument)
    if isinstance(argument, float):
        return argument.hex()  # 0.0 is not -0.0
    return argument if isinstance(argument, Value) else (type(argument), argument)


def _without_unused(program: Program) -> Program:
    """Leave out what nobody looks at."""
    live = {*program.results.values()}
    roots = {value.root for value in live}
    ops = []
    for op in reversed(program.ops):
        touched = writes(op)
        is_free = not op.is_call and (is_pure(op.function) or (touched and all(v.is_made for v in touched)))
        is_seen = any(v in live for v in op.outputs) or any(v.root in roots for v in touched)
        if is_seen or not is_free or is_random(op.function):
            ops.append(op)
            inputs = list(op.inputs())
            live.update(inputs)
            roots.update(v.root for v in inputs)
    return Program(program.inputs, ops[::-1], program.results)


def _without_axes_of_one(program: Program) -> Program:
    """Sum without the axes of size 1 that the next view would take away, as for the gradient of a bias."""
    uses = Counter(v for op in program.ops for v in op.inputs())
    uses.update(program.results.values())
    maker: dict[Value, Op] = {}
    dropped: set[int] = set()
    for op in program.ops:
        if op.is_call or not op.is_single or op.outputs[0] is None:
            continue
        made = op.outputs[0]
        if op.function is _aten.sum.dim_IntList:
            maker[made] = op
        before = maker.get(op.args[0]) if op.function in _VIEWS and op.args else None
        if before is None or uses[op.args[0]] != 1 or before.args[2:] != (True,):
            continue
        axes = {axis % len(before.args[0].shape) for axis in before.args[1]}
        if made.shape == tuple(n for i, n in enumerate(before.args[0].shape) if i not in axes):
            before.args = before.args[:2]
            before.outputs, made.root = [made], made
            dropped.add(id(op))
    return Program(program.inputs, [op for op in program.ops if id(op) not in dropped], program.results)


def _with_constants(program: Program) -> Program:
    """Compute once what is the same in each run: numbers of the formulas, and views of weights, which stay views."""
    apart = {value.root for op in program.ops for value in writes(op)}
    apart.update(value.root for value in program.results.values())

    def rule(i: int, op: Op) -> Value | None:
        made = op.outputs[0]
        if made is None or not is_pure(op.function) or made in apart:
            return None
        inputs = list(op.inputs())
        is_small = torch.Size(made.shape).numel() <= _LARGEST_KEPT and made.root not in apart
        if is_of_form(op.function):
            if not is_small:
                return None
        elif not inputs or any(v.tensor is None for v in inputs):
            return None
        elif not is_view(op.function) and not (is_small and all(v.is_literal for v in inputs)):
            return None
        with torch.no_grad():
            args = with_values(op.args, _tensor)
            tensor = op.function(*args, **{name: with_values(x, _tensor) for name, x in op.kwargs.items()})
        found = Value(tensor, tensor)
        found.is_literal = is_of_form(op.function) or all(v.is_literal for v in inputs)
        if not found.is_literal:
            found.root = inputs[0].root
        return found

    return _rewritten(program, rule)


def _tensor(value: Value) -> torch.Tensor:
    """The tensor of a value, or, for operations that look at its form only, one of that form."""
    if value.tensor is not None:
        return value.tensor.detach()
    return torch.empty_strided(value.shape, value.stride, dtype=value.dtype, device=value.device)


def _without_copies(program: Program) -> Program:
    """Give memory away that was copied only to be kept, as for the gradient that a parameter takes."""
    last = last_uses(program)
    kept = {value.root for value in program.results.values()}

    def rule(i: int, op: Op) -> Value | None:
        if op.function is not _aten.clone.default:
            return None
        source, made = op.args[0], op.outputs[0]
        is_last = last[source.root] == i and source.root not in kept
        return source if is_last and source.is_made and source.root is source and source.looks_like(made) else None

    return _rewritten(program, rule)


def last_uses(program: Program) -> dict[Value, int]:
    """Return where each memory is used last; that of results is used at the end."""
    last: dict[Value, int] = {}
    for i, op in enumerate(program.ops):
        for value in (*op.inputs(), *(v for v in op.outputs if v is not None)):
            last[value.root] = i
    last.update((value.root, len(program.ops)) for value in program.results.values())
    return last


def written_in_place(program: Program) -> Program:
    """Return a program that writes results into memory that nobody reads any more."""
    last = last_uses(program)
    moved: dict[Value, Value] = {}
    ops = []

    def root_of(value: Value) -> Value:
        root = value.root
        while root in moved:
            root = moved[root]
        return root

    for i, op in enumerate(program.ops):
        ops.append(op)
        made = op.outputs[0] if op.is_single else None
        replacement = None if made is None or op.is_call else in_place(op.function)
        if made is None or replacement is None or made.root is not made:
            continue
        for args in _orders(op):
            first = args[0]
            if not isinstance(first, Value) or not first.is_made or not first.looks_like(made):
                continue
            root = root_of(first)
            others = [v for a in (*args[1:], *op.kwargs.values()) for v in values_in(a)]
            # `made` is dense, `first` lies as it does: with as many numbers it covers all of the memory.
            covers = math.prod(first.shape) == math.prod(root.shape) and first.dtype is root.dtype
            if last[root] == i and covers and all(root_of(v) is not root for v in others):
                where = {} if replacement.name is None else {replacement.name: first}
                ops[-1] = Op(replacement.function, args, {**op.kwargs, **where}, op.outputs, True)
                moved[made] = root
                last[root] = last[made]
                break
    return Program(program.inputs, ops, program.results)


def _orders(op: Op) -> list[tuple[Any, ...]]:
    """Return the arguments, and where their order does not matter, the other order too."""
    if op.function in (_aten.mul.Tensor, _aten.add.Tensor) and not op.kwargs and isinstance(op.args[1], Value):
        a, b, *rest = op.args
        return [op.args, (b, a, *rest)]
    return [op.args]


_PASSES = (
    *(_without_aliases, _without_repeats, _without_unused, _without_axes_of_one),
    *(_with_constants, _without_unused, _without_copies),
)
