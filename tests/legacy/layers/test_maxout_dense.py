"""`MaxoutDense`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.maxout_dense import MaxoutDense


def test_the_largest_of_several_dense_layers() -> None:
    random = np.random.RandomState(0)
    w, b, x = random.randn(4, 5, 3), random.randn(4, 3), random.randn(2, 5)
    layer = MaxoutDense(3, weights=[w, b])
    expected = np.max([x @ w[k] + b[k] for k in range(4)], axis=0)
    np.testing.assert_allclose(layer(torch.tensor(x, dtype=torch.float32)).detach(), expected, atol=1e-5)


def test_without_bias_and_round_trip(tmp_path: Path) -> None:
    layer = MaxoutDense(3, nb_feature=2, bias=False, W_constraint="max_norm")
    check_round_trip(layer, torch.randn(2, 4), tmp_path)
    assert [w.shape for w in layer.weights] == [(2, 4, 3)]


@pytest.mark.parametrize("arguments", [{"output_dim": 0}, {"output_dim": 2, "nb_feature": 1.5}])
def test_bad_arguments(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="is a positive int"):
        MaxoutDense(**arguments)
