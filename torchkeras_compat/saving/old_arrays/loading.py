"""Setting the weights of a model from the arrays of a `.h5` file: all are checked first, then all are set."""

from __future__ import annotations

import math
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.h5_names import child_group, names_of
from torchkeras_compat.saving.old_arrays.file_layers import FileLayers, listed_arrays
from torchkeras_compat.saving.old_arrays.matching import FileArray, Pairs, matched
from torchkeras_compat.saving.old_arrays.stored_values import ReshapedValue, StoredValue
from torchkeras_compat.saving.old_arrays.summaries import give_summaries, take_summaries
from torchkeras_compat.saving.old_arrays.theano_windows import warn_of_other_windows
from torchkeras_compat.saving.old_arrays.turned_kernels import note_turned
from torchkeras_compat.saving.old_arrays.writers import Writer, writer_of
from torchkeras_compat.saving.weights_h5 import assign_arrays, wrong_numbers
from torchkeras_compat.unfilled_values import UnfilledValues
from torchkeras_compat.user_warnings import warn_user


class LayerLoading:
    """How the arrays of one file become the weights of one model.

    Args:
        path: File, for messages.
        writer: Who wrote it.
        skip_mismatch: Whether weights that the file does not fit keep their values, with a warning.
        reshape: Whether arrays of the right size and another shape are reshaped.
    """

    def __init__(self, path: str, writer: Writer, skip_mismatch: bool = False, reshape: bool = False) -> None:
        self.path, self.writer = path, writer
        self.skip_mismatch, self.reshape = skip_mismatch, reshape

    def pairs(self, layer: Any, variables: list[Any], arrays: list[FileArray]) -> Pairs:
        """Return the weights of one layer with their values.

        Args:
            layer: Layer, which may hold others.
            variables: Its weights: those trained, then the others.
            arrays: What the file has for it.

        Raises:
            FileContentError: it does not fit.
        """
        found = matched(layer, variables, arrays, self.writer)
        for variable, value in found or ():
            for dataset in value.datasets:
                fault = wrong_numbers(dataset, variable)
                if fault is not None:
                    raise FileContentError(f"The weights of layer '{layer.name}' in {self.path!r} do not fit: {fault}")
        if found is None:
            return self._misfit(layer, variables, [tuple(a.dataset.shape) for a in arrays])
        fitting = [(v, self._in_shape(value, tuple(v.shape))) for v, value in found]
        result = [(v, value) for v, value in fitting if tuple(v.shape) == value.shape]
        if len(result) < len(found):
            self._misfit(layer, variables, [value.shape for _, value in found])
        return result

    def _in_shape(self, value: Any, shape: tuple[int, ...]) -> Any:
        if self.reshape and value.shape != shape and math.prod(value.shape) == math.prod(shape):
            return ReshapedValue(value, shape)
        return value

    def _misfit(self, layer: Any, variables: list[Any], received: list[tuple[int, ...]]) -> Pairs:
        expected = [tuple(v.shape) for v in variables]
        message = (
            f"The weights of layer '{layer.name}' in {self.path!r} do not fit: the layer expects {len(expected)}"
            f" weights of shapes {expected}, the file has {len(received)} of shapes {received}."
        )
        if not self.skip_mismatch:
            raise FileContentError(
                f"{message} Nothing was changed. Build the model as the one that was saved, or pass"
                " `skip_mismatch=True`."
            )
        warn_user(f"{message} Those that do not fit keep their values, as `skip_mismatch=True` says.")
        return []


def load_layers(
    model: Any,
    group: Any,
    path: str,
    *,
    root: Any = None,
    above: Any = None,
    by_name: bool = False,
    skip_mismatch: bool = False,
    reshape: bool = False,
    unfilled: UnfilledValues | None = None,
) -> None:
    """Set the weights of a model from a group of a file.

    Args:
        model: Model, built.
        group: Group that lists the layers.
        path: File, for messages.
        root: The file whose config the model was made from, if it was: then names are those of the file.
        above: The file, if the model was made otherwise; it may say who wrote it where the group does not.
        by_name: Whether layers are matched by name; else by position.
        skip_mismatch: Whether weights that the file does not fit keep their values, with a warning.
        reshape: Whether arrays of the right size and another shape are reshaped, as Keras 2 could.
        unfilled: The weights of a new model that wait for their values; None for a model that is in use.

    Raises:
        FileContentError: the file is broken, or does not fit; nothing has been changed.
    """
    stored = FileLayers(group, path)
    writer = writer_of(group, root if above is None else above)
    loading = LayerLoading(path, writer, skip_mismatch, reshape)
    if by_name and writer.is_nameless:
        raise FileContentError(
            f"{path!r} is of a Keras before 1.0, which kept no names of layers: `by_name=True` needs them. Load it by"
            " position."
        )
    summaries = take_summaries(model, stored, path)
    found: Pairs = []
    for layer, name in layer_pairs(model, stored.names, path, by_name, root is not None, writer):
        found.extend(loading.pairs(layer, legacy_weights(layer), stored.arrays(name)))
    top = child_group(group, "top_level_model_weights")
    if top is not None and names_of(top, "weight_names"):
        found.extend(loading.pairs(model, _top_level(model), listed_arrays(top)))
    assign_arrays([(v, value.datasets[0] if type(value) is StoredValue else value) for v, value in found], unfilled)
    give_summaries(summaries)
    if writer.is_keras1:
        _note_flipped(found, path, writer)
    if any(writer.is_on_theano(name) for names in stored.names.values() for name in names):
        warn_of_other_windows(model, path)


def _note_flipped(pairs: Pairs, path: str, writer: Writer) -> None:
    """Note which kernels were turned round though Keras 1 did not do so itself when it loaded them."""
    kernels = [variable for variable, value in pairs if value.is_flipped and len(value.shape) > 2]
    for kernel in kernels:
        note_turned(kernel)
    if writer.is_nameless and kernels:
        warn_user(
            f"{path!r} does not say on which backend it was written. It is read as one of Theano, the default of that"
            " Keras, and the kernels of its convolutions are turned round. If it comes from TensorFlow, turn them back"
            " by `keras.utils.conv_utils.convert_kernel`."
        )


def legacy_weights(layer: Any) -> list[Any]:
    """Return the weights of one layer, those below included, in the order of this format: trainable ones first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _top_level(model: Any) -> list[Any]:
    own: list[Any] = model._own_variables()
    return own


def layer_pairs(
    model: Any, stored: dict[str, list[str]], path: str, by_name: bool, is_whole: bool, writer: Writer
) -> list[tuple[Any, str]]:
    """Return each layer of a model with the name under which a file has its arrays.

    Args:
        model: Model, built.
        stored: Names of the arrays of each layer of the file.
        path: File, for messages.
        by_name: Whether layers are matched by name; else by position.
        is_whole: Whether the model was made from the config in the file, so that names are those of the file.
        writer: Who wrote it.

    Raises:
        FileContentError: there are more or fewer layers in the file.
    """
    layers = [layer for layer in model.layers if legacy_weights(layer)]
    if by_name:
        # Keras 2 took `/` in the names of layers, for which there is `_` here.
        in_file = {name.replace("/", "_"): name for name in stored} | {name: name for name in stored}
        return [(layer, in_file[layer.name]) for layer in layers if layer.name in in_file]
    has_merge = any(type(layer).__name__ == "Merge" for layer in layers)
    if (writer.is_keras1 or has_merge) and len(stored) != len(layers):
        # A `Sequential` of Keras 1 to 2.2 listed the layers of the models that its `Merge` held.
        layers = _expanded(layers, stored, len(stored))
    names = [layer.name for layer in layers]
    if is_whole and len(set(names)) == len(names) and set(names) == stored.keys():
        return [(layer, layer.name) for layer in layers]
    if len(stored) != len(layers):
        unbuilt = "" if model.built else " The model is not built: call `model.build(input_shape)` before."
        raise FileContentError(
            f"Layer count mismatch when loading weights from file {path!r}. Model expected {len(layers)} layers"
            f" with weights ({names}), found {len(stored)} saved layers ({list(stored)}).{unbuilt}"
        )
    return list(zip(layers, stored, strict=True))


def _expanded(layers: list[Any], stored: dict[str, list[str]], count: int) -> list[Any]:
    """The layers with those of models in place of the models, if there are ``count`` of them then."""
    found: dict[int, Any] = {}
    for layer in layers:
        is_model = layer.name not in stored and isinstance(getattr(layer, "layers", None), (list, tuple))
        inside = [below for below in layer.layers if legacy_weights(below)] if is_model else [layer]
        for below in _expanded(inside, stored, -1) if is_model else inside:
            found.setdefault(id(below), below)
    return list(found.values()) if count in (-1, len(found)) else layers
