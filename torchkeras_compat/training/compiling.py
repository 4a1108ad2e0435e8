"""`compile`: how a model learns, kept on the model and in its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat import optimizers as optimizers_namespace
from torchkeras_compat.argument_names import offering_nearest
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import current_device
from torchkeras_compat.errors import NotCompiledError
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.overrides import overridable
from torchkeras_compat.plain_numbers import plain
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.training.compile_spec import CompileSpec
from torchkeras_compat.training.jit import CompiledCall
from torchkeras_compat.training.loop_state import INITIAL_STATE
from torchkeras_compat.training.loss_weight import as_numbers
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.callbacks.history import History
    from torchkeras_compat.training.step import Step
    from torchkeras_compat.training.tracing.traced_prediction import TracedPrediction
    from torchkeras_compat.training.training_state import TrainingState

    _Layer = Layer
else:
    _Layer = object  # `Model` has `Layer` as a base beside this one


# Those of torch.compile, without its own CUDA graphs.
_MODES = {
    "default": "default",
    "reduce-overhead": "default",
    "max-autotune": "max-autotune-no-cudagraphs",
    "max-autotune-no-cudagraphs": "max-autotune-no-cudagraphs",
}


class CompiledModel(_Layer):
    """The part of `Model` that says how it learns. To a type checker it is the `Layer` that it is mixed into.

    Attributes:
        optimizer: What ``compile`` received, or what its name means: an optimizer of this package or of torch.
        loss: What ``compile`` received.
        compiled: Whether ``compile`` has been called.
        run_eagerly: Whether `torch.compile` is off whatever ``jit_compile`` says.
        jit_compile: Whether steps are compiled by `torch.compile`.
        steps_per_execution: Steps from one call of the per-batch callbacks to the next.
        history: The `History` of the last ``fit``; None before the first.
        stop_training: Set by a callback to end ``fit``.
        stop_evaluating: Set by a callback to end ``evaluate``.
        stop_predicting: Set by a callback to end ``predict``.
    """

    if TYPE_CHECKING:
        optimizer: Any  # of which methods, the user knows who gave it
        loss: Any
        compiled: bool
        run_eagerly: bool
        jit_compile: bool
        steps_per_execution: int
        history: History
        stop_training: bool
        stop_evaluating: bool
        stop_predicting: bool
        _compile_spec: CompileSpec | None
        _compile_arguments: dict[str, Any] | None
        _step: Step | None
        _prediction: TracedPrediction | None
        _training_state: TrainingState  # while a `fit` is under way

    # Before `compile`; the functions of a batch are made by `make_train_function` and its kin.
    loss = None
    jit_compile = False
    train_function = None
    test_function = None
    predict_function = None

    _own_state = Layer._own_state | INITIAL_STATE.keys()

    def _init_trainer(self) -> None:
        self.__dict__.update(INITIAL_STATE)

    @overridable
    @offering_nearest
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
            jit_compile: True compiles the step as a whole (forward pass, loss, gradients, metrics) with
                `torch.compile`, after a few steps; where the step cannot be recorded, the model's call. It warns where
                compiling fails. A ``mode`` of `torch.compile`, such as ``"max-autotune"``, does the same in that mode.
                ``"auto"`` records the step where that pays, and on CUDA captures it in graphs; False records and does
                not capture.
            auto_scale_loss: Whether ``mixed_float16`` scales the loss, for optimizers of this package.

        Raises:
            ValueError: a name is unknown, or an argument is not supported.

        Example:
            >>> from torchkeras_compat import Sequential, layers
            >>> model = Sequential([layers.Dense(1, input_dim=2)])
            >>> model.compile("sgd", loss="mse")
        """
        steps_per_execution = plain(steps_per_execution)
        if isinstance(steps_per_execution, bool) or not isinstance(steps_per_execution, int) or steps_per_execution < 1:
            raise ValueError(f"`steps_per_execution` is a positive int. Received: {steps_per_execution!r}")
        if jit_compile not in (True, False, None, "auto", *_MODES):
            raise ValueError(
                f"`jit_compile` is True, False, 'auto' or a mode of torch.compile ({', '.join(_MODES)}). Received:"
                f" {jit_compile!r}"
            )
        chosen = self._scaled(optimizers_namespace.get(optimizer), auto_scale_loss)
        names = getattr(self, "output_names", None) if self.built and self._is_graph else None
        spec = CompileSpec(loss, loss_weights, metrics, weighted_metrics, names)
        state = self.__dict__
        state["optimizer"] = chosen
        state["loss"] = loss
        state["run_eagerly"] = bool(run_eagerly)
        state["steps_per_execution"] = steps_per_execution
        is_compiled = jit_compile not in (False, None, "auto")
        state["jit_compile"] = is_compiled
        state["_compile_spec"] = spec
        state["_compile_arguments"] = {
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
        state["_step"] = None
        state["_prediction"] = None
        state["compiled"] = True
        state["stop_training"] = False
        state["_compiled_call_impl"] = None
        if is_compiled and not run_eagerly:
            # CUDA graphs are captured here, around the update of the weights too.
            state["_compiled_call_impl"] = CompiledCall(self, mode=_MODES.get(jit_compile))

    def _scaled(self, optimizer: Any, auto_scale_loss: bool) -> Any:
        """Return an optimizer as the precision of the model needs it: scaling the loss of a mixed_float16 model."""
        if not auto_scale_loss or self.dtype_policy.name != "mixed_float16":
            return optimizer
        from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer  # 2 ms, for this policy only

        if isinstance(optimizer, LossScaleOptimizer):
            return optimizer
        if isinstance(optimizer, Optimizer):
            return LossScaleOptimizer(optimizer)
        kind = f"{type(optimizer).__module__.rpartition('.')[0]}.{type(optimizer).__name__}"
        warn_user(
            f"The loss of a mixed_float16 model is not scaled for {kind}, and small gradients become zero. Use"
            " an optimizer of keras.optimizers, or the policy mixed_bfloat16, which needs no scaling."
        )
        return optimizer

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise NotCompiledError(
                f"You must call `compile()` before calling `{method}()`. Example: model.compile('adam', loss='mse')."
            )

    def _data_device(self) -> torch.device:
        """Return where batches go: the device of the first parameter.

        `Module.parameters` finds it too, by 27 Python calls in a model of two layers, and each batch pays them.
        """
        queue: list[torch.nn.Module | None] = [self]
        seen = set()  # a layer may lead back to the one around it
        while queue:
            module = queue.pop()
            if module is None or id(module) in seen:
                continue
            seen.add(id(module))
            for tensor in module._parameters.values():
                if tensor is not None:
                    return tensor.device
            queue.extend(reversed(list(module._modules.values())))
        return current_device()

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return what ``compile`` received, as files store it: an empty dict if it was not called.

        None, with a warning, if it cannot be stored.
        """
        if not self.compiled:
            return {}
        arguments: dict[str, Any] = {**(self._compile_arguments or {}), "optimizer": self.optimizer}
        if arguments.get("auto_scale_loss"):
            del arguments["auto_scale_loss"]  # Keras's configs have it not
        if arguments.get("jit_compile") in _MODES:
            arguments["jit_compile"] = True  # Keras's configs have no modes
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
        if type(self).compile is not CompiledModel.compile:
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
