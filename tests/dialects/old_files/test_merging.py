"""`Merge` of files of Keras 1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from torchkeras_compat import models
from torchkeras_compat.dialects.old_files.merging import merge_of_today
from torchkeras_compat.errors import FileContentError, UnknownNameError


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"mode": "sum"}, ("Add", {"name": "m"})),
        ({"mode": "mul"}, ("Multiply", {"name": "m"})),
        ({"mode": "ave"}, ("Average", {"name": "m"})),
        ({"mode": "max"}, ("Maximum", {"name": "m"})),
        ({"mode": "concat", "concat_axis": 1}, ("Concatenate", {"name": "m", "axis": 1})),
        ({"mode": "dot", "dot_axes": [1, 2]}, ("Dot", {"name": "m", "axes": [1, 2], "normalize": False})),
        ({"mode": "cos", "dot_axes": 1}, ("Dot", {"name": "m", "axes": 1, "normalize": True})),
        ({}, ("Add", {"name": "m"})),
    ],
)
def test_modes_without_branches_are_layers_of_today(settings: dict[str, Any], expected: Any) -> None:
    assert merge_of_today({"name": "m", "mode_type": "raw", **settings}) == expected


def test_branches_stay_with_their_merge() -> None:
    name, settings = merge_of_today({"name": "m", "mode": "sum", "layers": [1, 2], "arguments": {}, "mode_type": "raw"})
    assert (name, settings) == ("Merge", {"name": "m", "layers": [1, 2], "mode": "sum"})


def test_functions_are_those_of_a_lambda_which_files_may_not_hold() -> None:
    name, settings = merge_of_today({"name": "m", "mode": "cG9z", "mode_type": "lambda"})
    assert name == "Lambda"
    assert settings["function"] == "cG9z"
    config = [{"class_name": "Merge", "config": {"name": "m", "mode": "system", "mode_type": "function", "layers": []}}]
    with pytest.raises((FileContentError, UnknownNameError), match="system"):
        models.model_from_json(json.dumps({"class_name": "Sequential", "keras_version": "1.2.2", "config": config}))
