"""`Model`: a layer that trains, saves and describes itself."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.errors import NotBuiltError, nearest
from torchkeras_compat.kinds import ANY
from torchkeras_compat.layers.layer.call_signature import give_call_signature
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.texts import with_texts
from torchkeras_compat.models.model_files import ModelFiles
from torchkeras_compat.models.state_tree import assign_state_tree, state_tree
from torchkeras_compat.overrides import overridable
from torchkeras_compat.plugins.config_source import reading_config
from torchkeras_compat.serialization import with_shared_layers
from torchkeras_compat.symbolic.node import symbolic_leaves
from torchkeras_compat.training.step import default
from torchkeras_compat.training.trainer import Trainer

if TYPE_CHECKING:
    from torchkeras_compat.models.functional import Functional

LAYERS_ARE_RESERVED = "`Model.layers` attribute is reserved and should not be used. Please use another name."


class Model(Trainer, ModelFiles, Layer):
    """A `torch.nn.Module` with `compile`, `fit`, `evaluate`, `predict`, `save` and `summary`.

    ``Model(inputs, outputs)`` makes a functional model; subclasses define layers in ``__init__`` and ``call``.

    Args:
        inputs: Symbolic inputs of a functional model.
        outputs: Symbolic outputs of a functional model.
        name: Name, unique by default.

    Example:
        >>> from torchkeras_compat import Input, layers
        >>> x = Input((4,))
        >>> Model(x, layers.Dense(2)(x)).output_shape
        (None, 2)

    Source: Keras API, models/Model.
    """

    _is_recomputed_as_a_whole = False
    _notes_inputs = True
    _fold_texts = staticmethod(with_texts)
    # The class of models of graphs, which builds on this one and so cannot be imported here. Its module fills it in;
    # the package `models` imports that module first, so that nobody meets this class without it. A dialect's form of
    # this class has its own.
    _functional_class: ClassVar[type[Functional]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and _has_ends(args, kwargs):
            return Layer.__new__(Model._functional_class, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "_modules" in self.__dict__:
            return
        if not isinstance(self, Model._functional_class) and _gives_graph(args, kwargs):
            # A subclass that calls `super().__init__(inputs, outputs)` is a functional model from here on.
            _make_functional(type(self))
            Model._functional_class.__init__(self, *args, **kwargs)  # type: ignore[arg-type]
            return
        Layer.__init__(self, *args, **kwargs)
        self._init_trainer()

    @property
    def layers(self) -> list[Any]:
        """The layers directly below, in order of assignment; where a torch module is below, those in it."""
        return list(self._flatten_layers(include_self=False, recursive=False))

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(LAYERS_ARE_RESERVED)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return the layer of a name or position.

        Args:
            name: Name of the layer, or of an operation between layers: ``"tf.math.subtract"`` of a file of Keras 2.
            index: Position in ``layers``.

        Raises:
            ValueError: neither or both are given, or there is no such layer.
        """
        if (name is None) == (index is None):
            raise ValueError(f"Provide either a layer name or layer index. Received: index={index}, name={name}")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has {len(self.layers)} layers."
                )
            return self.layers[index]
        for wanted in dict.fromkeys((name, str(name).replace("/", "_"))):  # Keras 2 took slashes
            for layer in (*self.layers, *getattr(self, "operations", ())):
                if getattr(layer, "name", None) == wanted:
                    return layer
        names = [getattr(layer, "name", type(layer).__name__) for layer in self.layers]
        raise ValueError(f"No such layer: {name}. Existing layers are: {names}.{nearest(str(name), names)}")

    def build(self, input_shape: Any = None) -> None:
        """Build every layer for inputs of a shape, batch axis first, by running ``call`` on meta tensors."""
        if input_shape is None or self.built:
            return
        shape = (
            tuple(input_shape)
            if isinstance(input_shape, list) and all(not isinstance(s, (list, tuple)) for s in input_shape)
            else input_shape
        )
        Layer.build._raw(self, shape)  # type: ignore[attr-defined]

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], None] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print a table of the layers, their output shapes and parameter counts.

        Args:
            line_length: Width of the table in characters; None for that of the terminal, at most 80 by default.
            positions: Where the columns end, as fractions of the width.
            print_fn: Function that receives the text; None prints.
            expand_nested: Whether to list the layers of nested models.
            show_trainable: Whether to add a column that says which layers train.
            layer_range: Names, or patterns of names, of the first and last layer to show.
        """
        from torchkeras_compat.models.summary import print_summary  # 10 ms, with what names recorded functions

        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)

    def quantize(  # type: ignore[override]
        self, mode: str | None = None, config: Any = None, filters: Any = None, **kwargs: Any
    ) -> None:
        """Quantize the weights of the layers, and compute with the low-bit ones from now on.

        Layers that cannot be quantized stay as they are, with a warning if they have weights.

        GPTQ and AWQ choose the integers by running samples through the model. They quantize the dense layers
        (`Dense`, `EinsumDense`, the projections of attention) in the blocks of the model, one block after the other.
        All other layers, such as embeddings and the head, stay in full precision; in Keras 3.15 dense layers outside of
        the blocks get the policy of quantized ones and compute in full precision.

        Args:
            mode: ``"int8"``, ``"int4"``, ``"float8"``, ``"gptq"`` or ``"awq"``; None for that of ``config``.
            config: `QuantizationConfig`; None for the default one of ``mode``. `GPTQConfig` and `AWQConfig` hold the
                samples, and the blocks where :meth:`get_quantization_layer_structure` does not say them.
            filters: Regular expression that is searched in the names of layers, a list of them, or a function of a
                layer: which ones; None for all.
            kwargs: ``type_check=False`` takes subclasses of the layers too, which may compute otherwise.

        Raises:
            ValueError: the model is not built, an argument is unknown, or a layer is quantized already; for GPTQ and
                AWQ, the blocks or the samples are missing, or no layer is meant.
            TypeError: the blocks are not layers, or the samples neither texts nor token ids.
            RuntimeError: calibration failed. The message says in which block; what was not quantized is as it was.

        Example:
            >>> from torchkeras_compat import layers, models
            >>> model = models.Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1, name="scores")])
            >>> model.quantize("int8", filters=lambda layer: layer.name != "scores")
            >>> [layer.dtype_policy.name for layer in model.layers]
            ['int8_from_float32', 'float32']

        Source: Keras API, Model.quantize.
        """
        type_check = kwargs.pop("type_check", True)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}")
        assert mode is not None
        from torchkeras_compat.models.quantization import quantize_layers  # and the quantizers (40 ms)

        quantize_layers(self, mode, config, filters, type_check)
        self.train_function = self.test_function = self.predict_function = None

    def get_quantization_layer_structure(self, mode: str | None = None) -> dict[str, list[Layer]] | None:
        """Return the layers that GPTQ and AWQ run through the model; models that have such blocks override it.

        Args:
            mode: ``"gptq"`` or ``"awq"``.

        Returns:
            ``{"pre_block_layers": [...], "sequential_blocks": [...]}``: the layers that make the input of the first
            block of token ids, and the blocks, each with the first output of the one before as input. None if the
            model does not say it.

        Source: Keras API, Model.get_quantization_layer_structure.
        """
        return None

    @overridable
    def to_json(self, **kwargs: Any) -> str:
        """Return the architecture as JSON, for ``model_from_json``."""
        return json.dumps(with_shared_layers(self), **kwargs)

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the model for the shapes that ``get_build_config`` returned."""
        if self.built or not config:
            return
        super().build_from_config(config)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new model made from what ``get_config`` returned."""
        functional = Model._functional_class
        is_graph = {"name", "layers", "input_layers", "output_layers"} <= config.keys()
        if is_graph and cls in (Model, functional):
            return functional.from_config(config, custom_objects)
        if is_graph and _takes_ends(cls):  # of a subclass that was made of inputs and outputs, and nothing else
            return functional.from_config.__func__(cls, config, custom_objects)  # type: ignore[attr-defined]
        with custom_object_scope(custom_objects or {}), reading_config():
            return cls(**{k: deserialize_as(ANY, v) for k, v in config.items()})

    @property
    @default
    def metrics(self) -> list[Any]:
        """The loss tracker, the compiled metrics and those in attributes, in the order of the logs."""
        return self._all_metrics()

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """Return the values of all variables of the model, its optimizer and its metrics, nested by their paths.

        Args:
            value_format: ``"backend_tensor"`` or ``"numpy_array"``.

        Raises:
            ValueError: the format is unknown, or two variables have one path.
        """
        return state_tree(self, value_format)

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Set variables from what :meth:`get_state_tree` returned; what it lacks stays as it is.

        Raises:
            ValueError: a part or a path is unknown, or a shape differs.
        """
        assign_state_tree(self, state_tree)

    def count_params(self) -> int:
        if not self.built:
            raise NotBuiltError(
                f"Model '{self.name}' has no weights yet: it is not built. Call it on data, `build(input_shape)`, or"
                " start it with `Input(shape)`."
            )
        return super().count_params()

    def reset_states(self) -> None:
        """Set the states of stateful recurrent layers to zero."""
        layers: list[Any] = self._flatten_layers(include_self=False)
        for layer in layers:
            if hasattr(layer, "reset_states") and not isinstance(layer, Model):
                layer.reset_states()
            elif hasattr(layer, "reset_state") and getattr(layer, "stateful", False):
                layer.reset_state()


def _has_ends(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether a constructor is given inputs and outputs, or more than a model takes by position."""
    return len(args) >= 2 or (len(args) == 1 and "outputs" in kwargs) or {"inputs", "outputs"} <= kwargs.keys()


def _gives_graph(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether a constructor is given a graph, which may also stand before other arguments."""
    return _has_ends(args, kwargs) and (len(args) > 2 or bool(symbolic_leaves(args[0] if args else kwargs["inputs"])))


def _make_functional(cls: type) -> None:
    """Put `Functional` in place of `Model` among the bases of a subclass that hands a graph to ``super().__init__``.

    The bases are assigned because the object exists already, and is to stay one of its own class: under which it is
    registered, pickled and written to files, and whose other methods call `Functional`'s as `super()`. A class made of
    both would be another one. Keras does the same.
    """
    if cls is Model or issubclass(cls, Model._functional_class):
        return
    for base in cls.__bases__:
        if "_functional_class" not in base.__dict__ and issubclass(base, Model):
            _make_functional(base)
    if not issubclass(cls, Model._functional_class):
        cls.__bases__ = tuple(base.__dict__.get("_functional_class", base) for base in cls.__bases__)
        give_call_signature(cls)


def _takes_ends(cls: type) -> bool:
    """Return whether a subclass is made as `Functional` is, by its inputs and outputs."""
    spec = inspect.getfullargspec(cls.__init__)  # type: ignore[misc]
    has_any = spec.varargs is not None and spec.varkw is not None
    return has_any or spec.args[1:] == ["inputs", "outputs", "name"]
