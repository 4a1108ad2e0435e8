"""``tf.data.experimental``: functions that became methods of ``Dataset``, and what is left beside them."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.data.stages import AUTOTUNE
from torchkeras_compat.dialects.tensorflow.data.chain import called, returned, whole
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.data.readers import CsvDataset, TextLineDataset, TFRecordDataset
from torchkeras_compat.dialects.tensorflow.data.sources import as_paths
from torchkeras_compat.dialects.tensorflow.io.gfile import glob
from torchkeras_compat.dialects.tensorflow.io.parsing import parse_example
from torchkeras_compat.errors import nearest

INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2
SHARD_HINT = -1

Transformation = Callable[[Any], Any]


def cardinality(dataset: Any) -> Any:
    """Return the number of elements, -1 if they never end, -2 if nobody knows."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: int) -> Transformation:
    """Return a function, for ``apply``, that says how many elements a dataset has.

    Args:
        expected_cardinality: Their number; that there are as many is checked when they are all read.

    Raises:
        ValueError: later, there are more or fewer.
    """
    count = whole("expected_cardinality", expected_cardinality, least=-2)

    def apply(dataset: Any) -> Any:
        def start() -> Iterator[Any]:
            number = 0
            for element in dataset.elements():
                number += 1
                if 0 <= count < number:
                    raise ValueError(f"Input dataset was expected to contain {count} elements but contained more.")
                yield element
            if 0 <= count != number:
                raise ValueError(f"Input dataset was expected to contain {count} elements but contained only {number}.")

        length = math.inf if count == INFINITE_CARDINALITY else None if count < 0 else count
        return dataset._then(start, length)

    return apply


def bucket_by_sequence_length(
    element_length_func: Any,
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.bucket_by_sequence_length``."""
    arguments = (bucket_boundaries, bucket_batch_sizes, padded_shapes, padding_values)
    flags = (pad_to_bucket_boundary, no_padding, drop_remainder)
    return lambda dataset: dataset.bucket_by_sequence_length(element_length_func, *arguments, *flags)


def choose_from_datasets(datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = False) -> Any:
    """Return ``Dataset.choose_from_datasets``, with the default of this older function."""
    return Dataset.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


def sample_from_datasets(
    datasets: Any, weights: Any = None, seed: int | None = None, stop_on_empty_dataset: bool = False
) -> Any:
    """Return ``Dataset.sample_from_datasets``."""
    return Dataset.sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset)


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Transformation:
    """Return a function for ``apply`` that leaves a dataset as it is: ``fit`` copies batches ahead by itself."""
    return lambda dataset: dataset._same()


def prefetch_to_device(device: str, buffer_size: int | None = None) -> Transformation:
    """Return a function for ``apply`` that makes elements ahead; ``fit`` copies them to its device by itself."""
    return lambda dataset: dataset.prefetch(AUTOTUNE if buffer_size is None else buffer_size)


def dense_to_ragged_batch(
    batch_size: int, drop_remainder: bool = False, row_splits_dtype: Any = "int64"
) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.ragged_batch``."""
    return lambda dataset: dataset.ragged_batch(batch_size, drop_remainder, row_splits_dtype)


def dense_to_sparse_batch(batch_size: int, row_shape: Any) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.sparse_batch``."""
    return lambda dataset: dataset.sparse_batch(batch_size, row_shape)


def enable_debug_mode() -> None:
    """Do nothing: functions of a dataset run as they are written, and can be debugged as they are."""


class Reducer:
    """How elements of one key become one value, for :func:`group_by_reducer`.

    Args:
        init_func: Makes the first state of a key.
        reduce_func: Makes the next state of a state and an element.
        finalize_func: Makes an element of the last state.
    """

    def __init__(self, init_func: Any, reduce_func: Any, finalize_func: Any) -> None:
        self.init_func, self.reduce_func, self.finalize_func = init_func, reduce_func, finalize_func


def group_by_reducer(key_func: Any, reducer: Reducer) -> Transformation:
    """Return a function for ``apply`` that makes one element of all elements of a key, in the order of the keys.

    Args:
        key_func: Returns the key of an element, an integer.
        reducer: What is made of them.
    """
    key_of, first = called(key_func), called(reducer.init_func)
    step, last = called(reducer.reduce_func), called(reducer.finalize_func)

    def apply(dataset: Any) -> Any:
        def start() -> Iterator[Any]:
            states: dict[int, Any] = {}
            for element in dataset.elements():
                key = int(key_of(element))
                if key not in states:
                    states[key] = returned(first(torch.tensor(key, dtype=torch.int64, device="cpu")))
                states[key] = returned(step((states[key], element)))
            for key in sorted(states):
                yield returned(last(states[key]))

        return dataset._then(start, None, spec=None)

    return apply


def enumerate_dataset(start: int = 0) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.enumerate``."""
    return lambda dataset: dataset.enumerate(start)


def from_list(elements: Any, name: str | None = None) -> Any:
    """Return the elements of a list, which are of one structure.

    Raises:
        ValueError: the list is empty.
    """
    if not elements:
        raise ValueError("`elements` must not be empty: nothing could show what they are like.")
    return _of_list(list(elements))


def get_next_as_optional(iterator: Any) -> Any:
    """Return the next element as an optional, empty at the end."""
    return iterator.get_next_as_optional()


def get_single_element(dataset: Any) -> Any:
    """Return the only element of a dataset."""
    return dataset.get_single_element()


def get_structure(dataset_or_iterator: Any) -> Any:
    """Return the specification of an element."""
    return dataset_or_iterator.element_spec


def group_by_window(
    key_func: Any, reduce_func: Any, window_size: int | None = None, window_size_func: Any = None
) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.group_by_window``."""
    return lambda dataset: dataset.group_by_window(key_func, reduce_func, window_size, window_size_func)


def ignore_errors(log_warning: bool = False) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.ignore_errors``."""
    return lambda dataset: dataset.ignore_errors(log_warning)


def map_and_batch(
    map_func: Any,
    batch_size: int,
    num_parallel_batches: int | None = None,
    drop_remainder: bool = False,
    num_parallel_calls: int | None = None,
) -> Transformation:
    """Return a function for ``apply``: ``map``, then ``batch``."""
    calls = num_parallel_calls if num_parallel_batches is None else num_parallel_batches * batch_size
    return lambda dataset: dataset.map(map_func, calls).batch(batch_size, drop_remainder)


def parallel_interleave(
    map_func: Any,
    cycle_length: int,
    block_length: int = 1,
    sloppy: bool = False,
    buffer_output_elements: int | None = None,
    prefetch_input_elements: int | None = None,
) -> Transformation:
    """Return a function for ``apply``: ``interleave`` with threads, in a fixed order."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length, AUTOTUNE)


def parse_example_dataset(
    features: Any, num_parallel_calls: int = 1, deterministic: bool | None = None
) -> Transformation:
    """Return a function for ``apply`` that parses batches of serialized Examples."""
    return lambda dataset: dataset.map(lambda serialized: parse_example(serialized, features), num_parallel_calls)


def rejection_resample(
    class_func: Any, target_dist: Any, initial_dist: Any = None, seed: int | None = None
) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.rejection_resample``."""
    return lambda dataset: dataset.rejection_resample(class_func, target_dist, initial_dist, seed)


def scan(initial_state: Any, scan_func: Any) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.scan``."""
    return lambda dataset: dataset.scan(initial_state, scan_func)


def shuffle_and_repeat(buffer_size: int, count: int | None = None, seed: int | None = None) -> Transformation:
    """Return a function for ``apply``: ``shuffle``, then ``repeat``."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def snapshot(path: Any, compression: str = "AUTO", reader_func: Any = None, shard_func: Any = None) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.snapshot``."""
    return lambda dataset: dataset.snapshot(path, compression, reader_func, shard_func)


def take_while(predicate: Any) -> Transformation:
    """Return a function for ``apply``: see ``Dataset.take_while``."""
    return lambda dataset: dataset.take_while(predicate)


def unbatch() -> Transformation:
    """Return a function for ``apply``: see ``Dataset.unbatch``."""
    return lambda dataset: dataset.unbatch()


def unique() -> Transformation:
    """Return a function for ``apply``: see ``Dataset.unique``."""
    return lambda dataset: dataset.unique()


def counter(start: int = 0, step: int = 1, dtype: Any = "int64") -> Any:
    """Return ``Dataset.counter``: ``tf.data.experimental.Counter``."""
    return Dataset.counter(start, step, dtype)


def save(dataset: Any, path: Any, compression: str | None = None, shard_func: Any = None) -> None:
    """Write a dataset: see ``Dataset.save``."""
    dataset.save(path, compression, shard_func)


def load(path: Any, element_spec: Any = None, compression: str | None = None, reader_func: Any = None) -> Any:
    """Read a dataset: see ``Dataset.load``."""
    return Dataset.load(path, element_spec, compression, reader_func)


def at(dataset: Any, index: int) -> Any:
    """Return the element at a place.

    Raises:
        IndexError: there are not so many.
    """
    for element in dataset.skip(whole("index", index, least=0)):
        return element
    raise IndexError(f"The dataset has no element {index}.")


def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: str | None = None,
    select_columns: Any = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: int | None = None,
    prefetch_buffer_size: int | None = None,
    num_parallel_reads: int | None = None,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: Any = None,
    ignore_errors: bool = False,
    encoding: str = "utf-8",
) -> Any:
    """Return batches of the rows of CSV files: dictionaries of columns, beside the labels if they are named.

    Args:
        file_pattern: Pattern, or list of patterns or paths.
        batch_size: Rows a batch.
        column_names: Names of all columns; None for those in the first line.
        column_defaults: Values or dtypes of the columns that are read; None to infer dtypes from rows.
        label_name: Column of the labels.
        select_columns: Names or places of the columns to read; None for all.
        field_delim: What stands between fields.
        use_quote_delim: Whether double quotes hold a field together.
        na_value: Another spelling of an empty field.
        header: Whether the first line holds names.
        num_epochs: How often the rows come; None for without end.
        shuffle: Whether they come in random order.
        shuffle_buffer_size: Rows to draw from.
        shuffle_seed: Repeats the order.
        prefetch_buffer_size: Batches made ahead; None for two.
        num_parallel_reads: Nothing to decide: files are read one after the other.
        sloppy: Nothing to decide: the order is kept.
        num_rows_for_inference: Rows from which dtypes are inferred; None for all.
        compression_type: ``"GZIP"``, ``"ZLIB"``, ``""`` or None.
        ignore_errors: Must be False.
        encoding: ``"utf-8"``.

    Raises:
        ValueError: no file matches, names that are not there or stand twice, or an argument that is not supported.
        InvalidArgumentError: later, a line with other fields.

    Source: TensorFlow API, data/experimental/make_csv_dataset.
    """
    if ignore_errors or encoding.lower() not in ("utf-8", "utf8"):
        raise ValueError("`ignore_errors` must be False and `encoding` 'utf-8': convert other files first.")
    paths = _matching(file_pattern)
    quoting = {"field_delim": field_delim, "use_quote_delim": use_quote_delim, "na_value": na_value}
    if column_names is None:
        if not header:
            raise ValueError("Cannot infer column names without a header line: pass `column_names`.")
        column_names = _first_rows(paths, compression_type, field_delim, use_quote_delim, 1)[0]
    if len(set(column_names)) != len(column_names):
        raise ValueError(f"Cannot have duplicate column names. Received: {list(column_names)}")
    places = _places(select_columns, list(column_names))
    names = [column_names[place] for place in places]
    if label_name is not None and label_name not in names:
        raise ValueError(f"`label_name` provided must be one of the columns.{nearest(label_name, names)}")
    if column_defaults is None:
        rows = _first_rows(paths, compression_type, field_delim, use_quote_delim, num_rows_for_inference, int(header))
        column_defaults = [_inferred([row[place] for row in rows], na_value) for place in places]
    dataset: Any = CsvDataset(
        paths,
        column_defaults,
        compression_type,
        header=header,
        select_cols=places,
        **quoting,  # type: ignore[arg-type]
    )
    if num_epochs != 1 and not shuffle:
        dataset = dataset.repeat(num_epochs)
    if shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed).repeat(num_epochs)

    def as_features(*columns: Any) -> Any:
        features = dict(zip(names, columns, strict=True))
        return features if label_name is None else (features, features.pop(label_name))

    batches = dataset.batch(batch_size, drop_remainder=num_epochs is None).map(as_features)
    return batches.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: int,
    features: Any,
    reader: Any = None,
    label_key: str | None = None,
    reader_args: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: int | None = None,
    prefetch_buffer_size: int | None = None,
    reader_num_threads: int | None = None,
    parser_num_threads: int | None = None,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Any:
    """Return batches of parsed Examples of TFRecord files.

    Args:
        file_pattern: Pattern, or list of patterns or paths.
        batch_size: Examples a batch.
        features: As ``tf.io.parse_example`` takes them.
        reader: Class of the dataset of a file; None for ``TFRecordDataset``.
        label_key: Feature of the labels.
        reader_args: Further arguments of ``reader``.
        num_epochs: How often the examples come; None for without end.
        shuffle: Whether they come in random order.
        shuffle_buffer_size: Examples to draw from.
        shuffle_seed: Repeats the order.
        prefetch_buffer_size: Batches made ahead; None for two.
        reader_num_threads: Nothing to decide.
        parser_num_threads: Threads that parse.
        sloppy_ordering: Nothing to decide: the order is kept.
        drop_final_batch: Whether to leave out a smaller last batch.

    Raises:
        ValueError: no file matches, or ``label_key`` is not one of the features.

    Source: TensorFlow API, data/experimental/make_batched_features_dataset.
    """
    if label_key is not None and label_key not in features:
        raise ValueError(f"`label_key` ({label_key!r}) must be one of the `features` keys: {sorted(features)}.")
    make = TFRecordDataset if reader is None else reader
    dataset = Dataset.from_tensor_slices(_matching(file_pattern)).flat_map(
        lambda name: make(name, *(reader_args or ()))
    )
    dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed) if shuffle else dataset
    batches = dataset.repeat(num_epochs).batch(batch_size, drop_final_batch or num_epochs is None)

    def parsed(serialized: Any) -> Any:
        found = parse_example(serialized, features)
        return found if label_key is None else (found, found.pop(label_key))

    result = batches.map(parsed, parser_num_threads)
    return result.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _of_list(elements: list[Any]) -> Any:
    first, *others = elements
    dataset: Any = Dataset.from_tensors(first)
    made = [Dataset.from_tensors(other) for other in others]

    def start() -> Iterator[Any]:
        for one in (dataset, *made):
            yield from one.elements()

    return Dataset(start, len(elements), spec=lambda: dataset.element_spec)


def _matching(file_pattern: Any) -> list[str]:
    patterns = as_paths(file_pattern)
    found = sorted({path for pattern in patterns for path in glob(pattern)})
    if not found:
        raise ValueError(f"No files match `file_pattern` {file_pattern!r:.200}.")
    return found


def _first_rows(
    paths: list[str], compression: Any, delimiter: str, quotes: bool, count: int | None, skipped: int = 0
) -> list[list[str]]:
    """The fields of the first rows, as strings."""
    rows: list[list[str]] = []
    for path in paths:
        lines = (line.decode() for line in TextLineDataset(path, compression).skip(skipped).as_numpy_iterator())
        for row in csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE):
            rows += [row] if row else []
            if count is not None and len(rows) >= count:
                return rows
    if not rows:
        raise ValueError(f"The files hold no rows: {paths[:3]}")
    return rows


def _places(selected: Any, names: list[str]) -> list[int]:
    if selected is None:
        return list(range(len(names)))
    places = []
    for one in selected:
        if isinstance(one, str) and one not in names:
            raise ValueError(f"`select_columns` names {one!r}, which is not a column.{nearest(one, names)}")
        places.append(names.index(one) if isinstance(one, str) else int(one))
    if sorted(set(places)) != sorted(places) or any(not 0 <= place < len(names) for place in places):
        raise ValueError(f"`select_columns` must name columns that are there, each once. Received: {selected!r}")
    return sorted(places)


def _inferred(fields: list[str], na_value: str) -> Any:
    """The dtype of a column as a default for empty fields: int32, int64, float32 or string."""
    filled = [field for field in fields if field not in ("", na_value)]
    for kind, fits in (("int32", _is_int(31)), ("int64", _is_int(63)), ("float32", _is_float)):
        if all(map(fits, filled)):
            return np.zeros(1, kind)
    return [""]


def _is_int(size: int) -> Callable[[str], bool]:
    def fits(field: str) -> bool:
        try:
            return bool(-(2**size) <= int(field) < 2**size)
        except ValueError:
            return False

    return fits


def _is_float(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
