"""`fit`, `evaluate`, `predict`: the methods of a model that train and run it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from torchkeras_compat.argument_names import offering_nearest, refuse_unknown
from torchkeras_compat.callbacks.history import History
from torchkeras_compat.optimizers.modes import set_modes
from torchkeras_compat.overrides import Addition, overridable
from torchkeras_compat.tracebacks import hide_frames
from torchkeras_compat.training import on_batch
from torchkeras_compat.training.evaluate import evaluate
from torchkeras_compat.training.fit import fit
from torchkeras_compat.training.fit_arguments import FitArguments, FitSettings
from torchkeras_compat.training.own_steps import ModelWithSteps
from torchkeras_compat.training.plugin_hooks import plugins_around_fit
from torchkeras_compat.training.predict import predict, predict_batches


class Trainer(ModelWithSteps):
    """The methods of `Model` that train and run it."""

    # What Keras 1 and 2 had besides.
    fit_generator = Addition()
    evaluate_generator = Addition()
    predict_generator = Addition()
    predict_proba = Addition()
    predict_classes = Addition()
    to_yaml = Addition()
    compiled_loss = Addition()
    compiled_metrics = Addition()
    _make_train_function = Addition()
    _make_test_function = Addition()
    _make_predict_function = Addition()

    def train(self, mode: bool = True) -> Any:
        """Put the model into training mode, or with False into inference mode; so ``fit``, ``predict`` and others do.

        An optimizer of it that has methods ``train`` and ``eval``, as schedule-free ones have, is switched with it.
        """
        super().train(mode)
        set_modes(self, mode)
        return self

    @overridable
    @offering_nearest
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
    ) -> History:
        """Train the model.

        Args:
            x: Arrays, tensors, or lists and dicts of them; or a `DataLoader`, generator or `PyDataset` of batches.
            y: Targets, if ``x`` is arrays.
            batch_size: Samples a step, 32 by default; not for sources that make batches themselves.
            epochs: Number of the last epoch.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line an epoch; ``"auto"`` is 1.
            callbacks: Callbacks, or a `CallbackList`.
            validation_split: Fraction in [0, 1) of the arrays, from their end, to validate with.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)`` or a source of batches, to validate with.
            shuffle: Whether samples are drawn in a new order every epoch; ``"batch"`` keeps batches together.
            class_weight: Weight of each class, by integer label.
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
        if not self.compiled:
            self._check_compiled("fit")
        settings = FitSettings(
            epochs=epochs,
            initial_epoch=initial_epoch,
            batch_size=batch_size,
            steps_per_epoch=steps_per_epoch,
            validation_split=validation_split,
            validation_freq=validation_freq,
            shuffle=shuffle,
            verbose=verbose,
        )
        arguments = FitArguments(
            settings=settings,
            x=x,
            y=y,
            sample_weight=sample_weight,
            class_weight=class_weight,
            validation_data=validation_data,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            callbacks=callbacks,
        )
        try:
            with plugins_around_fit(self, settings):
                return fit(self, arguments)
        except Exception as error:
            hide_frames(error)
            raise

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
            refuse_unknown("Model.evaluate", kwargs, ["batch_size", "verbose", "sample_weight", "steps", "return_dict"])
        try:
            logs = evaluate(self, x, y, batch_size, verbose, sample_weight, steps, callbacks)
        except Exception as error:
            hide_frames(error)
            raise
        return logs if return_dict else _values(logs)

    @overridable
    @offering_nearest
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
        try:
            return predict(self, x, batch_size, verbose, steps, callbacks)
        except Exception as error:
            hide_frames(error)
            raise

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
        return predict_batches(self, x, batch_size, verbose, steps, callbacks)

    @overridable
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
        try:
            logs = on_batch.train_on_batch(self, x, y, sample_weight, class_weight)
        except Exception as error:
            hide_frames(error)
            raise
        return logs if return_dict else _values(logs)

    @overridable
    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Evaluate one batch; return the loss and the metrics so far, as :meth:`evaluate` does."""
        self._check_compiled("test_on_batch")
        try:
            logs = on_batch.test_on_batch(self, x, y, sample_weight)
        except Exception as error:
            hide_frames(error)
            raise
        return logs if return_dict else _values(logs)

    @overridable
    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch as NumPy arrays."""
        try:
            return on_batch.predict_on_batch(self, x)
        except Exception as error:
            hide_frames(error)
            raise


def _values(logs: dict[str, Any]) -> Any:
    """Return the values of logs, the only one or a list: floats, and arrays of metrics that have several values."""
    values = [value if getattr(value, "ndim", 0) else float(value) for value in logs.values()]
    return values[0] if len(values) == 1 else values
