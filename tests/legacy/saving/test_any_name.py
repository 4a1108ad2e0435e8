from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Input, Sequential, layers
from torchkeras_compat.legacy.saving import any_name


def test_what_a_saved_model_alone_has_is_refused(tmp_path) -> None:
    model = Sequential([layers.Dense(2, input_dim=3)])
    with pytest.raises(ValueError, match="`signatures` and `options` are of TensorFlow's SavedModel"):
        any_name.save_model(model, tmp_path / "m", signatures={})
    with pytest.raises(ValueError, match="The model has no weights yet"):
        any_name.save_weights(Sequential([layers.Dense(2)]), tmp_path / "m")


def test_arrays_of_the_right_size_are_reshaped_if_asked(tmp_path) -> None:
    dense = Sequential([Input((4,)), layers.Dense(3, name="d")])
    any_name.save_weights(dense, tmp_path / "w")
    conv = Sequential([Input((2, 2, 1)), layers.Conv2D(3, 2, name="d")])
    with pytest.raises(ValueError, match=r"expects 2 weights .*\[\(2, 2, 1, 3\), .* has 2 .*\[\(4, 3\)"):
        any_name.load_weights(conv, tmp_path / "w")
    for by_name in (False, True):
        conv.set_weights([w * 0 for w in conv.get_weights()])
        any_name.load_weights(conv, tmp_path / "w", by_name=by_name, reshape=True)
        np.testing.assert_array_equal(conv.get_weights()[0].reshape(4, 3), dense.get_weights()[0])
    with pytest.raises(ValueError, match=r"expects 2 weights of shapes \[\(3, 3, 1, 3\)"):
        any_name.load_weights(Sequential([Input((3, 3, 1)), layers.Conv2D(3, 3)]), tmp_path / "w", reshape=True)
    with pytest.raises(ValueError, match="not yet been built"):
        any_name.load_weights(Sequential([layers.Dense(3)]), tmp_path / "w", reshape=True)


def test_a_folder_without_checkpoint_is_what_none_comes_from() -> None:
    model = Sequential([Input((2,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="the folder has no checkpoint"):
        any_name.load_weights(model, None)
