from __future__ import annotations

import pytest

from torchkeras_compat import layers, models
from torchkeras_compat.legacy.layers.recorded_call import RecordedCall


def test_it_stands_for_the_layer_in_the_model() -> None:
    dense = layers.Dense(2, name="own")
    x = layers.Input((3,))
    model = models.Model(x, RecordedCall(dense)(x * 2))
    assert isinstance(model.get_layer("own"), RecordedCall)
    dense.build((None, 3))
    assert len(RecordedCall(dense).weights) == 2


def test_its_config_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="The layer 'own' uses tensors of the graph beside its inputs"):
        RecordedCall(layers.Dense(2, name="own")).get_config()
