"""What the code below a statement says about the model to come, where arrays are used before it."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from torchkeras_compat.notes.late_names import MISSING
from torchkeras_compat.notes.made_up.constants import constant
from torchkeras_compat.notes.made_up.needs import IRIS_CLASSES, Input, Needs, guessed_input, target
from torchkeras_compat.notes.made_up.roles import ENCODERS, METHODS

_FIRST_LAYERS = {
    *("Dense", "Embedding", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "Conv1D", "Conv2D", "Conv3D", "ConvLSTM2D"),
    *(
        "Convolution1D",
        "Convolution2D",
        "SeparableConv2D",
        "Flatten",
        "TimeDistributed",
        "Rescaling",
        "TextVectorization",
    ),
    *("MaxPooling2D", "Masking"),
}
_SHAPES = ("input_shape", "batch_input_shape", "input_dim", "shape", "batch_shape")
_ENDS = {"fit", "fit_generator", "train_on_batch", "cross_val_score"}
Value = Callable[[ast.AST], Any]


class Forecast:
    """The first model that some statements make.

    Args:
        statements: In order.
        value: Gives what a name stands for already, or MISSING.
    """

    def __init__(self, statements: Iterable[ast.AST], value: Value) -> None:
        self._value = value
        self._ahead: dict[str, ast.AST] = {}  # assignments of the statements
        self.shape: tuple[int, ...] | None = None
        self.below: int | None = None
        self.first: str | None = None
        self.units: int | None = None
        self.activation = "linear"
        self.loss: Any = None
        self.encodes = False
        for node in _calls_and_assignments(statements):
            if isinstance(node, ast.Assign):
                self._ahead.update({t.id: node.value for t in node.targets if isinstance(t, ast.Name)})
            elif self._call(node):
                break

    @property
    def is_found(self) -> bool:
        """Whether there is a model."""
        return self.shape is not None or self.first is not None or self.units is not None

    def needs(self, shape: tuple[int, ...] | None = None) -> Needs:
        """Return what arrays the model will need.

        Args:
            shape: Of a sample, where the use of the array says it.
        """
        is_unknown = shape is None and not self.is_found
        units = IRIS_CLASSES if is_unknown else self.units
        guess = guessed_input(self.first or "Dense", _Sized(self.below), _Units(units))
        given = shape or self.shape or guess.shape
        kind = "integers" if self.below is not None or guess.kind == "integers" else guess.kind
        needed = Input("input", given, kind, self.below or guess.below)
        out = (units or IRIS_CLASSES,) if units or self.loss or shape is None else (1,)
        activation = self.activation if self.units else "softmax"
        return Needs("the model below", (needed,), (target("output", out, self.loss, activation, (needed,)),))

    def _call(self, node: ast.Call) -> bool:
        """Take from a call what it says; return whether the model is complete."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        keywords = {k.arg: k.value for k in node.keywords if k.arg}
        if name in ENCODERS:
            self.encodes = True
        if name in ("Input", "InputLayer") and node.args and self.shape is None:
            self.shape = _shape(self._number(node.args[0]))
        if name in _FIRST_LAYERS or name in ("Input", "InputLayer"):
            self._layer(name, node, keywords)
        if name == "compile":
            loss = keywords.get("loss", node.args[1] if len(node.args) > 1 else None)
            self.loss = self._text(loss)
            return self.is_found
        return name in _ENDS and self.is_found

    def _layer(self, name: str, node: ast.Call, keywords: dict[str, ast.expr]) -> None:
        for keyword in _SHAPES if self.shape is None and self.first is None else ():
            if keyword in keywords and not (name == "Embedding" and keyword == "input_dim"):
                shape = _shape(self._number(keywords[keyword]))
                self.shape = shape[1:] if shape and keyword.startswith("batch") else shape
        if name == "Embedding" and self.below is None:
            below = self._number(keywords.get("input_dim", node.args[0] if node.args else None))
            length = self._number(keywords.get("input_length"))
            if self.first is None:
                self.below = below if isinstance(below, int) else None
                self.shape = (length,) if isinstance(length, int) else self.shape
        if self.first is None and name in _FIRST_LAYERS:
            self.first = name
        if name == "Dense":
            units = self._number(keywords.get("units", keywords.get("output_dim", node.args[0] if node.args else None)))
            self.units = units if isinstance(units, int) else self.units
            activation = keywords.get("activation", node.args[1] if len(node.args) > 1 else None)
            self.activation = str(self._text(activation) or "linear")

    def _number(self, node: ast.AST | None) -> Any:
        """Value of numbers, tuples and names of them; MISSING where it is not known yet."""
        if node is None:
            return MISSING
        if isinstance(node, (ast.Tuple, ast.List)):
            parts = [self._number(part) for part in node.elts]
            return MISSING if MISSING in parts else tuple(parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add, ast.Sub)):
            left, right = self._number(node.left), self._number(node.right)
            if not (isinstance(left, int) and isinstance(right, int)):
                return MISSING
            return {ast.Mult: left * right, ast.Add: left + right, ast.Sub: left - right}[type(node.op)]
        found = self._value(node)
        if found is MISSING and isinstance(node, ast.Name) and node.id in self._ahead:
            return self._number(self._ahead.pop(node.id))
        if found is MISSING and isinstance(node, ast.Name):
            customary = constant(node.id, {})  # what it will be when it is asked for
            return MISSING if customary is None else customary
        return found

    def _text(self, node: ast.AST | None) -> Any:
        """A string, or the name of what is called or named."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Call):
            return self._text(node.func)
        return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


class _Sized:
    def __init__(self, below: int | None) -> None:
        self.input_dim = below


class _Units:
    def __init__(self, units: int | None) -> None:
        self.units = units


def reshaped_to(path: Sequence[ast.AST], value: Value) -> tuple[int | None, tuple[int, ...] | None]:
    """Return the number of rows, and the shape of a row, that `x.reshape(60000, 784)` asks of `x`; None for unknown."""
    for name, attribute, call in zip(path[::-1], path[-2::-1], path[-3::-1]):
        if not (
            isinstance(name, ast.Name)
            and isinstance(attribute, ast.Attribute)
            and attribute.attr == "reshape"
            and isinstance(call, ast.Call)
        ):
            break
        sizes = call.args[0].elts if call.args and isinstance(call.args[0], (ast.Tuple, ast.List)) else call.args
        numbers = [value(size) for size in sizes]
        rest = [n for n in numbers[1:] if isinstance(n, int) and n > 0]
        rows = numbers[0] if numbers and isinstance(numbers[0], int) and 0 < numbers[0] <= 100_000 else None
        if len(rest) != len(numbers) - 1 or not rest:
            return rows, None
        size = math.prod(rest)
        return rows, {784: (28, 28), 3072: (32, 32, 3)}.get(size, (size,))
    return None, None


def rank_of(name: str, statements: Iterable[ast.AST]) -> int:
    """Return the rank of a sample of an array, at least, by the axes whose sizes some statements ask for.

    Example:
        >>> rank_of("x", ast.parse("n = x.shape[1] * x.shape[2]").body)
        2
    """
    found = 0
    for statement in statements:
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "shape"
                and isinstance(node.value.value, ast.Name)
                and node.value.value.id == name
                and isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, int)
            ):
                found = max(found, node.slice.value)
    return found


def trained_models(statements: Iterable[ast.AST], value: Value) -> Iterable[Any]:
    """Yield what the methods of models are called on in some statements, as far as it is known already."""
    for node in _calls_and_assignments(statements):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            found = value(node.func.value)
            if found is not MISSING:
                yield found


def _shape(value: Any) -> tuple[int, ...] | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, tuple) and value:
        return tuple(20 if size is None else size for size in value)
    return None


def _calls_and_assignments(statements: Iterable[ast.AST]) -> Iterable[Any]:
    """Calls and assignments in the order of the text, the outer before the inner."""
    for statement in statements:
        found = [node for node in ast.walk(statement) if isinstance(node, (ast.Call, ast.Assign))]
        # The end of a call on several lines tells which is later: `Sequential([...]).compile(...)`.
        yield from sorted(found, key=lambda n: (n.lineno, n.col_offset, -(n.end_lineno or 0), -(n.end_col_offset or 0)))
