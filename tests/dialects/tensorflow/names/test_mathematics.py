"""The table of mathematics: each name leads to a function with TensorFlow's arguments (those of 2.15.1)."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.names.mathematics import PATHS
from torchkeras_compat.public_names import named

SIGNATURES = Path(__file__).parents[1] / "expected" / "signatures.jsonl"

# Names of TensorFlow 1 alone, whose further arguments are those of the function of now, or given by keyword.
OF_NOW = {
    "bincount": "arguments of now",
    "count_nonzero": "`input_tensor` and `keep_dims` by keyword",
    "extract_image_patches": "`ksizes` by keyword",
    "image.extract_image_patches": "`ksizes` by keyword",
    "image.resize_area": "`half_pixel_centers` as those of its kind",
    "image.resize_image_with_pad": "antialiasing in place of `align_corners`",
    "image.resize_images": "names of methods for their numbers",
    "sparse_add": "`threshold` alone",
    "sparse_concat": "`axis` alone",
    "string_to_hash_bucket": "`string_tensor` by keyword",
    "string_to_number": "`string_tensor` by keyword",
    "substr": "`unit` before `name`",
}


def signatures() -> list[tuple[str, list[Any]]]:
    return [tuple(json.loads(line)) for line in SIGNATURES.read_text(encoding="utf-8").splitlines()]


def _default(value: Any) -> Any:
    if callable(value):
        return value.__name__
    if isinstance(value, tuple):
        return list(value)
    return "-inf" if value == float("-inf") else value


def arguments(function: Any) -> list[list[Any]]:
    """Names and defaults of a function's arguments, as the file has them."""
    found = []
    for name, parameter in inspect.signature(function).parameters.items():
        is_open = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if is_open:
            found.append([name, None, "*"])
        else:
            found.append([name] if parameter.default is parameter.empty else [name, _default(parameter.default)])
    return found


@pytest.mark.parametrize("path", sorted(set(PATHS.values())))
def test_every_target_exists_and_is_documented(path: str) -> None:
    assert named(path).__doc__


@pytest.mark.parametrize(("path", "expected"), signatures(), ids=[path for path, _ in signatures()])
def test_arguments_are_tensorflows(path: str, expected: list[Any]) -> None:
    assert (arguments(named(PATHS[path])) == expected) == (path not in OF_NOW)


def test_every_function_of_now_is_compared() -> None:
    compared = {path for path, _ in signatures()}
    assert {path for path in PATHS if not path.startswith("compat.")} - compared <= {
        "RaggedTensor",
        "SparseTensor",
        "image.ResizeMethod",
        "random.Generator",
        "random.experimental.Generator",
        "sparse.SparseTensor",
    }
