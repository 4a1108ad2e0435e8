"""`Merge` of files of Keras 1."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

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
        ({"mode": "cos", "dot_axes": 1}, ("CosineMerge", {"name": "m", "axes": 1})),
        ({}, ("Add", {"name": "m"})),
    ],
)
def test_modes_without_branches_are_layers_of_today(settings: dict[str, Any], expected: Any) -> None:
    assert merge_of_today({"name": "m", "mode_type": "raw", **settings}) == expected


def test_cosines_of_keras_2_are_those_of_today() -> None:
    settings = {"name": "m", "mode_type": "raw", "mode": "cos", "dot_axes": 1}
    assert merge_of_today(settings, 2) == ("Dot", {"name": "m", "axes": 1, "normalize": True})
    assert merge_of_today({**settings, "layers": [1, 2]}, 2)[1]["mode"] == "cos"


def test_branches_stay_with_their_merge() -> None:
    name, settings = merge_of_today({"name": "m", "mode": "sum", "layers": [1, 2], "arguments": {}, "mode_type": "raw"})
    assert (name, settings) == ("Merge", {"name": "m", "layers": [1, 2], "mode": "sum"})


def test_cosines_have_the_shape_that_they_had() -> None:
    branch = {"class_name": "Sequential", "config": [{"class_name": "Activation", "config": {"name": "%s"}}]}
    branches = [json.loads(json.dumps(branch) % name) for name in "ab"]
    for chain in branches:
        chain["config"][0]["config"] |= {"activation": "linear", "batch_input_shape": [None, 6]}
    settings = {"name": "m", "mode": "cos", "mode_type": "raw", "dot_axes": [1, 1], "layers": branches}
    config = [{"class_name": "Merge", "config": settings}]
    text = json.dumps({"class_name": "Sequential", "keras_version": "1.2.2", "config": config})
    inputs = [torch.cos(0.9 * torch.arange(12.0) + 0.5 * i).reshape(2, 6) for i in range(2)]
    model = models.model_from_json(text)
    again = models.model_from_json(model.to_json())
    for one in (model, again):
        np.testing.assert_allclose(one(inputs).detach(), [[[0.869109]], [[0.910505]]], rtol=1e-5)  # Keras 1.2.2


def test_functions_are_those_of_a_lambda_which_files_may_not_hold() -> None:
    name, settings = merge_of_today({"name": "m", "mode": "cG9z", "mode_type": "lambda"})
    assert name == "Lambda"
    assert settings["function"] == "cG9z"
    config = [{"class_name": "Merge", "config": {"name": "m", "mode": "system", "mode_type": "function", "layers": []}}]
    with pytest.raises((FileContentError, UnknownNameError), match="system"):
        models.model_from_json(json.dumps({"class_name": "Sequential", "keras_version": "1.2.2", "config": config}))
