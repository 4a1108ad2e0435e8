from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Input, layers, models


@pytest.mark.parametrize(
    "name", ["training", "meta", "_code", "code", "graph", "forward", "weights", "class", "1a", "a.b"]
)
def test_a_layer_may_have_any_name(name: str) -> None:
    x = Input((2,))
    data = np.ones((1, 2), "float32")
    for model in (
        models.Model(x, layers.Dense(1, name=name)(x)),
        models.Sequential([Input((2,)), layers.Dense(1, name=name)]),
    ):
        clone = models.clone_model(model)
        clone.load_state_dict(model.state_dict())
        np.testing.assert_array_equal(clone.predict(data, verbose=0), model.predict(data, verbose=0))
        assert model.get_layer(name).name == name
