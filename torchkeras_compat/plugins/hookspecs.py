"""What a plugin may do.

A plugin is a module, class or object with functions of the names and arguments below; each is optional. Packages
announce theirs as an entry point of the group ``torchkeras_compat``::

    [project.entry-points.torchkeras_compat]
    focal = "torchkeras_focal.plugin"

The name of the entry point (``focal``), or that of its distribution, is the package of qualified names:
``"focal>BinaryTversky"``. A function whose name starts with ``torchkeras_`` is a hook and needs no decorator;
:data:`hookimpl` is there for pluggy's options (``@hookimpl(tryfirst=True)``).

The registration hooks are called once, when somebody asks for a name that is not built in. They return a mapping of
names to classes (activations and commands: functions), or None for nothing. A name is found as it is written, and in
snake case (``BinaryTversky`` also as ``"binary_tversky"``). One that begins with ``>`` is found with its package only:
``">Accuracy"``, say, of a plugin whose names are those of another library, and some of them Keras's, too.

A hook may leave out arguments that it does not need. One that a later version passes is written with a default
(``def torchkeras_after_train(model, seconds=None)``): where the version in use does not know it, the default stays. A
hook of a later version is marked ``@hookimpl(optionalhook=True)``, and is left alone where it is unknown. Anything else
that this version does not know is an error that names the version.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pluggy

PROJECT = "torchkeras_compat"
PREFIX = "torchkeras_"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# -- names -----------------------------------------------------------------------------------------------------------


@hookspec
def torchkeras_layers() -> Mapping[str, type] | None:
    """Return layer classes by name: subclasses of ``torchkeras_compat.layers.Layer`` or of ``torch.nn.Module``.

    Called before an unknown layer name in a config or a file is an error.

    Example:
        >>> from torchkeras_compat import layers
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Doubling(layers.Layer):
        ...     def call(self, inputs):
        ...         return 2 * inputs
        >>> def torchkeras_layers():
        ...     return {"Doubling": Doubling}
        >>> with isolated_plugins(torchkeras_layers):
        ...     layers.Doubling()(torch.ones(1))
        tensor([2.])
    """


@hookspec
def torchkeras_losses() -> Mapping[str, type] | None:
    """Return loss classes by name: subclasses of ``torchkeras_compat.losses.Loss``, all arguments with defaults.

    Called for ``model.compile(loss="binary_tversky")`` and ``losses.get("binary_tversky")``.

    Example:
        >>> from torchkeras_compat import losses
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Largest(losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return abs(y_true - y_pred).amax(-1)
        >>> def torchkeras_losses():
        ...     return {"Largest": Largest}
        >>> with isolated_plugins(torchkeras_losses):
        ...     losses.get("largest")(torch.zeros(1, 2), torch.tensor([[1.0, 3.0]]))
        tensor(3.)
    """


@hookspec
def torchkeras_metrics() -> Mapping[str, type] | None:
    """Return metric classes by name: subclasses of ``torchkeras_compat.metrics.Metric``, all arguments with defaults.

    Called for ``model.compile(metrics=["spread"])`` and ``metrics.get("spread")``.

    Example:
        >>> from torchkeras_compat import metrics
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Spread(metrics.MeanMetricWrapper):
        ...     def __init__(self, name="spread"):
        ...         super().__init__(lambda y_true, y_pred: y_pred.std(-1), name=name)
        >>> def torchkeras_metrics():
        ...     return {"Spread": Spread}
        >>> with isolated_plugins(torchkeras_metrics):
        ...     metrics.get("spread").name
        'spread'
    """


@hookspec
def torchkeras_callbacks() -> Mapping[str, type] | None:
    """Return callback classes by name: subclasses of ``torchkeras_compat.callbacks.Callback``.

    They are found by name and not added to any training; for that see :func:`torchkeras_train_callbacks`.

    Example:
        >>> from torchkeras_compat import callbacks, registry
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class DivergenceStop(callbacks.Callback):
        ...     pass
        >>> def torchkeras_callbacks():
        ...     return {"DivergenceStop": DivergenceStop}
        >>> with isolated_plugins(torchkeras_callbacks):
        ...     registry.lookup("callbacks", "DivergenceStop").__name__
        'DivergenceStop'
    """


@hookspec
def torchkeras_optimizers() -> Mapping[str, type] | None:
    """Return optimizer classes by name: subclasses of ``torchkeras_compat.optimizers.Optimizer``.

    Called for ``model.compile(optimizer="sign_descent")`` and ``optimizers.get("sign_descent")``.

    Example:
        >>> from torchkeras_compat import optimizers
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class SignDescent(optimizers.Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         self.assign_sub(variable, learning_rate * gradient.sign())
        >>> def torchkeras_optimizers():
        ...     return {"SignDescent": SignDescent}
        >>> with isolated_plugins(torchkeras_optimizers):
        ...     float(optimizers.get("sign_descent").learning_rate)
        0.001
    """


@hookspec
def torchkeras_schedules() -> Mapping[str, type] | None:
    """Return learning-rate schedules by name: subclasses of ``optimizers.schedules.LearningRateSchedule``.

    Called for a schedule in the config of an optimizer, in a file for instance.

    Example:
        >>> from torchkeras_compat.optimizers import schedules
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Halving(schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.1 / 2 ** int(step)
        >>> def torchkeras_schedules():
        ...     return {"Halving": Halving}
        >>> with isolated_plugins(torchkeras_schedules):
        ...     schedules.Halving()(1)
        0.05
    """


@hookspec
def torchkeras_initializers() -> Mapping[str, type] | None:
    """Return initializer classes by name: subclasses of ``torchkeras_compat.initializers.Initializer``.

    Called for ``Dense(1, bias_initializer="halves")``.

    Example:
        >>> from torchkeras_compat import initializers
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Halves(initializers.Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return torch.full(shape, 0.5)
        >>> def torchkeras_initializers():
        ...     return {"Halves": Halves}
        >>> with isolated_plugins(torchkeras_initializers):
        ...     initializers.get("halves")((2,))
        tensor([0.5000, 0.5000])
    """


@hookspec
def torchkeras_regularizers() -> Mapping[str, type] | None:
    """Return regularizer classes by name: subclasses of ``torchkeras_compat.regularizers.Regularizer``.

    Called for ``Dense(1, kernel_regularizer="largest")``; all arguments have defaults, then.

    Example:
        >>> from torchkeras_compat import regularizers
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Largest(regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return abs(x).max()
        >>> def torchkeras_regularizers():
        ...     return {"Largest": Largest}
        >>> with isolated_plugins(torchkeras_regularizers):
        ...     regularizers.get("largest")(torch.tensor([1.0, -3.0]))
        tensor(3.)
    """


@hookspec
def torchkeras_constraints() -> Mapping[str, type] | None:
    """Return constraint classes by name: subclasses of ``torchkeras_compat.constraints.Constraint``.

    Called for ``Dense(1, kernel_constraint="rounded")``; all arguments have defaults, then.

    Example:
        >>> from torchkeras_compat import constraints
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Rounded(constraints.Constraint):
        ...     def __call__(self, w):
        ...         return w.round()
        >>> def torchkeras_constraints():
        ...     return {"Rounded": Rounded}
        >>> with isolated_plugins(torchkeras_constraints):
        ...     constraints.get("rounded")(torch.tensor([0.9]))
        tensor([1.])
    """


@hookspec
def torchkeras_activations() -> Mapping[str, Callable[[Any], Any]] | None:
    """Return activation functions by name: one tensor in, one of the same shape out.

    Called for ``Dense(3, activation="cube")``.

    Example:
        >>> from torchkeras_compat import activations
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def torchkeras_activations():
        ...     return {"cube": lambda x: x**3}
        >>> with isolated_plugins(torchkeras_activations):
        ...     activations.get("cube")(torch.tensor(2.0))
        tensor(8.)
    """


# -- data and files --------------------------------------------------------------------------------------------------


@hookspec
def torchkeras_data_adapters() -> Mapping[str, type] | None:
    """Return data adapters by name: subclasses of ``torchkeras_compat.data.adapter.Adapter``.

    Called when ``fit``, ``evaluate`` or ``predict`` gets data that is not an array, list, dict, generator,
    ``DataLoader`` or ``PyDataset``. The adapter whose ``accepts(x)`` is true takes it, and is made as
    ``Adapter(x, y, sample_weight, batch_size=..., shuffle=..., class_weight=..., device=...)``; two that accept it are
    an error that names both.

    Example:
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.data.adapter import Adapter
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> class Zeros:  # the type of data that is new
        ...     rows = 6
        >>> class ZerosAdapter(Adapter):
        ...     def __init__(self, x, y=None, sample_weight=None, *, batch_size=None, device=None, **options):
        ...         self.rows, self.batch_size, self.device = x.rows, batch_size or 2, device
        ...         self.num_batches = self.rows // self.batch_size
        ...     @classmethod
        ...     def accepts(cls, x):
        ...         return isinstance(x, Zeros)
        ...     def epoch(self):
        ...         for _ in range(self.num_batches):
        ...             yield torch.zeros(self.batch_size, 3, device=self.device), None, None
        >>> def torchkeras_data_adapters():
        ...     return {"ZerosAdapter": ZerosAdapter}
        >>> with isolated_plugins(torchkeras_data_adapters):
        ...     keras.Sequential([keras.layers.Dense(1)]).predict(Zeros(), verbose=0).shape
        (6, 1)
    """


@hookspec
def torchkeras_file_formats() -> Mapping[str, type] | None:
    """Return file formats by name: subclasses of ``torchkeras_compat.plugins.FileFormat``.

    Called when a model or its weights are saved or loaded under a name whose ending is not Keras's.

    Example:
        >>> import tempfile
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.plugins import FileFormat, isolated_plugins
        >>> class StateDict(FileFormat):
        ...     suffixes = (".pt",)
        ...     def save_weights(self, model, path):
        ...         torch.save(model.state_dict(), path)
        ...     def load_weights(self, model, path, *, skip_mismatch=False):
        ...         model.load_state_dict(torch.load(path, weights_only=True), strict=not skip_mismatch)
        >>> def torchkeras_file_formats():
        ...     return {"StateDict": StateDict}
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> with isolated_plugins(torchkeras_file_formats):
        ...     model.save_weights(f"{tempfile.mkdtemp()}/weights.pt")
    """


@hookspec
def torchkeras_file_safe() -> Mapping[str, Collection[str]] | Collection[Any] | None:
    """Return what of the plugin a file may make objects of, or call: names by kind, or the classes and functions.

    A name that a plugin registers works in code, and is refused in files: whoever writes the file chooses the
    arguments. Give a class here if making one does nothing but make it, whatever the arguments: no file is opened, no
    process started, nothing sent. Called when a file names something of the plugin. A name counts for the kind that it
    is given for: a loss called as a callback is does not make the callback safe, and files name no callbacks at all.

    Example:
        >>> def torchkeras_file_safe():
        ...     return {"losses": ["FocalTversky"], "initializers": ["PriorBias"]}
    """


# -- training --------------------------------------------------------------------------------------------------------


@hookspec
def torchkeras_train_callbacks(model: Any) -> Sequence[Any] | None:
    """Return callbacks to add to a ``fit`` that is about to begin, behind those of the user.

    Called once at the start of every ``fit``.

    Args:
        model: The model that is going to be trained.

    Example:
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def torchkeras_train_callbacks(model):
        ...     return [keras.callbacks.LambdaCallback(on_train_end=lambda logs: print("trained", model.name))]
        >>> model = keras.Sequential([keras.layers.Dense(1)], name="small")
        >>> model.compile("sgd", "mse")
        >>> with isolated_plugins(torchkeras_train_callbacks):
        ...     _ = model.fit(torch.zeros(2, 1), torch.zeros(2, 1), verbose=0)
        trained small
    """


@hookspec
def torchkeras_before_train(model: Any, settings: Mapping[str, Any]) -> None:
    """Do something before a ``fit``: nothing has been checked or built yet.

    Args:
        model: The model that is going to be trained.
        settings: What ``fit`` was given, without the data: ``epochs``, ``initial_epoch``, ``batch_size``,
            ``steps_per_epoch``, ``validation_split``, ``validation_freq``, ``shuffle``, ``verbose``.

    Example:
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def torchkeras_before_train(model, settings):
        ...     print(model.name, "trains for", settings["epochs"], "epochs")
        >>> model = keras.Sequential([keras.layers.Dense(1)], name="small")
        >>> model.compile("sgd", "mse")
        >>> with isolated_plugins(torchkeras_before_train):
        ...     _ = model.fit(torch.zeros(2, 1), torch.zeros(2, 1), epochs=3, verbose=0)
        small trains for 3 epochs
    """


@hookspec
def torchkeras_after_train(model: Any, settings: Mapping[str, Any], error: BaseException | None) -> None:
    """Do something after a ``fit``, also after one that failed or was interrupted.

    Args:
        model: The model that was trained; ``model.history`` is the ``History`` of it.
        settings: As in :func:`torchkeras_before_train`, the same object.
        error: What ended it, or None.

    Example:
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def torchkeras_after_train(model, error):
        ...     print("epochs:", len(model.history.epoch), "error:", error)
        >>> model = keras.Sequential([keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> with isolated_plugins(torchkeras_after_train):
        ...     _ = model.fit(torch.zeros(2, 1), torch.zeros(2, 1), epochs=3, verbose=0)
        epochs: 3 error: None
    """


@hookspec
def torchkeras_train_step(model: Any, step: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any] | None:
    """Return a function to call in place of the train step, which calls ``step`` itself; None to leave it alone.

    Called once at the start of every ``fit``. Of several plugins, each gets the function of the one before it, so the
    last one is the outermost. Nothing in it should wait for the device (``.item()``, ``.cpu()``).

    Args:
        model: The model that is going to be trained.
        step: ``step(x, y, sample_weight)`` trains on one batch; what it returns has to be returned.

    Example:
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def torchkeras_train_step(model, step):
        ...     def noisy(x, y, sample_weight):
        ...         print("rows:", len(x))
        ...         return step(x + 0.1 * torch.randn_like(x), y, sample_weight)
        ...     return noisy
        >>> model = keras.Sequential([keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> with isolated_plugins(torchkeras_train_step):
        ...     _ = model.fit(torch.zeros(5, 1), torch.zeros(5, 1), batch_size=4, verbose=0)
        rows: 4
        rows: 1
    """


@hookspec(firstresult=True)
def torchkeras_device(model: Any) -> Any:
    """Return the device that a model is to train on, or None; the first answer counts.

    Called at the start of the first ``fit`` of a model, before its weights are made or with the model moved there. Not
    called where the user has chosen: in a ``device(...)`` scope, with torch's default device set, or with
    ``TORCHKERAS_DEVICE``. With ``@hookimpl(wrapper=True)`` a plugin sees, and may change, the answer of the others.

    Args:
        model: The model that is going to be trained.

    Returns:
        A name (``"cuda:1"``) or a ``torch.device``.

    Example:
        >>> import torchkeras_compat as keras
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def torchkeras_device(model):
        ...     return "cpu" if model.name == "small" else None
        >>> model = keras.Sequential([keras.layers.Dense(1)], name="small")
        >>> model.compile("sgd", "mse")
        >>> with isolated_plugins(torchkeras_device):
        ...     _ = model.fit(torch.zeros(2, 1), torch.zeros(2, 1), verbose=0)
        >>> next(model.parameters()).device
        device(type='cpu')
    """


# -- the command, and the kit ----------------------------------------------------------------------------------------


@hookspec
def torchkeras_commands() -> Mapping[str, Callable[[Any], None]] | None:
    """Return sub-commands of ``torchkeras-compat`` by name: functions that get the parser of theirs.

    The function adds arguments, and sets the default ``command``: a function of the ``argparse.Namespace`` that does
    the work and returns the exit status. The first line of its docstring is the help. Called for a word that is not a
    command of ours, and for ``--help``.

    Example:
        >>> from torchkeras_compat.cli.main import main
        >>> from torchkeras_compat.plugins import isolated_plugins
        >>> def greet(parser):
        ...     "Say hello."
        ...     parser.add_argument("name")
        ...     parser.set_defaults(command=lambda given: print("Hello,", given.name) or 0)
        >>> def torchkeras_commands():
        ...     return {"greet": greet}
        >>> with isolated_plugins(torchkeras_commands):
        ...     main(["greet", "Ada"])
        Hello, Ada
        0
    """


@hookspec
def torchkeras_examples() -> Mapping[str, Any] | None:
    """Return examples of what the plugin registers, by its name, for the checks of ``torchkeras_compat.testing``.

    Called only by ``check_plugin``, ``pytest --torchkeras-plugin`` and ``torchkeras-compat plugins check``. An example
    is a dict of the keyword arguments of the check function of its kind, or a list of such dicts. Needed are those of
    classes whose constructor needs arguments, and of objects that want other inputs than the checks take by themselves.

    Example:
        >>> from torchkeras_compat import layers
        >>> from torchkeras_compat.testing import check_plugin
        >>> class Draft:
        ...     @staticmethod
        ...     def torchkeras_layers():
        ...         return {"Wide": layers.Dense}
        ...     @staticmethod
        ...     def torchkeras_examples():
        ...         return {"Wide": {"arguments": {"units": 3}, "inputs": (8,)}}
        >>> check_plugin(Draft).failed
        ()
    """
