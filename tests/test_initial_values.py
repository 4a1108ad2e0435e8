"""What a variable begins with."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import initializers
from torchkeras_compat.initial_values import initial_value
from torchkeras_compat.variables import Variable


@pytest.mark.parametrize("ones", ["ones", initializers.Ones, initializers.Ones(), {"class_name": "Ones", "config": {}}])
def test_initializers_by_any_name_fill_the_shape(ones: object) -> None:
    found = initial_value(ones, (np.int64(2), 3), "float64")
    assert torch.equal(found, torch.ones(2, 3, dtype=torch.float64))


def test_values_are_copied_and_broadcast() -> None:
    given = torch.ones(3)
    found = initial_value(given, (2, 3), None)
    given.zero_()
    assert torch.equal(found, torch.ones(2, 3))
    assert initial_value(Variable([1.0, 2.0]), None, None).tolist() == [1, 2]


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Values of shape \(3,\) do not fill a variable of shape=\(2, 2\)"):
        initial_value(torch.ones(3), (2, 2), None)
    with pytest.raises(ValueError, match=r"shape=\(None, 2\)"):
        initial_value("ones", (None, 2), None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`shape` argument should be specified"):
        initial_value("ones", None, None)
