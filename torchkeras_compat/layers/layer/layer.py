"""`Layer`: a `torch.nn.Module` with Keras's surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import naming, regularizers
from torchkeras_compat.dtypes import policy_map as policies
from torchkeras_compat.layers.layer import call as calls
from torchkeras_compat.layers.layer.attributes import AttributesMixin
from torchkeras_compat.layers.layer.building import BuildingMixin, build_once
from torchkeras_compat.layers.layer.call import STATE, forget_losses, full_call
from torchkeras_compat.layers.layer.call_spec import CallSpec, build_arguments, call_spec
from torchkeras_compat.layers.layer.masks import get_mask, hand_masks_on, set_mask
from torchkeras_compat.layers.layer.modes import SWITCHING, set_modes_below, switches_plainly
from torchkeras_compat.layers.layer.policy import PrecisionMixin
from torchkeras_compat.layers.layer.quantization import QuantizationMixin, checked_quantize
from torchkeras_compat.layers.layer.shapes import symbolic
from torchkeras_compat.layers.layer.structure import Walk, walked
from torchkeras_compat.layers.layer.tracking import is_metric
from torchkeras_compat.layers.layer.weights import WeightsMixin
from torchkeras_compat.layers.remat.remat_scope import RematerializationMixin, open_scope
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.overrides import OverridableConstructors
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import Operation, automatic_config, check_name, record_function
from torchkeras_compat.variables import Variable

_Tensor = torch.Tensor


class Layer(
    AttributesMixin,
    BuildingMixin,
    WeightsMixin,
    PrecisionMixin,
    QuantizationMixin,
    RematerializationMixin,
    nn.Module,
    Operation,
    OverridableConstructors,
):
    """Base class of all layers and models: a `torch.nn.Module` that builds itself on its first call.

    Subclasses define ``call`` and, for weights that depend on the input's shape, ``build``. ``forward`` is Keras's
    ``__call__``: it converts and checks inputs, builds, hands masks and the training state on, and records the call
    where an input is symbolic. A built layer that gets one tensor as it needs it goes straight to ``call``.

    A new layer is in inference mode, as Keras's `layer(x)` is, and in a torch module in the mode of that, which at
    first is training. `model.train()`, `fit`, or ``training=True`` in a call switch to training.

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

    if TYPE_CHECKING:
        # Attributes of a module are what the user put there, not only tensors and modules.
        def __getattr__(self, name: str) -> Any: ...

    _call_spec: CallSpec
    _raw_build: Callable
    _plain_train: Callable | None  # `Layer.train`, where it only sets flags

    # Whether `call` works on integer inputs as they are; if not, they are cast to the compute dtype.
    _computes = True  # False: its layers do, each by its own policy
    _takes_integers = True
    # Whether `compute_mask` may give a mask where the inputs carry none; it is asked if `supports_masking`.
    _makes_masks = False
    # Whether `input_spec` is set by the constructor, to be checked before `build`.
    _checks_spec_before_build = False
    _passes_training_down = False
    _own_state: frozenset[str]
    # Whether the layer is a graph of layers, whose masks are known only after it ran.
    _is_graph = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__ and not hasattr(cls.__dict__["build"], "_raw"):
            cls.build = build_once(cls.__dict__["build"])  # type: ignore[method-assign]
        if "quantize" in cls.__dict__ and not hasattr(cls.__dict__["quantize"], "_checked"):
            cls.quantize = checked_quantize(cls.__dict__["quantize"])  # type: ignore[method-assign]
        if "compute_mask" in cls.__dict__ and not cls.__module__.startswith("torchkeras_compat."):
            cls._makes_masks = True
        cls._plain_train = Layer.train if switches_plainly(cls, Layer) else None
        cls._call_spec = call_spec(cls.call)
        if "call" in cls.__dict__ and "_known_output_shape" not in cls.__dict__:
            cls._known_output_shape = Layer._known_output_shape  # type: ignore[method-assign]  # that of another `call`
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
        state["training"] = state["_mode_is_said"] = state["_is_placed"] = False
        SWITCHING.modules_made += 1
        state["_trainable"] = trainable
        state["_variables"] = []
        state["_torch_module_names"] = set()
        state["_listed"] = {}
        state["_walks"] = {}
        state["_call_losses"] = []
        state["_adds_losses"] = False
        state["_losses_version"] = 0
        state["_loss_layers"] = []
        state["_direct"] = False
        state["_keeps_direct_off"] = False
        state["_name"] = (
            naming.auto_name(naming.to_snake_case(type(self).__name__)) if name is None else check_name(name)
        )
        state["_path_prefix"] = None
        state["built"] = False
        state["_is_building"] = False
        state["autocast"] = bool(autocast)
        state["supports_masking"] = type(self).compute_mask is not Layer.compute_mask
        state["input_spec"] = None
        state["_input_shape_argument"] = _input_shape_of(kwargs, type(self).__name__)
        state["_build_shapes"] = None
        state["activity_regularizer"] = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype
        self._enter_remat_scope(open_scope())
        if kwargs:
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}. "
                "Known to every layer: activity_regularizer, trainable, dtype, autocast, name, input_shape."
            )

    # -- calling ---------------------------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the layer as Keras does; see the class."""
        if self._direct and len(args) == 1 and not kwargs and not STATE.autocasts:
            x = args[0]
            if (
                type(x) is _Tensor
                and (x.dtype is self._compute_torch_dtype or (self._takes_integers and not x.is_floating_point()))
                and not hasattr(x, "_keras_mask")
                and self._lowest_rank <= x.dim() <= self._highest_rank
            ):
                if not self._is_composite:
                    try:
                        return self.call(x, training=self.training) if self._call_spec.has_training else self.call(x)
                    except RuntimeError:
                        self._raise_for_input(x)
                        raise
                if STATE.depth == 0 and STATE.with_losses:
                    forget_losses(self)
                STATE.depth += 1
                try:
                    return self.call(x, training=self.training) if self._call_spec.has_training else self.call(x)
                finally:
                    STATE.depth -= 1
        return full_call(self, args, kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; every subclass defines it.

        A parameter ``training`` receives the training state, ``mask`` (or ``NAME_mask``) the mask of the input.
        """
        raise NotImplementedError(
            f"Layer {type(self).__name__} does not have a `call` method implemented. Define `call(self, inputs)`."
        )

    def train(self, mode: bool = True) -> Any:
        """Put the layer and everything below into training mode, or with False into inference mode."""
        if not SWITCHING.by_itself:
            self.__dict__["_mode_is_said"] = True
        if self._plain_train is None or not isinstance(mode, bool):
            return super().train(mode)
        set_modes_below(self, mode)
        return self

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call on KerasTensors and return symbolic outputs."""
        return calls.symbolic_call(self, args, kwargs)

    def _raise_for_input(self, x: torch.Tensor) -> None:
        """Raise the error that says what the layer expects, if the input does not fit."""
        if self.input_spec is not None:
            calls.check_inputs(self.input_spec, x, self.name)

    def _plan_call(self) -> None:
        """Decide whether the next call may go straight to ``call``."""
        state = self.__dict__
        state["_is_composite"] = bool(self._children())
        state["_lowest_rank"], state["_highest_rank"] = calls.ranks_of(self.input_spec)
        state["_direct"] = (
            self.built
            and calls.is_checked_by_rank(self)
            and not self._keeps_direct_off
            and self.activity_regularizer is None
            and not (self._makes_masks and self.supports_masking)
            and not self._is_mixed
            and not self._casts_outputs
            and self.autocast
        )

    # -- shapes ----------------------------------------------------------------------------------------------------

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return KerasTensors of the shapes and dtypes that ``call`` would give."""
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            shapes = self._call_spec.arguments(args, kwargs)
            shapes = {
                k: calls.shapes_of(v)
                for k, v in shapes.items()
                if not k.endswith("mask") and k != "training" and calls._holds_tensor(v)
            }
            wanted = build_arguments(type(self).compute_output_shape)
            if len(wanted) == 1:
                result = self.compute_output_shape(next(iter(shapes.values())))
            else:
                result = self.compute_output_shape(
                    **{
                        name: shapes[name.removesuffix("_shape")]
                        for name in wanted
                        if name.removesuffix("_shape") in shapes
                    }
                )
            return symbolic(result, self.compute_dtype)
        shape = calls.known_output_shape(self, args)
        if shape is not None:
            return KerasTensor(shape, self.compute_dtype)
        return calls.infer_call(self, args, kwargs)

    def _known_output_shape(self, input_shape: Any) -> tuple[int | None, ...] | None:
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
            naming._scopes.append(self.name)
            try:
                calls.build_from(self, self._call_spec.arguments(tuple(inputs), named))
            finally:
                naming._scopes.pop()
        return calls.shapes_of(calls.infer_call(self, tuple(inputs), named))

    # -- masks -----------------------------------------------------------------------------------------------------

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the output; by default that of the input.

        A class that defines it sets ``supports_masking``, and is asked for masks whether or not the input has one.

        Args:
            inputs: First argument of the call.
            previous_mask: Its mask, in its nesting; None where there is none.
        """
        return previous_mask

    def _attach_symbolic_masks(self, inputs: Any, outputs: Any, masks: Any) -> None:
        """Give symbolic outputs the masks that the layer will compute."""
        if self._is_graph:
            for x, is_masked in zip(symbolic_leaves(outputs), self._masked_outputs(masks), strict=False):
                if is_masked:
                    mask = record_function(get_mask, (x,), {}, _mask_spec, naming.auto_name("read_mask"))
                    mask.is_found_late = True
                    set_mask(x, mask)
        else:
            hand_masks_on(self, inputs, outputs, masks)

    def _masked_outputs(self, masks: Any) -> list[bool]:
        """Return which outputs of a graph carry masks, for inputs with these masks."""
        return []

    # -- names -----------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name, as Keras gives it: ``"dense_1"``."""
        return self.__dict__["_name"]

    @name.setter
    def name(self, value: str) -> None:
        self.__dict__["_name"] = check_name(value)

    @property
    def path(self) -> str:
        """Name behind those of the layers in which it was built: ``"sequential/dense"``."""
        prefix = self.__dict__["_path_prefix"]
        return f"{prefix}/{self.name}" if prefix else self.name

    # -- losses and metrics ----------------------------------------------------------------------------------------

    def add_loss(self, loss: Any) -> None:
        """Add a scalar tensor, or a list of them, to what training minimises; call it from ``call``.

        Raises:
            ValueError: a loss is no scalar tensor.
        """
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            if not isinstance(value, torch.Tensor):
                value = torch.as_tensor(value, dtype=self._compute_torch_dtype)
            if value.ndim:
                raise ValueError(
                    f"`add_loss` takes scalars. Received a tensor of shape {tuple(value.shape)}. Use its mean or sum."
                )
            self._call_losses.append(value)
        if not self._adds_losses:
            # From now on each call goes the full way, which forgets the losses of the one before.
            state = self.__dict__
            state["_adds_losses"] = state["_keeps_direct_off"] = True
            state["_direct"] = False
            STATE.with_losses += 1

    @property
    def losses(self) -> list[torch.Tensor]:
        """The losses added by the last call, then the regularization losses of the trainable weights."""
        found = [loss for layer in self._flatten_layers() for loss in layer._call_losses]
        for v in self.trainable_weights:
            if v._regularizer is not None:
                found.append(v._regularizer(v.value))
        return found

    def _metrics(self) -> list[Any]:
        """The metrics in this layer's attributes and in those of the layers below."""
        return walked(self, "metrics", self._find_metrics)

    def _find_metrics(self, walk: Walk) -> list[Any]:
        found: dict[int, Any] = {}
        for layer in [self, *self._find_layers(walk)]:
            walk.pass_attributes(layer, is_root=layer is self)
            for leaf in layer._leaves(walk):
                if not isinstance(leaf, (Variable, KerasTensor, Node)) and is_metric(leaf):
                    found.setdefault(id(leaf), leaf)
        return list(found.values())

    @property
    def metrics(self) -> list[Any]:
        """The metrics in the attributes of this layer and of those below."""
        return self._metrics()

    @property
    def metrics_variables(self) -> list[Variable]:
        """The state variables of :attr:`metrics`."""
        return [v for metric in self.metrics for v in metric.variables]

    # -- saving and copying ----------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, so that ``from_config`` makes an equal, unbuilt layer."""
        self._check_super_called()
        # A map is for the layers below; alone, a layer keeps what the map chose for the path that it had.
        policy = self.dtype_policy if self._children() else self._dtype_policy
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": policies.serialize(policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        if type(self).get_config is Layer.get_config and type(self).__init__ is not Layer.__init__:
            return automatic_config(self, config)
        return config

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
    ) -> tuple:
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
        from torchkeras_compat.layers.layer.stateless import stateless_call  # only this method needs it

        return stateless_call(self, trainable_variables, non_trainable_variables, args, kwargs, return_losses)


Layer._call_spec = call_spec(Layer.call)
Layer._plain_train = Layer.train
Layer._raw_build = Layer._nothing_to_build


def _mask_spec(x: KerasTensor) -> KerasTensor:
    return KerasTensor(x.shape[:2] if x.ndim > 1 else x.shape, "bool")


def _input_shape_of(kwargs: dict[str, Any], kind: str) -> tuple[int | None, ...] | None:
    """Take the input shape, in any of its spellings, out of ``kwargs``; batch axis first."""
    batch_size = kwargs.pop("batch_size", None) if {"input_shape", "input_dim"} & kwargs.keys() else None
    for key in ("batch_input_shape", "batch_shape"):
        if key in kwargs:
            return tuple(kwargs.pop(key))
    if "input_shape" in kwargs:
        shape = kwargs.pop("input_shape")
        if not isinstance(shape, (list, tuple)):
            raise ValueError(
                f"`input_shape` of {kind} is a tuple without the batch axis. Received: {shape!r}. Use ({shape},)."
            )
        kwargs.pop("input_dim", None)
        return (batch_size, *shape)
    if "input_dim" in kwargs:
        length = kwargs.pop("input_length", None)
        dim = kwargs.pop("input_dim")
        return (batch_size, dim) if length is None else (batch_size, length, dim)
    return None


# Attributes that every layer has, in which no metric is looked for.
Layer._own_state = frozenset({*Layer(name="base").__dict__, "_foreign", "_inbound_nodes"})
