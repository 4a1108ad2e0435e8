"""keras-tcn: temporal convolutional networks, as its README and examples use them.

It imports ``tensorflow``, so that its other side is tf.keras 2.15, whose results are kept in `tcn_on_tf_keras.json`:
``python -m tests.packages.run tcn tf.keras tests/packages/tcn_on_tf_keras.json`` writes it, where TensorFlow is.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from typing import Any

import numpy as np
from tcn import TCN, compiled_tcn, tcn_full_summary
from tensorflow import keras

from tests.packages.harness import case, data, filled, ids, raised


def outputs(x: np.ndarray, **options: Any) -> Any:
    """Outputs of a model of one TCN layer with made-up weights."""
    given = {"nb_filters": 4, "kernel_size": 2, "dilations": (1, 2), **options}
    inputs = keras.layers.Input(x.shape[1:])
    model = filled(keras.models.Model(inputs, TCN(**given)(inputs)), 0.4)
    return model.predict(x, verbose=0), [tuple(w.shape) for w in model.weights], model.count_params()


def normalized(**options: Any) -> Any:
    """As :func:`outputs`, with weights by layer: tf.keras lists those of the normalization first."""
    inputs = keras.layers.Input((8, 3))
    net = TCN(4, 2, dilations=(1, 2), **options)
    model = keras.models.Model(inputs, net(inputs))
    for block in net.residual_blocks:
        for layer in [*block.layers, block.shape_match_conv]:
            filled(layer, 0.4)
    return model.predict(data(2, 8, 3), verbose=0), model.count_params()


@case
def causal() -> Any:
    return outputs(data(2, 8, 3))


@case
def sequences() -> Any:
    return outputs(data(2, 8, 3), return_sequences=True)


@case
def same_padding() -> Any:
    return outputs(data(2, 8, 3), padding="same", return_sequences=True)


@case
def same_padding_last_step() -> Any:
    return outputs(data(2, 8, 3), padding="same")


@case
def without_skip_connections() -> Any:
    return outputs(data(2, 8, 3), use_skip_connections=False)


@case
def stacks() -> Any:
    return outputs(data(2, 8, 3), nb_stacks=2)


@case
def batch_normalization() -> Any:
    return normalized(use_batch_norm=True)


@case
def layer_normalization() -> Any:
    return normalized(use_layer_norm=True)


@case
def backwards() -> Any:
    return outputs(data(2, 8, 3), go_backwards=True, return_sequences=True)


@case
def a_list_of_filters() -> Any:
    return outputs(data(2, 8, 3), nb_filters=[4, 5], use_skip_connections=False)


@case
def other_activation_and_initializer() -> Any:
    return outputs(data(2, 8, 3), activation="tanh", kernel_initializer="glorot_uniform", dropout_rate=0.2)


@case
def as_many_filters_as_features() -> Any:
    return outputs(data(2, 8, 4))


@case
def open_length() -> Any:
    inputs = keras.layers.Input((None, 3))
    model = filled(keras.models.Model(inputs, TCN(4, 2, dilations=(1, 2))(inputs)), 0.4)
    return model.predict(data(2, 8, 3), verbose=0), model.predict(data(2, 5, 3), verbose=0)


@case
def receptive_field() -> Any:
    return [
        TCN(kernel_size=k, nb_stacks=s, dilations=d).receptive_field for k, s, d in ((3, 1, (1, 2, 4)), (2, 2, (1, 8)))
    ]


@case
def regression() -> Any:
    """The README's first example, with data of its own."""
    model = keras.models.Sequential([TCN(input_shape=(8, 1), nb_filters=4, dilations=(1, 2)), keras.layers.Dense(1)])
    filled(model, 0.3)
    model.compile(keras.optimizers.SGD(0.05), "mse")
    x, y = data(16, 8, 1), data(16, 1, seed=1)
    history = model.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return history.history, model.predict(x, verbose=0)


@case
def classification() -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        model = compiled_tcn(1, 4, 4, 2, [1, 2], 1, max_len=8, return_sequences=False, dropout_rate=0.0, opt="rmsprop")
    filled(model, 0.3)
    history = model.fit(data(16, 8, 1), ids(16, 1, below=4), epochs=3, batch_size=4, shuffle=False, verbose=0)
    return history.history["loss"], model.predict(data(4, 8, 1), verbose=0)


@case
def compiled_regression() -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        model = compiled_tcn(
            2, 0, 4, 2, [1, 2], 1, max_len=8, regression=True, return_sequences=False, dropout_rate=0.0
        )
    filled(model, 0.3)
    history = model.fit(data(16, 8, 2), data(16, 1, seed=2), epochs=3, batch_size=4, shuffle=False, verbose=0)
    return history.history, type(model.optimizer).__name__


@case
def dilations_that_are_not_powers() -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        model = compiled_tcn(1, 0, 4, 2, [0, 1, 2, 3], 1, max_len=8, regression=True)
    return model.count_params(), model.output_shape


@case
def configs() -> Any:
    config = TCN(4, 2, dilations=(1, 2), padding="same", name="net").get_config()
    return {
        key: config[key] for key in ("nb_filters", "kernel_size", "dilations", "padding", "name", "return_sequences")
    }


@case
def saved_model() -> Any:
    inputs = keras.layers.Input((8, 3))
    model = filled(keras.models.Model(inputs, TCN(4, 2, dilations=(1, 2), name="net")(inputs)), 0.4)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/m.h5")
        loaded = keras.models.load_model(f"{folder}/m.h5", custom_objects={"TCN": TCN})
        model.save_weights(f"{folder}/m.weights.h5")
        other = keras.models.model_from_json(model.to_json(), custom_objects={"TCN": TCN})
        other.load_weights(f"{folder}/m.weights.h5")
    return loaded.predict(data(2, 8, 3), verbose=0), other.predict(data(2, 8, 3), verbose=0)


@case
def two_in_a_row() -> Any:
    inputs = keras.layers.Input((8, 3))
    x = TCN(4, 2, dilations=(1, 2), return_sequences=True, name="first")(inputs)
    model = filled(keras.models.Model(inputs, TCN(3, 2, dilations=(1,), name="second")(x)), 0.4)
    return model.predict(data(2, 8, 3), verbose=0), [layer.name for layer in model.layers[1:]]


@case
def summaries() -> Any:
    model = keras.models.Sequential([TCN(input_shape=(8, 1), nb_filters=4, dilations=(1, 2)), keras.layers.Dense(1)])
    with contextlib.redirect_stdout(io.StringIO()):
        tcn_full_summary(model, expand_residual_blocks=False)
    return [type(layer).__name__ for layer in model.layers]


@case
def errors() -> Any:
    return (
        raised(TCN, use_batch_norm=True, use_layer_norm=True),
        raised(TCN, padding="valid"),
        raised(TCN, nb_filters=[4, 5], dilations=(1, 2)),
    )
