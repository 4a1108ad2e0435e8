from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.compat import session as compat
from torchkeras_compat.dialects.tensorflow.variable import Variable


def test_the_preamble_of_a_script() -> None:
    config = compat.ConfigProto(allow_soft_placement=True, gpu_options=compat.GPUOptions(allow_growth=True))
    config.gpu_options.per_process_gpu_memory_fraction = 0.5
    compat.disable_eager_execution()
    assert config.allow_soft_placement and config.gpu_options.allow_growth
    assert not compat.ConfigProto().gpu_options.allow_growth


def test_eager_values_are_fetched_as_they_are() -> None:
    with compat.Session(config=compat.ConfigProto()) as session:
        assert compat.get_default_session() is session
        assert session.run(compat.global_variables_initializer()) is None
        found = session.run({"a": [torch.ones(2), Variable(3.0)], "b": (np.float32(1), None)})
    assert compat.get_default_session() is None
    assert found["a"][0].tolist() == [1, 1] and found["a"][1] == 3 and found["b"] == (1, None)


def test_graphs_run_as_they_are_written() -> None:
    with compat.Graph().as_default() as graph, graph.device("/cpu:0"):
        made = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    assert made.built and compat.get_default_graph() is compat.get_default_graph()
    compat.reset_default_graph()
    interactive = compat.InteractiveSession()
    assert compat.get_default_session() is interactive
    interactive.close()


def test_what_is_not_here_says_so() -> None:
    with pytest.raises(ValueError, match="'grpc://a'"):
        compat.Session("grpc://a")
    with pytest.raises(NotImplementedError, match="keep a layer"), compat.variable_scope("a", reuse=True):
        pass
