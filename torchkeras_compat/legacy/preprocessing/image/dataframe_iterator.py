"""`DataFrameIterator`: batches of the images whose files a data frame names, with what its other columns say."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.legacy.preprocessing.image.augmentation import Augmentation
from torchkeras_compat.legacy.preprocessing.image.file_batches import BatchFromFilesMixin
from torchkeras_compat.legacy.preprocessing.image.iterator import Iterator
from torchkeras_compat.legacy.preprocessing.image.old_layout import layout
from torchkeras_compat.user_warnings import warn_user

CLASS_MODES = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)
_WITHOUT_CLASSES = ("input", "multi_output", "raw", None)


class DataFrameIterator(BatchFromFilesMixin, Iterator):
    """Batches of the images whose files a data frame names, in the order of its rows.

    Args:
        dataframe: Of pandas.
        directory: Folder that the file names are below; None where they are whole paths.
        image_data_generator: Changes each image; None for no change.
        x_col: Column with the file names, suffixes included.
        y_col: Column with the labels or targets; a list of columns for ``"multi_output"``, and for ``"raw"`` if wanted.
        weight_col: Column with sample weights, or None.
        target_size: Height and width that all images are resized to.
        color_mode: ``"rgb"``, ``"rgba"`` or ``"grayscale"``.
        classes: The classes in the order of their labels, and rows of others left out; None for all, sorted.
        class_mode: ``"binary"`` or ``"sparse"`` for labels of shape ``(batch,)``, of strings; ``"categorical"`` for
            one-hot labels, of strings, or of lists of strings for several at once; ``"raw"`` for the values of the
            column, ``"multi_output"`` for a list of the columns, ``"input"`` for the images as targets too, None for
            images alone.
        batch_size: Images a batch.
        shuffle: Whether each epoch has a new order.
        seed: Of the order and the changes.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        save_to_dir: Folder to write the changed images to; None for none.
        save_prefix: Beginning of the names of these files.
        save_format: Their suffix.
        subset: ``"training"``, ``"validation"``, or None for all rows.
        interpolation: As of ``load_img``.
        keep_aspect_ratio: As of ``load_img``.
        dtype: Of images and labels.
        validate_filenames: Whether to leave out rows whose file is not there, or is not an image by its suffix.

    Attributes:
        samples: Number of files.
        filenames: Their names.
        filepaths: Their paths.
        classes: Label of each file, or labels, where ``class_mode`` has classes.
        class_indices: Label of each class, where there are classes.

    Raises:
        ValueError, TypeError: an argument is none of these, or a column holds something else.
        KeyError: there is no such column.

    Example:
        >>> import pandas, pathlib, tempfile
        >>> from torchkeras_compat.utils.image_files import save_img
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> save_img(folder / "1.png", np.ones((6, 8, 3)))
        >>> frame = pandas.DataFrame({"filename": ["1.png", "2.png"], "age": [30.0, 40.0]})
        >>> batches = DataFrameIterator(
        ...     frame, folder, y_col="age", class_mode="raw", target_size=(4, 4), validate_filenames=False
        ... )
        Found 2 non-validated image filenames.
        >>> batches.labels.tolist()
        [30.0, 40.0]

    Source: Keras 2.15 API, preprocessing/image.
    """

    allowed_class_modes = CLASS_MODES

    def __init__(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None = None,
        image_data_generator: Augmentation | None = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str = "channels_last",
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = "float32",
        validate_filenames: bool = True,
    ) -> None:
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            layout(data_format),
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            keep_aspect_ratio,
        )
        self.directory = os.fspath(directory) if directory is not None else ""
        self.class_mode = class_mode
        self.dtype = dtype
        frame = dataframe.copy()
        self._check(frame, x_col, y_col, weight_col, classes)
        if validate_filenames:
            frame = self._valid(frame, x_col)
        has_classes = class_mode not in _WITHOUT_CLASSES
        if has_classes:
            frame, names = _of_classes(frame, y_col, classes)
            self.class_indices = {name: label for label, name in enumerate(names)}
        if self.split is not None:
            frame = frame.iloc[int(self.split[0] * len(frame)) : int(self.split[1] * len(frame))]
        if has_classes:
            self.classes = [self._label(value) for value in frame[y_col]]
        self.filenames: list[str] = frame[x_col].tolist()
        self._sample_weight = frame[weight_col].to_numpy() if weight_col else None
        if class_mode == "multi_output":
            self._targets: Any = [np.array(frame[column].tolist()) for column in y_col]
        elif class_mode == "raw":
            self._targets = frame[y_col].to_numpy()
        self.samples = len(self.filenames)
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        found = f"Found {self.samples} {'validated' if validate_filenames else 'non-validated'} image filenames"
        write_message(f"{found} belonging to {len(self.class_indices)} classes." if has_classes else f"{found}.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def filepaths(self) -> list[str]:
        """Paths of the files."""
        return self._filepaths

    @property
    def labels(self) -> Any:
        """Label or targets of each file; for several outputs a list of them."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    @property
    def sample_weight(self) -> Any:
        """Weight of each file, or None."""
        return self._sample_weight

    def _label(self, value: Any) -> int | list[int]:
        if isinstance(value, (list, tuple)):
            return [self.class_indices[name] for name in value]
        return self.class_indices[value]

    def _check(self, frame: Any, x_col: str, y_col: Any, weight_col: str | None, classes: Any) -> None:
        """Check that the columns hold what they should."""
        mode = self.class_mode
        if mode not in CLASS_MODES:
            raise ValueError(f"Invalid class_mode: {mode!r}; expected one of: {CLASS_MODES}")
        if mode == "multi_output" and not isinstance(y_col, list):
            raise TypeError(
                f'If class_mode="multi_output", y_col must be a list of columns. Received: {y_col!r} of type '
                f"{type(y_col).__name__}."
            )
        columns = [x_col, *([weight_col] if weight_col else [])]
        columns += [] if mode in ("input", None) else y_col if isinstance(y_col, list) else [y_col]
        absent = [column for column in columns if column not in frame.columns]
        if absent:
            raise KeyError(f"The data frame has no column {absent[0]!r}. It has: {list(frame.columns)}")
        _check_values(frame[x_col], (str,), f"x_col={x_col!r}", "strings")
        if mode in ("binary", "sparse"):
            _check_values(frame[y_col], (str,), f"y_col={y_col!r} with class_mode={mode!r}", "strings")
        if mode == "categorical":
            types = "strings, or lists or tuples of them"
            _check_values(frame[y_col], (str, list, tuple), f"y_col={y_col!r} with class_mode={mode!r}", types)
        if mode == "binary":
            number = len(set(classes)) if classes else frame[y_col].nunique()
            if number != 2:
                raise ValueError(f'If class_mode="binary" there must be 2 classes. Received: {number}')
        if classes and mode in _WITHOUT_CLASSES:
            warn_user(f"`classes` are ignored with class_mode={mode!r}. Leave them out.")
        if weight_col and not np.issubdtype(np.asarray(frame[weight_col]).dtype, np.number):
            raise TypeError(f"Column weight_col={weight_col!r} must be numeric. Received: {frame[weight_col].dtype}")

    def _valid(self, frame: Any, x_col: str) -> Any:
        """Return the rows whose files are there, and are images by their suffix."""
        is_valid = np.array(
            [
                name.lower().endswith(self.white_list_formats) and os.path.isfile(os.path.join(self.directory, name))
                for name in frame[x_col]
            ],
            dtype=bool,
        )
        if not is_valid.all():
            warn_user(
                f"Found {(~is_valid).sum()} invalid image filename(s) in x_col={x_col!r}, which are left out: there is "
                f"no such file in {self.directory or 'the working directory'!r}, or it does not end in "
                f"{', '.join(self.white_list_formats)}."
            )
        return frame[is_valid]


def _check_values(values: Any, types: tuple[type, ...], what: str, expected: str) -> None:
    for value in values:
        if not isinstance(value, types):
            raise TypeError(
                f"All values in column {what} must be {expected}. Received: {value!r:.100} of type "
                f"{type(value).__name__}. Convert the column: frame[column].astype(str)."
            )


def _of_classes(frame: Any, y_col: str, classes: Any) -> tuple[Any, list[str]]:
    """Return the rows that are of one of the classes, and the classes."""
    if not classes:
        found: set[Any] = set()
        for value in frame[y_col]:
            found.update(value if isinstance(value, (list, tuple)) else [value])
        return frame, sorted(found)
    names = list(dict.fromkeys(classes))
    kept = []
    for value in frame[y_col]:
        if isinstance(value, (list, tuple)):
            kept.append([name for name in value if name in names] or None)
        else:
            kept.append(value if value in names else None)
    frame = frame.assign(**{y_col: _objects(kept)}) if isinstance(y_col, str) else frame
    return frame[np.array([value is not None for value in kept], dtype=bool)], names


def _objects(values: list[Any]) -> np.ndarray[Any, Any]:
    """Return values as an array of one axis, also if they are lists."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
