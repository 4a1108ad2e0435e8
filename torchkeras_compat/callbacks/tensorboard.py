"""`TensorBoard`: what happens in training, as event files that TensorBoard shows."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.callbacks.embedding_projector import EmbeddingProjector
from torchkeras_compat.callbacks.event_files import EventFiles, check_tensorboard_is_installed
from torchkeras_compat.callbacks.learning_rate import log_learning_rates, optimizers_with_rates
from torchkeras_compat.callbacks.model_graph import CallRecorder, write_layer_graph, write_operation_graph
from torchkeras_compat.callbacks.step_profiler import StepProfiler
from torchkeras_compat.callbacks.weight_summaries import write_weights


class TensorBoard(Callback):
    """Writes losses, metrics, weights, the graph and a profile into a folder: ``tensorboard --logdir logs`` shows them.

    Needs the package ``tensorboard``, and no TensorFlow: the files are written by ``torch.utils.tensorboard``. The
    subfolders ``train`` and ``validation`` and the tags are Keras's: ``epoch_loss``, ``epoch_learning_rate``,
    ``epoch_steps_per_second``, ``batch_loss``, ``batch_steps_per_second``, ``evaluation_loss_vs_iterations``,
    ``<weight path>/histogram``, ``<weight path>/image``, ``keras`` (the graph). Logs are read from the device in the
    steps that are written, and in no others.

    Args:
        log_dir: Folder of this run.
        histogram_freq: Epochs between two sets of histograms of the weights; 0 for none. The first epoch has one.
        write_graph: Whether to write the graph: the layers of a Sequential or functional model, the traced operations
            of a model whose class defines ``call``.
        write_images: Whether weights are written as pictures too, with each set of histograms; colours are the weights
            in [0, 1], what lies outside is cut off.
        write_steps_per_second: Whether to write training steps per second, by epoch, and by step as ``update_freq``
            says.
        update_freq: ``"epoch"`` for values at the end of epochs; a number of steps (``"batch"`` for 1) to write the
            logs of the training run so far that often too.
        profile_batch: Training step to profile, or the first and the last of several, counted from 1 over the epochs;
            0 for none. ``torch.profiler`` writes the trace into ``train``.
        embeddings_freq: Epochs between two copies of the ``Embedding`` layers for the projector; 0 for none.
        embeddings_metadata: File with a line for each row of the embedding, for all layers, or files by layer name.

    Raises:
        ImportError: ``tensorboard`` is not installed (when training begins).
        ValueError: an argument is none of these; ``embeddings_metadata`` names no embedding layer (when training
            begins).

    Attributes:
        train_writer: ``SummaryWriter`` of the folder ``train``, for values of one's own.
        validation_writer: The same for ``validation``.

    Example:
        >>> TensorBoard("logs", update_freq="batch").update_freq
        1

    Source: Keras API, callbacks/tensorboard. As in tf.keras, and unlike Keras 3, ``update_freq`` leaves out no value of
        an epoch.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: int | str | tuple[int, int] = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: str | Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        for name, value in {"histogram_freq": histogram_freq, "embeddings_freq": embeddings_freq}.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"`{name}` is a number of epochs, 0 for never. Received: {name}={value!r}")
        if update_freq not in ("epoch", "batch") and (
            isinstance(update_freq, bool) or not isinstance(update_freq, int) or update_freq < 1
        ):
            raise ValueError(
                "`update_freq` is 'epoch', 'batch' or a positive number of steps. "
                f"Received: update_freq={update_freq!r}"
            )
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.profile_batch = profile_batch
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._profiler = StepProfiler(profile_batch)
        self._files = EventFiles(self.log_dir)
        self._projector: EmbeddingProjector | None = None
        self._call: CallRecorder | None = None
        self._step = 0
        self._steps_before_epoch = 0
        self._epoch_began = self._step_began = 0.0

    @property
    def train_writer(self) -> Any:
        return self._files.writer("train")

    @property
    def validation_writer(self) -> Any:
        return self._files.writer("validation")

    def _idle_hooks(self) -> set[str]:
        counts_steps = not hasattr(self.model.optimizer, "iterations")
        if self.update_freq == "epoch" and not self._profiler.is_wanted and not counts_steps:
            return {"on_train_batch_begin", "on_train_batch_end"}
        return set()

    def set_model(self, model: Any) -> None:
        check_tensorboard_is_installed()
        super().set_model(model)
        self._files.close()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._step = 0
        self._profiler.begin_training()
        if self.embeddings_freq:
            self._projector = EmbeddingProjector(self.model, self.log_dir, self.embeddings_metadata)
            self._projector.write_config()
        if self.write_graph and not write_layer_graph(self.train_writer, self.model):
            self._call = CallRecorder(self.model)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._steps_before_epoch = self._iterations()
        self._epoch_began = time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._step += 1
        self._step_began = time.perf_counter()
        if self._profiler.is_wanted:
            self._profiler.begin_step(self._step, self._files.folders["train"])

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.update_freq != "epoch" and self._step % int(self.update_freq) == 0:
            if self.write_steps_per_second:
                rate = 1.0 / max(time.perf_counter() - self._step_began, 1e-9)
                self._files.add_scalars("train", {"batch_steps_per_second": rate}, self._step)
            values = {f"batch_{name}": value for name, value in (logs or {}).items()}
            self._files.add_scalars("train", values, self._step)
        if self._profiler.is_wanted:
            self._profiler.end_step(self._step)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs:
            self._write_epoch(epoch, logs)
        if self._call is not None and self._call.arguments is not None:
            write_operation_graph(self.train_writer, self.model, self._call.arguments)
            self._call = None
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            write_weights(self.train_writer, self.model, epoch, self.write_images)
        if self._projector is not None and epoch % self.embeddings_freq == 0:
            self._projector.write(epoch)
        self._files.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._files.add_scalars("validation", values, self._iterations())
        self._files.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._profiler.end_training(self._step)
        self._release()

    def _release(self) -> None:
        self._profiler.let_go()
        if self._call is not None:
            self._call.stop()
            self._call = None
        self._files.close()

    def _iterations(self) -> int:
        """Return the steps of the optimizer so far; of a plain torch optimizer, those of this `fit`."""
        iterations = getattr(self.model.optimizer, "iterations", None)
        return self._step if iterations is None else int(iterations)

    def _write_epoch(self, epoch: int, logs: Logs) -> None:
        training = {name: value for name, value in logs.items() if not name.startswith("val_")}
        with contextlib.suppress(ValueError):  # an optimizer without a learning rate
            log_learning_rates(optimizers_with_rates(self.model, type(self).__name__), training)
        if self.write_steps_per_second:
            passed = max(time.perf_counter() - self._epoch_began, 1e-9)
            training["steps_per_second"] = (self._iterations() - self._steps_before_epoch) / passed
        validation = {name.removeprefix("val_"): value for name, value in logs.items() if name.startswith("val_")}
        for folder, values in {"train": training, "validation": validation}.items():
            self._files.add_scalars(folder, {f"epoch_{name}": value for name, value in values.items()}, epoch)
