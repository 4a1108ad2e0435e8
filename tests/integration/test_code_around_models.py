"""Preprocessing, wrappers and utilities of Keras 1 and 2 together, as scripts use them."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.install import ROOTS, install_as_keras
from torchkeras_compat.utils.image_files import save_img


@pytest.fixture
def program() -> Iterator[Callable[[str, str], dict[str, Any]]]:
    """A function that runs code as a program of a dialect and returns its names."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}

    def run(dialect: str, code: str) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "program"}
        with install_as_keras(dialect=dialect):
            exec(compile(code, "program.py", "exec"), names)
        return names

    yield run
    for name in list(sys.modules):
        if name.partition(".")[0] in ROOTS:
            del sys.modules[name]
    sys.modules.update(hidden)


def test_pictures_in_folders_with_keras_1(program, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, brightness in (("cats", 40), ("dogs", 200)):
        (tmp_path / "train" / name).mkdir(parents=True)
        for number in range(8):
            save_img(tmp_path / "train" / name / f"{number}.jpg", np.full((20, 20, 3), brightness), scale=False)
    names = program(
        "keras1",
        """
from keras.layers import Activation, Convolution2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

model = Sequential()
model.add(Convolution2D(4, 3, 3, input_shape=(16, 16, 3)))
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
generator = ImageDataGenerator(rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
train = generator.flow_from_directory("train", target_size=(16, 16), batch_size=4, class_mode="binary")
history = model.fit_generator(train, samples_per_epoch=16, nb_epoch=40, verbose=0)
predicted = model.predict_generator(train, 16)
""",
    )
    assert names["history"].history["acc"][-1] > 0.8 and len(names["history"].epoch) == 40
    assert names["train"].nb_sample == 16 and names["predicted"].shape == (16, 1)


def test_masks_beside_pictures_with_keras_2(program) -> None:
    names = program(
        "keras2",
        """
import numpy as np
from keras.layers import Conv2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

x = np.random.rand(6, 8, 8, 3)
pictures = ImageDataGenerator(rotation_range=20).flow(x, batch_size=2, seed=1)
masks = ImageDataGenerator(rotation_range=20).flow(x, batch_size=2, seed=1)
same = np.array_equal(next(pictures), next(masks))
model = Sequential([Conv2D(3, 3, padding="same", input_shape=(8, 8, 3))])
model.compile("sgd", "mse")
history = model.fit_generator(zip(pictures, masks), steps_per_epoch=3, epochs=3, verbose=0).history
""",
    )
    assert names["same"] and names["history"]["loss"][-1] < names["history"]["loss"][0]


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf.keras"])
def test_texts(program, dialect: str) -> None:
    names = program(
        dialect,
        """
from keras.layers import Dense, Embedding, LSTM
from keras.models import Sequential, model_from_yaml
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from keras.utils import np_utils

texts = ["good movie", "bad film", "great great film", "awful bad movie"] * 5
tokenizer = Tokenizer(20)
tokenizer.fit_on_texts(texts)
x = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=4)
y = np_utils.to_categorical([1, 0, 1, 0] * 5, 2)
model = Sequential()
model.add(Embedding(20, 8, input_length=4))
model.add(LSTM(8))
model.add(Dense(2, activation="softmax"))
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, batch_size=4, verbose=0)
copy = model_from_yaml(model.to_yaml())
copy.set_weights(model.get_weights())
predicted, again = model.predict(x), copy.predict(x)
""",
    )
    assert np.array_equal(names["predicted"], names["again"])
    tokenizer = names["tokenizer"]
    assert pickle.loads(pickle.dumps(tokenizer)).word_index == tokenizer.word_index


def test_a_search_with_keras_2(program) -> None:
    pytest.importorskip("sklearn")
    names = program(
        "keras2",
        """
import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.model_selection import GridSearchCV

x = np.random.rand(60, 8)
y = (x[:, 0] > 0.5).astype(int)

def create_model(optimizer="rmsprop", init="glorot_uniform"):
    model = Sequential()
    model.add(Dense(12, input_dim=8, kernel_initializer=init, activation="relu"))
    model.add(Dense(1, kernel_initializer=init, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model

grid = {"optimizer": ["rmsprop", "adam"], "epochs": [1], "init": ["glorot_uniform", "normal"]}
result = GridSearchCV(KerasClassifier(build_fn=create_model, verbose=0), grid, cv=2).fit(x, y)
""",
    )
    assert len(names["result"].cv_results_["params"]) == 4 and 0 <= names["result"].best_score_ <= 1


def test_a_series_with_tf_keras(program) -> None:
    names = program(
        "tf.keras",
        """
import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator

series = np.sin(np.arange(80) / 5).reshape(-1, 1)
windows = TimeseriesGenerator(series, series, length=10, batch_size=8)
model = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
history = model.fit(windows, epochs=20, verbose=0).history
predicted = model.predict(windows, verbose=0)
""",
    )
    assert names["history"]["loss"][-1] < names["history"]["loss"][0] and names["predicted"].shape == (70, 1)
