"""``tf.data.Options``: settings of how TensorFlow runs a dataset. They are kept, and decide nothing here."""

from __future__ import annotations

import enum
from typing import Any


class AutoShardPolicy(enum.IntEnum):
    """How a distributed dataset is divided among workers. One process has all of it."""

    OFF = -1
    AUTO = 0
    FILE = 1
    DATA = 2
    HINT = 3


class ExternalStatePolicy(enum.Enum):
    """What to do about state outside a dataset that is stored as a graph."""

    WARN = 0
    IGNORE = 1
    FAIL = 2


class _Settings:
    """Attributes that exist, each None until it is set; another name is a spelling mistake."""

    _names: tuple[str, ...] = ()

    def __init__(self) -> None:
        for name in self._names:
            object.__setattr__(self, name, None)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._names:
            raise AttributeError(
                f"{type(self).__name__} has no option {name!r}. It has: {', '.join(sorted(self._names))}"
            )
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]


class AutotuneOptions(_Settings):
    """Options of how threads are chosen: ``enabled``, ``cpu_budget``, ``ram_budget``, ``autotune_algorithm``."""

    _names = ("autotune_algorithm", "cpu_budget", "enabled", "initial_parallelism", "min_parallelism", "ram_budget")


class DistributeOptions(_Settings):
    """Options of distribution: ``auto_shard_policy``, ``num_devices``."""

    _names = ("auto_shard_policy", "num_devices")


class OptimizationOptions(_Settings):
    """Options of TensorFlow's rewriting of graphs."""

    _names = (
        "apply_default_optimizations",
        "filter_fusion",
        "filter_parallelization",
        "inject_prefetch",
        "map_and_batch_fusion",
        "map_and_filter_fusion",
        "map_fusion",
        "map_parallelization",
        "noop_elimination",
        "parallel_batch",
        "seq_interleave_prefetch",
        "shuffle_and_repeat_fusion",
    )


class ThreadingOptions(_Settings):
    """Options of threads: ``max_intra_op_parallelism``, ``private_threadpool_size``."""

    _names = ("max_intra_op_parallelism", "private_threadpool_size")


class Options(_Settings):
    """Options of a dataset, given to ``Dataset.with_options``.

    All that TensorFlow 2.15 has can be set and read. They choose between ways to compute the same elements, so none of
    them has an effect here: the order is always kept, and threads are those of ``num_parallel_calls``.

    Example:
        >>> options = Options()
        >>> options.experimental_distribute.auto_shard_policy = AutoShardPolicy.DATA
        >>> options.deterministic = False

    Source: TensorFlow API, data/Options.
    """

    _names = (
        "autotune",
        "dataset_name",
        "deterministic",
        "experimental_deterministic",
        "experimental_distribute",
        "experimental_external_state_policy",
        "experimental_optimization",
        "experimental_slack",
        "experimental_symbolic_checkpoint",
        "experimental_threading",
        "experimental_warm_start",
        "framework_type",
        "threading",
    )

    def __init__(self) -> None:
        super().__init__()
        self.autotune = AutotuneOptions()
        self.experimental_distribute = DistributeOptions()
        self.experimental_optimization = OptimizationOptions()
        self.threading = self.experimental_threading = ThreadingOptions()

    def merge(self, options: Options) -> Options:
        """Return options with those that are set in ``options`` in place of these."""
        merged = Options()
        for source in (self, options):
            for name in self._names:
                value = getattr(source, name)
                if isinstance(value, _Settings):
                    for part in value._names:
                        if getattr(value, part) is not None:
                            setattr(getattr(merged, name), part, getattr(value, part))
                elif value is not None:
                    setattr(merged, name, value)
        return merged
