"""Models written once for any library with Keras's names: each function takes the library and returns a model."""

from __future__ import annotations

from typing import Any


def stack(K: Any) -> Any:
    return K.Sequential([K.Input((4,)), K.layers.Dense(3, activation="relu"), K.layers.Dropout(0.5), K.layers.Dense(2)])


def added_one_by_one(K: Any) -> Any:
    model = K.Sequential(name="grown")
    model.add(K.Input((4,)))
    model.add(K.layers.Dense(7))
    model.add(K.layers.BatchNormalization())
    model.add(K.layers.Dense(2, name="last"))
    return model


def nested_stack(K: Any) -> Any:
    inner = K.Sequential([K.Input((3,)), K.layers.Dense(3), K.layers.Dense(4, name="deep")], name="inner")
    return K.Sequential([K.Input((4,)), K.layers.Dense(3), inner, K.layers.Dense(2)])


def two_inputs(K: Any) -> Any:
    a, b = K.Input((4,), name="a"), K.Input((6,), name="b")
    left = K.layers.Dense(5, name="left")(a)
    right = K.layers.Dense(5, name="right_2")(K.layers.Dense(5, name="right_1")(b))
    joined = K.layers.Dense(3)(left + right)
    return K.Model([a, b], [K.layers.Dense(1, name="score")(joined), joined[:, :2]], name="two")


def shared_layer(K: Any) -> Any:
    a, b = K.Input((4,), name="a"), K.Input((4,), name="b")
    shared = K.layers.Dense(3, name="shared")
    return K.Model({"a": a, "b": b}, {"sum": shared(a) + shared(b), "first": shared(a) * 2.0})


def functions(K: Any) -> Any:
    x = K.Input((4,))
    h = K.ops.relu(K.layers.Dense(6)(x))
    h = K.ops.concatenate([h, -h], axis=-1)
    return K.Model(x, K.ops.softmax(K.ops.reshape(h, (-1, 3, 4)) / 2.0))


def nested_graph(K: Any) -> Any:
    i = K.Input((4,))
    inner = K.Model(i, K.layers.Dense(4)(K.layers.Dense(3)(i)), name="inner")
    x = K.Input((4,))
    return K.Model(x, inner(inner(x)) + x)


def text(K: Any) -> Any:
    x = K.Input((None,), dtype="int32")
    h = K.layers.Embedding(11, 4, mask_zero=True)(x)
    h = K.layers.LSTM(5, return_sequences=True)(h)
    return K.Model(x, K.layers.Dense(2)(K.layers.LSTM(3)(h)))


def image(K: Any) -> Any:
    return K.Sequential(
        [
            K.Input((8, 8, 3)),
            K.layers.Conv2D(4, 3, activation="relu"),
            K.layers.MaxPooling2D(),
            K.layers.Flatten(),
            K.layers.Dense(2),
        ]
    )


def frozen(K: Any) -> Any:
    model = stack(K)
    model.layers[0].trainable = False
    return model


def subclassed(K: Any) -> Any:
    class Block(K.layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.dense = K.layers.Dense(4)
            self.norm = K.layers.BatchNormalization()

        def call(self, x: Any) -> Any:
            return self.norm(self.dense(x))

    class Net(K.Model):
        def __init__(self) -> None:
            super().__init__()
            self.entry = K.layers.Dense(4)
            self.blocks = [Block(), Block(name="second")]
            self.heads = {"score": K.layers.Dense(1)}

        def build(self, input_shape: Any) -> None:
            self.scale = self.add_weight(shape=(1,), initializer="ones", name="scale")

        def call(self, x: Any) -> Any:
            x = self.entry(x)
            for block in self.blocks:
                x = block(x)
            return self.heads["score"](x) * self.scale

    model = Net()
    model(K.ops.zeros((2, 4)))
    return model


ALL = [
    stack,
    added_one_by_one,
    nested_stack,
    two_inputs,
    shared_layer,
    functions,
    nested_graph,
    text,
    image,
    frozen,
    subclassed,
]
