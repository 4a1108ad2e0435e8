"""Data frames as the older arguments of `flow_from_dataframe` read them."""

from __future__ import annotations

import os
from typing import Any

from torchkeras_compat.legacy.preprocessing.image.iterator import Iterator


def frame_of_old_arguments(
    frame: Any,
    directory: str | os.PathLike[str] | None,
    x_col: str,
    has_ext: bool = True,
    drop_duplicates: bool = False,
    sort: bool = False,
) -> Any:
    """Return a data frame as it would be without the older arguments.

    Args:
        frame: Of pandas.
        directory: Folder that the file names are below.
        x_col: Column with the file names.
        has_ext: Whether file names have their suffixes; else each is completed by that of the file there.
        drop_duplicates: Whether rows with the name of an earlier one are left out.
        sort: Whether rows are put into the order of the names.

    Example:
        >>> import pandas
        >>> frame = pandas.DataFrame({"filename": ["b.png", "a.png", "b.png"]})
        >>> frame_of_old_arguments(frame, None, "filename", drop_duplicates=True, sort=True)["filename"].tolist()
        ['a.png', 'b.png']

    Source: Keras 2.2 API, preprocessing/image.
    """
    frame = frame.copy()
    if not has_ext:
        frame[x_col] = [_completed(os.fspath(directory or ""), str(name)) for name in frame[x_col]]
    if drop_duplicates:
        frame = frame.drop_duplicates(x_col)
    return frame.sort_values(x_col) if sort else frame


def _completed(directory: str, name: str) -> str:
    """Return a file name with the first suffix for which there is a file; the name itself if there is none."""
    candidates = (f"{name}.{suffix}" for suffix in Iterator.white_list_formats)
    return next((found for found in candidates if os.path.isfile(os.path.join(directory, found))), name)
