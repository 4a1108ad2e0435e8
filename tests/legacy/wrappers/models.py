"""Data, and functions that make models of it, as notes write them."""

from __future__ import annotations

import numpy as np

from torchkeras_compat import Sequential, layers

X = np.random.RandomState(0).normal(size=(60, 4)).astype("float32")
Y = (X[:, 0] > 0).astype(int)


def binary(optimizer="adam", units=6):
    model = Sequential([layers.Input((4,)), layers.Dense(units, activation="relu"), layers.Dense(1, "sigmoid")])
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return model


def categorical(loss="categorical_crossentropy"):
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", loss, metrics=["acc"])
    return model


def regression(units=3):
    model = Sequential([layers.Input((4,)), layers.Dense(units), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model
