from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import layers, models
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.learning_phase import learning_phase, learning_phase_scope
from torchkeras_compat.legacy.backend.placeholders import placeholder


def model_with_dropout() -> models.Model:
    return models.Sequential([layers.Input((50,)), layers.Dropout(0.5), layers.Dense(2)])


def test_outputs_of_layers_as_the_frequently_asked_questions_read_them() -> None:
    model = model_with_dropout()
    f = function([model.layers[0].input, learning_phase()], [model.layers[0].output])
    x = np.ones((3, 50), "float32")
    (still,), (trained,) = f([x, 0]), f([x, 1])
    assert isinstance(still, np.ndarray)
    assert np.array_equal(still, x)
    assert set(np.unique(trained)) == {0.0, 2.0}
    assert np.array_equal(f([x])[0], x), "the phase may be left out"


def test_a_phase_that_was_set_holds_in_functions() -> None:
    model = model_with_dropout()
    f = function([model.input], [model.layers[0].output])
    with learning_phase_scope(1):
        assert (f([np.ones((1, 50))])[0] == 0).any()


def test_nestings_of_inputs_and_outputs() -> None:
    x, y = placeholder((1,)), placeholder((1,))
    assert function((x, y), (x + y,))(([1.0], [2.0]))[0].tolist() == [3.0]
    assert function(x, {"double": x * 2})([4.0])["double"].tolist() == [8.0]
    assert function([], [placeholder((1,)) is None or 5])([]) == [5]


def test_inputs_are_counted_and_checked() -> None:
    x = placeholder((1,))
    with pytest.raises(ValueError, match="takes 1 inputs. Received: 2 values"):
        function([x], [x])([[1.0], [2.0]])
    with pytest.raises(TypeError, match="`inputs` should be a list or tuple. Received: ndarray"):
        function([x], [x])(np.ones(1))
    with pytest.raises(TypeError, match="Received: array"):
        function([np.ones(1)], [x])
    with pytest.raises(ValueError, match=r"Received: \['options'\]"):
        function([x], [x], options=1)


def test_numbers_are_numpy_numbers() -> None:
    x = placeholder((2,))
    from torchkeras_compat.legacy.backend.reductions import mean

    (found,) = function([x], [mean(x)])([[1.0, 3.0]])
    assert isinstance(found, np.float32)
    assert found == 2.0
