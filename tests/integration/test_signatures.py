"""Arguments of public classes, functions and methods: names, order and defaults are those of real Keras."""

from __future__ import annotations

import functools
import inspect
import operator
from typing import Any

import pytest

import torchkeras_compat

NAMESPACES = [
    "callbacks",
    "constraints",
    "distillation",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "optimizers",
    "optimizers.schedules",
    "quantizers",
    "regularizers",
    "wrappers",
]
METHODS = {
    "Model": "compile fit evaluate predict train_on_batch test_on_batch predict_on_batch compute_loss compute_metrics "
    "summary save save_weights load_weights get_layer export",
    "Optimizer": "apply apply_gradients build add_variable add_variable_from_reference stateless_apply",
    "Metric": "update_state result reset_state add_variable stateless_update_state",
    "Loss": "call",
}
# What differs, and why.
DIFFERENCES = {
    ("layers", "AveragePooling", "pool_size"): "2 by default, as it is for MaxPooling",
    ("layers", "AvgPool", "pool_size"): "2 by default, as it is for MaxPooling",
    ("Metric", "add_variable", "initializer"): "zeros by default, as for the variables of an optimizer",
}


def find(root: Any, path: str) -> Any:
    return functools.reduce(getattr, path.split("."), root)


def parameters(function: Any) -> dict[str, inspect.Parameter] | None:
    try:
        found = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None
    return {n: p for n, p in found.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}


def takes_keywords(function: Any) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())


def one_for_all(default: Any) -> Any:
    """(1, 1) for two axes says what 1 says."""
    while isinstance(default, tuple) and default and len(set(default)) == 1:
        default = default[0]
    return default


def differences(theirs: Any, ours: Any) -> dict[str, str]:
    """What of the parameters differs, by name."""
    wanted, found = parameters(theirs), parameters(ours)
    if wanted is None or found is None:
        return {}
    result = {n: "absent" for n in wanted if n not in found and not takes_keywords(ours)}
    for name in wanted.keys() & found.keys():
        a, b = (one_for_all(p[name].default) for p in (wanted, found))
        if repr(a) != repr(b):
            result[name] = f"default {b!r} for {a!r}"
    by_position = [[n for n, p in side.items() if p.kind is p.POSITIONAL_OR_KEYWORD] for side in (wanted, found)]
    shared = [[n for n in side if n in wanted and n in found] for side in by_position]
    if shared[0] != shared[1]:
        result[""] = f"order {shared[1]} for {shared[0]}"
    return result


def is_listed(namespace: str, name: str, parameter: str) -> bool:
    return (namespace, name.rstrip("123D"), parameter) in DIFFERENCES


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_arguments_are_those_of_keras(real_keras, namespace):
    theirs, ours = find(real_keras, namespace), find(torchkeras_compat, namespace)
    names = [n for n in dir(theirs) if n[0] != "_" and callable(getattr(theirs, n)) and n in dir(ours)]
    assert names
    found = {}
    for name in names:
        differing = differences(getattr(theirs, name), getattr(ours, name))
        differing = {p: text for p, text in differing.items() if not is_listed(namespace, name, p)}
        if differing:
            found[name] = differing
    assert not found


@pytest.mark.parametrize(("cls", "method"), [(c, m) for c, methods in METHODS.items() for m in methods.split()])
def test_arguments_of_methods_are_those_of_keras(real_keras, cls, method):
    path = operator.attrgetter(f"{cls}.{method}")
    found = differences(path(real_keras), path(torchkeras_compat))
    assert not {p: text for p, text in found.items() if not is_listed(cls, method, p)}


def test_every_listed_difference_is_one(real_keras):
    for namespace, name, parameter in DIFFERENCES:
        full = f"{namespace}.{name}{'1D' if namespace == 'layers' else ''}"
        assert parameter in differences(find(real_keras, full), find(torchkeras_compat, full))
