"""Who wrote the arrays of a file. Oracle: how Keras 1.2.2 and 2.3.1 name variables and files."""

from __future__ import annotations

import h5py
import pytest

from torchkeras_compat.saving.old_arrays.writers import Writer, writer_of


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        yield file


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.2", (1, 2)),
        (b"2.0.8", (2, 0)),
        ("2.2.4-tf", (2, 2)),
        ("2.15.0", (2, 15)),
        ("3.15.1", (3, 0)),
        ("0.3.3", (0, 3)),
        ("nonsense", (3, 0)),
    ],
)
def test_the_version_is_in_the_group(file, version, expected):
    file.attrs["keras_version"] = version
    assert writer_of(file)[:2] == expected


def test_a_whole_model_of_keras_1_has_it_at_the_root(file):
    file.attrs["keras_version"] = "1.2.2"
    group = file.create_group("model_weights")
    assert writer_of(group, file) == Writer(1, 2)
    group.attrs["keras_version"], group.attrs["backend"] = "2.1.3", b"theano"
    assert writer_of(group, file) == Writer(2, 1, "theano")


def test_a_file_that_says_nothing_is_of_keras_1(file):
    assert writer_of(file).is_keras1 and not writer_of(file).is_nameless
    file.attrs["nb_layers"] = 3
    assert writer_of(file).is_nameless


@pytest.mark.parametrize(
    ("writer", "name", "expected"),
    [
        (Writer(2, 3, "theano"), "conv/kernel", True),
        (Writer(2, 3, "cntk"), "conv/kernel", False),
        (Writer(2, 3), "conv/kernel", False),
        (Writer(1, 2), "convolution2d_1_W", True),
        (Writer(1, 2), "convlstm2d_1_U_i", True),
        (Writer(1, 2), "convolution2d_1_W:0", False),
        (Writer(1, 2), "conv/w0", False),
        (Writer(1, 2, "tensorflow"), "convolution2d_1_W", False),
        (Writer(1, 0, None, True), "param_0", True),
        (Writer(3, 0, "torch"), "conv_W", False),
    ],
)
def test_theano_is_in_an_attribute_or_shows_in_the_names(writer, name, expected):
    assert writer.is_on_theano(name) is expected
