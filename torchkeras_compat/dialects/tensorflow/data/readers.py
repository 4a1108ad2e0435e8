"""Datasets of what lies in files: lines, records, rows of CSV. Read as they are asked for."""

from __future__ import annotations

import gzip
import io
import itertools
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from torchkeras_compat.data import stages
from torchkeras_compat.dialects.tensorflow.data.chain import whole
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.data.elementwise import interleaved
from torchkeras_compat.dialects.tensorflow.data.sources import as_paths
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io.csv import CsvColumns
from torchkeras_compat.dialects.tensorflow.io.gfile import open_to_read
from torchkeras_compat.dialects.tensorflow.io.records import Unzipped, compression_of, read_records
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec


class TextLineDataset(Dataset):
    """The lines of text files, without their ends, as scalar strings.

    Args:
        filenames: Paths: a string, a list, or a dataset of strings.
        compression_type: ``"GZIP"``, ``"ZLIB"``, ``""`` or None.
        buffer_size: Nothing to decide.
        num_parallel_reads: Files that are read in turn, line by line; None for one after the other.
        name: Nothing is named.

    Raises:
        ValueError: an unknown compression.
        NotFoundError: later, a file is not there.

    Source: TensorFlow API, data/TextLineDataset.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: int | None = None,
        num_parallel_reads: int | None = None,
        name: str | None = None,
    ) -> None:
        kind = compression_of(compression_type)

        def lines(path: str) -> Iterator[Any]:
            with _opened(path, kind) as file:
                for line in file:
                    yield _string(line.rstrip(b"\n").removesuffix(b"\r"))

        super().__init__(_of_files(filenames, lines, num_parallel_reads), spec=lambda: TensorSpec((), "string"))


class TFRecordDataset(Dataset):
    """The records of TFRecord files, as scalar strings; their checksums are compared.

    Args:
        filenames: Paths: a string, a list, or a dataset of strings.
        compression_type: ``"GZIP"``, ``"ZLIB"``, ``""`` or None.
        buffer_size: Nothing to decide.
        num_parallel_reads: Files that are read in turn, record by record; None for one after the other.
        name: Nothing is named.

    Raises:
        ValueError: an unknown compression.
        NotFoundError: later, a file is not there.
        DataLossError: later, a file is broken.

    Source: TensorFlow API, data/TFRecordDataset.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: int | None = None,
        num_parallel_reads: int | None = None,
        name: str | None = None,
    ) -> None:
        kind = compression_of(compression_type)

        def records(path: str) -> Iterator[Any]:
            return map(_string, read_records(path, kind))

        super().__init__(_of_files(filenames, records, num_parallel_reads), spec=lambda: TensorSpec((), "string"))


class FixedLengthRecordDataset(Dataset):
    """Records of one length from binary files, as scalar strings.

    Args:
        filenames: Paths: a string, a list, or a dataset of strings.
        record_bytes: Length of a record.
        header_bytes: Bytes to leave out at the beginning of a file; None for 0.
        footer_bytes: Bytes to leave out at its end; None for 0.
        buffer_size: Nothing to decide.
        compression_type: ``"GZIP"``, ``"ZLIB"``, ``""`` or None.
        num_parallel_reads: Files that are read in turn; None for one after the other.
        name: Nothing is named.

    Raises:
        ValueError: a length that is not positive, or an unknown compression.
        InvalidArgumentError: later, a file that does not hold whole records.

    Source: TensorFlow API, data/FixedLengthRecordDataset.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        buffer_size: int | None = None,
        compression_type: Any = None,
        num_parallel_reads: int | None = None,
        name: str | None = None,
    ) -> None:
        kind = compression_of(compression_type)
        size = whole("record_bytes", record_bytes)
        head, foot = (0 if n is None else whole("bytes", n, least=0) for n in (header_bytes, footer_bytes))

        def records(path: str) -> Iterator[Any]:
            with _opened(path, kind) as file:
                file.read(head)
                ahead = file.read(foot)
                while piece := file.read(size):
                    ahead += piece
                    if len(ahead) < size + foot:
                        raise InvalidArgumentError(
                            f"Excess bytes of length {len(ahead) - foot} in file {path!r}: record_bytes={size}, "
                            f"header_bytes={head} and footer_bytes={foot} do not make whole records of it."
                        )
                    yield _string(ahead[:size])
                    ahead = ahead[size:]

        super().__init__(_of_files(filenames, records, num_parallel_reads), spec=lambda: TensorSpec((), "string"))


class CsvDataset(Dataset):
    """The rows of CSV files, as tuples of scalars.

    Args:
        filenames: Paths: a string, a list, or a dataset of strings.
        record_defaults: For each column a value for empty fields, or a dtype where none may be empty.
        compression_type: ``"GZIP"``, ``"ZLIB"``, ``""`` or None.
        buffer_size: Nothing to decide.
        header: Whether the first line of each file is left out.
        field_delim: What stands between fields.
        use_quote_delim: Whether double quotes hold a field together.
        na_value: Another spelling of an empty field.
        select_cols: Places of the columns to read, increasing; None for all.
        exclude_cols: Places of those to leave out; instead of ``select_cols``.

    Raises:
        ValueError: an unknown compression, both ways to choose columns, or another number of defaults.
        InvalidArgumentError: later, a line with other fields.

    Source: TensorFlow API, data/experimental/CsvDataset.
    """

    def __init__(
        self,
        filenames: Any,
        record_defaults: Any,
        compression_type: Any = None,
        buffer_size: int | None = None,
        header: bool = False,
        field_delim: str = ",",
        use_quote_delim: bool = True,
        na_value: str = "",
        select_cols: Any = None,
        exclude_cols: Any = None,
    ) -> None:
        kind = compression_of(compression_type)
        if select_cols is not None and exclude_cols is not None:
            raise ValueError("Either `select_cols` or `exclude_cols` can be given, not both.")
        if exclude_cols is not None:
            left_out = {int(place) for place in exclude_cols}
            places = (place for place in itertools.count() if place not in left_out)
            select_cols = list(itertools.islice(places, len(record_defaults)))
        columns = CsvColumns(record_defaults, field_delim, use_quote_delim, na_value, select_cols)

        def rows(path: str) -> Iterator[Any]:
            with _opened(path, kind) as file:
                lines = (line.decode() for line in file)
                if header:
                    next(lines, None)
                for values in columns.rows(lines):
                    yield tuple(columns.tensor(place, [value], ()) for place, value in enumerate(values))

        def spec() -> Any:
            return tuple(TensorSpec((), kind) for kind in columns.kinds)

        super().__init__(_of_files(filenames, rows), spec=spec)


class RandomDataset(Dataset):
    """Random int64 numbers in [0, 2**32) without end.

    Args:
        seed: Repeats them; None for torch's random numbers.
        rerandomize_each_iteration: Whether each pass has numbers of its own.
        name: Nothing is named.

    Source: TensorFlow API, data/experimental/RandomDataset.
    """

    def __init__(
        self, seed: int | None = None, rerandomize_each_iteration: bool | None = None, name: str | None = None
    ) -> None:
        made = Dataset.random(seed, rerandomize_each_iteration)
        super().__init__(made._start, made._length, spec=lambda: made.element_spec, passes=made._passes)


def _of_files(filenames: Any, read: Any, parallel: int | None = None) -> Any:
    """What reads one file after the other, or several in turn."""
    paths = filenames if isinstance(filenames, Dataset) else as_paths(filenames)
    cycle = 1 if parallel is None else stages.worker_count() if int(parallel) == stages.AUTOTUNE else int(parallel)

    def start() -> Iterator[Any]:
        return interleaved(iter(as_paths(paths) if isinstance(paths, Dataset) else paths), read, cycle, 1)

    return start


class _Reading:
    """An open file, whose broken compression is an error that names it."""

    def __init__(self, path: str, kind: str) -> None:
        self._path = path
        self._raw = open_to_read(path)
        self._file: Any = gzip.GzipFile(fileobj=self._raw) if kind == "GZIP" else self._raw
        if kind == "ZLIB":
            self._file = Unzipped(self._raw)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._raw.close()

    def read(self, size: int) -> bytes:
        try:
            found: bytes = self._file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise DataLossError(f"{self._path!r} cannot be unpacked: {error}.") from error
        return found

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from io.BufferedReader(self._file) if isinstance(self._file, Unzipped) else self._file
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataLossError(f"{self._path!r} cannot be unpacked: {error}.") from error


def _opened(path: str, kind: str) -> _Reading:
    return _Reading(path, kind)


def _string(text: bytes) -> Any:
    return np.array(text, dtype=object)
