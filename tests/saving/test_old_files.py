"""Configs of Keras 1, Keras 2 and tf.keras: optimizers, and layers that Keras 3 dropped.

What models and layers of Keras 3 become of them is tested with the files that hold them, in `test_legacy_h5`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from torchkeras_compat import models
from torchkeras_compat.saving.keras2_hard_sigmoid import keras2_hard_sigmoid


def _write(path: Path, layers: list[dict[str, Any]], weights: dict[str, list[Any]], training: Any, state: Any) -> str:
    file = str(path / "old.h5")
    with h5py.File(file, "w") as root:
        root.attrs["keras_version"], root.attrs["backend"] = "2.15.0", "tensorflow"
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
        root.attrs["model_config"] = json.dumps(config)
        group = root.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            names = [f"{layer}/{i}:0" for i in range(len(arrays))]
            own = group.create_group(layer)
            own.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, arrays, strict=True):
                own[name] = np.asarray(array, "float32")
        if training is not None:
            root.attrs["training_config"] = json.dumps(training)
            slots = root.create_group("optimizer_weights")
            slots.attrs["weight_names"] = [name.encode() for name in state]
            for name, array in state.items():
                slots[name] = np.asarray(array)
    return file


def test_training_goes_on_as_in_tf_keras(tmp_path: Path) -> None:
    """Two updates of `tf.keras.optimizers.legacy.Nadam` of TensorFlow 2.15.1, two here, and its four."""
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 1, "batch_input_shape": [None, 2]}}
    settings = {"name": "Nadam", "learning_rate": 0.1, "decay": 0.004, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    training = {"loss": "mse", "metrics": None, "optimizer_config": {"class_name": "Nadam", "config": settings}}
    state = {
        "Nadam/iter:0": np.int64(2),
        "Nadam/momentum_cache:0": np.float32(0.2025991827249527),
        "Nadam/d/kernel/m:0": np.float32([[-0.013697591610252857], [0.03488706797361374]]),
        "Nadam/d/bias/m:0": np.float32([-0.00945969671010971]),
        "Nadam/d/kernel/v:0": np.float32([[5.486699956236407e-05], [0.0002566050097811967]]),
        "Nadam/d/bias/v:0": np.float32([0.00012067500210832804]),
    }
    weights = {"d": [[[0.5824689865112305], [-0.24230429530143738]], [0.15832580626010895]]}
    model: Any = models.load_model(_write(tmp_path, [dense], weights, training, state))
    x, y = np.array([[1.0, -1.0], [0.5, 2.0]], "float32"), np.array([[1.0], [0.0]], "float32")
    for _ in range(2):
        model.train_on_batch(x, y)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, [[0.5984925031661987], [-0.23960210382938385]], atol=1e-5)
    np.testing.assert_allclose(bias, [0.17206819355487823], atol=1e-5)


def test_layers_that_keras_3_dropped(tmp_path: Path) -> None:
    """The numbers of `LocallyConnected1D` of tf.keras 2.15.1, as in its own test, behind a threshold."""
    settings = {"filters": 2, "kernel_size": [3], "strides": [2], "activation": "tanh", "implementation": 1}
    layers = [
        {
            "class_name": "LocallyConnected1D",
            "config": {"name": "l", "trainable": True, "batch_input_shape": [None, 5, 2], **settings},
        },
        {"class_name": "ThresholdedReLU", "config": {"name": "t", "theta": 0.3}},
        {"class_name": "Activation", "config": {"name": "a", "activation": "hard_sigmoid"}},
    ]
    kernel, bias = (0.5 * np.sin(np.arange(n)).reshape(shape) for n, shape in ((24, (2, 6, 2)), (4, (2, 2))))
    model = models.load_model(_write(tmp_path, layers, {"l": [kernel, bias], "t": [], "a": []}, None, None))
    x = np.cos(np.arange(20.0)).reshape(2, 5, 2)
    out = np.array([[[0.139999, 0.444156], [0.279208, -0.054888]], [[-0.168183, 0.353581], [0.522598, 0.148789]]])
    expected = 0.2 * out * (out > 0.3) + 0.5
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=2e-6)
    assert model.layers[-1].activation is keras2_hard_sigmoid
