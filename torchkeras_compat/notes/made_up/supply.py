"""Finds customary names that a note never defines, and makes what they stand for."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from torchkeras_compat.errors import nearest
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input as KerasInput
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.notes.late_names import MISSING, Use
from torchkeras_compat.notes.made_up.batches import MadeUpBatches, batches
from torchkeras_compat.notes.made_up.constants import constant
from torchkeras_compat.notes.made_up.embeddings import embeddings, is_name_of_embeddings
from torchkeras_compat.notes.made_up.forecast import Forecast, rank_of, reshaped_to, trained_models
from torchkeras_compat.notes.made_up.models import is_name_of_history, last_history, made_up_model
from torchkeras_compat.notes.made_up.needs import Needs, Target, guessed_input, needs_of
from torchkeras_compat.notes.made_up.roles import METHODS, Role, part_of_name, role_of_name, role_of_use
from torchkeras_compat.notes.made_up.samples import Samples, made_up_samples

_OPERATIONS: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_COUNTING: dict[str, Callable[..., int]] = {"len": len, "min": min, "max": max}
_PICTURES = {2: (28, 28), 3: (32, 32, 3)}  # shapes of a sample by rank
_CLASS_NAMES = {"class_names", "labels_index", "label_names", "target_names", "class_labels", "categories", "classes"}
Parts = dict[str, Samples]


class Supply:
    """Makes arrays, constants and a model for a note when its code uses names that it never defines.

    Arrays are made for the model that they are given to; before any model, for the first that the code below makes.
    They stay the same until a model needs others.

    Args:
        namespace: Of the note.
        ahead: Gives the statements that run after the one in which a name is used.
        announce: Called with a sentence about each thing made.
        table: Data that the user gave in place of made-up arrays; called with what a model needs.
        makes_up: Whether anything is made that is not from the table.
        classes: Gives `Sequential` and `Dense`, as the dialect of the note has them.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        ahead: Callable[[Use], list[ast.AST]],
        announce: Callable[[str], None],
        table: Callable[[Needs | None], Parts] | None = None,
        *,
        makes_up: bool = True,
        classes: Callable[[], tuple[Any, Any]] = lambda: (Sequential, Dense),
    ) -> None:
        self.namespace = namespace
        self._ahead = ahead
        self._announce = announce
        self._table = table
        self._makes_up = makes_up
        self._classes = classes
        self._needs: Needs | None = None
        self._encodes = False
        self._encoded: set[str] = set()  # names of labels that the note makes one-hot
        self._parts: Parts = {}
        self._roles: dict[str, Role] = {}  # of names used so far
        self._said: set[str] = set()
        self._kept: dict[tuple[str, Role, bool], Any] = {}

    def __call__(self, use: Use) -> Any:
        """Return what a name stands for, or MISSING."""
        role = role_of_use(use)
        by_custom = role_of_name(use.name) or self._roles.get(use.name)
        role = role or by_custom
        if self._makes_up and role is not None and role.kind == "x":
            found = self._symbolic(use)
            if found is not MISSING:
                return found
        if by_custom is None and not self._makes_up:
            return MISSING
        if by_custom is None:
            found = self._without_data(use)
            if found is not MISSING:
                return found
            # An argument of a model may have any name, if it is not a slip of the pen.
            if role is None or not self._model(use) or self._is_slip(use.name):
                return MISSING
        if role is None:
            return MISSING
        model = self._model(use)
        if role.is_alone and model is not None and getattr(model, "loss", None) is not None:
            role = replace(role, kind="batches")
        self._roles[use.name] = replace(role, is_alone=False)
        self._choose(use)
        return self._value(use, role)

    def _is_slip(self, name: str) -> bool:
        """Whether the note has defined a name that is almost this one, for the same part of the data."""
        others = [other for other in self.namespace if part_of_name(other) == part_of_name(name)]
        return bool(nearest(name, others, 0.9))

    def _without_data(self, use: Use) -> Any:
        """A constant, a model, or the history of a model."""
        value = constant(use.name, self.namespace)
        if value is not None:
            self._announce(f"made up: {use.name} = {value!r}")
        elif is_name_of_embeddings(use.name):
            value = embeddings(use.path, self._number(use))
            if value is not None:
                self._announce(f"made up: {use.name} {value.shape}, random numbers")
        elif use.name in ("word_index", "word2idx", "word_to_index"):
            value = {f"word_{i}": i for i in range(1, 1000)}
            self._announce(f"made up: {use.name}, of {len(value)} words")
        elif use.name.lower() in ("class_weight", "class_weights"):
            value = dict.fromkeys(range(self._count_of_classes()), 1.0)
            self._announce(f"made up: {use.name} = {value!r}")
        elif use.name.lower() in _CLASS_NAMES:
            value = [f"class {i}" for i in range(self._count_of_classes())]
            self._announce(f"made up: {use.name} = {value!r}")
        elif is_name_of_history(use.name):
            value = last_history(self.namespace)
            if value is not None:
                self._announce(f"made up: {use.name}, the history of {value.model.name}, which was trained last")
        elif use.name == "model":
            value = made_up_model(Forecast(self._ahead(use), use.value), use.path, *self._classes())
            self._announce(f"made up: {use.name}, a Sequential of {len(value.layers)} Dense layers for iris")
        if value is None:
            return MISSING
        self.namespace[use.name] = value
        return value

    def _number(self, use: Use) -> Callable[[ast.AST], Any]:
        """A function that gives the value of a number, also of a constant that the note has not defined."""

        def number(node: ast.AST) -> Any:
            if isinstance(node, ast.BinOp):
                sides = [number(node.left), number(node.right)]
                operation = _OPERATIONS.get(type(node.op))
                is_known = operation is not None and all(isinstance(side, int) for side in sides)
                return operation(*sides) if operation is not None and is_known else MISSING
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _COUNTING:
                arguments = [use.value(a) if node.func.id == "len" else number(a) for a in node.args]
                return MISSING if MISSING in arguments else _COUNTING[node.func.id](*arguments)
            found = use.value(node)
            if found is MISSING and isinstance(node, ast.Name):
                found = constant(node.id, self.namespace)
                if found is not None:
                    self.namespace[node.id] = found
                    self._announce(f"made up: {node.id} = {found!r}")
            return found

        return number

    def _symbolic(self, use: Use) -> Any:
        """A symbolic input, where a layer that a statement makes is called on a name: `Dense(8)(inputs)`."""
        call = next((node for node in reversed(use.path) if isinstance(node, ast.Call)), None)
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Call) and use.path[-1] in call.args):
            return MISSING
        layer = call.func.func
        kind = layer.attr if isinstance(layer, ast.Attribute) else getattr(layer, "id", "Dense")
        needed = guessed_input(kind)
        value = KerasInput(needed.shape, dtype="int32" if needed.kind == "integers" else None)
        self.namespace[use.name] = value
        self._announce(f"made up: {use.name}, a symbolic input of shape {needed.shape}")
        return value

    def _count_of_classes(self) -> int:
        """Number of classes of the present data, or the customary one."""
        if self._needs is not None and self._needs.targets:
            return self._needs.targets[0].classes
        return int(constant("num_classes", self.namespace))

    # -- which data ----------------------------------------------------------------------------------------------

    def _choose(self, use: Use) -> None:
        """Let the arrays be those that the use asks for."""
        model = self._model(use)
        rows, is_known = None, True
        if model is not None:
            needs = needs_of(model, self._loss())
            self._encodes = False
        else:
            statements = [*use.path[:1], *self._ahead(use)]
            forecast = Forecast(statements, use.value)
            rows, shape = reshaped_to(use.path, use.value)
            rank = rank_of(use.name, statements)
            if shape is None and rank > 1 and rank > len(forecast.needs().inputs[0].shape):
                shape = _PICTURES.get(rank)
            self._encodes = forecast.encodes
            needs = forecast.needs(shape) if forecast.is_found or shape is not None else None
            if needs is None and not self._parts:
                # The model that is trained below, or else the last one.
                known = [*trained_models(statements, use.value), *reversed(list(self.namespace.values()))]
                models = [m for m in known if isinstance(m, Model)]
                needs = needs_of(models[0], self._loss()) if models else None
            if needs is None and not self._parts:
                needs, is_known = forecast.needs(), False
            if self._needs is not None and needs is not None and not self._is_other(needs, forecast, rows):
                needs = None
        if needs is None or (self._needs is not None and rows is None and _same(needs, self._needs)):
            return
        self._needs = needs
        self._parts = self._table(needs if is_known else None) if self._table else made_up_samples(needs, rows)
        self._kept.clear()
        self._said.clear()

    def _loss(self) -> Loss | None:
        """The loss that the note made last, for loops of its own."""
        return next((v for v in reversed(list(self.namespace.values())) if isinstance(v, Loss)), None)

    def _is_other(self, needs: Needs, forecast: Forecast, rows: int | None) -> bool:
        """Whether a model to come, read from the code, asks for other arrays than there are."""
        assert self._needs is not None
        if rows is not None:
            return len(self._parts["train"].inputs[0]) != rows
        sizes = [int(np.prod(n.inputs[0].shape)) for n in (needs, self._needs)]
        return forecast.shape is not None and sizes[0] != sizes[1]

    def _model(self, use: Use) -> Model | None:
        """The model that the name is given to, if its call is on the way from the statement to the name."""
        for node in reversed(use.path):
            if not isinstance(node, ast.Call):
                continue
            owner: Any = MISSING
            if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                owner = use.value(node.func.value)
            elif isinstance(node.func, ast.Name):
                owner = use.value(node.func)
            if isinstance(owner, Model):
                return owner
        return None

    # -- the arrays ----------------------------------------------------------------------------------------------

    def _value(self, use: Use, role: Role) -> Any:
        if role.kind == "y" and (self._encodes or (use.name in self._encoded and self._model(use) is None)):
            role = replace(role, integers=True)
            self._encoded.add(use.name)
        key = (use.name, role, _counts_steps(use))
        if key not in self._kept:
            self._kept[key] = self._made(use.name, role, repeats=key[2])
            self._say(use.name, self._kept[key])
        return self._kept[key]

    def _made(self, name: str, role: Role, *, repeats: bool) -> Any:
        part = self._parts[role.split]
        if role.kind == "x":
            return _one_of(part.inputs, role, [i.name for i in self._needs.inputs] if self._needs else [])
        if role.kind == "y":
            names = [t.name for t in self._needs.targets] if self._needs else []
            return _one_of(part.integers if role.integers else part.targets, role, names)
        x, y, labels = (_unwrapped(arrays) for arrays in (part.inputs, part.targets, part.integers))
        return batches(name, x, y, part.integers[0] if isinstance(labels, list) else labels, repeats=repeats)

    def _say(self, name: str, value: Any) -> None:
        if self._table is not None or self._needs is None:
            return
        shape = tuple(value.shape) if isinstance(value, np.ndarray) else _described(value)
        text = f"made up: {name} {shape} for {self._needs.model}"
        if self._needs.is_iris:
            text += ", iris flowers"
        if text not in self._said:
            self._said.add(text)
            self._announce(text)


def _counts_steps(use: Use) -> bool:
    """Whether batches are given to a call that says how many of them it takes."""
    return any(
        isinstance(node, ast.Call) and any((k.arg or "").lower() in _STEPS for k in node.keywords) for node in use.path
    )


_STEPS = {"steps_per_epoch", "validation_steps", "steps", "samples_per_epoch", "nb_val_samples", "val_samples"}


def _one_of(arrays: Sequence[np.ndarray], role: Role, names: Sequence[str]) -> Any:
    if len(arrays) == 1 or (role.part is None and role.name is None):
        return _unwrapped(arrays)
    if role.name in names:
        return arrays[names.index(str(role.name))]
    return arrays[min(role.part or 0, len(arrays) - 1)]


def _unwrapped(arrays: Sequence[np.ndarray]) -> Any:
    return arrays[0] if len(arrays) == 1 else list(arrays)


def _described(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(str(tuple(a.shape)) for a in value) + "]"
    return f"of {value.n} samples" if isinstance(value, MadeUpBatches) else "of batches"


def _same(a: Needs, b: Needs) -> bool:
    def plain(targets: Sequence[Target]) -> list[Target]:
        return [replace(t, name="") for t in targets]

    return [(i.shape, i.kind, i.below) for i in a.inputs] == [(i.shape, i.kind, i.below) for i in b.inputs] and plain(
        a.targets
    ) == plain(b.targets)
