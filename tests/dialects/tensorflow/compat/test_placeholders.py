from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.compat.placeholders import placeholder
from torchkeras_compat.dialects.tensorflow.compat.session import Session


def test_a_session_gives_values_to_placeholders() -> None:
    x = placeholder("float32", shape=[None, 3])
    layer = keras.layers.Dense(2)
    outputs = layer(x)
    values = np.ones((4, 3), "float32")
    with Session() as session:
        found, doubled = session.run([outputs, x + x], feed_dict={x: values})
    np.testing.assert_allclose(found, values @ layer.get_weights()[0], rtol=1e-6)
    assert doubled.shape == (4, 3) and doubled[0, 0] == 2


def test_what_is_not_here_says_so() -> None:
    with pytest.raises(ValueError, match="needs `shape`"):
        placeholder("float32")
    with pytest.raises(ValueError, match="placeholder of strings"):
        placeholder("string", [None])
