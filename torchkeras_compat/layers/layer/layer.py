"""`Layer`: a `torch.nn.Module` with Keras's surface."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Self

import torch
from torch import nn

from torchkeras_compat import naming, regularizers
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.layers.layer.adapters import AdaptationMixin, checked_quantize
from torchkeras_compat.layers.layer.building import build_below, build_config, build_from, build_from_config, build_once
from torchkeras_compat.layers.layer.call_errors import say_layer
from torchkeras_compat.layers.layer.call_plan import CallPlan, plan_of
from torchkeras_compat.layers.layer.call_signature import give_call_signature, stands_for_call
from torchkeras_compat.layers.layer.call_spec import call_spec
from torchkeras_compat.layers.layer.call_state import STATE, CallLosses, forget_losses
from torchkeras_compat.layers.layer.full_call import full_call
from torchkeras_compat.layers.layer.fx_tracing import trace_through
from torchkeras_compat.layers.layer.input_spec import check_inputs
from torchkeras_compat.layers.layer.modes import SWITCHING, SelfTraining, set_modes_below, switches_plainly
from torchkeras_compat.layers.layer.outputs import cast_outputs
from torchkeras_compat.layers.layer.outside_graphs import call_recurrent_layer, call_unbuilt_layer
from torchkeras_compat.layers.layer.remat_scopes import OPEN_SCOPES
from torchkeras_compat.layers.layer.shape_inference import infer_call, known_output_shape, spec_of_shapes
from torchkeras_compat.layers.layer.shapes import input_shape_argument, shapes_of, symbolic
from torchkeras_compat.layers.layer.short_call import ready_arguments
from torchkeras_compat.layers.layer.state import BuildState
from torchkeras_compat.layers.layer.stateless import stateless_call
from torchkeras_compat.layers.layer.symbolic_call import symbolic_call
from torchkeras_compat.layers.layer.weight_lists import WeightLists
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.overrides import (
    DIALECT,
    OVERRIDES,
    Addition,
    CheckedConstructors,
    given_name,
    old_name,
    overridable,
)
from torchkeras_compat.own_code import is_own
from torchkeras_compat.stateless_scope import collect_loss, open_scopes
from torchkeras_compat.symbolic.automatic_config import automatic_config
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import Operation, check_name
from torchkeras_compat.typing import Config, Masks, Shape, Tensors
from torchkeras_compat.variables import Variable

_Tensor = torch.Tensor


class Layer(AdaptationMixin, WeightLists, Operation, CheckedConstructors):
    """Base class of all layers and models: a `torch.nn.Module` that builds itself on its first call.

    Subclasses define ``call`` and, for weights that depend on the input's shape, ``build``. ``forward`` is Keras's
    ``__call__``: it converts and checks inputs, builds, hands masks and the training state on, and records the call
    where an input is symbolic. A built layer that gets one tensor as it needs it goes straight to ``call``.

    A new layer is in inference mode, as Keras's `layer(x)` is, and in a torch module in the mode of that, which at
    first is training. `model.train()`, `fit`, or ``training=True`` in a call switch to training. One whose
    ``call`` says ``training=True`` by default starts in training mode, and keeps it in a model.

    Args:
        activity_regularizer: Function of the output whose result is added to the loss.
        trainable: Whether training changes the weights.
        dtype: Policy or dtype name; None for the global policy.
        autocast: Whether floating point inputs are cast to the compute dtype.
        name: Name, unique by default, without ``/``.
        input_shape: Shape of one sample, for the first layer of a `Sequential`.
        input_dim: Size of a one-axis sample, for the first layer of a `Sequential`.
        batch_input_shape: ``input_shape`` with the batch axis.

    Raises:
        ValueError: an argument is unknown, or the name holds ``/``.

    Example:
        >>> class Scale(Layer):
        ...     def build(self, input_shape):
        ...         self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")
        ...     def call(self, inputs):
        ...         return inputs * self.scale
        >>> Scale()(torch.ones(1, 2)).tolist()
        [[1.0, 1.0]]

    Source: Keras API, layers/Layer.
    """

    # Whether `torch.compile` may be tried on the layer; for Keras's signature, since it is tried only where asked for.
    supports_jit = True

    # What Keras 1 and 2 had besides.
    input_shape = Addition()
    output_shape = Addition()
    input_mask = Addition()
    output_mask = Addition()
    get_input_at = Addition()
    get_output_at = Addition()
    get_input_shape_at = Addition()
    get_output_shape_at = Addition()
    get_input_mask_at = Addition()
    get_output_mask_at = Addition()
    inbound_nodes = Addition()
    outbound_nodes = Addition()
    updates = Addition()
    add_update = Addition()
    get_updates_for = Addition()
    get_losses_for = Addition()
    uses_learning_phase = Addition()
    dynamic = Addition()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__ and not hasattr(cls.__dict__["build"], "_raw"):
            cls.build = build_once(cls.__dict__["build"])  # type: ignore[method-assign]
        if "quantize" in cls.__dict__ and not hasattr(cls.__dict__["quantize"], "_checked"):
            cls.quantize = checked_quantize(cls.__dict__["quantize"])  # type: ignore[method-assign]
        if "compute_mask" in cls.__dict__ and not is_own(cls):
            cls._makes_masks = True
        cls._plain_train = Layer.train if switches_plainly(cls, Layer) else None
        cls._call_spec = call_spec(cls.call)
        give_call_signature(cls)
        cls._trains_by_default = cls._call_spec.trains_by_default
        if "call" in cls.__dict__ and "_known_output_shape" not in cls.__dict__:
            cls._known_output_shape = Layer._known_output_shape  # type: ignore[method-assign]  # that of another `call`
        cls._builds_by_calling = cls.build is Layer.build
        cls._raw_build = (
            getattr(cls.build, "_raw", cls.build) if cls.build is not Layer.build else Layer._nothing_to_build
        )

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if "_modules" in self.__dict__:
            return  # a second base class came this way already
        if not isinstance(trainable, bool):
            raise ValueError(f"Expected `trainable` argument to be a boolean, but got: {trainable!r}")
        nn.Module.__init__(self)
        state = self.__dict__
        if self._trains_by_default:
            SelfTraining.exists = True
        state["training"] = self._trains_by_default
        SWITCHING.modules_made += 1
        state["_trainable"] = trainable
        state["_variables"] = []
        state["_torch_module_names"] = set()
        state["_listed"] = {}
        state["_walks"] = {}
        state["_call_losses"] = CallLosses()
        state["_call_plan"] = None
        state["_build_state"] = BuildState()
        state["_name"] = (
            check_name(name if DIALECT not in self.__dict__ else given_name(name))
            if name is not None
            else naming.auto_name(naming.to_snake_case(type(self).__name__))
            if DIALECT not in self.__dict__
            else old_name(self)
        )
        state["built"] = False
        state["autocast"] = bool(autocast)
        state["supports_masking"] = type(self).compute_mask is not Layer.compute_mask
        state["input_spec"] = None
        state["_input_shape_argument"] = input_shape_argument(kwargs, type(self).__name__) if kwargs else None
        state["activity_regularizer"] = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype
        if OPEN_SCOPES:
            OPEN_SCOPES[-1].take(self)
        if kwargs:
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}. "
                "Known to every layer: activity_regularizer, trainable, dtype, autocast, name, input_shape."
            )

    # -- calling ---------------------------------------------------------------------------------------------------

    @stands_for_call
    def forward(self, *args: Any, **kwargs: Any) -> Tensors:
        """Call the layer as Keras does; see the class."""
        if self._may_leave_graphs and torch.compiler.is_dynamo_compiling() and self._leaves_graph(args, kwargs):
            return call_recurrent_layer(Layer.forward, self, *args, **kwargs)
        plan = self._call_plan
        if plan is None:
            if self.built:
                plan = self._plan_call()
            elif not self._builds_by_calling and torch.compiler.is_dynamo_compiling():
                return call_unbuilt_layer(Layer.forward, self, *args, **kwargs)
        if plan is not None and plan.is_direct and plan.is_mixed is STATE.autocasts:
            ready: tuple[Any, ...] | None = args
            if (
                len(args) != 1
                or kwargs
                or plan.is_mixed
                or type(x := args[0]) is not _Tensor
                or (x.dtype is not plan.dtype and (x.is_floating_point() or not plan.takes_integers))
                or hasattr(x, "_keras_mask")
                or not plan.lowest_rank <= x.dim() <= plan.highest_rank
            ):
                ready = ready_arguments(self, plan, args, kwargs)
            if ready is not None:
                inner = plan.is_composite
                if inner and STATE.depth == 0 and STATE.with_losses:
                    forget_losses(self)
                STATE.depth += inner
                try:
                    out = self.call(*ready, training=self.training) if plan.takes_training else self.call(*ready)
                except Exception as error:
                    if isinstance(error, RuntimeError) and not inner and isinstance(ready[0], _Tensor):
                        self._raise_for_input(ready[0])
                    say_layer(error, self, args, kwargs)
                    raise
                finally:
                    STATE.depth -= inner
                if plan.is_mixed and not (type(out) is _Tensor and out.dtype is plan.dtype):
                    return cast_outputs(self, out)
                return out
        return full_call(self, args, kwargs)

    def _leaves_graph(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Return whether `torch.compile` is to call the layer outside its graph; asked if ``_may_leave_graphs``."""
        return False

    @overridable
    def _record_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensors:
        """Return the symbolic outputs of a call on symbolic inputs."""
        return symbolic_call(self, args, kwargs)

    def _trace_through(self, tracer: Any, arguments: dict[str, Any]) -> Any:
        """Return what torch.fx records of the layers below; NotImplemented where it would not be the whole call."""
        return trace_through(self, arguments)

    def call(self, *args: Any, **kwargs: Any) -> Tensors:
        """Compute the outputs; every subclass defines it.

        A parameter ``training`` receives the training state, ``mask`` (or ``NAME_mask``) the mask of the input.
        """
        raise NotImplementedError(
            f"Layer {type(self).__name__} does not have a `call` method implemented. Define `call(self, inputs)`."
        )

    def train(self, mode: bool = True) -> Self:
        """Put the layer and everything below into training mode, or with False into inference mode."""
        if not SWITCHING.by_itself:
            self.__dict__["_mode_is_said"] = True
        if self._plain_train is None or not isinstance(mode, bool):
            return super().train(mode)
        set_modes_below(self, mode)
        return self

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call on KerasTensors and return symbolic outputs."""
        return symbolic_call(self, args, kwargs)

    def rematerialized_call(  # type: ignore[override]  # the name is Keras's
        self, layer_call: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Callable[..., Any]:
        """Return what computes ``layer_call`` as the `RematScope` around the making of the layer has it.

        Args:
            layer_call: Function of these arguments: a method of the layer.
            args: Arguments that it will be called with, by whose shapes ``"larger_than"`` decides.
            kwargs: The same, by name.
        """
        scope = self._remat_scope
        return layer_call if scope is None else scope.recomputing(self, layer_call, args, kwargs)

    def _raise_for_input(self, x: torch.Tensor) -> None:
        """Raise the error that says what the layer expects, if the input does not fit."""
        if self.input_spec is not None:
            check_inputs(self.input_spec, x, self.name)

    def _plan_call(self) -> CallPlan:
        """Decide whether the next calls may go straight to ``call``."""
        plan = self.__dict__["_call_plan"] = self._make_call_plan()
        return plan

    def _make_call_plan(self) -> CallPlan:
        return plan_of(self)

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, *input_shapes: Any, **named_shapes: Any) -> None:
        """Make the weights; subclasses whose weights depend on the input's shape define it.

        Args:
            input_shapes: Shape of each input, batch axis first, None where not known.
            named_shapes: The same by name: ``input_shape``, or ``NAME_shape``.

        Raises:
            TypeError: a name does not end in ``_shape``.
        """
        self._check_super_called()
        wrong = [name for name in named_shapes if not name.endswith("_shape")]
        if wrong:
            raise TypeError(f"`build` takes shapes, named `NAME_shape`. Received an argument named {wrong[0]!r}.")
        shapes = (*input_shapes, *named_shapes.values())
        build_below(self, shapes)
        if shapes and self._build_state.shapes is None:
            self._build_state.shapes = {"input_shape": shapes[0]}
        state = self.__dict__
        state["built"], state["_call_plan"] = True, None

    build._raw = build  # type: ignore[attr-defined]

    def _nothing_to_build(self, *input_shapes: Any) -> None:
        """Stands for ``build`` where there is none."""

    def _skip_building(self) -> None:
        """Count as built from now on: the layer has nothing to build, unless a subclass defines ``build``."""
        if type(self).build is Layer.build:
            self.__dict__["built"] = True
            self._plan_call()

    def get_build_config(self) -> Config | None:
        """Return the shapes that the layer was built for, as files store them."""
        return build_config(self)

    def build_from_config(self, config: Config) -> None:
        """Build the layer for the shapes that :meth:`get_build_config` returned."""
        build_from_config(self, config)

    # -- shapes ----------------------------------------------------------------------------------------------------

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return KerasTensors of the shapes and dtypes that ``call`` would give."""
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            return spec_of_shapes(self, self._call_spec.arguments(args, kwargs))
        shape = known_output_shape(self, args)
        return infer_call(self, args, kwargs) if shape is None else KerasTensor(shape, self.compute_dtype)

    def _known_output_shape(self, input_shape: Any) -> Shape | None:
        """Return the shape of the one output for floating-point input; None where only running ``call`` tells it.

        A list of inputs comes as a list of shapes.
        Running it on meta tensors imports all of sympy (1 s, 60 MB), which models of common layers can do without.
        """
        return None

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the shape of the output for inputs of a shape, batch axis first, None where not known.

        Args:
            args: Shape of each input.
            kwargs: The same by name, ``NAME_shape``.
        """
        if type(self).call is Layer.call:
            raise NotImplementedError(
                f"Layer {type(self).__name__} does not have a `compute_output_shape` method implemented, nor a `call`,"
                " from which shapes are inferred. Define one of them."
            )
        inputs = [symbolic(s) for s in args]
        named = {k.removesuffix("_shape"): symbolic(s) for k, s in kwargs.items()}
        if not self.built:
            naming.open_names.append(self.name)
            try:
                build_from(self, self._call_spec.arguments(tuple(inputs), named))
            finally:
                naming.open_names.pop()
        return shapes_of(infer_call(self, tuple(inputs), named))

    # -- masks -----------------------------------------------------------------------------------------------------

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the output; by default that of the input.

        A class that defines it sets ``supports_masking``, and is asked for masks whether or not the input has one.

        Args:
            inputs: First argument of the call.
            previous_mask: Its mask, in its nesting; None where there is none.
        """
        return previous_mask

    def _masked_outputs(self, masks: Masks) -> list[bool]:
        """Return which outputs of a graph carry masks, for inputs with these masks."""
        return []

    @property
    def call_signature_parameters(self) -> list[str]:
        """Names of the arguments of ``call``, without ``self``."""
        return list(inspect.signature(type(self).call).parameters)[1:]

    # -- losses and metrics ----------------------------------------------------------------------------------------

    @overridable
    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        """Refused: Keras 3 has no metrics of a call.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"Layer '{self.name}' has no `add_metric`, which was Keras 2's. Give metrics to `compile(metrics=[...])`,"
            " or keep a metric in an attribute and call its `update_state` in `call`."
        )

    @overridable
    def add_loss(self, loss: Any) -> None:
        """Add a scalar tensor, or a list of them, to what training minimises; call it from ``call``.

        Raises:
            ValueError: a loss is not a scalar tensor, or is symbolic.
        """
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            if not isinstance(value, torch.Tensor):
                if isinstance(value, KerasTensor):
                    raise ValueError(
                        f"`add_loss` takes what a call computes. Received the symbolic {value!r}. Add the loss in the"
                        " `call` of a layer, or define `compute_loss` in a subclass of Model."
                    )
                value = torch.as_tensor(value, dtype=self._compute_torch_dtype)
            if value.ndim:
                raise ValueError(
                    f"`add_loss` takes scalars. Received a tensor of shape {tuple(value.shape)}. Use its mean or sum."
                )
            self._call_losses.added.append(value)
            if open_scopes:
                collect_loss(value)
        if not self._call_losses.is_used:
            self._call_losses.is_used = True
            self.__dict__["_call_plan"] = None
            STATE.with_losses += 1

    @property
    def losses(self) -> list[torch.Tensor]:
        """The losses added by the last call, then the regularization losses of the trainable weights."""
        found = [loss for layer in self._flatten_layers() for loss in layer._call_losses.added]
        for v in self.trainable_weights:
            if v._regularizer is not None:
                found.append(v._regularizer(v.value))
        return found if OVERRIDES.tensors is None else OVERRIDES.tensors.result(self, found)

    # -- saving and copying ----------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        """Return the constructor's arguments, so that ``from_config`` makes an equal, unbuilt layer."""
        self._check_super_called()
        # A map is for the layers below; alone, a layer keeps what the map chose for the path that it had.
        policy = self.dtype_policy if self._children() else self._dtype_policy
        config: Config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": policies.serialize(policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        if type(self).get_config is Layer.get_config and type(self).__init__ is not Layer.__init__:
            return automatic_config(self, config)
        return config

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        SelfTraining.exists = SelfTraining.exists or self._trains_by_default
        if self._remat_scope is not None:
            self._remat_scope.take(self)

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the values of the variables of this layer alone into ``store``, under ``"0"``, ``"1"``, ..."""
        for i, value in enumerate(self._file_values()):
            store[f"{i}"] = value.numpy() if isinstance(value, Variable) else convert_to_numpy(value)

    def load_own_variables(self, store: dict[str, Any]) -> None:
        """Set the variables of this layer alone from what :meth:`save_own_variables` stored.

        Raises:
            ValueError: their number differs.
        """
        own = self._file_variables()
        if len(store.keys()) != len(own):
            if own:
                found = f"expected {len(own)} variables, received {len(store.keys())}"
                shapes = f"Expected shapes: {[v.shape for v in own]}"
                raise ValueError(f"Layer '{self.name}' was never built with these weights: {found}. {shapes}")
            raise ValueError(
                f"Layer '{self.name}' was never built and thus it doesn't have any variables. However the weights file "
                f"lists {len(store.keys())} variables for this layer. Build the layer on its input shape first."
            )
        for i, v in enumerate(own):
            v.assign(store[f"{i}"])
        self._on_loaded()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def stateless_call(
        self,
        trainable_variables: Sequence[Any],
        non_trainable_variables: Sequence[Any],
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Call the layer with other values in place of its variables, which stay as they are.

        Args:
            trainable_variables: A value for each of ``trainable_variables``.
            non_trainable_variables: A value for each of ``non_trainable_variables``.
            args: Arguments of the call.
            return_losses: Whether to return the losses too.
            kwargs: Arguments of the call.

        Returns:
            ``(outputs, non_trainable_variables)``, and the losses if asked for.

        Raises:
            ValueError: the layer is not built, or a number of values differs.
        """
        return stateless_call(self, trainable_variables, non_trainable_variables, args, kwargs, return_losses)


Layer._call_spec = call_spec(Layer.call)
Layer._plain_train = Layer.train
Layer._raw_build = Layer._nothing_to_build


# Attributes that every layer has, in which no metric is looked for.
_SET_LATER = ("_module_variables", "_inbound_nodes", "_is_placed", "_mode_is_said")
Layer._own_state = frozenset({*Layer(name="base").__dict__, *_SET_LATER})
