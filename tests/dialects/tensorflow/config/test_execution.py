from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.config import execution


def test_settings_are_kept() -> None:
    execution.run_functions_eagerly(True)
    assert execution.functions_run_eagerly()
    execution.run_functions_eagerly(False)
    execution.set_jit(True)
    assert execution.get_jit() == "autoclustering"
    execution.set_jit(False)
    assert execution.get_jit() == ""
    execution.set_log_device_placement(False)
    assert not execution.get_log_device_placement()
    execution.set_soft_device_placement(True)
    assert execution.get_soft_device_placement() and execution.get_synchronous_execution()
    execution.set_experimental_options({"remapping": True})
    assert execution.get_experimental_options() == {"remapping": True}


def test_settings_of_torch() -> None:
    threads = torch.get_num_threads()
    try:
        execution.set_intra_op_parallelism_threads(1)
        assert torch.get_num_threads() == execution.get_intra_op_parallelism_threads() == 1
        execution.set_inter_op_parallelism_threads(0)
        assert execution.get_inter_op_parallelism_threads() == 0
        execution.enable_op_determinism()
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(False)


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="Received: 1"):
        execution.run_functions_eagerly(1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Received: 'on'"):
        execution.set_jit("on")
    with pytest.raises(ValueError, match="Received: -1"):
        execution.set_intra_op_parallelism_threads(-1)
    with pytest.raises(ValueError, match="must be True"):
        execution.set_synchronous_execution(False)
    with pytest.raises(NotImplementedError, match="torchrun"):
        execution.experimental_connect_to_cluster("a")
