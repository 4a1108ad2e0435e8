from __future__ import annotations

import pytest

from torchkeras_compat.dialects.adapters.weights import add_weight


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"name": "w", "shape": (2,), "trainable": None, "use_resource": True}, {"name": "w", "shape": (2,)}),
        ({"name": (2,), "shape": "zeros"}, {"shape": (2,), "initializer": "zeros"}),
        ({"shape": "w", "initializer": (2,)}, {"name": "w", "shape": (2,)}),
        ({"shape": (2,), "initializer": "ones", "name": "w"}, {"shape": (2,), "initializer": "ones", "name": "w"}),
    ],
    ids=range(4),
)
def test_orders(given: dict, meant: dict) -> None:
    assert add_weight(given, "keras2") == meant


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_layers_of_users_make_weights(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import Layer

    class Own(Layer):
        def build(self, input_shape):
            self.a = self.add_weight(shape=(2, 3), initializer="zeros", name="a")
            self.c = self.add_weight((2,), initializer="one", name="c")
            if dialect != "keras1":
                self.b = self.add_weight("b", (3,), initializer="one")

    own = Own()
    own.build((None, 2))
    assert own.a.shape == (2, 3) and own.a.name == "a" and own.c.shape == (2,)
    if dialect != "keras1":
        assert own.b.numpy().tolist() == [1, 1, 1]
