"""What a customary name stands for: inputs or targets, to train, validate or test with, one array or batches."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from torchkeras_compat.notes.late_names import Use

_SPLITS = {
    "train": {"train", "training", "tr", "trn"},
    "val": {"val", "valid", "validation", "dev"},
    "test": {"test", "testing", "eval", "te", "tst", "holdout"},
    "new": {"new", "unseen", "sample", "predict"},
}
_INPUTS = frozenset(
    "x xs data input inputs feature features image images img imgs sequences seq text texts docs padded sentences "
    "reviews samples examples observations series signal predictors digits pictures windows".split()
)
_TARGETS = {"y", "ys", "label", "labels", "target", "targets", "output", "outputs", "classes", "lbl"}
_BATCHES = {"ds", "dataset", "generator", "gen", "iterator", "loader", "dataloader", "batches", "flow"}
_ONE_HOT = {"hot", "onehot", "cat", "categorical", "ohe", "bin", "binary", "encoded", "enc", "cls", "dummy"}
_NO_MATTER = frozenset(
    "one my partial scaled norm normalized standardized reshaped flat flattened pad small subset set arr array raw "
    "orig full all the vec cnn rnn lstm mlp".split()
)
# Methods of models, and what stands at their positions.
METHODS = {
    "fit": ("x", "y"),
    "evaluate": ("x", "y"),
    "predict": ("x",),
    "predict_classes": ("x",),
    "predict_proba": ("x",),
    "predict_on_batch": ("x",),
    "train_on_batch": ("x", "y"),
    "test_on_batch": ("x", "y"),
    "fit_generator": ("batches",),
    "evaluate_generator": ("batches",),
    "predict_generator": ("batches",),
    "score": ("x", "y"),
    "adapt": ("x",),
}
_SPLIT_OF_METHOD = {"fit": "train", "train_on_batch": "train", "fit_generator": "train", "adapt": "train"}
_KEYWORDS = {"x": "x", "y": "y", "generator": "batches", "data": "x", "inputs": "x"}
# Calls that make one-hot labels of integers: what they are given are integers.
ENCODERS = {"to_categorical", "one_hot", "get_dummies", "OneHotEncoder", "LabelBinarizer", "LabelEncoder"}


@dataclass(frozen=True)
class Role:
    """What an array is for.

    Args:
        kind: ``"x"``, ``"y"`` or ``"batches"``.
        split: ``"train"``, ``"val"``, ``"test"`` or ``"new"``.
        integers: Of targets: whether integer labels are asked for, whatever the loss takes.
        part: Of several inputs or targets: which, by index; None for all or the only one.
        name: Of several: the name of the input or output, where the use gives it.
        is_alone: Whether it is given to `fit` or `evaluate` without targets, so that it holds them.
    """

    kind: str
    split: str
    integers: bool = False
    part: int | None = None
    name: str | None = None
    is_alone: bool = False


def role_of_name(name: str) -> Role | None:
    """Return what a name stands for by custom; None for others.

    Example:
        >>> role_of_name("trainX").split, role_of_name("y_test").kind, role_of_name("epochs")
        ('train', 'y', None)
    """
    if re.match(r"[A-Z][a-z]", name):
        return None  # a class
    words = _words(name)
    split = _split(words)
    rest = [word for word in words if not any(word in names for names in _SPLITS.values())]
    kinds = {
        "batches": [w for w in rest if w in _BATCHES],
        "y": [w for w in rest if w in _TARGETS],
        "x": [w for w in rest if w in _INPUTS],
    }
    known = set().union(*kinds.values()) | _ONE_HOT | _NO_MATTER
    kind = next((k for k, found in kinds.items() if found), None)
    if kind is None or any(word not in known for word in rest):
        return None
    if len(rest) == 1 and split is None and rest[0] not in _ALONE:
        return None
    return Role(kind, split or "train")


# Of the words, those that are a name without a split: `X`, `data`, but not `series` or `text`.
_ALONE = {
    "x",
    "y",
    "data",
    "labels",
    "targets",
    "features",
    "images",
    "dataset",
    "inputs",
    "label",
    "target",
    "predictors",
}


def role_of_use(use: Use) -> Role | None:
    """Return what a name stands for where it is used: by its place in a call of a model, else by custom."""
    by_name = role_of_name(use.name)
    by_place = _role_of_place(use)
    role = by_place or by_name
    if role is None:
        return None
    if by_place and by_name:
        if by_place.kind != "batches" or _is_in_a_call_within(use):
            # `autoencoder.fit(x_train, x_train)`, `model.fit(generator.flow(x_train, y_train))`
            role = replace(role, kind=by_name.kind)
        if by_place.kind != "batches":
            role = replace(role, split=by_name.split)  # `X` is the same in `fit` and in `evaluate`
    role = replace(role, split=part_of_name(use.name) or role.split)
    if role.kind == "y" and any(_function_name(node) in ENCODERS for node in use.path):
        role = replace(role, integers=True)
    return role


def part_of_name(name: str) -> str | None:
    """Return which part of the data a name says that it is.

    Example:
        >>> part_of_name("x_test"), part_of_name("images")
        ('test', None)
    """
    return _split(_words(name))


def _split(words: Sequence[str]) -> str | None:
    return next((s for s, names in _SPLITS.items() if names & set(words)), None)


def _words(name: str) -> list[str]:
    """The words of a name, in lowercase: at underscores, changes of case and numbers."""
    name = re.sub(r"^([xXyY])(train|test|val|valid|new)", r"\1_\2", name)
    name = re.sub(r"(train|test|val|valid)([xXyY])$", r"\1_\2", name)
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [part.lower() for part in parts if not part.isdigit()]


def _function_name(node: ast.AST) -> str | None:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def _role_of_place(use: Use) -> Role | None:
    """The role of an argument of a method of models, whatever its name is."""
    for depth in range(len(use.path) - 1, -1, -1):
        node = use.path[depth]
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS):
            continue
        method = node.func.attr
        below = use.path[depth + 1 :]
        split = _SPLIT_OF_METHOD.get(method, "test")
        if below and below[0] in node.args:
            position = node.args.index(below[0])
            kinds = METHODS[method]
            if method in ("fit", "evaluate") and _is_without_targets(node) and len(below) == 1:
                return Role("x", split, is_alone=True)
            return _part(Role(kinds[position], split), below) if position < len(kinds) else None
        if below and isinstance(below[0], ast.keyword):
            return _role_of_keyword(below[0].arg, split, below[1:])
        return None
    return None


def _is_in_a_call_within(use: Use) -> bool:
    """Whether a name is an argument of a call that is itself one of a method of a model."""
    calls = [node for node in use.path if isinstance(node, ast.Call)]
    return len(calls) > 1 and isinstance(calls[-2].func, ast.Attribute) and calls[-2].func.attr in METHODS


def _is_without_targets(call: ast.Call) -> bool:
    return len(call.args) == 1 and not any(k.arg in ("y", None) for k in call.keywords)


def _role_of_keyword(keyword: str | None, split: str, below: Sequence[ast.AST]) -> Role | None:
    if keyword == "validation_data":
        if len(below) > 1 and isinstance(below[0], (ast.Tuple, ast.List)):
            position = below[0].elts.index(below[1])  # type: ignore[arg-type]
            return _part(Role("xy"[position], "val"), below[1:]) if position < 2 else None
        return Role("batches", "val")
    kind = _KEYWORDS.get(keyword or "")
    return _part(Role(kind, split), below) if kind else None


def _part(role: Role, below: Sequence[ast.AST]) -> Role:
    """Which of several inputs or targets: by its place in a list, or its key in a dictionary."""
    if len(below) < 2:
        return role
    container, element = below[0], below[1]
    if isinstance(container, (ast.List, ast.Tuple)) and element in container.elts:
        return replace(role, part=container.elts.index(element))
    if isinstance(container, ast.Dict) and element in container.values:
        key = container.keys[container.values.index(element)]
        name = key.value if isinstance(key, ast.Constant) else None
        return replace(role, part=container.values.index(element), name=name)  # type: ignore[arg-type]
    return role
