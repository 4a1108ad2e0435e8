"""Classes that files of Keras 1 and 2 name."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.old_files.names import old_class


@pytest.mark.parametrize(
    ("name", "kind", "path", "target"),
    [
        ("Convolution2D", "layers", "layers.Convolution2D", "Conv2D"),
        ("Deconvolution2D", "layers", "layers.Deconvolution2D", "Conv2DTranspose"),
        ("AtrousConvolution1D", "layers", "layers.AtrousConvolution1D", "Conv1D"),
        ("BatchNormalizationV1", "layers", "layers.BatchNormalization", "BatchNormalization"),
        ("UnifiedLSTM", "layers", "layers.LSTM", "LSTM"),
        ("DenseFeaturesV2", None, "layers.DenseFeatures", "DenseFeatures"),
        ("LocallyConnected1D", None, "layers.LocallyConnected1D", "LocallyConnected1D"),
        ("WeightRegularizer", "regularizers", "regularizers.L1L2", "L1L2"),
        ("VarianceScaling", "initializers", "initializers.VarianceScaling", "VarianceScaling"),
        ("RadialConstraint", "constraints", "constraints.RadialConstraint", "RadialConstraint"),
        ("Adam", None, "optimizers.Adam", "Adam"),
    ],
)
def test_classes_by_the_names_of_files(name: str, kind: str | None, path: str, target: str) -> None:
    found = old_class(name, kind)
    assert found is not None
    assert (found.path, found.target.__name__) == (path, target)


@pytest.mark.parametrize("name", ["Mine", "load_model", "os", "Callback", "ModelCheckpoint", "", "__class__"])
def test_names_that_configs_may_not_give(name: str) -> None:
    assert old_class(name, "layers") is None
