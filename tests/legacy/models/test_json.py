from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.models.json import model_from_json


def test_a_loss_of_the_user_is_not_asked_for() -> None:
    def own_loss(y_true, y_pred):
        return (y_true - y_pred) ** 2

    model = Sequential([layers.Dense(2, input_dim=3)])
    model.compile("adam", own_loss)
    made = model_from_json(model.to_json())
    made.set_weights(model.get_weights())
    x = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(made.predict(x, verbose=0), model.predict(x, verbose=0))
    assert not made.compiled


@pytest.mark.parametrize("text", ["{", "[1]", "", "null"])
def test_what_is_not_a_model_is_refused(text: str) -> None:
    with pytest.raises((FileContentError, TypeError, ValueError)):
        model_from_json(text)
