"""Settings of one object of an old file, as those of the class that it is today."""

from __future__ import annotations

import inspect
from typing import Any

from torchkeras_compat import kinds
from torchkeras_compat.dialects.dialect import KERAS2
from torchkeras_compat.dialects.old_files.merging import merge_of_today
from torchkeras_compat.dialects.old_files.names import OldClass
from torchkeras_compat.dialects.old_files.other_numbers import warn_of_other_numbers
from torchkeras_compat.dialects.old_files.versions import FileVersion
from torchkeras_compat.dialects.translation import accepted, translator
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.kinds import module_in_files
from torchkeras_compat.public_names import named, public_module
from torchkeras_compat.serialization import serialize_config

_Config = dict[str, Any]
# What configs hold that their constructors never took, or that changes no number; with the values of which this is
# true, None for any.
_OF_FILES: dict[str, tuple[Any, ...] | None] = {
    "adjustment": (None,),
    "aggregation": ("mean", None),
    "batch_input_shape": (None,),
    "causal": (False,),
    "consume_less": None,
    "dynamic": (False,),
    "experimental_autocast": None,
    "fused": None,
    "groups": (1,),
    "has_input_vocabulary": None,
    "implementation": None,
    "input_length": None,
    "is_legacy_optimizer": None,
    "jit_compile": None,
    "key_shape": None,
    "noise_shape": (None,),
    "partitioner": (None,),
    "query_shape": None,
    "ragged": (False, None),
    "rank": None,
    "renorm": (False,),
    "softmax_robust_masking": (False,),
    "synchronized": (False,),
    "time_major": (False,),
    "trainable": None,
    "type_spec": (None,),
    "unconditional": None,
    "value_shape": None,
    "virtual_batch_size": (None,),
    "weights": (None,),
}
_OF_INITIALIZERS = ("dtype", "partition_info")  # which `add_weight` says
# What layers without such weights wrote nevertheless.
_KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
_WITHOUT = {
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"), _KERNEL),
    "Discretization": ("batch_input_shape", "epsilon"),  # an `InputLayer` stands before it; for `adapt` alone
}
_BATCH_NORMALIZATIONS = ("BatchNormalization", "SyncBatchNormalization")
_PADDINGS_OF_THEANO = ("full", "half")
_OF_STEPS = ("Conv1D", "LocallyConnected1D")
_GATED = ("LSTM", "GRU", "LSTMCell", "GRUCell")
# Defaults that changed between versions whose signatures are one: classes, first and last version, whether in
# TensorFlow, and what they were.
_DEFAULTS: tuple[tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...], bool, _Config], ...] = (
    (_GATED, (2, 0), (2, 2), False, {"recurrent_activation": "hard_sigmoid"}),
    (_GATED, (2, 0), (2, 1), True, {"recurrent_activation": "hard_sigmoid"}),
    (("GRU", "GRUCell"), (2, 0), (2, 2), True, {"reset_after": False}),
    (("IntegerLookup",), (2, 4), (2, 5), True, {"mask_value": 0}),
    (("AddLoss",), (1, 13), (2, 15), True, {"sums_gradients": True}),
    (("BatchNormalization",), (1, 0, 0), (1, 0, 6), False, {"epsilon": 1e-6, "momentum": 0.9}),
    (("BatchNormalization",), (1, 0, 7), (1, 0, 7), False, {"epsilon": 1e-6}),
    (("BatchNormalization",), (1, 0, 8), (1, 1), False, {"epsilon": 1e-5}),
    (_OF_STEPS, (1, 0, 0), (1, 1, 1), False, {"init": "uniform"}),
)


def settings_of_today(old: OldClass, settings: _Config, version: FileVersion) -> _Config:
    """Return the config of an object as Keras 3 would have it: its class, where that lies, and its settings.

    Args:
        old: The class that the file names.
        settings: Its settings in the file, with the configs inside already as of today.
        version: Which Keras wrote it.

    Raises:
        FileContentError: a setting means what cannot be had today, or is there in two spellings.
    """
    if old.path == "layers.Merge":
        name, arguments = merge_of_today(settings, version.major)
        return _described(kinds.find("layers", name), arguments)
    warn_of_other_numbers(old.target.__name__, settings, version)
    given = _without_those_of_files(old, settings)
    for names, first, last, is_tf, defaults in _DEFAULTS:
        if old.target.__name__ in names and is_tf == version.is_tf and version.is_in(first, last):
            given = {**defaults, **given}
    if old.path == "layers.ZeroPadding2D" and version.is_in((1, 0), (1, 0)) and isinstance(given.get("padding"), list):
        given["padding"] = given["padding"][:2]  # the rest of a longer one was not looked at
    try:
        target, _, arguments = translator(version.dialect, old.path, old.target).translate((), given)
    except (TypeError, ValueError) as error:
        raise FileContentError(
            f"The config of the {old.path.rpartition('.')[2]} {settings.get('name')!r:.100}, of Keras"
            f" {version.major}.{version.minor}, cannot be read: {error}"
        ) from error
    if version.major < 2 and arguments.get("padding") in _PADDINGS_OF_THEANO:
        raise FileContentError(
            f"The {old.path.rpartition('.')[2]} {settings.get('name')!r:.100} has padding={arguments['padding']!r},"
            " which Theano alone had. Build the model in code with a ZeroPadding layer before it and padding='valid',"
            " and load the weights of the file by `load_weights`; 'full' pads both ends of each axis by"
            " `kernel_size - 1`, 'half' by `kernel_size // 2`."
        )
    _check_whole(old, target, arguments, version)
    if old.path == "layers.UpSampling2D" and version.dialect is KERAS2 and arguments.get("interpolation") == "bilinear":
        target = named("legacy.layers.corner_up_sampling.CornerUpSampling2D")
    return _described(target, serialize_config(arguments))


def _check_whole(old: OldClass, target: Any, arguments: _Config, version: FileVersion) -> None:
    """Refuse settings without one that the class cannot do without: some versions did not write all of theirs.

    Raises:
        FileContentError: one is missing.
    """
    needed = [
        name
        for name, parameter in inspect.signature(target).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        and name not in arguments
    ]
    if needed:
        name = old.path.rpartition(".")[2]
        raise FileContentError(
            f"The config of a {name}, of Keras {version.major}.{version.minor}, lacks {', '.join(needed)}: that version"
            f" did not write all that it needs. Build the model in code and load the weights of the file by"
            f" `load_weights`, or pass `custom_objects={{{name!r}: ...}}` with a subclass that has a default."
        )


def _described(cls: Any, settings: _Config) -> _Config:
    return {
        "module": public_module(cls) or module_in_files(cls),
        "class_name": cls.__name__,
        "config": settings,
        "registered_name": None,
    }


def _without_those_of_files(old: OldClass, settings: _Config) -> _Config:
    """Return settings without those that constructors do not take and that mean nothing."""
    takes = accepted(old.target)[0]
    found = {}
    for name, value in settings.items():
        if name in _OF_FILES and name not in takes:
            values = _OF_FILES[name]
            if values is None or any(value is v or value == v for v in values):
                continue
        if name in _OF_INITIALIZERS and old.path.startswith("initializers."):
            continue
        if name in ("dtype", "input_dtype") and _is_of_inputs(old.target.__name__, name, value):
            continue
        if name in _WITHOUT.get(old.target.__name__, ()):
            continue
        if name == "axis" and old.target.__name__ in _BATCH_NORMALIZATIONS and isinstance(value, list):
            value = value[0] if len(value) == 1 else value
        found[name] = value
    has_shape = found.get("batch_input_shape") is not None
    for name in ("input_dim", "input_length"):
        if name in found and name not in takes and (has_shape or found[name] is None):
            del found[name]  # the shape says it, or the layer before
    if "dtype" in found or old.target.__name__ != "InputLayer":
        found.pop("input_dtype", None)  # of the input before it; weights had the default dtype
    if found.get("pad_to_max_tokens") and found.get("max_tokens") is None:  # the default of TensorFlow 2.3
        found["pad_to_max_tokens"] = False
    return found


def _is_of_inputs(layer: str, name: str, dtype: Any) -> bool:
    """Return whether a dtype is that of what a layer is called on, and not of its numbers."""
    if layer == "InputLayer":
        return False
    # Of embeddings so in Keras 1 and 2.0, too.
    is_integer = isinstance(dtype, str) and dtype.startswith(("int", "uint"))
    return name == "input_dtype" or dtype == "string" or (layer == "Embedding" and is_integer)
