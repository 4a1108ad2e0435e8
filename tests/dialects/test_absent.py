from __future__ import annotations

import pytest

from torchkeras_compat.dialects.absent import absent_keras_name, absent_tensorflow_name


def test_an_old_name_says_which_versions_had_it() -> None:
    text = absent_keras_name("keras.layers", ["layers"], "Deconvolution2D", [])
    assert text.startswith("`keras.layers.Deconvolution2D` is a name of Keras 1.0-2.3, which Keras 3 does not have.")
    assert "install_as_keras(dialect=...)" in text


def test_the_dialects_that_had_an_old_name_are_offered() -> None:
    text = absent_keras_name("keras.layers", ["layers"], "MaxoutDense", [])
    assert text.endswith("with one of 'keras1'.")


def test_an_old_name_that_is_not_here_says_what_to_use() -> None:
    text = absent_keras_name("keras.layers.convolutional_recurrent", ["x", "layers"], "ConvRNN2D", ["ConvLSTM2D"])
    assert text.startswith(
        "`keras.layers.convolutional_recurrent.ConvRNN2D` is a name of Keras 2.0-2.15, and torchkeras_"
    )
    assert "does not have it: use `keras.layers.ConvLSTM2D`" in text and "Did you mean" not in text


def test_a_name_of_an_inner_module_is_not_likened_to_others() -> None:
    text = absent_keras_name("keras.utils.tf_utils", ["utils.tf_utils", "utils"], "is_symbolic_tensor", ["is_tensor"])
    assert "is not a public name of Keras" in text and "Did you mean" not in text


def test_a_misspelt_name_of_keras_is_put_right() -> None:
    assert absent_keras_name("keras.layers", ["layers"], "Dnese", ["Dense"]).endswith("Did you mean 'Dense'?")
    assert absent_keras_name("keras.layers", ["layers"], "Foo", ["Dense"]).endswith("in torchkeras_compat.")


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("raw_ops.Add", "use the function of"),
        ("estimator.Estimator", "use `keras.Model.fit`"),
        ("compat.v1.estimator.Estimator", "use `keras.Model.fit`"),
        ("compat.v1.raw_ops.Add", "use the function of"),
        ("nothing", "use a function of `keras.ops`"),
        ("tpu.rewrite", "TPUs are not supported"),
    ],
)
def test_a_name_of_tensorflow_says_what_to_use(path: str, instead: str) -> None:
    text = absent_tensorflow_name("tensorflow", path, ["Tensor"])
    assert f"belongs to TensorFlow, and torchkeras_compat does not have it: {instead}" in text


@pytest.mark.parametrize(
    ("path", "known"),
    [("print", ["int8", "uint8"]), ("nn.conv4d", ["conv3d"]), ("nn.nce_loss", ["nce_los"]), ("ran", ["range"])],
)
def test_a_name_that_is_not_a_slip_is_not_offered(path: str, known: list[str]) -> None:
    assert "Did you mean" not in absent_tensorflow_name("tensorflow", path, known)


@pytest.mark.parametrize("name", ["Varable", "Varaible", "Variables", "Vaniable", "variable"])
def test_a_slip_is_put_right(name: str) -> None:
    text = absent_tensorflow_name("tensorflow", name, ["Variable", "constant"])
    assert text == f"`tensorflow` has no name {name!r} in torchkeras_compat. Did you mean 'Variable'?"
