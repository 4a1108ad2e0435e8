from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Variable
from torchkeras_compat.legacy.backend import convolutions, images, keras1, padding
from torchkeras_compat.legacy.backend.learning_phase import learning_phase_scope

X = torch.rand(2, 5, 6, 3)
KERNEL = torch.rand(3, 3, 3, 2)


def test_predictions_come_before_targets() -> None:
    prediction, one_hot, classes = torch.tensor([[0.25, 0.75]]), torch.tensor([[1.0, 0.0]]), torch.tensor([0])
    expected = -torch.log(torch.tensor([0.25]))
    assert torch.allclose(keras1.categorical_crossentropy(prediction, one_hot), expected)
    assert torch.allclose(keras1.sparse_categorical_crossentropy(prediction, classes), expected)
    found = keras1.binary_crossentropy(torch.tensor([0.25]), torch.tensor([1.0]))
    assert torch.allclose(found, expected, atol=1e-6)


def test_kernels_of_th_lie_otherwise() -> None:
    last = keras1.conv2d(X, KERNEL, border_mode="same", dim_ordering="tf")
    first = keras1.conv2d(X.movedim(-1, 1), KERNEL.permute(3, 2, 0, 1), border_mode="same", dim_ordering="th")
    assert torch.allclose(last, first.movedim(1, -1), atol=1e-5)
    assert torch.allclose(last, convolutions.conv2d(X, KERNEL, padding="same"))
    rate = keras1.atrous_conv2d(X, KERNEL, rate=2)
    assert torch.allclose(rate, convolutions.conv2d(X, KERNEL, dilation_rate=(2, 2)))
    volumes, cube = torch.rand(1, 3, 4, 4, 2), torch.rand(2, 2, 2, 2, 3)
    first = keras1.conv3d(volumes.movedim(-1, 1), cube.permute(4, 3, 0, 1, 2), dim_ordering="th")
    assert torch.allclose(keras1.conv3d(volumes, cube), first.movedim(1, -1), atol=1e-5)


def test_transposed_convolutions_take_kernels_of_convolutions() -> None:
    kernel = torch.rand(3, 3, 3, 4)
    found = keras1.deconv2d(X, kernel, (2, 10, 12, 4), (2, 2), "same")
    expected = convolutions.conv2d_transpose(X, kernel.transpose(2, 3), (2, 10, 12, 4), (2, 2), "same")
    assert torch.allclose(found, expected)


def test_other_functions_by_their_old_arguments() -> None:
    line = torch.rand(2, 5, 3)
    assert keras1.conv1d(line, torch.rand(2, 3, 4), stride=2).shape == (2, 2, 4)
    depth, point = torch.rand(3, 3, 3, 1), torch.rand(1, 1, 3, 4)
    assert keras1.separable_conv2d(X, depth, point).shape == (2, 3, 4, 4)
    assert keras1.pool2d(X, (2, 2), border_mode="same", pool_mode="avg").shape == X.shape
    assert keras1.pool3d(X[None], (1, 2, 2)).shape == (1, 2, 4, 5, 3)
    assert torch.equal(keras1.resize_images(X, 2, 2, "tf"), images.resize_images(X, 2, 2, "channels_last"))
    assert keras1.resize_volumes(X[None], 2, 1, 1, "tf").shape == (1, 4, 5, 6, 3)
    assert torch.equal(keras1.spatial_2d_padding(X, (1, 2)), padding.spatial_2d_padding(X, ((1, 1), (2, 2))))
    assert keras1.spatial_3d_padding(X[None]).shape == (1, 4, 7, 8, 3)
    assert keras1.asymmetric_spatial_2d_padding(X, 1, 0, 0, 2, "th").shape == (2, 5, 7, 5)
    assert keras1.asymmetric_temporal_padding(line, 2, 0).shape == (2, 7, 3)
    assert keras1.one_hot(torch.tensor([1]), nb_classes=2).tolist() == [[0.0, 1.0]]
    assert keras1.lesser(torch.tensor(1), 2)
    assert keras1.lesser_equal(torch.tensor(2), 2)
    assert keras1.random_normal((2,), std=0.0).tolist() == [0.0, 0.0]
    assert keras1.random_uniform((2,), low=1.0, high=2.0).min() >= 1.0
    assert keras1.moving_average_update(variable=Variable(1.0), value=2.0, momentum=0.5) == pytest.approx(1.5)


def test_normalization_has_no_axis_and_dims_one_name() -> None:
    one = torch.ones(1)
    assert keras1.batch_normalization(torch.tensor([[3.0]]), one, one, None, one, 0.0).tolist() == [[2.0]]
    assert keras1.expand_dims(torch.ones(2), dim=0).shape == (1, 2)


def test_phases_choose() -> None:
    with learning_phase_scope(1):
        assert (keras1.in_train_phase(1, 2), keras1.in_test_phase(1, 2)) == (1, 2)
