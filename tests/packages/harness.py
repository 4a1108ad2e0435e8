"""What the cases of packages share: a table of them, weights that both sides give themselves, results as plain values.

A case is a function without arguments that uses a package as its README and guides do, and returns arrays, numbers,
texts, or nested lists, tuples and dicts of these. It runs in two processes, one on Keras with torch and one on this
package; what it returns must agree.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, KeysView
from typing import Any

import numpy as np

CASES: dict[str, Callable[[], Any]] = {}


def case(function: Callable[[], Any]) -> Callable[[], Any]:
    """Enter a function into the table of cases."""
    CASES[function.__name__] = function
    return function


def data(*shape: int, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    """Return normally distributed float32 numbers, the same in both processes."""
    return (np.random.RandomState(seed).standard_normal(shape) * scale).astype("float32")


def ids(*shape: int, below: int, seed: int = 0, start: int = 0) -> np.ndarray:
    """Return random int32 numbers from ``start`` to below ``below``."""
    return np.random.RandomState(seed).randint(start, below, shape).astype("int32")


def filled(layer: Any, scale: float = 0.1) -> Any:
    """Give a built layer or model weights that follow from their order and shape, and return it."""
    for i, variable in enumerate(layer.weights):
        if "float" not in str(variable.dtype):
            continue
        shape = tuple(variable.shape)
        values = np.random.RandomState(zlib.crc32(repr((i, shape)).encode()) % 2**31).standard_normal(shape) * scale
        path = getattr(variable, "path", variable.name)
        if "variance" in path or "gamma" in path or "scale" in path.rpartition("/")[2]:
            values = np.abs(values) + 0.5
        variable.assign(values.astype("float32"))
    return layer


def described(layer: Any) -> list[tuple[str, tuple[int, ...]]]:
    """Return the name and shape of each weight, in order."""
    return [(variable.name, tuple(variable.shape)) for variable in layer.weights]


def raised(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return the name of the error that a call raises, ValueErrors and TypeErrors by the class they derive from."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        kinds = (ValueError, TypeError, AttributeError, KeyError, RuntimeError, NotImplementedError)
        return next((kind.__name__ for kind in kinds if isinstance(error, kind)), type(error).__name__)
    return "nothing"


def plain(value: Any) -> Any:
    """Return tensors and arrays as NumPy arrays, in nested structures of plain Python types."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, (list, tuple, KeysView)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, bool, int, float, bytes)):
        return value
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "path") and hasattr(value, "assign"):
        value = value.numpy() if hasattr(value, "numpy") else value.value
    return np.asarray(value)


def differences(expected: Any, found: Any, rtol: float = 2e-4, atol: float = 2e-5, place: str = "result") -> list[str]:
    """Return what differs between two results of :func:`plain`, each with its place."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if expected.keys() != found.keys():  # the order is that of Keras's tree library, or that of the user
            return [f"{place}: keys {list(expected)} and {list(found)}"]
        return [d for key in expected for d in differences(expected[key], found[key], rtol, atol, f"{place}[{key!r}]")]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{place}: {len(expected)} and {len(found)} items: {expected!r:.200} and {found!r:.200}"]
        pairs = enumerate(zip(expected, found))
        return [d for i, (e, f) in pairs for d in differences(e, f, rtol, atol, f"{place}[{i}]")]
    if isinstance(expected, (np.ndarray, float, np.generic)) and isinstance(found, (np.ndarray, float, np.generic)):
        return _array_differences(np.asarray(expected), np.asarray(found), rtol, atol, place)
    return [] if expected == found and type(expected) is type(found) else [f"{place}: {expected!r} and {found!r}"]


def _array_differences(expected: np.ndarray, found: np.ndarray, rtol: float, atol: float, place: str) -> list[str]:
    if expected.shape != found.shape or expected.dtype != found.dtype:
        return [f"{place}: {expected.dtype} {expected.shape} and {found.dtype} {found.shape}"]
    if expected.dtype.kind in "fc":
        near = np.isclose(expected, found, rtol=rtol, atol=atol, equal_nan=True)
        if near.all():
            return []
        return [f"{place}: {(~near).mean():.0%} differ, by up to {np.nanmax(np.abs(expected - found)):.3g}"]
    return [] if np.array_equal(expected, found) else [f"{place}: {expected!r:.300} and {found!r:.300}"]
