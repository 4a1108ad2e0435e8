"""Where code of this dialect meets the core: layers, losses, metrics and functions of a user that the core calls.

The core computes with plain torch tensors. Who calls it with tensors of this dialect, or with arrays an object that was
made in this dialect, gets such tensors back; functions that a user wrote in this dialect, and the core calls, receive
them. The core asks here only where it meets something other than a plain tensor, and only once this dialect is in use.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import torch

from torchkeras_compat.dialects.dialect import WITH_TENSORS
from torchkeras_compat.dialects.originals import original
from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.functions import run, unrecorded
from torchkeras_compat.dialects.tensorflow.recording import RECORDING, differentiated_by_the_core
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.shells import Reference, Tensor, package_asks, unwrap, without_shells, wrap
from torchkeras_compat.given_functions import GivenFunction
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.layers.preprocessing.texts import StringArray, as_texts
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.overrides import OVERRIDES, making_dialect
from torchkeras_compat.own_code import is_own
from torchkeras_compat.pickled_functions import made_by
from torchkeras_compat.public_names import named
from torchkeras_compat.symbolic.keras_tensor import any_symbolic

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)


class Boundary:
    """What the core asks this dialect; see `Overrides.tensors`.

    Attributes:
        not_ours: What methods return that leave a call to the core.
        is_symbolic: Whether code of this dialect has made a KerasTensor yet.
    """

    not_ours = object()
    is_symbolic = False

    def call(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a layer with plain tensors and return tensors of this dialect; or ``not_ours``.

        Args:
            layer: The layer.
            args: Arguments, as the user gave them.
            kwargs: The same, by name.
        """
        if args and (of_other_kind := _OTHER_TENSORS.get(type(args[0]))) is not None:
            return of_other_kind(layer, args, kwargs)
        if not _holds_shell(args) and not (kwargs and _holds_shell(kwargs)):
            if args and STATE.depth == 0 and layer.__dict__.get("_dialect") in WITH_TENSORS and _is_user_text(args[0]):
                texts = StringArray(as_texts(args[0], type(layer).__name__))
                return _of_this_dialect(run(layer.forward, (texts, *args[1:]), kwargs))
            if layer.__dict__.get("_dialect") not in WITH_TENSORS or not args or not _is_array(args[0]):
                return self.not_ours
            args = (_as_tensors(args[0]), *unwrap(args[1:]))
            kwargs = unwrap(kwargs)
        else:
            args, kwargs = _for_core(args), _for_core(kwargs)
        for tape in RECORDING.tapes:
            tape.note_layer(layer)  # type: ignore[attr-defined]
        return _of_this_dialect(run(layer.forward, args, kwargs))

    def loss(self, loss: Any, args: tuple[Any, ...]) -> Any:
        """Call a loss and return a tensor of this dialect; or ``not_ours``.

        Args:
            loss: A function of the core or an object with a method ``_general_call``.
            args: Targets, predictions and weights, as the user gave them.
        """
        if not _holds_shell(args):
            if loss.__dict__.get("_dialect") not in WITH_TENSORS or not any(map(_is_array, args[:2])):
                return self.not_ours
        args = _for_core(args)
        return wrap(run(loss if _are_tensors(args) else loss._general_call, args, {}))

    def gradients(self, optimizer: Any, pairs: Any) -> Any:
        """Return pairs of gradient and variable as the core's `Optimizer.apply_gradients` takes them.

        tf.keras gives a `LossScaleOptimizer` gradients that are divided by the scale already, the core others.
        """
        if not isinstance(optimizer, LossScaleOptimizer) or optimizer.__dict__.get("_dialect") not in WITH_TENSORS:
            return pairs
        factor = optimizer.scale_loss(torch.ones(()))
        return [(None if g is None else without_shells(g) * factor, v) for g, v in pairs]

    def result(self, owner: Any, value: Any) -> Any:
        """Return what a property of the core's object gives: a tensor of this dialect if the object was made in it."""
        return wrap(value) if owner.__dict__.get("_dialect") in WITH_TENSORS else value

    def begin_symbolic(self, tensor: Any) -> None:
        """Give a KerasTensor that code of this dialect makes the dialect's shape and dtype.

        Args:
            tensor: The KerasTensor, just made. Both are a tuple and a string to the core.
        """
        if making_dialect() in WITH_TENSORS:
            self.is_symbolic = True
            _take_manners(tensor)

    def follow_symbolic(self, node: Any) -> None:
        """Give the outputs of a recorded call shapes and dtypes as the inputs have them."""
        if any(type(x._shape) is TensorShape for x in node.inputs):
            for output in node.output_tensors:
                _take_manners(output)

    def has_symbolic(self, tensor: Any, attribute: str) -> bool:
        """Return whether a KerasTensor of this dialect has an attribute that the core's have not."""
        return attribute in _OF_SYMBOLIC and type(tensor._shape) is TensorShape

    def symbolic_attribute(self, tensor: Any, attribute: str) -> Any:
        """Return the attribute."""
        return functools.partial(_OF_SYMBOLIC[attribute], tensor)

    def takes_variables(self) -> bool:
        """Return whether the code that computes with a variable of the core is a user's, of this dialect."""
        return OVERRIDES.dialect in WITH_TENSORS and not package_asks(1)

    def of_variable(self, variable: Any) -> Any:
        """Return a variable's values as a tensor of this dialect, recorded inside of tapes only."""
        value = variable.value
        return wrap(value if RECORDING.depth or not torch.is_grad_enabled() else value.detach())

    def shape_of_variable(self, value: torch.Tensor) -> Any:
        """Return the shape of a variable of the core: a tuple, with TensorFlow's attributes where those are used."""
        return TensorShape(value.shape) if OVERRIDES.dialect in WITH_TENSORS else tuple(value.shape)

    def given(self, function: Any) -> Any:
        """Return a function that a user gave to a layer as the core calls it: with tensors of this dialect.

        A function of TensorFlow that Keras has, too, is Keras's, which files may name.

        Args:
            function: An activation, initializer, regularizer, constraint or function of a Lambda layer; or anything.
        """
        if (making_dialect() or OVERRIDES.dialect) not in WITH_TENSORS or isinstance(function, GivenFunction):
            return function
        if not isinstance(function, (types.FunctionType, types.MethodType, functools.partial)) and not hasattr(
            function, "python_function"
        ):
            return function
        if is_own(function):
            module = str(function.__module__)
            if not module.startswith(_HERE):
                return original(function)
            if function.__name__ in _ACTIVATIONS and module.startswith((f"{_HERE}nn.", f"{_HERE}math.")):
                return named(f"activations.{function.__name__}")
        return GivenFunction(function, with_tensors(function))

    def plain(self, values: Any) -> Any:
        """Return values without tensors of this dialect."""
        return without_shells(values)

    def begin_step(self) -> None:
        """Record what runs from now on, whoever calls it with which tensors: the core differentiates it."""
        RECORDING.depth += 1

    def end_step(self) -> None:
        """End what :meth:`begin_step` began."""
        RECORDING.depth -= 1


# Classes of tensors that torch does not know -> what calls a layer with one.
_OTHER_TENSORS: dict[type, Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]] = {}


def call_layers_with(kind: type, call: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]) -> None:
    """Let layers be called with a class of tensors that torch does not know.

    Args:
        kind: The class.
        call: Gets the layer, and the arguments of the call.
    """
    _OTHER_TENSORS[kind] = call


def _is_user_text(x: Any) -> bool:
    """Whether this is a string, an array of strings, or nested lists of them; not those that the core makes."""
    while type(x) in (list, tuple) and x:
        x = x[0]
    return isinstance(x, (str, bytes)) or (type(x) is np.ndarray and x.dtype.kind in "OSU")


def _of_this_dialect(outputs: Any) -> Any:
    """Return what a layer gives, arrays of strings too, as tensors of this dialect."""
    if isinstance(outputs, np.ndarray) and outputs.dtype.kind in "OSU":
        return named("dialects.tensorflow.strings.string_tensor.StringTensor")(outputs)
    return wrap(outputs)


BOUNDARY = Boundary()
_HERE = f"{__name__.rpartition('.')[0]}."
# Functions of TensorFlow that compute what Keras's of the same name do.
_ACTIVATIONS = frozenset(
    "elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign tanh".split()
)


def _take_manners(tensor: Any) -> None:
    tensor._shape, tensor._dtype = TensorShape(tensor._shape), as_dtype(tensor._dtype)


def _set_shape(tensor: Any, shape: Any) -> None:
    """Take what is known of the shape of a KerasTensor besides."""
    tensor._shape = tensor._shape.merge_with(shape)


# Methods that KerasTensors of this dialect have besides the core's.
_OF_SYMBOLIC: dict[str, Function] = {
    "get_shape": lambda tensor: tensor._shape,
    "set_shape": _set_shape,
    "ref": Reference,
    "experimental_ref": Reference,
}


def _holds_shell(x: Any) -> bool:
    if isinstance(x, dict):
        x = x.values()
    for part in x:
        kind = type(part)
        if kind is Tensor or ((kind is list or kind is tuple or kind is dict) and _holds_shell(part)):
            return True
    return False


def _for_core(x: Any) -> Any:
    """Return shells, and numbers of NumPy beside them, as plain tensors."""
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([_for_core(part) for part in x])
    if kind is dict:
        return {key: _for_core(part) for key, part in x.items()}
    return convert_to_tensor(x) if kind is np.ndarray and x.dtype.kind in "biuf" else without_shells(x)


def _are_tensors(args: tuple[Any, ...]) -> bool:
    return type(args[0]) is type(args[1]) is torch.Tensor


def _is_array(x: Any) -> bool:
    """Whether this is an array of numbers, or nested lists of numbers or of arrays."""
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    if isinstance(x, dict):
        return any(map(_is_array, x.values()))
    return isinstance(x, (int, float, np.number)) or (isinstance(x, np.ndarray) and x.dtype.kind in "biuf")


def _as_tensors(x: Any) -> Any:
    """Return arrays as tensors; nested lists of numbers as one."""
    first = x
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    if isinstance(first, (int, float, np.number)):
        return convert_to_tensor(x)
    return unwrap(x)


def _as_shapes(x: Any) -> Any:
    """Return tuples of sizes, in nested lists, tuples and dicts, as `TensorShape`."""
    if isinstance(x, tuple) and all(size is None or isinstance(size, int) for size in x):
        return TensorShape(x)
    if isinstance(x, (list, tuple)):
        return type(x)(_as_shapes(part) for part in x)
    return {key: _as_shapes(part) for key, part in x.items()} if isinstance(x, dict) else x


def with_shapes(function: F) -> F:
    """Make a method ``build`` of a user receive `TensorShape`, where the core gives tuples.

    Args:
        function: The method.
    """

    @functools.wraps(function)
    def build(self: Any, *shapes: Any, **named: Any) -> Any:
        return function(self, *map(_as_shapes, shapes), **{name: _as_shapes(shape) for name, shape in named.items()})

    return build  # type: ignore[return-value]


def with_dtype(function: F) -> F:
    """Make a user's ``get_initial_state`` of a cell receive all that tf.keras gives it, where the core gives a size.

    Args:
        function: The method.
    """
    names = inspect.signature(function).parameters

    @functools.wraps(function)
    def get_initial_state(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not args and package_asks():
            given = {"inputs": None, "dtype": as_dtype(self.compute_dtype)}
            kwargs = {**{name: value for name, value in given.items() if name in names}, **kwargs}
        return function(self, *args, **kwargs)

    return get_initial_state  # type: ignore[return-value]


def with_tensors(function: F, records: bool = True) -> F:
    """Make a function of a user, which the core calls with plain tensors, receive tensors of this dialect.

    Called with tensors of this dialect it is what it was.

    Args:
        function: A method ``call`` of a layer, a loss, a metric's ``update_state``, ``train_step``, ...
        records: Whether the core differentiates what it computes; not of ``train_step``, which has tapes of its own.

    Example:
        >>> from torchkeras_compat.dialects.tensorflow import tensor  # whose operators are TensorFlow's
        >>> with_tensors(lambda x: x / 2)(torch.tensor([1, 2])).dtype
        torch.float64
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _holds_shell(args) or (kwargs and _holds_shell(kwargs)):
            return function(*args, **kwargs)
        args = wrap(args)
        kwargs = wrap(kwargs)
        if not records:
            return without_shells(function(*args, **kwargs))
        with differentiated_by_the_core():
            return without_shells(function(*args, **kwargs))

    made_by(functools.partial(with_tensors, records=records), function, call)
    return call  # type: ignore[return-value]


# Methods that users write and the core calls, and whether the core differentiates what they compute.
USERS_METHODS: dict[str, bool] = {
    "call": True,
    "compute_loss": True,
    "compute_mask": True,
    "compute_metrics": False,
    "train_step": False,
    "test_step": False,
    "predict_step": False,
    "update_state": False,
    "result": False,
    "__call__": True,
}


def adopt_class(cls: type) -> None:
    """Let the methods that a class of a user defines receive tensors and shapes of this dialect from the core.

    Args:
        cls: A subclass, written in this dialect, of a layer, model, loss, metric, regularizer, constraint, ...
    """
    for name, function in adopted_members(vars(cls)).items():
        setattr(cls, name, function)


def adopted_members(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the methods among the members of a class, made to receive tensors and shapes of this dialect.

    Args:
        members: What the body of the class defines.
    """
    found: dict[str, Any] = {}
    for name, records in USERS_METHODS.items():
        function: Any = members.get(name)
        if isinstance(function, types.FunctionType) or hasattr(function, "python_function"):  # of `tf.function`
            found[name] = with_tensors(function, records)
    for name in ("build", "compute_output_shape"):
        if isinstance(members.get(name), types.FunctionType):
            found[name] = with_shapes(members[name])
    if isinstance(members.get("get_initial_state"), types.FunctionType):
        found["get_initial_state"] = with_dtype(members["get_initial_state"])
    return found


def adopt(made: Any) -> None:
    """Let an object of the core, just made in this dialect, give tensors of the dialect where no call tells it to.

    Args:
        made: A layer, metric, loss, ...
    """
    if isinstance(made, Metric) and "update_state" not in made.__dict__:
        adopt_metric(made)


def function_of_keras(function: F) -> F:
    """Make a function of ``keras.backend``, ``losses``, ``metrics`` or ``activations`` give tensors of this dialect.

    Args:
        function: Takes tensors, arrays or KerasTensors, with which it records itself.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = without_shells(args), without_shells(kwargs)
        if any_symbolic(args, kwargs):
            return function(*args, **kwargs)
        return wrap(run(function, args, kwargs))

    return call  # type: ignore[return-value]


def function_of_both(function: F) -> F:
    """Make a function of ``keras.backend`` give tensors of this dialect where it gets some, and else what it gave.

    Args:
        function: Takes tensors, arrays or KerasTensors, with which it records itself.
    """
    with_shells = function_of_keras(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _holds_shell(args) or (kwargs and _holds_shell(kwargs)):
            return with_shells(*args, **kwargs)
        return function(*args, **kwargs)

    return call  # type: ignore[return-value]


def adopt_metric(metric: Any) -> None:
    """Let a metric of the core, made in this dialect, take tensors of the dialect quickly, and give such.

    Args:
        metric: The metric; the methods come to lie in its attributes.
    """
    object.__setattr__(metric, "update_state", functools.partial(_update, metric))
    object.__setattr__(metric, "result", functools.partial(_result, metric))


def _update(metric: Any, *args: Any, **kwargs: Any) -> Any:
    update = type(metric).update_state
    args, kwargs = _for_core(args), _for_core(kwargs)
    return unrecorded(update, (metric, *args), kwargs) if torch.is_grad_enabled() else update(metric, *args, **kwargs)


def _result(metric: Any) -> Any:
    value: Any = wrap(type(metric).result(metric))
    if type(value) is Tensor:
        object.__setattr__(value, "_metric", metric)  # for `add_metric(value)`
    return value
