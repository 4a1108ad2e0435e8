"""Each function of the old backend beside tf.keras 2.15.1, whose values `backend_values.json` holds."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.legacy.backend_cases import CASES
from torchkeras_compat.dialects.names.backend import ROWS
from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
from torchkeras_compat.legacy.backend.placeholders import placeholder
from torchkeras_compat.public_names import named
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variables import Variable

VALUES = json.loads((Path(__file__).parent / "backend_values.json").read_text())
K = types.SimpleNamespace(**{row.path.removeprefix("backend."): named(row.target) for row in ROWS})

# What works on values alone, or whose arguments are not the tensors that the others take.
ONLY_ON_VALUES = {"moving", "updates", "ctc_label", "tile int", "rnn length", "rnn length back"}

WITH_AN_AXIS_LIKE_THE_BATCH = {"local1d", "dot 2d"}


def leaves(x: Any) -> list[Any]:
    return [leaf for part in x for leaf in leaves(part)] if isinstance(x, (list, tuple)) else [x]


def array(x: Any) -> np.ndarray:
    return np.asarray(x.detach() if isinstance(x, torch.Tensor) else x)


@pytest.mark.parametrize("name", VALUES)
def test_values_are_those_of_tf_keras(name: str) -> None:
    found, expected = leaves(CASES[name](K, torch.tensor)), leaves(VALUES[name])
    assert len(found) == len(expected)
    for x, entry in zip(map(array, found), expected, strict=True):
        assert (x.dtype.name, list(x.shape)) == (entry["dtype"], entry["shape"])
        # Six digits are written down; sums of float32 differ in the last two.
        np.testing.assert_allclose(x.reshape(-1), entry["values"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in VALUES if name not in ONLY_ON_VALUES])
def test_recorded_calls_compute_the_same(name: str) -> None:
    fed: dict[KerasTensor, Any] = {}

    def symbol(x: np.ndarray) -> Any:
        batch = next((len(value) for value in fed.values() if value.ndim), len(x) if x.ndim else 0)
        is_open = x.ndim and len(x) == batch and name not in WITH_AN_AXIS_LIKE_THE_BATCH and "time_major" not in name
        shape = (None, *x.shape[1:]) if is_open else x.shape
        made = placeholder(shape, dtype=x.dtype.name)
        fed[made] = x
        return made

    recorded = CASES[name](K, symbol)
    if not any(isinstance(x, KerasTensor) for x in leaves(recorded)):
        return
    found = evaluate(leaves(recorded), fed)
    for x, symbolic, entry in zip(map(array, found), leaves(recorded), leaves(VALUES[name]), strict=True):
        if not isinstance(symbolic, KerasTensor):
            continue
        assert [s if known is not None else None for s, known in zip(x.shape, symbolic.shape, strict=True)] == [
            *symbolic.shape
        ], "the recorded shape is that of the values"
        np.testing.assert_allclose(x.reshape(-1), entry["values"], rtol=1e-4, atol=1e-5)


def test_variables_are_taken_everywhere_that_tensors_are() -> None:
    skipped = []
    for name in VALUES:
        try:
            found = CASES[name](K, lambda x: Variable(x, dtype=x.dtype.name))
        except Exception as error:
            skipped.append((name, repr(error)))
            continue
        for x, entry in zip(map(array, leaves(found)), leaves(VALUES[name]), strict=True):
            np.testing.assert_allclose(x.reshape(-1), entry["values"], rtol=1e-4, atol=1e-5, err_msg=name)
    assert skipped == []
