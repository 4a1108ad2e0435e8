"""`save`, `save_weights`, `load_weights`: the methods of a model that write and read files."""

from __future__ import annotations

import os
from typing import IO, Any

from torchkeras_compat.overrides import overridable

_Path = str | os.PathLike[str]


class ModelFiles:
    """The methods of `Model` that write and read files."""

    @overridable
    def save(
        self, filepath: _Path | IO[bytes], overwrite: bool = True, zipped: bool | None = None, **kwargs: Any
    ) -> None:
        """Write the model whole: architecture, weights, what ``compile`` received, and the state of the optimizer.

        Args:
            filepath: Name that ends in ``.keras``, or, for Keras's older format, in ``.h5``; or a binary file object,
                which gets the bytes of a `.keras` file from its position on.
            overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal. It
                has no meaning for a file object.
            zipped: False writes a folder with the same parts, whose name has no such ending.
            kwargs: None is known.

        Raises:
            ValueError: the name ends otherwise, an argument is unknown, or something in the model cannot be written.
            FileExistsError: the file exists and ``overwrite`` is False.
        """
        from torchkeras_compat.saving.saving_and_loading import save_model  # 35 ms, for files only

        save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    @overridable
    def save_weights(self, filepath: _Path, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Write the weights, and the state of the optimizer.

        Args:
            filepath: Name that ends in ``.weights.h5``, or in ``.weights.json`` with ``max_shard_size``.
            overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal.
            max_shard_size: Largest size, in GB, of each of several files; None for one file.

        Raises:
            ValueError: the name ends otherwise, or the model is not built.
            FileExistsError: the file exists and ``overwrite`` is False.
        """
        from torchkeras_compat.saving.saving_and_loading import save_weights  # 35 ms, for files only

        save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    @overridable
    def load_weights(self, filepath: _Path, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Set the weights, and the state of the optimizer, from a file; if it does not fit, nothing is changed.

        Args:
            filepath: `.weights.h5`, `.weights.json`, `.keras` or older `.h5` file, written here or by Keras.
            skip_mismatch: Whether layers that the file does not fit keep their values, with a warning.
            kwargs: ``objects_to_skip`` (`.weights.h5` only): layers that keep their values. ``by_name`` (older `.h5`
                only): match layers by name instead of by position.

        Raises:
            ValueError: the model is not built, or the file is broken, of another format, or does not fit.
            FileNotFoundError: there is no such file.
        """
        from torchkeras_compat.saving.saving_and_loading import load_weights  # 35 ms, for files only

        load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def export(
        self,
        filepath: _Path,
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Write the model for inference: a file that runs where neither this package nor the code of the model is.

        What was at ``filepath`` stays until the new file is whole. Axes of any size stay open, the batch axis among
        them; ``"litert"`` alone fixes them at 1, as in Keras. Inputs have the names of a functional model's inputs,
        the keys of a dict, or ``input_0`` by position; outputs the keys of a dict, or ``output_0`` by position.

        Args:
            filepath: Name of the file or, for ``"tf_saved_model"``, of the folder.
            format: ``"torch"`` for a `torch.export` program (``.pt2``), ``"onnx"`` (``.onnx``), ``"openvino"``
                (``.xml``, and ``.bin`` beside it), ``"litert"`` (``.tflite``) or ``"tf_saved_model"``, each but the
                first by the converter that must be installed for it. The default also takes the endings of the other
                formats, and writes those.
            verbose: Whether to say where it was written; for ``"onnx"``, True lets `torch.onnx` speak too.
            input_signature: A list with one entry for each argument of ``call``, in the nesting of the argument, or one
                entry: `InputSpec`, `KerasTensor`, tensor, or shape with None for axes of any size. None for the inputs
                that the model has or was called with.
            kwargs: ``opset_version`` of ``"onnx"``; those of `torch.export.export` (``strict``, ``dynamic_shapes``,
                ...) for ``"torch"``; those of ``litert_torch.convert`` for ``"litert"``.

        Raises:
            ValueError: the format, the ending or an argument is unknown, the inputs are not known, or the model is
                written for one size of an axis that should be open.
            ImportError: the converter of the format is not installed; the message has the command.
            RuntimeError: the model cannot be traced, or has an operation that the format has not.

        Example:
            >>> import tempfile
            >>> import torch
            >>> from torchkeras_compat import layers, models
            >>> path = f"{tempfile.mkdtemp()}/model.pt2"
            >>> models.Sequential([layers.Input((3,)), layers.Dense(2)]).export(path, format="torch", verbose=False)
            >>> torch.export.load(path).module()(torch.ones(5, 3)).shape
            torch.Size([5, 2])

        Source: Keras API, Model.export.
        """
        from torchkeras_compat.export.export_model import export_model  # 90 ms, for files only

        export_model(self, filepath, format, verbose, input_signature, **kwargs)
