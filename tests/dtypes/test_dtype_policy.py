"""Dtype policies and the layers that compute by them."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import config, dtype_policies, layers, models
from torchkeras_compat.dtypes.identifiers import set_dtype_policy


@pytest.fixture(autouse=True)
def the_policy_before():
    before = config.dtype_policy()
    yield
    set_dtype_policy(before)


def test_a_layer_has_weights_and_computes_by_its_policy():
    for name, compute in (("mixed_bfloat16", torch.bfloat16), ("mixed_float16", torch.float16)):
        dense = layers.Dense(2, dtype=name)
        y = dense(torch.ones(1, 3))
        assert y.dtype is compute and dense.kernel.dtype == "float32"
    y = layers.Dense(2, dtype="float64")(torch.ones(1, 3))
    assert y.dtype is torch.float64


def test_the_global_policy_is_that_of_new_layers():
    config.set_dtype_policy("mixed_bfloat16")
    assert config.dtype_policy().name == "mixed_bfloat16"
    assert layers.Dense(1).compute_dtype == "bfloat16"
    assert dtype_policies.DTypePolicy().name == "mixed_bfloat16"
    with pytest.raises(ValueError, match="policy=None"):
        config.set_dtype_policy(None)


def test_a_model_of_mixed_layers_gives_what_its_last_layer_gives():
    set_dtype_policy("mixed_bfloat16")
    model = models.Sequential([layers.Dense(2), layers.Dense(2, dtype="float32")])
    assert model(torch.ones(1, 3)).dtype is torch.float32


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: dtype_policies.DTypePolicy("mixed_float15"), ValueError, "Cannot convert 'mixed_float15'"),
        (lambda: dtype_policies.DTypePolicy(3), TypeError, "name=3"),
    ],
)
def test_bad_names_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_policy_for_other_weights_than_there_are_is_refused():
    dense = layers.Dense(1, name="d")
    dense.dtype_policy = "float64"  # not built yet
    dense(torch.ones(1, 2))
    with pytest.raises(ValueError, match="Dense 'd' has weights in float64 already.*'mixed_float16'.*layer.to"):
        dense.dtype_policy = "mixed_float16"
    assert dense.dtype_policy.name == "float64"
    dense.to(torch.float32).dtype_policy = "mixed_float16"
    assert dense(torch.ones(1, 2)).dtype is torch.float16
