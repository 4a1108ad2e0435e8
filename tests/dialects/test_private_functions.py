"""What packages take from `keras.src` does what it does there."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

import torchkeras_compat as tk
from torchkeras_compat.dialects import private_functions as private


class Untracked(tk.Layer):
    @private.no_automatic_dependency_tracking
    def keep(self, value, fail=False):
        self.kept = value
        if fail:
            raise KeyError("on purpose")
        return type(self.kept)

    def call(self, x):
        return x


def test_nothing_is_tracked_in_a_method_that_says_so() -> None:
    layer = Untracked()
    assert layer.keep([tk.layers.Dense(1)]) is list
    assert type(layer) is Untracked
    assert layer._children() == [] and layer.weights == []
    with pytest.raises(KeyError):
        layer.keep({}, fail=True)
    layer.after = [tk.layers.Dense(1)]
    assert len(layer._children()) == 1


def test_other_functions_are_called_as_they_are() -> None:
    assert private.no_automatic_dependency_tracking(lambda x, y: x + y)(1, y=2) == 3


@pytest.mark.parametrize(
    ("shape", "expected"), [((2, 3), (2, 3)), ([None, np.int64(4)], (None, 4)), (torch.Size([1]), (1,))]
)
def test_shapes_become_tuples(shape, expected) -> None:
    assert private.standardize_shape(shape) == expected


@pytest.mark.parametrize("shape", [None, 3, "ab", (-1,), (2.0,), ("a",)])
def test_other_shapes_are_refused(shape) -> None:
    with pytest.raises(ValueError, match="shape"):
        private.standardize_shape(shape)


def test_safe_mode_and_pipelines() -> None:
    assert private.in_safe_mode() and not private.in_grain_data_pipeline() and not private.in_tf_graph()


def test_symbolic_tensors_are_found_in_arguments() -> None:
    x = tk.KerasTensor((None, 2))
    assert private.any_symbolic_tensors(([1, {"a": x}],))
    assert not private.any_symbolic_tensors((1,), {"b": torch.zeros(2)})


def test_class_weights_weigh_samples() -> None:
    assert private.class_weight_to_sample_weights(np.array([0, 1, 2]), {0: 0.5, 1: 2.0}).tolist() == [0.5, 2.0, 1.0]


def test_global_attributes_are_those_of_a_thread() -> None:
    private.set_global_attribute("own", 1)
    found = []
    thread = threading.Thread(target=lambda: found.append(private.get_global_attribute("own", "none")))
    thread.start()
    thread.join()
    assert found == ["none"] and private.get_global_attribute("own") == 1
    assert private.get_global_attribute("other", 2, set_to_default=True) == private.get_global_attribute("other") == 2


def test_small_functions() -> None:
    assert private.to_list(1) == [1] and private.to_list([1]) == [1]
    assert private.pythonify_logs({"b": torch.tensor(2.0), "a": {"c": 1}, "d": "x"}) == {"c": 1.0, "b": 2.0, "d": "x"}
    assert private.pythonify_logs(None) == {}
    assert private.is_default(private.default(lambda: None)) and not private.is_default(len)
    assert private.standardize_tuple((1, 2), 2, "strides") == (1, 2)
    assert private.count_params([torch.zeros(2, 3), torch.zeros(4)]) == 10
    assert private.keras_export("keras.layers.X")(int) is int
    with pytest.raises(ValueError, match="The `strides` argument must be an int or a tuple of 2 ints.*strides=0"):
        private.standardize_tuple(0, 2, "strides")


def test_a_lazy_module_is_imported_when_used() -> None:
    assert private.LazyModule("math").sqrt(4) == 2 and private.LazyModule("math").available
    missing = private.LazyModule("not_installed_at_all", pip_name="some-thing")
    assert not missing.available
    with pytest.raises(ImportError, match="pip install some-thing"):
        missing.name_in_it  # noqa: B018
