"""Names of regularizers, and functions in their place."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import regularizers


@pytest.mark.parametrize("name", ["l1", "l2", "l1l2", "orthogonal_regularizer", "L1", "L1L2"])
def test_names_mean_the_same_as_in_keras(real_keras, name):
    mine, other = regularizers.get(name), real_keras.regularizers.get(name)
    assert type(mine).__name__ == type(other).__name__
    assert mine.get_config() == pytest.approx(other.get_config())


def test_public_names_in_lower_case_are_the_classes():
    assert regularizers.l1 is regularizers.L1 and regularizers.l2 is regularizers.L2
    assert regularizers.l1_l2 is regularizers.L1L2 is type(regularizers.get("l1_l2"))
    assert regularizers.orthogonal_regularizer is regularizers.OrthogonalRegularizer


def test_callables_and_none():
    assert regularizers.get(None) is None
    function = torch.sum
    assert regularizers.get(function) is function


def test_an_unknown_name_is_repeated():
    with pytest.raises(ValueError, match="l3"):
        regularizers.get("l3")
