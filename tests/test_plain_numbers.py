"""NumPy numbers wherever Python ones stand: sizes, shapes, settings of training. Configs hold plain numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential, layers, metrics, models, ops, optimizers
from torchkeras_compat.plain_numbers import holds_numpy, plain

KINDS: dict[str, Callable[[Any], Any]] = {"int64": np.int64, "int32": np.int32, "uint8": np.uint8, "0-d": np.array}
ROWS, STEPS, IMAGES = np.ones((2, 4), "float32"), np.ones((2, 5, 3), "float32"), np.ones((2, 6, 6, 3), "float32")
# Class, arguments with a number n = 2 wherever a size may be, and the input.
CASES: list[tuple[str, Callable[[Any], tuple[tuple[Any, ...], dict[str, Any]]], Any]] = [
    ("Dense", lambda n: ((n,), {}), ROWS),
    ("EinsumDense", lambda n: (("ab,bc->ac",), {"output_shape": n}), ROWS),
    ("Embedding", lambda n: ((n, n), {}), np.ones((2, 3), "int32")),
    ("Conv1D", lambda n: ((n, n), {"strides": n}), STEPS),
    ("Conv2D", lambda n: ((n, (n, n)), {"dilation_rate": n}), IMAGES),
    ("Conv2DTranspose", lambda n: ((n, n), {"strides": n}), IMAGES),
    ("DepthwiseConv2D", lambda n: ((n,), {"depth_multiplier": n}), IMAGES),
    ("SeparableConv2D", lambda n: ((n, n), {}), IMAGES),
    ("MaxPooling2D", lambda n: ((n,), {"strides": n}), IMAGES),
    ("AveragePooling1D", lambda n: ((n,), {}), STEPS),
    ("AdaptiveAveragePooling2D", lambda n: ((n,), {}), IMAGES),
    ("LSTM", lambda n: ((n,), {}), STEPS),
    ("GRU", lambda n: ((n,), {}), STEPS),
    ("MultiHeadAttention", lambda n: ((n, n), {"value_dim": n, "output_shape": n}), None),
    ("Reshape", lambda n: (((n, n),), {}), ROWS),
    ("Permute", lambda n: (((n, 1),), {}), STEPS),
    ("RepeatVector", lambda n: ((n,), {}), ROWS),
    ("ZeroPadding2D", lambda n: ((((n, 1), (0, n)),), {}), IMAGES),
    ("Cropping2D", lambda n: ((n,), {}), IMAGES),
    ("UpSampling2D", lambda n: ((n,), {}), IMAGES),
    ("UpSampling1D", lambda n: ((n,), {}), STEPS),
    ("LayerNormalization", lambda n: ((), {"axis": n}), STEPS),
    ("GroupNormalization", lambda n: ((n,), {}), ROWS),
    ("UnitNormalization", lambda n: ((n,), {}), STEPS),
    ("Softmax", lambda n: ((n,), {}), STEPS),
    ("Dot", lambda n: ((n,), {}), [STEPS, STEPS]),
    ("Dropout", lambda n: ((0.5,), {"noise_shape": (n, 1), "seed": n}), ROWS),
    ("CategoryEncoding", lambda n: ((n,), {}), np.array([0, 1])),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "arguments", "inputs"), CASES, ids=[case[0] for case in CASES])
def test_layers_take_them_and_their_configs_hold_plain_ones(name, arguments, inputs, kind) -> None:
    found = []
    for convert in (int, KINDS[kind]):
        args, kwargs = arguments(convert(2))
        layer = getattr(layers, name)(*args, **{**kwargs, "name": "x"})
        outputs = layer(STEPS, STEPS) if name == "MultiHeadAttention" else layer(inputs)
        config = json.dumps(layer.get_config())
        again = getattr(layers, name).from_config(json.loads(config))
        assert json.dumps(again.get_config()) == config
        found.append((tuple(outputs.shape), config))
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", KINDS)
def test_subclasses_hand_them_on(kind: str) -> None:
    class Twice(layers.Dense):
        def __init__(self, units: Any, **kwargs: Any) -> None:
            super().__init__(units, **kwargs)
            self.given = units

    layer = Twice(KINDS[kind](2))
    assert type(layer.units) is int
    assert type(layer.given) is type(KINDS[kind](2))  # what the user's own code gets is what was given
    assert layer(ROWS).shape == (2, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_models_inputs_and_shapes(kind: str, tmp_path: Any) -> None:
    n = KINDS[kind]
    x = Input((n(4),), batch_size=n(2))
    assert x.shape == (2, 4)
    assert all(type(size) is int for size in x.shape)
    model = Model(x, layers.Dense(n(3))(x))
    assert models.model_from_json(model.to_json()).output_shape == (2, 3)
    model.save(tmp_path / "model.keras")
    assert Sequential([Input(shape=(n(4),)), layers.Dense(n(1))]).output_shape == (None, 1)
    assert ops.reshape(ROWS, (n(2), n(4))).shape == ops.zeros((n(2), n(4))).shape == (2, 4)
    if kind != "0-d":
        assert ops.max_pool(IMAGES, n(2)).shape == (2, 3, 3, 3)
        assert ops.conv(STEPS, np.ones((2, 3, 4), "float32"), strides=n(2)).shape == (2, 2, 4)
        assert ops.image.extract_patches(IMAGES, n(2)).shape == (2, 3, 3, 12)


@pytest.mark.parametrize("kind", KINDS)
def test_training_takes_them(kind: str) -> None:
    n = KINDS[kind]
    x, y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")
    model = Sequential([layers.Input((n(4),)), layers.Dense(n(1))])
    optimizer = optimizers.Adam(
        np.float32(0.01), gradient_accumulation_steps=n(2), use_ema=True, ema_overwrite_frequency=n(2)
    )
    model.compile(optimizer, "mse", steps_per_execution=n(1))
    sizes = {"batch_size": n(4), "epochs": n(2), "initial_epoch": n(0), "steps_per_epoch": n(2)}
    validation = {"validation_steps": n(1), "validation_batch_size": n(4), "validation_freq": n(1)}
    history = model.fit(x, y, **sizes, validation_data=(x, y), **validation, verbose=n(0))
    assert len(history.history["val_loss"]) == 2
    model.fit(x, y, verbose=0, shuffle=np.bool_(True), validation_split=np.float32(0.25))
    assert isinstance(model.evaluate(x, y, batch_size=n(4), steps=n(1), verbose=n(0)), float)
    assert model.predict(x, batch_size=n(4), verbose=n(0)).shape == (8, 1)
    json.dumps(optimizer.get_config())
    assert optimizers.SGD(0.1, momentum=np.float32(0.5)).momentum == 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_metrics_take_them(kind: str) -> None:
    n = KINDS[kind]
    assert metrics.TopKCategoricalAccuracy(k=n(2))(np.eye(3), np.eye(3)) == 1
    assert metrics.MeanIoU(n(3), ignore_class=n(0))(np.array([1]), np.array([1])) == 1
    assert metrics.Precision(top_k=n(1), class_id=n(1))(np.eye(3), np.eye(3)) == 1
    json.dumps(metrics.IoU(n(3), [n(1)]).get_config())


def test_plain_leaves_other_values_as_they_are() -> None:
    array, tensor = np.ones(2), torch.ones(())
    for value in (array, tensor, "3", None, object, np.str_("a"), {"k": (array,)}):
        assert not holds_numpy(value)
    assert plain(array) is array
    assert plain([tensor])[0] is tensor
    assert holds_numpy({"k": [1, (np.int8(2),)]})
    assert [type(x) for x in plain((np.int8(2), np.float16(0.5), np.bool_(False), np.array(3)))] == [
        int,
        float,
        bool,
        int,
    ]


def test_bad_sizes_are_refused_as_before() -> None:
    for size in (np.int64(0), np.int64(-2), np.float64(2.5), np.array(2.5), np.array([2, 3]), np.bool_(True)):
        with pytest.raises(ValueError, match="`units`, expected a positive integer"):
            layers.Dense(size)
