"""`Graph` of Keras 0.x and 1.0: a model of named inputs, nodes and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.core.identity import Identity
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.legacy.layers.merge_function import merge
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.model import Model
from torchkeras_compat.serialization import serialize_keras_object

_DTYPES = {"float": "float32", "int": "int32"}


class Graph(Model):
    """A model that is put together by names: inputs, nodes (layers) on what lies before them, and outputs.

    Data comes as a dictionary of inputs and outputs together. The first method that computes, saves or shows the model
    makes ``self.functional``, a `Functional` model, of it; nothing can be added from then on.

    Args:
        name: Name, unique by default.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: a name is taken or not known; something is added when the model is made; there is no output.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> graph = Graph()
        >>> graph.add_input("a", input_shape=(4,))
        >>> graph.add_node(Dense(3), "hidden", input="a")
        >>> graph.add_node(Dense(1), "score", input="hidden")
        >>> graph.add_output("out", input="score")
        >>> graph.compile("sgd", {"out": "mse"})
        >>> history = graph.fit({"a": np.ones((8, 4)), "out": np.ones((8, 1))}, nb_epoch=1, verbose=0)
        >>> graph.predict({"a": np.ones((2, 4))})["out"].shape
        (2, 1)

    Source: Keras 0.3 and 1.0 documentation, models/Graph.
    """

    functional: Functional | None
    _named_tensors: dict[str, Any]
    _input_order: list[str]
    _output_tensors: dict[str, Any]

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        state = self.__dict__  # past the attribute hook, which would track what the model does not have itself
        state["_named_tensors"] = {}
        state["_input_order"] = []
        state["_output_tensors"] = {}
        self.functional = None

    # -- putting it together -----------------------------------------------------------------------------------------

    def add_input(
        self,
        name: str,
        input_shape: Sequence[int | None] | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
        dtype: str = "float",
    ) -> None:
        """Add an input.

        Args:
            name: Name.
            input_shape: Shape of a sample.
            batch_input_shape: The same with the batch axis.
            dtype: ``"float"``, ``"int"``, or the name of a dtype.

        Raises:
            ValueError: the name is taken, or there is no shape.
        """
        self._check_new(name)
        if (input_shape is None) == (batch_input_shape is None):
            raise ValueError(
                f"An input has `input_shape` or `batch_input_shape`. Received: input_shape={input_shape},"
                f" batch_input_shape={batch_input_shape}"
            )
        shape = {"shape": tuple(input_shape)} if input_shape is not None else {"batch_shape": batch_input_shape}
        tensor = Input(**shape, dtype=_DTYPES.get(dtype, dtype), name=name)
        self._named_tensors[name] = tensor
        self._input_order.append(name)

    def add_node(
        self,
        layer: Layer,
        name: str,
        input: str | None = None,
        inputs: Sequence[str] = (),
        merge_mode: str = "concat",
        concat_axis: int = -1,
        dot_axes: Any = -1,
        create_output: bool = False,
    ) -> None:
        """Add a layer on top of one node, or of several merged.

        Args:
            layer: Layer or model.
            name: Name of the node.
            input: Name of the node before it.
            inputs: Names of several.
            merge_mode: How several are merged, as for `merge`; ``"join"`` gives the layer the list.
            concat_axis: Axis of ``"concat"``.
            dot_axes: Axes of ``"dot"`` and ``"cos"``.
            create_output: Whether the node is an output of the same name.

        Raises:
            ValueError: the name is taken, or one of the others is not known.
        """
        self._check_new(name)
        self._named_tensors[name] = layer(self._merged(input, inputs, merge_mode, concat_axis, dot_axes))
        if create_output:
            self.add_output(name, input=name)

    def add_shared_node(
        self,
        layer: Layer,
        name: str,
        inputs: Sequence[str] = (),
        merge_mode: str | None = None,
        concat_axis: int = -1,
        dot_axes: Any = -1,
        outputs: Sequence[str] = (),
        create_output: bool = False,
    ) -> None:
        """Add one layer on top of each of several nodes.

        Args:
            layer: Layer or model, whose weights are shared.
            name: Name of the node, where the results are merged.
            inputs: Names of the nodes before it.
            merge_mode: How the results are merged; None to leave them apart, under the names ``outputs``.
            concat_axis: Axis of ``"concat"``.
            dot_axes: Axes of ``"dot"`` and ``"cos"``.
            outputs: A name for the result of each of ``inputs``.
            create_output: Whether the merged node is an output of the same name.

        Raises:
            ValueError: a name is taken or not known, or there is neither ``merge_mode`` nor a name for each result.
        """
        self._check_new(name)
        results = [layer(self._tensor(one)) for one in inputs]
        if merge_mode:
            self._named_tensors[name] = merge(results, merge_mode, concat_axis, dot_axes)
            if create_output:
                self.add_output(name, input=name)
            return
        if len(outputs) != len(results):
            raise ValueError(
                f"A shared node has `merge_mode`, or `outputs` with a name for each of its {len(results)} inputs."
                f" Received: outputs={list(outputs)}"
            )
        for output, tensor in zip(outputs, results, strict=True):
            self._check_new(output)
            self._named_tensors[output] = tensor

    def add_output(
        self,
        name: str,
        input: str | None = None,
        inputs: Sequence[str] = (),
        merge_mode: str = "concat",
        concat_axis: int = -1,
        dot_axes: Any = -1,
    ) -> None:
        """Make a node, or several merged, an output.

        Args:
            name: Name of the output: that of its loss, and of its targets in the data.
            input: Name of the node.
            inputs: Names of several.
            merge_mode: How several are merged.
            concat_axis: Axis of ``"concat"``.
            dot_axes: Axes of ``"dot"`` and ``"cos"``.

        Raises:
            ValueError: there is such an output, or a name is not known.
        """
        self._check_open()
        if name in self._output_tensors:
            raise ValueError(f"The graph has an output {name!r}. Give this one another name.")
        tensor = self._merged(input, inputs, merge_mode, concat_axis, dot_axes)
        self._named_tensors.setdefault(name, tensor)
        self._output_tensors[name] = tensor

    def _check_open(self) -> None:
        if self.functional is not None:
            raise ValueError(f"Graph '{self.name}' is compiled or was called; nothing can be added any more.")

    def _check_new(self, name: str) -> None:
        self._check_open()
        if name in self._named_tensors:
            raise ValueError(f"The graph has a node {name!r}. Give this one another name.")

    def _tensor(self, name: str) -> Any:
        if name not in self._named_tensors:
            raise ValueError(f"The graph has no node {name!r}. It has: {list(self._named_tensors)}")
        return self._named_tensors[name]

    def _merged(
        self, input: str | None, inputs: Sequence[str], merge_mode: str, concat_axis: int, dot_axes: Any
    ) -> Any:
        if bool(input) == bool(inputs):
            raise ValueError(f"Give `input` or `inputs`. Received: input={input!r}, inputs={list(inputs)}")
        if input:
            return self._tensor(input)
        tensors = [self._tensor(name) for name in inputs]
        if merge_mode == "join" or len(tensors) == 1:
            return tensors if merge_mode == "join" else tensors[0]
        return merge(tensors, merge_mode, concat_axis, dot_axes)

    def _made(self) -> Functional:
        """Return the functional model, made at the first call."""
        if self.functional is None:
            if not self._input_order or not self._output_tensors:
                raise ValueError(f"Graph '{self.name}' needs inputs and outputs. Use `add_input` and `add_output`.")
            inputs = {name: self._named_tensors[name] for name in self._input_order}
            outputs = {name: Identity(name=f"{name}_output")(tensor) for name, tensor in self._output_tensors.items()}
            self.functional = Functional(inputs, outputs, name=f"{self.name}_functional")
        return self.functional

    # -- using it ----------------------------------------------------------------------------------------------------

    @property
    def nodes(self) -> list[str]:
        """Names of the inputs and nodes, in the order in which they were added."""
        return list(self._named_tensors)

    @property
    def input_order(self) -> list[str]:
        """Names of the inputs."""
        return list(self._input_order)

    @property
    def output_order(self) -> list[str]:
        """Names of the outputs."""
        return list(self._output_tensors)

    def build(self, input_shape: Any = None) -> None:
        self._made()

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs, a dictionary.

        Args:
            inputs: Dictionary of inputs; others in it are left out.
            training: Whether to train.
            mask: Masks of the inputs.
        """
        return self._made()(inputs, training=training)

    def compile(  # type: ignore[override]
        self,
        optimizer: Any,
        loss: Mapping[str, Any],
        metrics: Any = (),
        sample_weight_modes: Any = None,
        loss_weights: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure the model for training.

        Args:
            optimizer: Name or object.
            loss: Name of an output to its loss.
            metrics: Metrics of each output, or a dictionary of them.
            sample_weight_modes: Name of an output to ``"temporal"`` or None; the shape of the weights says it too.
            loss_weights: Name of an output to the factor of its loss.
            kwargs: Further arguments of `Model.compile`.

        Raises:
            ValueError: a loss is given for an output that there is not, or none for one; a mode is unknown.
        """
        self._made()
        if not isinstance(loss, Mapping) or set(loss) != set(self.output_order):
            raise ValueError(f"`loss` is a dictionary with the outputs {self.output_order}. Received: loss={loss!r}")
        modes = set((sample_weight_modes or {}).values())
        if not modes <= {None, "temporal"}:
            raise ValueError(f"`sample_weight_modes` are 'temporal' or None. Received: {sample_weight_modes!r}")
        given = dict(metrics) if isinstance(metrics, Mapping) else {n: list(metrics) for n in loss} if metrics else None
        super().compile(optimizer=optimizer, loss=dict(loss), metrics=given, loss_weights=loss_weights, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the model from what ``get_compile_config`` returned."""
        if config:
            self._compile_again(config)

    def _split(self, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return inputs and targets of a dictionary with both."""
        self._made()
        missing = [name for name in self.input_order if name not in data]
        if missing:
            raise ValueError(f"The data lacks the inputs {missing} of Graph '{self.name}'. Received: {sorted(data)}")
        inputs = {name: np.asarray(data[name]) for name in self.input_order}
        return inputs, {name: np.asarray(data[name]) for name in self.output_order if name in data}

    def _pairs(self, generator: Any) -> Any:
        for batch in generator:
            data, *weights = batch if isinstance(batch, tuple) else (batch,)
            yield (*self._split(data), *weights)

    def fit(  # type: ignore[override]
        self,
        data: Mapping[str, Any],
        batch_size: int = 32,
        nb_epoch: int = 10,
        verbose: Any = 1,
        callbacks: Sequence[Any] = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Train on a dictionary of inputs and targets.

        Args:
            data: Arrays by the names of inputs and outputs.
            batch_size: Samples in a batch.
            nb_epoch: Epochs; ``epochs`` is accepted too.
            verbose: As for `Model.fit`.
            callbacks: Callbacks.
            validation_split: Fraction of the samples, the last ones, to validate on.
            validation_data: Dictionary to validate on.
            shuffle: Whether to shuffle.
            class_weight: Class to weight, for a graph of one output.
            sample_weight: Name of an output to the weights of its samples.
            kwargs: Further arguments of `Model.fit`.

        Raises:
            ValueError: an input is missing.
        """
        x, y = self._split(data)
        if validation_data is not None:
            validation_data = self._split(validation_data)
        return super().fit(
            x,
            y,
            batch_size=batch_size,
            epochs=kwargs.pop("epochs", nb_epoch),
            verbose=verbose,
            callbacks=list(callbacks),
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight or None,
            sample_weight=sample_weight or None,
            **kwargs,
        )

    def evaluate(  # type: ignore[override]
        self, data: Mapping[str, Any], batch_size: int = 128, verbose: Any = 0, sample_weight: Any = None, **kwargs: Any
    ) -> Any:
        """Return the losses and metrics on a dictionary of inputs and targets; arguments as for :meth:`fit`."""
        x, y = self._split(data)
        return super().evaluate(
            x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight or None, **kwargs
        )

    def predict(  # type: ignore[override]
        self, data: Mapping[str, Any], batch_size: int = 128, verbose: Any = 0, **kwargs: Any
    ) -> dict[str, np.ndarray]:
        """Return the outputs, arrays by their names; arguments as for :meth:`fit`."""
        outputs: dict[str, np.ndarray] = super().predict(
            self._split(data)[0], batch_size=batch_size, verbose=verbose, **kwargs
        )
        return outputs

    def train_on_batch(self, data: Mapping[str, Any], class_weight: Any = None, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Train on one batch and return the losses and metrics; arguments as for :meth:`fit`."""
        x, y = self._split(data)
        return super().train_on_batch(x, y, sample_weight=sample_weight or None, class_weight=class_weight or None)

    def test_on_batch(  # type: ignore[override]
        self, data: Mapping[str, Any], sample_weight: Any = None
    ) -> Any:
        """Return the losses and metrics on one batch; arguments as for :meth:`fit`."""
        x, y = self._split(data)
        return super().test_on_batch(x, y, sample_weight=sample_weight or None)

    def predict_on_batch(self, data: Mapping[str, Any]) -> Any:
        """Return the outputs of one batch by their names."""
        return super().predict_on_batch(self._split(data)[0])

    def fit_generator(
        self, generator: Any, samples_per_epoch: int, nb_epoch: int, *, batch_size: int = 32, **kwargs: Any
    ) -> Any:
        """Train on what a generator yields: dictionaries, or a dictionary and the weights of samples.

        Args:
            generator: Generator of batches.
            samples_per_epoch: Samples in an epoch.
            nb_epoch: Epochs.
            batch_size: Samples that a batch of the generator has.
            kwargs: Further arguments of `Model.fit`.
        """
        steps = max(1, -(-samples_per_epoch // batch_size))
        return super().fit(self._pairs(generator), steps_per_epoch=steps, epochs=nb_epoch, **kwargs)

    # -- saving ------------------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "functional": serialize_keras_object(self._made())}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Graph:
        """Return a new graph made from what ``get_config`` returned."""
        graph = cls(name=config.get("name"))
        functional: Any = deserialize_as("layers", config["functional"], custom_objects)
        if not isinstance(functional, Functional):
            raise ValueError("The config of a Graph holds a functional model of named inputs and outputs.")
        inputs, outputs = functional.input, functional.output
        if not isinstance(inputs, dict) or not isinstance(outputs, dict):
            raise ValueError("The functional model in the config of a Graph has dictionaries of inputs and outputs.")
        graph._input_order.extend(inputs)
        graph._named_tensors.update(inputs)
        graph._output_tensors.update(outputs)
        graph.functional = functional
        return graph
