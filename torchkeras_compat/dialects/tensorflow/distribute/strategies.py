"""``tf.distribute`` strategies: a process has one replica, on the device that it uses.

More than one process is torch's business: ``torchrun`` starts them, ``DistributedDataParallel`` divides work.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from torchkeras_compat.device import device
from torchkeras_compat.distribution.processes import process_count, process_index
from torchkeras_compat.user_warnings import warn_user


class ReduceOp(enum.Enum):
    """How values of replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"


class InputContext:
    """What a function that makes a dataset learns of the replicas.

    Args:
        num_input_pipelines: Number of processes that read.
        input_pipeline_id: Which of them this is.
        num_replicas_in_sync: Number of replicas.
    """

    def __init__(self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1) -> None:
        self.num_input_pipelines = num_input_pipelines
        self.input_pipeline_id = input_pipeline_id
        self.num_replicas_in_sync = num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """Return the samples of a batch of each replica.

        Raises:
            ValueError: they cannot be divided equally.
        """
        if global_batch_size % self.num_replicas_in_sync:
            raise ValueError(
                f"The `global_batch_size` {global_batch_size} is not divisible by {self.num_replicas_in_sync} replicas."
            )
        return global_batch_size // self.num_replicas_in_sync


class ReplicaContext:
    """What a function sees of the replica in which it runs.

    Args:
        strategy: The strategy.
    """

    replica_id_in_sync_group = 0
    num_replicas_in_sync = 1

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """Return the value: there is one replica."""
        return value

    def merge_call(self, merge_fn: Callable[..., Any], args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        """Return ``merge_fn(strategy, *args, **kwargs)``."""
        return merge_fn(self.strategy, *args, **(kwargs or {}))


class Strategy:
    """One replica, on the device of this process.

    Args:
        device_name: Device of what is made in :meth:`scope`; None for that of the program.

    Example:
        >>> strategy = Strategy()
        >>> with strategy.scope():
        ...     get_strategy() is strategy
        True
        >>> strategy.num_replicas_in_sync, strategy.run(lambda x: x + 1, args=(2,))
        (1, 3)

    Source: TensorFlow API, distribute/Strategy.
    """

    def __init__(self, device_name: Any = None) -> None:
        self._device_name = device_name

    num_replicas_in_sync = 1
    cluster_resolver = None

    @property
    def extended(self) -> Strategy:
        """The strategy itself: there is nothing more."""
        return self

    @property
    def worker_devices(self) -> tuple[str, ...]:
        """The device of the replica."""
        return (str(self._device_name or "/device:CPU:0"),)

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """Return a context in which models and variables are made on the device of the strategy."""
        _active.append(self)
        try:
            with contextlib.nullcontext() if self._device_name is None else device(self._device_name):
                yield self
        finally:
            _active.remove(self)

    def run(self, fn: Callable[..., Any], args: tuple[Any, ...] = (), kwargs: Any = None, options: Any = None) -> Any:
        """Return ``fn(*args, **kwargs)``, run in the scope."""
        with self.scope():
            return fn(*args, **(kwargs or {}))

    experimental_run_v2 = run

    def reduce(self, reduce_op: Any, value: Any, axis: int | None = None) -> Any:
        """Return the sum or mean of a value over the replicas, and over an axis of it.

        Args:
            reduce_op: ``ReduceOp.SUM`` or ``ReduceOp.MEAN``, also by name.
            value: What :meth:`run` returned.
            axis: Axis to reduce; None for the replicas alone, of which there is one.

        Raises:
            ValueError: another operation.
        """
        kind = reduce_op.value if isinstance(reduce_op, ReduceOp) else str(reduce_op).upper()
        if kind not in ("SUM", "MEAN"):
            raise ValueError(f"`reduce_op` must be SUM or MEAN. Received: {reduce_op!r}")
        if axis is None:
            return value
        tensor = torch.as_tensor(value)
        return (
            tensor.sum(axis)
            if kind == "SUM"
            else tensor.mean(axis, dtype=torch.float32)
            if (not tensor.is_floating_point())
            else tensor.mean(axis)
        )

    def gather(self, value: Any, axis: int) -> Any:
        """Return the value: there is one replica."""
        return value

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """Return the dataset: the only replica reads all of it."""
        return dataset

    def distribute_datasets_from_function(self, dataset_fn: Callable[[InputContext], Any], options: Any = None) -> Any:
        """Return the dataset that a function makes for the only replica."""
        return dataset_fn(InputContext())

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def experimental_distribute_values_from_function(self, value_fn: Callable[..., Any]) -> Any:
        """Return what a function makes for the only replica."""
        return value_fn(ReplicaContext(self))

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """Return the values of the replicas of this process: a tuple of one."""
        return (value,)

    def make_dataset_iterator(self, dataset: Any) -> Any:
        """Return an iterator over a dataset."""
        return iter(dataset)


class OneDeviceStrategy(Strategy):
    """Everything on one device.

    Args:
        device: ``"/gpu:0"``, ``"/cpu:0"``, ...

    Raises:
        ValueError: later, in the scope: there is no such device.
    """

    def __init__(self, device: str) -> None:
        super().__init__(device)


class MirroredStrategy(Strategy):
    """One replica on the device of the program; with more GPUs a warning says how to use them.

    Args:
        devices: Devices; None for all. The first is used.
        cross_device_ops: Nothing to decide.
    """

    def __init__(self, devices: Any = None, cross_device_ops: Any = None) -> None:
        names = [devices] if isinstance(devices, str) else list(devices or [])
        super().__init__(names[0] if names else None)
        count = len(names) or torch.cuda.device_count()
        if count > 1 and process_count() == 1:
            warn_user(
                f"One process uses one device, and there are {count}. For all of them start `torchrun "
                f"--nproc-per-node={count} script.py`, with torch's `DistributedDataParallel` around the model and a "
                "loop of your own in place of the strategy."
            )


class MultiWorkerMirroredStrategy(Strategy):
    """One replica in this process, whose neighbours ``torchrun`` has started.

    Args:
        cluster_resolver: Nothing to decide: ``torchrun`` says which process this is.
        communication_options: Nothing to decide.

    Raises:
        NotImplementedError: there are several processes: ``DistributedDataParallel`` averages gradients, not a scope.
    """

    def __init__(self, cluster_resolver: Any = None, communication_options: Any = None) -> None:
        if process_count() > 1:
            raise NotImplementedError(
                f"This is one of {process_count()} processes, and a strategy does not average their gradients. "
                "Train `torch.nn.parallel.DistributedDataParallel(model)` in a loop of your own instead."
            )
        super().__init__()
        self.cluster_resolver = cluster_resolver


class CentralStorageStrategy(Strategy):
    """One replica on the device of the program, whose weights are there too.

    Args:
        compute_devices: Nothing to decide.
        parameter_device: Nothing to decide.
    """

    def __init__(self, compute_devices: Any = None, parameter_device: Any = None) -> None:
        super().__init__()


class TPUStrategy(Strategy):
    """Refused: there are no TPUs here.

    Raises:
        NotImplementedError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "TPUs are not supported: torchkeras_compat runs on the CPU and on CUDA devices. Leave the strategy out, or "
            "use `tf.distribute.get_strategy()` in its place."
        )


class ParameterServerStrategy(Strategy):
    """Refused: there are no parameter servers here.

    Raises:
        NotImplementedError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "Parameter servers are not supported. Start equal processes with `torchrun`, with torch's "
            "`DistributedDataParallel` around the model."
        )


class ClusterResolver:
    """What is known of the processes that ``torchrun`` started.

    Args:
        *args: Nothing to decide.
        **kwargs: Nothing to decide.
    """

    task_type = "worker"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.task_id = process_index()

    def cluster_spec(self) -> dict[str, list[str]]:
        """Return one name for each process."""
        return {"worker": [f"process {number}" for number in range(process_count())]}

    def num_accelerators(self, *args: Any, **kwargs: Any) -> dict[str, int]:
        """Return the number of GPUs."""
        return {"GPU": torch.cuda.device_count()}

    def master(self, *args: Any, **kwargs: Any) -> str:
        """Return an empty name: processes have no master."""
        return ""


class TPUClusterResolver(ClusterResolver):
    """Refused: there are no TPUs here.

    Raises:
        ValueError: always; scripts that look for a TPU catch it and go on without.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError(
            "Please provide a TPU Name to connect to: there are no TPUs here, and torchkeras_compat does not use them. "
            "It runs on the CPU and on CUDA devices."
        )


class Options:
    """Settings of reading, running or communicating, of which none has an effect with one replica.

    Args:
        **kwargs: As TensorFlow's ``InputOptions``, ``RunOptions`` and ``CommunicationOptions`` take them.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.settings = kwargs


class NcclAllReduce:
    """A way to add up gradients; nothing to decide with one replica.

    Args:
        num_packs: Nothing to decide.
    """

    def __init__(self, num_packs: int = 1) -> None:
        self.num_packs = num_packs


class HierarchicalCopyAllReduce(NcclAllReduce):
    """A way to add up gradients; nothing to decide with one replica."""


class ReductionToOneDevice(NcclAllReduce):
    """A way to add up gradients; nothing to decide with one replica.

    Args:
        reduce_to_device: Nothing to decide.
        accumulation_fn: Nothing to decide.
    """

    def __init__(self, reduce_to_device: Any = None, accumulation_fn: Any = None) -> None:
        super().__init__()


_active: list[Strategy] = []
_default: list[Strategy] = [Strategy()]


def get_strategy() -> Strategy:
    """Return the strategy of the scope, or that of the program outside of scopes."""
    return _active[-1] if _active else _default[-1]


def has_strategy() -> bool:
    """Return whether the code runs in the scope of a strategy."""
    return bool(_active)


def experimental_set_strategy(strategy: Strategy | None) -> None:
    """Set the strategy of the program; None for the default one."""
    _default[1:] = [] if strategy is None else [strategy]


def get_replica_context() -> ReplicaContext:
    """Return what is known of the replica."""
    return ReplicaContext(get_strategy())


def in_cross_replica_context() -> bool:
    """Return whether the code runs in a scope and outside of replicas."""
    return bool(_active)


def initialize_tpu_system(cluster_resolver: Iterable[Any] | None = None) -> None:
    """Refuse: there are no TPUs here.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("TPUs are not supported: torchkeras_compat runs on the CPU and on CUDA devices.")
