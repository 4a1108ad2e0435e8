"""Names of initializers and their kin, as each older Keras meant them."""

from __future__ import annotations

import pytest

from torchkeras_compat import constraints, regularizers
from torchkeras_compat.dialects.adapters.values import initializer, meant, recurrent_start


def test_initializers_of_keras_1() -> None:
    found = meant({"init": "glorot_normal", "inner_init": "orthogonal", "beta_init": "zero", "units": 3}, "keras1")
    assert found["init"].distribution == "untruncated_normal" and found["inner_init"].gain == 1.1
    assert found["beta_init"] == "zero" and found["units"] == 3
    assert initializer("orthogonal", "keras2") == "orthogonal"


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf.keras"])
def test_regularizers_and_constraints(dialect: str) -> None:
    found = meant({"W_regularizer": "l1l2", "kernel_regularizer": "l1_l2", "b_constraint": "nonneg"}, dialect)
    for name in ("W_regularizer", "kernel_regularizer"):
        assert found[name].get_config() == regularizers.L1L2(0.01, 0.01).get_config()
    assert isinstance(found["b_constraint"], constraints.NonNeg)
    assert meant({"kernel_regularizer": "l2", "kernel_constraint": None}, dialect)["kernel_regularizer"] == "l2"
    assert isinstance(meant({"W_constraint": "maxnorm"}, dialect)["W_constraint"], constraints.MaxNorm)


def test_the_recurrent_kernel_of_keras_1() -> None:
    assert recurrent_start({}, "keras1")["inner_init"].gain == 1.1
    assert recurrent_start({}, "keras2") == {}
    assert recurrent_start({"inner_init": "uniform"}, "keras1") == {"inner_init": "uniform"}
