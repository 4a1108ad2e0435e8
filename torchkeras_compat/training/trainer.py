"""`compile`, `fit`, `evaluate`, `predict`: the methods of a model that train and run it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat import optimizers as optimizers_namespace
from torchkeras_compat import tree
from torchkeras_compat.data.batching import unpack_x_y_sample_weight
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import current_device
from torchkeras_compat.errors import NotCompiledError
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.optimizers.modes import set_modes
from torchkeras_compat.overrides import Addition, overridable
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.training import loop
from torchkeras_compat.training.compile_spec import CompileSpec
from torchkeras_compat.training.jit import CompiledCall
from torchkeras_compat.training.loss_weight import as_numbers
from torchkeras_compat.training.plugin_hooks import plugins_around_fit
from torchkeras_compat.training.step import Step, default
from torchkeras_compat.user_warnings import warn_user

_STATE: dict[str, Any] = {
    "optimizer": None,
    "compiled": False,
    "stop_training": False,
    "run_eagerly": False,
    "steps_per_execution": 1,
    "_compile_spec": None,
    "_step": None,
    "_compile_arguments": None,
    "history": None,
}


class Trainer:
    """The methods of `Model` that train and run it."""

    if TYPE_CHECKING:
        # The attributes of the model that this is a part of.
        def __getattr__(self, name: str) -> Any: ...

        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    _own_state = Layer._own_state | _STATE.keys()

    # What Keras 1 and 2 had besides.
    fit_generator = Addition()
    evaluate_generator = Addition()
    predict_generator = Addition()
    predict_proba = Addition()
    predict_classes = Addition()

    def _init_trainer(self) -> None:
        self.__dict__.update(_STATE)

    def train(self, mode: bool = True) -> Any:
        """Put the model into training mode, or with False into inference mode; so ``fit``, ``predict`` and others do.

        An optimizer of it that has methods ``train`` and ``eval``, as schedule-free ones have, is switched with it.
        """
        super().train(mode)  # type: ignore[misc]
        set_modes(self, mode)
        return self

    @overridable
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how the model learns.

        Args:
            optimizer: Name, optimizer, or `torch.optim` optimizer of this model's parameters.
            loss: Name, function, `Loss` or `torch.nn` loss; a list or dict of them for several outputs.
            loss_weights: Factor of each loss, in a list or dict: numbers, or variables and tensors of one number each,
                which count as they are in each step. A file has the numbers that they held when it was written.
            metrics: Names, functions or `Metric` objects; a list or dict of lists for several outputs.
            weighted_metrics: The same, updated with the sample weights.
            run_eagerly: Whether to run eagerly even with ``jit_compile=True``.
            steps_per_execution: Steps from one call of the per-batch callbacks to the next.
            jit_compile: True runs the model through `torch.compile`, and warns where that fails; ``"auto"`` and False
                do not.
            auto_scale_loss: Whether ``mixed_float16`` scales the loss, for optimizers of this package.

        Raises:
            ValueError: a name is unknown, or an argument is not supported.

        Example:
            >>> from torchkeras_compat import Sequential, layers
            >>> model = Sequential([layers.Dense(1, input_dim=2)])
            >>> model.compile("sgd", loss="mse")
        """
        if isinstance(steps_per_execution, bool) or not isinstance(steps_per_execution, int) or steps_per_execution < 1:
            raise ValueError(f"`steps_per_execution` is a positive int. Received: {steps_per_execution!r}")
        if jit_compile not in (True, False, None, "auto"):
            raise ValueError(f"`jit_compile` is True, False or 'auto'. Received: {jit_compile!r}")
        arguments = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
            "auto_scale_loss": auto_scale_loss,
        }
        chosen = optimizers_namespace.get(optimizer)
        is_plain = isinstance(chosen, Optimizer) and not isinstance(chosen, LossScaleOptimizer)
        if auto_scale_loss and self.dtype_policy.name == "mixed_float16":
            if is_plain:
                chosen = LossScaleOptimizer(chosen)
            elif not isinstance(chosen, Optimizer):
                kind = f"{type(chosen).__module__.rpartition('.')[0]}.{type(chosen).__name__}"
                warn_user(
                    f"The loss of a mixed_float16 model is not scaled for {kind}, and small gradients become zero. Use"
                    " an optimizer of keras.optimizers, or the policy mixed_bfloat16, which needs no scaling."
                )
        names = getattr(self, "output_names", None) if self.built and self._is_graph else None
        spec = CompileSpec(loss, loss_weights, metrics, weighted_metrics, names)
        state = self.__dict__
        state["optimizer"] = chosen
        state["loss"] = loss
        state["run_eagerly"] = bool(run_eagerly)
        state["steps_per_execution"] = steps_per_execution
        state["jit_compile"] = jit_compile is True
        state["_compile_spec"] = spec
        state["_compile_arguments"] = arguments
        state["_step"] = None
        state["compiled"] = True
        state["stop_training"] = False
        state["_compiled_call_impl"] = CompiledCall(self) if jit_compile is True and not run_eagerly else None  # type: ignore[arg-type]

    @overridable
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> Any:
        """Train the model.

        Args:
            x: Arrays, tensors, or lists and dicts of them; or a `DataLoader`, generator or `PyDataset` of batches.
            y: Targets, if ``x`` is arrays.
            batch_size: Samples a step, 32 by default; not for sources that make batches themselves.
            epochs: Number of the last epoch.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line an epoch; ``"auto"`` is 1.
            callbacks: Callbacks, or a `CallbackList`.
            validation_split: Share in [0, 1) of the arrays, from their end, to validate with.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)`` or a source of batches, to validate with.
            shuffle: Whether samples are drawn in a new order every epoch; ``"batch"`` keeps batches together.
            class_weight: Weight of each class number.
            sample_weight: Weight of each sample, or of each time step.
            initial_epoch: Epoch to start with.
            steps_per_epoch: Steps an epoch; None for all the data.
            validation_steps: Steps of validation; None for all its data.
            validation_batch_size: ``batch_size`` of validation.
            validation_freq: Epochs from one validation to the next, or the numbers (from 1) of the epochs to validate
                after.

        Returns:
            The `History` callback; its ``history`` holds a list of values for each key of the logs.

        Raises:
            NotCompiledError: ``compile`` has not been called.
            ValueError: the arguments or the data do not fit.
        """
        self._check_compiled("fit")
        settings = {
            "epochs": epochs,
            "initial_epoch": initial_epoch,
            "batch_size": batch_size,
            "steps_per_epoch": steps_per_epoch,
            "validation_split": validation_split,
            "validation_freq": validation_freq,
            "shuffle": shuffle,
            "verbose": verbose,
        }
        with plugins_around_fit(self, settings):
            return loop.fit(
                self,
                x=x,
                y=y,
                batch_size=batch_size,
                epochs=epochs,
                verbose=verbose,
                callbacks=callbacks,
                validation_split=validation_split,
                validation_data=validation_data,
                shuffle=shuffle,
                class_weight=class_weight,
                sample_weight=sample_weight,
                initial_epoch=initial_epoch,
                steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps,
                validation_batch_size=validation_batch_size,
                validation_freq=validation_freq,
            )

    @overridable
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Return the loss and the metrics on data.

        Args:
            x: As for :meth:`fit`.
            y: As for :meth:`fit`.
            batch_size: Samples a step, 32 by default.
            verbose: As for :meth:`fit`.
            sample_weight: As for :meth:`fit`.
            steps: Steps; None for all the data.
            callbacks: As for :meth:`fit`.
            return_dict: Whether to return a dict.
            kwargs: None is known.

        Returns:
            The loss if there are no metrics, else ``[loss, metrics...]``, floats; or a dict.

        Raises:
            NotCompiledError: ``compile`` has not been called.
            ValueError: the arguments or the data do not fit.
        """
        self._check_compiled("evaluate")
        if kwargs:
            raise ValueError(f"Arguments not recognized: {kwargs}")
        logs = loop.evaluate(self, x, y, batch_size, verbose, sample_weight, steps, callbacks)
        return logs if return_dict else _flat_logs(logs)

    @overridable
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the outputs for data as NumPy arrays.

        Args:
            x: As for :meth:`fit`.
            batch_size: Samples a step, 32 by default.
            verbose: As for :meth:`fit`.
            steps: Steps; None for all the data.
            callbacks: As for :meth:`fit`.

        Returns:
            Arrays in the nesting of the outputs.

        Raises:
            ValueError: the data does not fit.
        """
        return loop.predict(self, x, batch_size, verbose, steps, callbacks)

    def predict_batches(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = 0,
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Generator[Any, None, None]:
        """Yield the outputs of each batch, as NumPy arrays: :meth:`predict` without room for the whole result.

        Args:
            x: As for :meth:`fit`.
            batch_size: Samples a step, 32 by default.
            verbose: As for :meth:`fit`.
            steps: Steps; None for all the data.
            callbacks: As for :meth:`fit`.

        Returns:
            An iterator over arrays of shape ``(batch, ...)`` in the nesting of the outputs.

        Raises:
            ValueError: the data does not fit; the arguments are checked before the first batch is asked for.

        Example:
            >>> import numpy as np
            >>> from torchkeras_compat import Sequential, layers
            >>> model = Sequential([layers.Dense(2, input_dim=3)])
            >>> [outputs.shape for outputs in model.predict_batches(np.zeros((5, 3)), batch_size=2)]
            [(2, 2), (2, 2), (1, 2)]
        """
        return loop.predict_batches(self, x, batch_size, verbose, steps, callbacks)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Train on one batch; return the loss and the metrics so far, as :meth:`evaluate` does."""
        self._check_compiled("train_on_batch")
        return loop.on_batch(self, "train", x, y, sample_weight, class_weight, return_dict, _flat_logs)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Evaluate one batch; return the loss and the metrics so far, as :meth:`evaluate` does."""
        self._check_compiled("test_on_batch")
        return loop.on_batch(self, "test", x, y, sample_weight, None, return_dict, _flat_logs)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch as NumPy arrays."""
        data = tree.map_structure(
            lambda a: convert_to_tensor(a).to(self._data_device()) if hasattr(a, "shape") else a, x
        )
        with switched(self, False, loop.is_training(self)), torch.no_grad():
            return tree.map_structure(convert_to_numpy, self.make_predict_function()((data,)))

    # -- what subclasses override ----------------------------------------------------------------------------------

    @default
    def train_step(self, data: Any) -> dict[str, Any]:
        """Train on one batch ``(x, y, sample_weight)`` and return logs; subclasses may do it in their own way."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        step = self._make_step()
        step.train(x, y, sample_weight)
        return step.results()

    @default
    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluate one batch and return logs; subclasses may do it in their own way."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        step = self._make_step()
        step.test(x, y, sample_weight)
        return step.results()

    @default
    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch; subclasses may do it in their own way."""
        return self(unpack_x_y_sample_weight(data)[0])

    @default
    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the compiled loss plus the losses of the layers, a scalar tensor.

        Raises:
            ValueError: there is no loss to compute.
        """
        total = self._compile_spec.compute(y, y_pred, sample_weight) if self._compile_spec is not None else None
        for loss in self.losses:
            total = loss if total is None else total + loss
        if total is None:
            if y is None and self._compile_spec is not None and self._compile_spec.given["loss"] is not None:
                raise ValueError(
                    "The model was compiled with a loss, but the data has no targets. Pass `y`, or batches `(x, y)`."
                )
            raise ValueError(
                "No loss to compute. Provide a `loss` argument in `compile()`, or add losses with `add_loss` in a layer"
                " or model."
            )
        return total

    @default
    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Take one batch into the compiled metrics and return the logs."""
        self._compile_spec.update_metrics(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the logs so far: the compiled loss and metrics, then the metrics in attributes."""
        logs = self._compile_spec.results() if self._compile_spec is not None else {}
        known = self._compiled_metrics()
        for metric in self.metrics:
            if not any(metric is k for k in known):
                value = metric.result()
                logs.update(value if isinstance(value, dict) else {metric.name: value})
        return logs

    def reset_metrics(self) -> None:
        """Reset all metrics."""
        if self._compile_spec is not None:
            self._compile_spec.reset_state()
        for metric in self.metrics:
            metric.reset_state()

    @default
    def make_train_function(self, force: bool = False) -> Callable:
        """Return the function that trains on one batch."""
        self.__dict__["train_function"] = self.train_step
        return self.train_step

    @default
    def make_test_function(self, force: bool = False) -> Callable:
        """Return the function that evaluates one batch."""
        self.__dict__["test_function"] = self.test_step
        return self.test_step

    @default
    def make_predict_function(self, force: bool = False) -> Callable:
        """Return the function that computes the outputs of one batch."""
        self.__dict__["predict_function"] = self.predict_step
        return self.predict_step

    @property
    def metrics_names(self) -> list[str]:
        """Names of :attr:`metrics`."""
        return [m.name for m in self.metrics]

    def _compiled_metrics(self) -> list[Any]:
        spec = self.__dict__.get("_compile_spec")
        return spec.metrics if spec is not None else []

    def _all_metrics(self) -> list[Any]:
        compiled = self._compiled_metrics()
        return compiled + [m for m in self._metrics() if not any(m is c for c in compiled)]

    def _make_step(self) -> Step:
        if self._step is None:
            self.__dict__["_step"] = Step(self, self._compile_spec)
        return self._step

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise NotCompiledError(
                f"You must call `compile()` before calling `{method}()`. Example: model.compile('adam', loss='mse')."
            )

    def _data_device(self) -> torch.device:
        for tensor in self.parameters():
            return tensor.device
        return current_device()

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return what ``compile`` received, as files store it; None, with a warning, if it cannot be stored."""
        if not self.compiled:
            return None
        arguments = {**self._compile_arguments, "optimizer": self.optimizer}
        arguments["loss_weights"] = as_numbers(arguments.get("loss_weights"))
        config = {}
        for name, value in arguments.items():
            try:
                config[name] = serialize_keras_object(value)
            except ValueError:
                warn_user(
                    f"`{name}` of `compile`, of type {type(value)}, cannot be stored: the loaded model has to"
                    " be compiled again. Optimizers, losses and metrics of Keras, and registered functions, can be"
                    " stored."
                )
                return None
        return config

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the model from what :meth:`get_compile_config` returned.

        A model whose class has its own ``compile``, and no ``compile_from_config``, stays uncompiled, with a warning.
        """
        if not config:
            return
        if type(self).compile is not Trainer.compile:
            warn_user(
                "`compile()` was not called as part of model loading because the model's `compile()` method is custom. "
                "All subclassed Models that have `compile()` overridden should also override `get_compile_config()` and"
                " `compile_from_config(config)`. Alternatively, you can call `compile()` manually after loading."
            )
            return
        self._compile_again(config)

    def _compile_again(self, config: dict[str, Any]) -> None:
        if not isinstance(config, Mapping):
            raise ValueError(f"The settings of `compile` are a dict in a config. Received: {config!r:.200}")
        known = {k: deserialize_as(of, config[k]) for k, of in _KINDS_OF_ARGUMENTS.items() if k in config}
        self.compile(**{k: v for k, v in known.items() if v is not None})
        if self.built and hasattr(self.optimizer, "build") and not getattr(self.optimizer, "built", True):
            self.optimizer.build(self.trainable_variables)


# What the arguments of `compile` in a config may be; no other ones are read.
_KINDS_OF_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "optimizer": ("optimizers",),
    "loss": ("losses",),
    "loss_weights": (),
    "metrics": ("metrics",),
    "weighted_metrics": ("metrics",),
    "run_eagerly": (),
    "steps_per_execution": (),
    "jit_compile": (),
}


def _flat_logs(logs: dict[str, Any]) -> Any:
    values = [float(v) for v in logs.values()]
    return values[0] if len(values) == 1 else values
