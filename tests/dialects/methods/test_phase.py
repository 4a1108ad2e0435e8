from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from torchkeras_compat.legacy.backend.learning_phase import forget_learning_phase


@pytest.fixture(autouse=True)
def phase() -> Iterator[None]:
    yield
    forget_learning_phase()


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_the_learning_phase_that_is_set_holds_for_models(keras2) -> None:
    from keras import backend as K
    from keras.layers import Dropout
    from keras.models import Sequential

    model = Sequential([Dropout(0.5, input_shape=(1000,))])
    model.compile("sgd", "mse")
    x = np.ones((2, 1000), "float32")
    assert (model.predict(x) == 1).all()
    K.set_learning_phase(1)
    assert (model.predict(x) == 0).any()
    K.set_learning_phase(0)
    assert model.train_on_batch(x, x) == 0
    forget_learning_phase()
    assert (model.predict(x) == 1).all() and model.train_on_batch(x, x) > 0
