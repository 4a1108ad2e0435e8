from __future__ import annotations

import numpy as np


def test_a_layer_may_use_tensors_of_the_graph_beside_its_inputs(keras2) -> None:
    from keras import backend as K
    from keras.layers import Dense, Input, Layer
    from keras.models import Model

    x = Input((3,))
    hidden = Dense(2, name="hidden")(x)

    class WithLoss(Layer):
        def call(self, inputs):
            self.add_loss(K.mean(K.square(hidden)) + K.mean(inputs), inputs=inputs)
            return inputs

    model = Model(x, WithLoss(name="with_loss")(Dense(1)(hidden)))
    model.compile("sgd", loss=None)
    data = np.ones((4, 3), "float32")
    history = model.fit(data, epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert model.get_layer("with_loss").name == "with_loss"
    values = Model(x, hidden).predict(data)
    expected = np.mean(values**2) + model.predict(data).mean()
    np.testing.assert_allclose(model.evaluate(data, verbose=0), expected, rtol=1e-5)


def test_a_layer_may_take_gradients_of_its_inputs(keras2) -> None:
    from keras import backend as K
    from keras.layers import Dense, Input, Lambda, MaxPooling2D
    from keras.models import Model

    x = Input((4, 4, 1))
    pooled = MaxPooling2D()(x)
    where = Lambda(lambda t: K.gradients(K.sum(t[1]), t[0]), output_shape=lambda shapes: shapes[0])([x, pooled])
    model = Model(x, where)
    image = np.random.default_rng(0).permutation(16).reshape(1, 4, 4, 1).astype("float32")
    found = model.predict(image)
    assert found.shape == (1, 4, 4, 1) and found.sum() == 4.0
    blocks = image.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
    at = found.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
    assert (blocks.argmax(1) == at.argmax(1)).all()
    model = Model(x, Dense(1)(Lambda(lambda t: t[0] * t[1])([x, where])))
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(image, np.ones((1, 4, 4, 1))))


def test_a_list_of_one_output_is_that_output(keras2) -> None:
    from keras.layers import Input, Lambda

    assert Lambda(lambda x: [x + 1])(Input((2,))).shape == (None, 2)


def test_models_are_called_on_tensors_of_another_rank(keras2) -> None:
    from keras.layers import Dense, Embedding, Input, Reshape, multiply
    from keras.models import Model, Sequential

    inner = Sequential([Dense(12, input_dim=4), Reshape((3, 4))])
    vector, label = Input((4,)), Input((1,), dtype="int32")
    model = Model([vector, label], inner(multiply([vector, Embedding(5, 4)(label)])))
    assert model.predict([np.ones((2, 4)), np.ones((2, 1))]).shape == (2, 3, 4)
