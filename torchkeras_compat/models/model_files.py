"""`save`, `save_weights`, `load_weights`: the methods of a model that write and read files."""

from __future__ import annotations

import os
from typing import IO, Any

from torchkeras_compat.saving.export import export_model

_Path = str | os.PathLike[str]


class ModelFiles:
    """The methods of `Model` that write and read files."""

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

    def export(self, filepath: _Path, format: str = "torch", input_signature: Any = None) -> None:
        """Write the model as a `torch.export` program, which ``torch.export.load`` reads without this package.

        Args:
            filepath: Name that ends in ``.pt2``.
            format: ``"torch"``.
            input_signature: Shapes (None for axes of any size), `InputSpec`, KerasTensors or tensors, one for each
                input; None for the inputs that the model knows.

        Raises:
            ValueError: the format or the ending is another one, or the inputs are not known.
        """
        export_model(self, filepath, format=format, input_signature=input_signature)
