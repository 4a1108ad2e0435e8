"""`preprocess_input`: the numbers of Keras for arrays, tensors and KerasTensors, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, applications, config
from torchkeras_compat.applications.image_scaling import preprocess_input

MODES = ["caffe", "tf", "torch"]
FAMILIES = ["resnet", "resnet50", "vgg16", "vgg19", "mobilenet", "densenet", "convnext", "nasnet", "inception_v3"]
FAMILIES += ["mobilenet_v2", "mobilenet_v3", "resnet_v2", "xception", "efficientnet", "efficientnet_v2"]
FAMILIES += ["inception_resnet_v2"]
X = np.random.default_rng(0).uniform(0, 255, (2, 4, 5, 3))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32", "float64"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_arrays_are_scaled_as_keras_does(real_keras, mode: str, dtype: str, data_format: str) -> None:
    x = X.astype(dtype) if data_format == "channels_last" else np.moveaxis(X.astype(dtype), -1, 1)
    theirs = real_keras.applications.imagenet_utils.preprocess_input
    for images in (x, x[0]):
        expected = theirs(images.copy(), data_format, mode=mode)
        found = preprocess_input(images.copy(), data_format, mode=mode)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_tensors_and_models_give_what_arrays_give(mode: str, data_format: str) -> None:
    x = X.astype("float32") if data_format == "channels_last" else np.moveaxis(X, -1, 1).astype("float32").copy()
    expected = preprocess_input(x.copy(), data_format, mode=mode)
    tensor = torch.from_numpy(x.copy())
    np.testing.assert_allclose(preprocess_input(tensor, data_format, mode=mode).numpy(), expected, rtol=1e-6, atol=1e-5)
    assert np.array_equal(tensor.numpy(), x), "a tensor stays what it is"
    inputs = Input(x.shape[1:])
    model = Model(inputs, preprocess_input(inputs, data_format, mode=mode))
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-6, atol=1e-5)
    assert preprocess_input(inputs, data_format, mode=mode).shape == inputs.shape


@pytest.mark.parametrize("mode", MODES)
def test_integers_become_the_default_float_type(mode: str) -> None:
    config.set_floatx("float64")
    x = torch.full((1, 2, 2, 3), 7, dtype=torch.uint8)
    assert preprocess_input(x, mode=mode).dtype == torch.float64
    assert preprocess_input(x.numpy(), mode=mode).dtype == np.float64
    assert preprocess_input(Input((2, 2, 3), dtype="uint8"), mode=mode).dtype == "float64"


@pytest.mark.parametrize("mode", MODES)
def test_an_array_of_floats_is_changed_in_place(mode: str) -> None:
    x = X.copy()
    scaled = preprocess_input(x, mode=mode)
    assert np.shares_memory(x, scaled)
    assert np.array_equal(x, scaled if mode != "caffe" else scaled[..., ::-1])


@pytest.mark.parametrize("mode", MODES)
def test_an_array_that_cannot_be_written_is_copied(mode: str) -> None:
    x = np.broadcast_to(np.float32(7), (2, 2, 3))
    assert np.array_equal(preprocess_input(x, mode=mode), preprocess_input(x.copy(), mode=mode))


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_scales_as_in_keras(real_keras, family: str) -> None:
    ours = getattr(applications, family, None)
    if ours is None:
        pytest.skip(f"{family} is not here")
    expected = getattr(real_keras.applications, family).preprocess_input(X.copy())
    np.testing.assert_array_equal(ours.preprocess_input(X.copy()), expected)
    first = np.moveaxis(X, -1, 1)
    expected = getattr(real_keras.applications, family).preprocess_input(first.copy(), data_format="channels_first")
    np.testing.assert_array_equal(ours.preprocess_input(first.copy(), data_format="channels_first"), expected)


@pytest.mark.parametrize(
    ("error", "match", "x", "arguments"),
    [
        (ValueError, "Received: mode=cafe", X, {"mode": "cafe"}),
        (ValueError, "Received: data_format=last", X, {"data_format": "last"}),
        (ValueError, r"Received: shape \(4, 5\)", X[0, ..., 0], {}),
        (ValueError, r"shape \(2, 4, 5, 1\), so 1 channels", X[..., :1], {"mode": "torch"}),
        (ValueError, "so 4 channels with data_format='channels_first'", X, {"data_format": "channels_first"}),
        (TypeError, "Received: list", X.tolist(), {}),
        (TypeError, "an array of complex128", X.astype(complex), {}),
        (TypeError, "Received: NoneType", None, {}),
    ],
)
def test_bad_arguments_are_refused(error: type[Exception], match: str, x: object, arguments: dict[str, str]) -> None:
    with pytest.raises(error, match=match):
        preprocess_input(x, **arguments)
