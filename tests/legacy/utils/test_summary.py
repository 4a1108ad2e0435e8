from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.utils.summary import count_params, count_total_params, print_summary


def test_tables_are_those_of_models():
    model = Sequential([layers.Input((4,)), layers.Dense(2, name="narrow")])
    lines, expected = [], []
    print_summary(model, line_length=70, print_fn=lines.append)
    model.summary(line_length=70, print_fn=expected.append)
    assert lines == expected and "narrow" in str(lines)
    with pytest.raises(TypeError, match="a list of 1.*`model.layers`"):
        print_summary(model.layers)


def test_values_are_counted_once():
    norm, dense = layers.BatchNormalization(), layers.Dense(2)
    norm.build((None, 4))
    dense.build((None, 4))
    assert count_params([*dense.weights, *dense.weights, np.zeros((2, 2))]) == 14
    seen = {dense}
    assert count_total_params([norm, dense], seen) == (8, 8) and norm in seen
    assert count_total_params([norm, dense]) == (18, 8)
