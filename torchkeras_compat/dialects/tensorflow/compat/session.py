"""``tf.compat.v1``: sessions and their settings, graphs, and the switches between TensorFlow 1 and 2.

Recorded tensors are evaluated by the session of Keras 1 and 2 here, :mod:`torchkeras_compat.legacy.backend.sessions`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed, as_numpy
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor
from torchkeras_compat.public_names import named
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variable_base import VariableBase


class _Settings:
    """Attributes that can be set and read; those of TensorFlow are there from the start."""

    def __init__(self, **kwargs: Any) -> None:
        for name, value in kwargs.items():
            setattr(self, name, value)


class GPUOptions(_Settings):
    """Settings of GPUs, which torch has no need of: it takes memory as it is needed.

    Args:
        **kwargs: ``allow_growth``, ``per_process_gpu_memory_fraction``, ``visible_device_list``, ...
    """

    allow_growth = False
    per_process_gpu_memory_fraction = 0.0
    visible_device_list = ""
    allocator_type = ""


class OptimizerOptions(_Settings):
    """Settings of TensorFlow's compiler.

    Args:
        **kwargs: ``opt_level``, ``global_jit_level``, ...
    """

    OFF, ON_1, ON_2, L0, L1 = 0, 1, 2, -1, 0
    opt_level = 0
    global_jit_level = 0


class GraphOptions(_Settings):
    """Settings of TensorFlow's graphs.

    Args:
        **kwargs: ``optimizer_options``, ``rewrite_options``, ...
    """

    def __init__(self, **kwargs: Any) -> None:
        self.optimizer_options = OptimizerOptions()
        self.rewrite_options = _Settings()
        super().__init__(**kwargs)


class ConfigProto(_Settings):
    """Settings of a session: they change no number, and are kept.

    Args:
        **kwargs: ``allow_soft_placement``, ``log_device_placement``, ``gpu_options``, ``device_count``,
            ``intra_op_parallelism_threads``, ``inter_op_parallelism_threads``, ``graph_options``, ...

    Example:
        >>> config = ConfigProto(allow_soft_placement=True)
        >>> config.gpu_options.allow_growth = True
    """

    allow_soft_placement = False
    log_device_placement = False
    intra_op_parallelism_threads = 0
    inter_op_parallelism_threads = 0

    def __init__(self, **kwargs: Any) -> None:
        self.gpu_options = GPUOptions()
        self.graph_options = GraphOptions()
        self.experimental = _Settings()
        self.device_count: dict[str, int] = {}
        super().__init__(**kwargs)


class RunOptions(_Settings):
    """Settings of one run.

    Args:
        **kwargs: ``trace_level``, ...
    """

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = range(4)


class RunMetadata(_Settings):
    """What TensorFlow says of one run: nothing here."""


class Graph:
    """Stands for TensorFlow's graph: what is recorded is held by the tensors themselves.

    Args:
        seed: None; ``tf.compat.v1.set_random_seed`` sets one.
    """

    seed: int | None = None
    finalized = False

    @contextlib.contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Return a context in which the code runs as it is written."""
        yield self

    @contextlib.contextmanager
    def device(self, device_name: Any) -> Iterator[None]:
        """Return a context in which tensors are made on a device."""
        with named("device")(device_name):
            yield

    def finalize(self) -> None:
        """Do nothing: there is nothing that could grow."""

    def get_operations(self) -> list[Any]:
        """Return an empty list: what is recorded is held by the tensors themselves."""
        return []


class Session:
    """Runs recorded tensors, and takes eager ones as they are; a context manager.

    Args:
        target: Only empty: there are no servers.
        graph: Kept.
        config: Kept.

    Raises:
        ValueError: ``target`` is not empty.

    Example:
        >>> import torch
        >>> with Session() as session:
        ...     print(session.run(torch.ones(2) + 1))
        [2. 2.]
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        if target:
            raise ValueError(f"`target` must be empty: there are no servers of TensorFlow here. Received: {target!r}")
        self.graph = graph or get_default_graph()
        self.config = config
        self._inner: Any = None

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Return the values of tensors, variables and updates as arrays, in the structure of ``fetches``.

        Args:
            fetches: Recorded tensors, tensors, variables, updates, None; in lists, tuples and dictionaries.
            feed_dict: Values of placeholders.
            options: Nothing to decide.
            run_metadata: Nothing to decide.
        """
        return _evaluated(self._recorded_session, fetches, feed_dict)

    def _recorded_session(self) -> Any:
        if self._inner is None:
            self._inner = named("legacy.backend.sessions.Session")()
        return self._inner

    def close(self) -> None:
        """Do nothing: a session holds nothing."""

    def as_default(self) -> Session:
        """Return the session, as a context."""
        return self

    def list_devices(self) -> list[Any]:
        """Return the devices that are used."""
        found: list[Any] = named("dialects.tensorflow.config.devices.list_logical_devices")()
        return found

    def __enter__(self) -> Session:
        _sessions.append(self)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self in _sessions:
            _sessions.remove(self)


class InteractiveSession(Session):
    """A session that is the default one from its making on.

    Args:
        target: Only empty.
        graph: Kept.
        config: Kept.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        _sessions.append(self)

    def close(self) -> None:
        """Let another session be the default one."""
        self.__exit__()


_sessions: list[Session] = []
_graph: list[Graph] = []


def get_default_session() -> Session | None:
    """Return the session of the context, or None."""
    return _sessions[-1] if _sessions else None


def get_default_graph() -> Graph:
    """Return the graph, of which there is one."""
    if not _graph:
        _graph.append(Graph())
    return _graph[-1]


def reset_default_graph() -> None:
    """Begin as after the start: names are numbered from the start again."""
    _graph.clear()
    named("utils.clear_session")()


def global_variables_initializer() -> None:
    """Return None, which a session runs to no effect: variables have values from the start."""


def disable_eager_execution() -> None:
    """Do nothing: code runs as it is written, and symbolic tensors of functional models are recorded either way."""


def enable_eager_execution(config: Any = None, device_policy: Any = None, execution_mode: Any = None) -> None:
    """Do nothing: code runs as it is written."""


@contextlib.contextmanager
def variable_scope(name_or_scope: Any = None, default_name: Any = None, **kwargs: Any) -> Iterator[Any]:
    """Return a context of a name; variables are shared by object here, and not by name.

    Raises:
        NotImplementedError: ``reuse`` is asked for.
    """
    if kwargs.get("reuse"):
        raise NotImplementedError(
            "Variables are not found by their names: keep a layer and call it again where the code reuses a scope."
        )
    yield name_or_scope


def _evaluated(session: Callable[[], Any], fetches: Any, feed_dict: Any) -> Any:
    leaves = tree.flatten(fetches)
    if any(isinstance(leaf, KerasTensor) or not (leaf is None or _is_value(leaf)) for leaf in leaves):
        return session().run(fetches, feed_dict)
    return tree.map_structure(lambda leaf: None if leaf is None else as_numpy(absorbed(leaf)), fetches)


def _is_value(leaf: Any) -> bool:
    return isinstance(leaf, (torch.Tensor, VariableBase, StringTensor, np.ndarray, np.generic, int, float))
