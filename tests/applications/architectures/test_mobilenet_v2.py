"""MobileNetV2: Keras's layers, files and outputs, and which published weights there are."""

from __future__ import annotations

import pytest

from tests.applications import oracle
from torchkeras_compat import Input
from torchkeras_compat.applications import MobileNetV2

SMALL = {"input_shape": (32, 32, 3), "classes": 7}


@pytest.mark.parametrize("arguments", [SMALL, {"input_shape": (45, 33, 3), "include_top": False, "alpha": 1.4}])
def test_the_layers_and_outputs_are_those_of_keras(real_keras, arguments) -> None:
    ours, theirs = oracle.pair(real_keras, "MobileNetV2", **arguments)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    ours.set_weights(theirs.get_weights())
    oracle.check_outputs(ours, theirs)


def test_files_go_both_ways(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "MobileNetV2", **SMALL, alpha=0.35)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5", ".keras"))


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ({"alpha": 1}, "kernels_1.0_224.h5"),
        ({"alpha": 0.35, "input_shape": (96, 96, 3), "include_top": False}, "kernels_0.35_96_no_top.h5"),
        ({"alpha": 1.4, "input_tensor": Input((160, 160, 3))}, "kernels_1.4_160.h5"),
    ],
)
def test_published_weights_are_those_of_the_size(home, arguments, file: str) -> None:
    with pytest.raises(OSError, match=f"put it at .*{file}"):
        MobileNetV2(**arguments)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"alpha": 0.3}, "alpha can be one of 0.35, .* 1.4 only. Received: alpha=0.3"),
        ({"alpha": -1, "weights": None}, "a positive number. Received: alpha=-1"),
        ({"weights": {}}, "begin one row and one column earlier"),
        (
            {"weights": None, "input_tensor": Input((64, 64, 3)), "input_shape": (64, 48, 3)},
            r"`input_shape` must equal the shape .* \(64, 64, 3\). Received: input_shape=\(64, 48, 3\)",
        ),
    ],
)
def test_bad_arguments_are_refused(arguments, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        MobileNetV2(**arguments)
