"""MobileNetV3: Keras's layers, files and outputs, and which published weights there are."""

from __future__ import annotations

import pytest

from tests.applications import oracle
from torchkeras_compat.applications import MobileNetV3Large, MobileNetV3Small

SMALL = {"input_shape": (32, 32, 3), "classes": 7}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MobileNetV3Small", SMALL),
        ("MobileNetV3Small", {"alpha": 1.3, "minimalistic": True, "dropout_rate": 0.0}),
        ("MobileNetV3Large", {**SMALL, "include_top": False, "include_preprocessing": False, "pooling": "max"}),
    ],
)
def test_the_layers_and_outputs_are_those_of_keras(real_keras, name: str, arguments) -> None:
    ours, theirs = oracle.pair(real_keras, name, **arguments)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    ours.set_weights(theirs.get_weights())
    oracle.check_outputs(ours, theirs)


def test_files_go_both_ways(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "MobileNetV3Small", **SMALL)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path)


@pytest.mark.parametrize(
    ("make", "arguments", "file"),
    [
        (MobileNetV3Small, {}, "weights_mobilenet_v3_small_224_1.0_float.h5"),
        (MobileNetV3Large, {"alpha": 0.75}, "weights_mobilenet_v3_large_224_0.75_float.h5"),
        (
            MobileNetV3Small,
            {"minimalistic": True, "include_top": False, "alpha": 1},
            "weights_mobilenet_v3_small_minimalistic_224_1.0_float_no_top_v2.h5",
        ),
    ],
)
def test_published_weights_are_those_of_the_arguments(home, make, arguments, file: str) -> None:
    with pytest.raises(OSError, match=f"put it at .*{file}"):
        make(**arguments)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"alpha": 0.5}, "alpha can be one of 0.75, 1.0 only. Received: alpha=0.5"),
        ({"alpha": 0.75, "minimalistic": True}, "alpha can be one of 1.0 only"),
        ({"weights": None, "dropout_rate": -1}, "-1"),
        ({"weights": {}}, "begin one row and one column earlier"),
    ],
)
def test_bad_arguments_are_refused(arguments, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        MobileNetV3Small(**arguments)
