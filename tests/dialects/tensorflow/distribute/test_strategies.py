from __future__ import annotations

import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.distribute import strategies


@pytest.mark.parametrize(
    "make",
    [
        strategies.MirroredStrategy,
        strategies.MultiWorkerMirroredStrategy,
        strategies.CentralStorageStrategy,
        lambda: strategies.OneDeviceStrategy("/cpu:0"),
        strategies.get_strategy,
    ],
)
def test_a_process_is_one_replica(make: object) -> None:
    strategy = make()  # type: ignore[operator]
    with strategy.scope():
        model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        assert strategies.get_strategy() is strategy and strategies.has_strategy()
    assert not strategies.has_strategy()
    dataset = strategy.experimental_distribute_dataset(
        Dataset.from_tensor_slices(([[0.0, 1.0]] * 4, [0.0] * 4)).batch(2)
    )
    model.fit(dataset, verbose=0)
    assert strategy.num_replicas_in_sync == 1
    assert strategy.experimental_local_results(3) == (3,)


def test_running_and_reducing() -> None:
    strategy = strategies.MirroredStrategy()
    losses = strategy.run(lambda x: x * 2, args=(torch.tensor([1.0, 2.0]),))
    assert float(strategy.reduce(strategies.ReduceOp.SUM, losses, axis=0)) == 6
    assert float(strategy.reduce("MEAN", torch.tensor([1, 2]), axis=0)) == 1.5
    assert strategy.reduce("sum", losses, axis=None) is losses
    with pytest.raises(ValueError, match="'MAX'"):
        strategy.reduce("MAX", losses)


def test_one_device_is_the_device_of_its_scope() -> None:
    with strategies.OneDeviceStrategy("/cpu:0").scope():
        assert current_device() == torch.device("cpu")


def test_several_gpus_need_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    with pytest.warns(UserWarning, match="--nproc-per-node=4"):
        strategies.MirroredStrategy()
    monkeypatch.setattr(strategies, "process_count", lambda: 2)
    with pytest.raises(NotImplementedError, match="DataParallel"):
        strategies.MultiWorkerMirroredStrategy()


def test_batch_sizes_of_replicas() -> None:
    context = strategies.InputContext(num_replicas_in_sync=4)
    assert context.get_per_replica_batch_size(8) == 2
    with pytest.raises(ValueError, match="not divisible by 4"):
        context.get_per_replica_batch_size(9)
    made = strategies.get_strategy().distribute_datasets_from_function(lambda c: c.num_replicas_in_sync)
    assert made == 1


def test_what_is_not_here_says_so() -> None:
    with pytest.raises(ValueError, match="there are no TPUs"):
        strategies.TPUClusterResolver()
    for call in (strategies.TPUStrategy, strategies.initialize_tpu_system):
        with pytest.raises(NotImplementedError, match="TPUs are not supported"):
            call()
    with pytest.raises(NotImplementedError, match="torchrun"):
        strategies.ParameterServerStrategy()
    assert strategies.ClusterResolver().cluster_spec() == {"worker": ["process 0"]}
