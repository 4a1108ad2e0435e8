"""Old calls mean what they meant: order, names, values and defaults of each version."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.dialect import dialect_named
from torchkeras_compat.dialects.translation import Translator, translator, value_of_today
from torchkeras_compat.legacy.activations.hard_sigmoid import hard_sigmoid
from torchkeras_compat.public_names import named


def translated(dialect: str, path: str, *args, **kwargs):
    found = translator(dialect_named(dialect), path, named(path)).translate(args, kwargs)
    assert found.args == ()
    return found.kwargs


@pytest.mark.parametrize(
    ("dialect", "path", "args", "kwargs", "meant"),
    [
        (
            "keras1",
            "layers.Dense",
            (3, "uniform", "relu"),
            {"bias": False},
            {"units": 3, "kernel_initializer": "random_uniform", "activation": "relu", "use_bias": False},
        ),
        ("keras1", "layers.MaxPooling1D", (3, 2), {}, {"pool_size": 3, "strides": 2}),
        ("keras1", "layers.AveragePooling2D", (), {"dim_ordering": "th"}, {"data_format": "channels_first"}),
        ("keras1", "layers.GaussianNoise", (0.1,), {}, {"stddev": 0.1}),
        (
            "keras2",
            "layers.Dense",
            (3, "relu"),
            {"input_shape": (2,)},
            {"units": 3, "activation": "relu", "input_shape": (2,)},
        ),
        ("keras2", "layers.LeakyReLU", (), {"alpha": 0.1}, {"negative_slope": 0.1}),
        ("tf.keras", "layers.Dense", (3,), {}, {"units": 3}),
        ("keras2", "layers.LSTM", (4,), {"time_major": False, "implementation": 2}, {"units": 4}),
    ],
)
def test_calls(dialect: str, path: str, args: tuple, kwargs: dict, meant: dict) -> None:
    assert translated(dialect, path, *args, **kwargs) == meant


# The defaults that the documentation of each version gives.
@pytest.mark.parametrize(
    ("dialect", "path", "argument", "value"),
    [
        ("keras1", "optimizers.Adadelta", "learning_rate", 1.0),
        ("keras2", "optimizers.Adadelta", "learning_rate", 1.0),
        ("keras1", "optimizers.Adagrad", "learning_rate", 0.01),
        ("keras2", "optimizers.Adagrad", "learning_rate", 0.01),
        ("keras2", "optimizers.Adagrad", "initial_accumulator_value", 0.0),
        ("keras1", "optimizers.Adamax", "learning_rate", 0.002),
        ("keras2", "optimizers.Adamax", "learning_rate", 0.002),
        ("keras1", "optimizers.Nadam", "learning_rate", 0.002),
        ("keras2", "optimizers.Nadam", "learning_rate", 0.002),
        ("keras1", "optimizers.Adam", "epsilon", 1e-8),
        ("keras1", "layers.LSTM", "recurrent_activation", hard_sigmoid),
        ("keras1", "layers.GRU", "reset_after", False),
        ("keras2", "layers.GRU", "reset_after", False),
        ("tf.keras", "layers.ConvLSTM2D", "recurrent_activation", hard_sigmoid),
        ("keras2", "regularizers.l1_l2", "l1", 0.01),
        ("keras1", "models.Model.fit", "epochs", 10),
        ("keras2", "models.Model.predict", "verbose", 0),
        ("keras1", "models.Model.predict", "verbose", 0),
    ],
)
def test_old_defaults(dialect: str, path: str, argument: str, value: object) -> None:
    is_method = path.count(".") == 2
    target = named(path)
    assert Translator(dialect_named(dialect), path, target, is_method).defaults[argument] == value


def test_no_default_of_the_loss_of_a_dense_network_differs() -> None:
    for dialect in ("keras1", "keras2", "tf.keras"):
        for path in ("layers.Dense", "layers.Dropout", "layers.Flatten", "layers.Embedding", "layers.MaxPooling2D"):
            assert translator(dialect_named(dialect), path, named(path)).defaults == {}


def test_none_of_an_optimizer_is_its_default() -> None:
    optimizer = named("dialects.facades.facade_of")("keras2", "optimizers.Adam", named("optimizers.Adam"))
    assert optimizer(epsilon=None, decay=0.0).epsilon == 1e-7


def test_an_argument_in_both_spellings_is_refused() -> None:
    with pytest.raises(TypeError, match="'output_dim' and 'units', which is the same in newer Keras"):
        translated("keras1", "layers.Dense", output_dim=3, units=4)
    with pytest.raises(TypeError, match="'output_dim' and 'units'"):
        translated("keras1", "layers.Dense", 3, output_dim=4)
    with pytest.raises(TypeError, match="Dropout got multiple values for argument 'rate'"):
        translated("keras2", "layers.Dropout", 0.1, rate=0.2)


def test_a_dropped_argument_that_meant_something_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`time_major=True` of LSTM, of Keras 2.1-2.15, is not supported here"):
        translated("keras2", "layers.LSTM", 3, time_major=True)


def test_values_of_today() -> None:
    assert value_of_today("data_format", "th") == "channels_first"
    assert value_of_today("recurrent_activation", "hard_sigmoid") is hard_sigmoid
    assert value_of_today("bias_initializer", "one") == "ones"
    assert value_of_today("name", "th") == "th"
