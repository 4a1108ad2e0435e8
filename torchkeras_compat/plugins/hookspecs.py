"""What a plugin may do.

A plugin is a module, class or object with functions of the names and arguments below; each is optional. Packages
announce theirs as an entry point of the group ``torchkeras_compat``::

    [project.entry-points.torchkeras_compat]
    focal = "torchkeras_focal.plugin"

The name of the entry point (``focal``), or that of its distribution, is the package of qualified names:
``"focal>BinaryTversky"``. A function whose name starts with ``torchkeras_`` is a hook and needs no decorator;
:data:`hookimpl` is there for pluggy's options (``@hookimpl(tryfirst=True)``).

The registration hooks are called once, when somebody asks for a name that is not built in. They return a mapping of
names to classes (activations: functions), or None for nothing. A name is found as it is written, and in snake case
(``BinaryTversky`` also as ``"binary_tversky"``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pluggy

PROJECT = "torchkeras_compat"
PREFIX = "torchkeras_"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def torchkeras_layers() -> Mapping[str, type] | None:
    """Return layer classes by name: subclasses of ``torchkeras_compat.layers.Layer`` or of ``torch.nn.Module``.

    Called before an unknown layer name in a config or a file is an error.

    Example:
        >>> def torchkeras_layers():
        ...     return {"GatedDense": GatedDense}
    """


@hookspec
def torchkeras_losses() -> Mapping[str, type] | None:
    """Return loss classes by name: subclasses of ``torchkeras_compat.losses.Loss``, all arguments with defaults.

    Called for ``model.compile(loss="binary_tversky")`` and ``losses.get("binary_tversky")``.

    Example:
        >>> def torchkeras_losses():
        ...     return {"BinaryTversky": BinaryTversky}
    """


@hookspec
def torchkeras_metrics() -> Mapping[str, type] | None:
    """Return metric classes by name: subclasses of ``torchkeras_compat.metrics.Metric``, all arguments with defaults.

    Called for ``model.compile(metrics=["g_mean"])`` and ``metrics.get("g_mean")``.

    Example:
        >>> def torchkeras_metrics():
        ...     return {"GMean": GMean}
    """


@hookspec
def torchkeras_callbacks() -> Mapping[str, type] | None:
    """Return callback classes by name: subclasses of ``torchkeras_compat.callbacks.Callback``.

    They are found by name and not added to any training; for that see :func:`torchkeras_train_callbacks`.

    Example:
        >>> def torchkeras_callbacks():
        ...     return {"DivergenceStop": DivergenceStop}
    """


@hookspec
def torchkeras_optimizers() -> Mapping[str, type] | None:
    """Return optimizer classes by name: subclasses of ``torchkeras_compat.optimizers.Optimizer``.

    Called for ``model.compile(optimizer="lars")`` and ``optimizers.get("lars")``.

    Example:
        >>> def torchkeras_optimizers():
        ...     return {"LARS": LARS}
    """


@hookspec
def torchkeras_initializers() -> Mapping[str, type] | None:
    """Return initializer classes by name: subclasses of ``torchkeras_compat.initializers.Initializer``.

    Called for ``Dense(1, bias_initializer="prior_bias")``.

    Example:
        >>> def torchkeras_initializers():
        ...     return {"PriorBias": PriorBias}
    """


@hookspec
def torchkeras_activations() -> Mapping[str, Callable[[Any], Any]] | None:
    """Return activation functions by name: one tensor in, one of the same shape out.

    Called for ``Dense(3, activation="taylor_softmax")``.

    Example:
        >>> def torchkeras_activations():
        ...     return {"taylor_softmax": taylor_softmax}
    """


@hookspec
def torchkeras_train_callbacks(model: Any) -> Sequence[Any] | None:
    """Return callbacks to add to a ``fit`` that is about to begin, behind those of the user.

    Called once at the start of every ``fit``.

    Args:
        model: The model that is going to be trained.

    Example:
        >>> def torchkeras_train_callbacks(model):
        ...     return [ExperimentLog()] if "EXPERIMENT" in os.environ else None
    """


@hookspec
def torchkeras_examples() -> Mapping[str, Any] | None:
    """Return examples of what the plugin registers, by its name, for the checks of ``torchkeras_compat.testing``.

    Called only by ``check_plugin`` and ``pytest --torchkeras-plugin``. An example is a dict of the keyword arguments of
    the check function of its kind, or a list of such dicts. Needed are those of classes whose constructor needs
    arguments, and of objects that want other inputs than the checks take by themselves.

    Example:
        >>> def torchkeras_examples():
        ...     return {"GatedDense": {"arguments": {"units": 3}, "inputs": (8,)}}
    """
