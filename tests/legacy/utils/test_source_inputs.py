from __future__ import annotations

import numpy as np

from torchkeras_compat import layers
from torchkeras_compat.legacy.utils.source_inputs import get_source_inputs


def test_inputs():
    a, b = layers.Input((2,)), layers.Input((2,))
    dense = layers.Dense(2)
    found = get_source_inputs(dense(layers.add([a, b, a])), dense, 0)
    assert [any(x is y for y in (a, b)) for x in found] == [True, True]
    assert get_source_inputs(a)[0] is a
    array = np.ones(2)
    assert get_source_inputs(array) is array
