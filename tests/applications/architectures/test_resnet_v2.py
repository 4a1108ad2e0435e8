"""ResNet V2: Keras's layers, files and outputs."""

from __future__ import annotations

import pytest

from tests.applications import oracle
from torchkeras_compat.applications import ResNet101V2, ResNet152V2


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "ResNet50V2", input_shape=(33, 40, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".h5",))


@pytest.mark.parametrize(
    ("make", "layers", "parameters"), [(ResNet101V2, 379, 44_675_560), (ResNet152V2, 566, 60_380_648)]
)
def test_the_deeper_ones_have_the_sizes_that_keras_gives(make, layers: int, parameters: int) -> None:
    model = make(weights=None)
    assert (len(model.layers), model.count_params(), model.name) == (layers, parameters, make.__name__.lower())
