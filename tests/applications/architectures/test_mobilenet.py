"""MobileNet: Keras's layers, files and outputs, and which published weights there are."""

from __future__ import annotations

import pytest

from tests.applications import oracle
from torchkeras_compat.applications import MobileNet

SMALL = {"input_shape": (32, 32, 3), "classes": 7}


@pytest.mark.parametrize(
    "arguments", [SMALL, {**SMALL, "alpha": 0.25, "depth_multiplier": 2}, {"include_top": False, "pooling": "avg"}]
)
def test_the_layers_and_outputs_are_those_of_keras(real_keras, arguments) -> None:
    ours, theirs = oracle.pair(real_keras, "MobileNet", **arguments)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    ours.set_weights(theirs.get_weights())
    oracle.check_outputs(ours, theirs)


def test_files_go_both_ways(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "MobileNet", **SMALL, alpha=0.25)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ({}, "mobilenet_1_0_224_tf.h5"),
        ({"alpha": 0.25, "input_shape": (160, 160, 3)}, "mobilenet_2_5_160_tf.h5"),
        ({"alpha": 0.5, "input_shape": (128, 128, 3), "include_top": False}, "mobilenet_5_0_128_tf_no_top.h5"),
    ],
)
def test_published_weights_are_those_of_the_size(home, arguments, file: str) -> None:
    with pytest.raises(OSError, match=f"put it at .*{file}"):
        MobileNet(**arguments)


def test_weights_of_another_size_come_with_a_warning(home) -> None:
    with pytest.warns(UserWarning, match=r"not of a size in \[128, 160, 192, 224\]"), pytest.raises(OSError):
        MobileNet(include_top=False, input_shape=(100, 100, 3))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"alpha": 0.3}, "alpha can be one of 0.25, 0.5, 0.75, 1.0 only. Received: alpha=0.3"),
        ({"alpha": 0, "weights": None}, "a positive number. Received: alpha=0"),
        ({"alpha": "1", "weights": None}, "a positive number. Received: alpha='1'"),
        ({"depth_multiplier": 2}, "depth multiplier must be 1. Received: depth_multiplier=2"),
        ({"input_shape": (100, 100, 3)}, r"`input_shape` should be \(224, 224, 3\)"),
        ({"weights": None, "dropout": 1.5}, "1.5"),
    ],
)
def test_bad_arguments_are_refused(arguments, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        MobileNet(**arguments)
