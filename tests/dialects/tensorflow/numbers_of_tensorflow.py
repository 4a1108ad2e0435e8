"""Results of TensorFlow 2.15.1, kept in files, and what it means that ours agree with them.

Each line of a file is a call, as text, and what TensorFlow gave for it: dtype, shape and numbers of each tensor (every
n-th of many), or the class of the error.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np


def cases(name: str) -> list[tuple[str, Any]]:
    """Return the calls of a file, and TensorFlow's results."""
    path = Path(__file__).parent / "expected" / f"{name}.jsonl"
    return [tuple(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def is_error(expected: Any) -> bool:
    """Return whether TensorFlow refuses a call."""
    return isinstance(expected, dict) and "error" in expected


def function_of(call: str) -> str:
    """Return the name of the function of TensorFlow that a call is about."""
    found = re.findall(r"tf\.([\w.]+)\(", call)
    return next((name for name in found if name not in ("shape", "sort", "constant")), found[0] if found else call)


def inputs(tf: Any) -> dict[str, Any]:
    """Return what calls take: tensors of fixed numbers, by their shape."""

    def made(numbers: Any, dtype: str) -> Any:
        return tf.constant(numbers.astype(dtype))

    def draw(seed: int) -> Any:
        return np.random.RandomState(seed)

    def complex_numbers(*shape: int, seed: int = 0) -> Any:
        random = draw(seed)
        return made(random.randn(*shape) + 1j * random.randn(*shape), "complex64")

    return {
        "x": lambda *shape, seed=0: made(draw(seed).randn(*shape), "float32"),
        "u": lambda *shape, seed=0: made(draw(seed).uniform(0.05, 0.95, shape), "float32"),
        "n": lambda *shape, high=5, seed=0: made(draw(seed).randint(0, high, shape), "int32"),
        "c": complex_numbers,
    }


def agrees(got: Any, error: BaseException | None, expected: Any) -> str:
    """Return how a result differs from TensorFlow's, or an empty text."""
    if is_error(expected):
        if error is None:
            return f"TensorFlow refuses it ({expected['error']}), and here came {got!r}"
        names = {kind.__name__ for kind in type(error).__mro__}
        usual = {"ValueError", "TypeError", expected["error"], "NotImplementedError"}
        return "" if names & usual else f"raised {type(error).__name__}: {error}, TensorFlow {expected['error']}"
    if error is not None:
        return f"raised {type(error).__name__}: {error}"
    return _differs(got, expected)


def _differs(got: Any, expected: Any) -> str:
    if expected is None:
        return "" if got is None else f"is not None: {got!r}"
    if isinstance(expected, list):
        if not isinstance(got, (list, tuple)) or len(got) != len(expected):
            return f"is not a list of {len(expected)}: {got!r}"
        return "; ".join(filter(None, map(_differs, got, expected)))
    if "py" in expected:
        got = got.as_list() if hasattr(got, "as_list") else got
        return "" if got == expected["py"] else f"{got!r} is not {expected['py']!r}"
    if "dict" in expected:
        return "; ".join(filter(None, (_differs(got[key], part) for key, part in expected["dict"].items())))
    if "r" in expected:
        return _differs_ragged(got, expected)
    if "sp" in expected:
        return _differs([got.indices, got.values, got.dense_shape], expected["sp"])
    return _differs_tensor(got, expected)


def _differs_ragged(got: Any, expected: Any) -> str:
    rows = got.to_list()
    wanted = expected["r"]
    if isinstance(wanted, dict):
        rows, wanted = _texts(rows), wanted["x"]
    if got.dtype.name != expected["d"]:
        return f"dtype {got.dtype.name} is not {expected['d']}"
    return "" if _near(rows, wanted) else f"{rows} is not {wanted}"


def _texts(rows: Any) -> Any:
    return [_texts(row) for row in rows] if isinstance(rows, list) else rows.decode("latin1")


def _near(a: Any, b: Any) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_near, a, b))
    return a == b or (isinstance(a, float) and abs(a - b) < 1e-5 * max(1, abs(b)))


def _differs_tensor(got: Any, expected: Any) -> str:
    dtype = getattr(getattr(got, "dtype", None), "name", str(getattr(got, "dtype", type(got))))
    if dtype.removeprefix("torch.") != expected["d"]:
        return f"dtype {dtype} is not {expected['d']}"
    array = np.asarray(got.numpy() if hasattr(got, "numpy") else got)
    if list(array.shape) != expected["s"]:
        return f"shape {array.shape} is not {expected['s']}"
    flat = array.reshape(-1)[:: expected.get("n", 1)]
    if expected["d"] == "string":
        texts = [bytes(v).decode("latin1") for v in flat]
        return "" if texts == expected["v"] else f"{texts} is not {expected['v']}"
    if flat.dtype.kind == "c":
        flat = flat.view(flat.real.dtype)
    wanted = np.array([float(v) for v in expected["v"]])
    if flat.dtype.kind in "biu":
        return "" if flat.tolist() == [int(v) for v in expected["v"]] else f"{flat.tolist()} is not {expected['v']}"
    scale = max([1.0, *(abs(v) for v in wanted.tolist() if math.isfinite(v))])
    tolerance = {"float16": 2e-3, "bfloat16": 2e-2}.get(expected["d"], 2e-5)
    if np.allclose(flat.astype("float64"), wanted, rtol=tolerance, atol=tolerance * min(scale, 1.0), equal_nan=True):
        return ""
    return f"{flat.tolist()} is not {expected['v']}"
