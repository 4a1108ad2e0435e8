"""The dialect of a source is found from what it imports and calls."""

from __future__ import annotations

import time

import pytest

from torchkeras_compat.dialects.detection import detect

KERAS_1 = """
from keras.models import Sequential
from keras.layers import Dense, Convolution2D
model = Sequential()
model.add(Convolution2D(32, 3, 3, border_mode='same', input_shape=(3, 32, 32)))
model.fit(X, Y, nb_epoch=10)
print 'done'
"""
KERAS_2 = """
from keras.models import Sequential
from keras.layers import Dense
model = Sequential([Dense(3, input_shape=(4,))])
model.compile(optimizer=SGD(lr=0.1, decay=1e-6), loss='mse', metrics=['accuracy'])
history = model.fit_generator(g, steps_per_epoch=3)
plt.plot(history.history['val_acc'])
"""


@pytest.mark.parametrize(
    ("source", "dialect"),
    [
        (KERAS_1, "keras1"),
        (KERAS_2, "keras2"),
        ("from keras.layers import Dense\nDense(3, activation='relu')", "keras3"),
        ("import keras\nfrom keras import ops\nops.mean(x)", "keras3"),
        ("import tensorflow as tf\nmodel = tf.keras.Sequential([tf.keras.layers.Dense(3)])", "tf.keras"),
        ("from tensorflow.keras.models import Sequential", "tf.keras"),
        ("from tensorflow import keras\nkeras.optimizers.SGD(lr=0.1)", "tf.keras"),
        ("from keras.layers.convolutional import Conv2D", "keras2"),
        ("from keras.models import Model\nModel(input=a, output=b)", "keras1"),
        ("this is not python (", "keras3"),
        ("", "keras3"),
        ("def Dense(output_dim): pass\nDense(output_dim=3)", "keras3"),
    ],
    ids=range(12),
)
def test_sources(source: str, dialect: str) -> None:
    assert detect([source]).dialect == dialect


def test_all_cells_of_a_notebook_count() -> None:
    assert detect(["from keras.models import Sequential", "model.fit(x, y, nb_epoch=3)"]).dialect == "keras1"


def test_it_says_in_one_line_what_shows_it() -> None:
    text = str(detect([KERAS_1]))
    assert text.startswith("the code is read as Keras 1 (it uses ") and "\n" not in text
    assert "nothing in it is of an older Keras" in str(detect(["import keras"]))


@pytest.mark.parametrize(
    ("source", "installed"),
    [
        ("import keras", "mixed"),
        ("import keras\nimport tensorflow as tf", "mixed-tensors"),
        ("import keras\nmodel(x).numpy()", "mixed-tensors"),
        ("import keras, torch\nmodel(x).numpy()", "mixed"),
        ("import keras, torch\nimport tensorflow as tf\ntf.keras.optimizers.Adam()", "mixed"),
        (KERAS_1, "keras1"),
    ],
    ids=range(6),
)
def test_tensors_are_those_that_the_code_uses(source: str, installed: str) -> None:
    assert detect([source]).installed == installed


def test_what_was_for_python_2_is_not_keras_3() -> None:
    assert detect(["from __future__ import print_function\nimport keras"]).dialect == "keras2"
    assert detect(["from __future__ import print_function\nfrom tensorflow import keras"]).dialect == "tf.keras"
    assert detect(["from __future__ import annotations\nimport keras"]).dialect == "keras3"


def test_arguments_that_recurrent_layers_hand_on_are_of_keras_1_too() -> None:
    source = "from keras.layers import LSTM\nLSTM(3, return_sequences=True, stateful=True, consume_less='gpu')"
    assert detect([source]).dialect == "keras1"


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "-" * 100_000 + "1",
        "x = " + "+".join(["1"] * 100_000),
        "a" + ".b" * 50_000,
        "(" * 100_000,
        "\n" * 200_000 + "x x",
        "   \n" * 50_000 + "x x",
        "x = '\ud800'\0",
    ],
    ids=["signs", "sum", "attributes", "brackets", "lines", "blanks", "characters"],
)
def test_any_source_is_read_in_little_time(source: str) -> None:
    begin = time.perf_counter()
    assert detect([source]).dialect == "keras3"
    assert time.perf_counter() - begin < 5


def test_reasons_come_in_the_order_of_the_code() -> None:
    found = detect(["from keras.layers import Dense\nDense(output_dim=3, init='uniform', W_regularizer=None)"])
    assert found.reason == "it uses `Dense(output_dim=)`, `Dense(init=)`, `Dense(W_regularizer=)`"
