"""The arguments of a call: arrays become tensors, ``training`` and masks go to ``call`` where it takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat import config, tree
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.call_spec import CallSpec
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.masks import any_mask, get_mask, masks_of, set_mask
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.typing import Masks, Tensors
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


_NO_INPUTS = frozenset((bool, complex, set, frozenset, str, bytes, type(None)))


def first_input(layer: Layer, arguments: dict[str, Any]) -> Tensors:
    """Return the value of the first argument."""
    return arguments.get(layer._call_spec.first) if layer._call_spec.first else None


def convert_arguments(
    layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with arrays as tensors and floats in the compute dtype.

    Raises:
        ValueError: an argument is an array of strings, and the layer does not take them; or the first one is not a
            tensor, nor numbers.
    """
    if not layer._convert_input_args:
        return args, kwargs
    holds_texts = False

    def convert(x: Any) -> Any:
        nonlocal holds_texts
        if isinstance(x, (np.ndarray, np.generic)):
            if x.dtype.kind in "OSUT" and _is_text(x):
                return _checked_text(layer, x)
            x = convert_to_tensor(x)
        elif isinstance(x, Variable):
            x = x.value
        elif not isinstance(x, torch.Tensor):
            holds_texts = holds_texts or isinstance(x, (str, bytes)) or hasattr(x, "to_numpy")
            return x
        if (layer.autocast and x.is_floating_point()) or not layer._takes_integers:
            if x.dtype is not layer._compute_torch_dtype and not x.is_complex():
                mask = get_mask(x)
                x = x.to(layer._compute_torch_dtype)
                if mask is not None:
                    set_mask(x, mask)
        return x

    if len(args) == 1 and not kwargs and isinstance(args[0], torch.Tensor):
        return (convert(args[0]),), {}
    masks = {k: v for k, v in kwargs.items() if k == "mask" or k.endswith("_mask")}
    args, rest = tree.map_structure(convert, (args, {k: v for k, v in kwargs.items() if k not in masks}))
    if holds_texts and layer._fold_texts is not None:
        if args:
            args = (tree.map_structure(convert, layer._fold_texts(args[0])), *args[1:])
        elif layer._call_spec.first in rest:
            rest[layer._call_spec.first] = tree.map_structure(convert, layer._fold_texts(rest[layer._call_spec.first]))
    if args and (type(args[0]) in _NO_INPUTS or (holds_texts and isinstance(args[0], (list, tuple)))):
        _check_first(layer, args[0])
    if args and not layer._takes_lists and _is_numbers(args[0]):
        args = (convert(np.asarray(args[0])), *args[1:])
        if args[0].dtype is torch.float64:
            dtype = layer._compute_torch_dtype
            args = (args[0].to(dtype if dtype.is_floating_point else to_torch_dtype(config.floatx())), *args[1:])
    return args, {
        **rest,
        **tree.map_structure(lambda m: convert_to_tensor(m) if isinstance(m, np.ndarray) else m, masks),
    }


def _is_text(x: np.ndarray | np.generic) -> bool:
    return x.dtype.kind != "O" or (x.size > 0 and isinstance(x.reshape(-1)[0], (str, bytes)))


def _checked_text(layer: Layer, x: np.ndarray | np.generic) -> np.ndarray | np.generic:
    if _takes_texts(layer):
        return x
    raise ValueError(
        f"Layer '{layer.name}' of type {type(layer).__name__} takes numbers, and received strings of shape "
        f"{tuple(x.shape)}. Encode strings as numbers first, by a `TextVectorization`, `StringLookup` or `Hashing` "
        "layer before it."
    )


def _check_first(layer: Layer, x: Any) -> None:
    """Refuse what cannot be the input of a layer. Further positional arguments may be anything, as in Keras 2."""
    first = x
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    if x is None:
        spec = layer.input_spec
        if isinstance(spec, InputSpec) and not spec.optional:
            raise ValueError(f"Inputs to a layer should be tensors. Got None as input for layer '{layer.name}'.")
    elif not layer._allow_non_tensor_positional_args and (type(x) in _NO_INPUTS or isinstance(first, (str, bytes))):
        if isinstance(first, (str, bytes)) and any(map(_takes_texts, layer.modules())):
            return
        raise ValueError(
            "Only input tensors may be passed as positional arguments. The following argument value should be passed as"
            f" a keyword argument: {x!r:.60} (of type {type(x)}). Received by layer '{layer.name}' of type"
            f" {type(layer).__name__}."
        )


def _takes_texts(layer: Any) -> bool:
    return getattr(layer, "_takes_strings", False) or getattr(layer, "_fold_texts", None) is not None


def _is_numbers(x: Any) -> bool:
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def resolve_training(
    layer: Layer, spec: CallSpec, args: tuple[Any, ...], arguments: dict[str, Any], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], bool | None]:
    """Return the positional arguments, and the training state asked for in this call, None for that of the layer.

    The keyword is taken out of ``kwargs`` where ``call`` does not take it. Where it does, None becomes the state.

    Raises:
        TypeError: what was given for ``training`` is neither true nor false, such as a batch of labels.
    """
    training = arguments.get("training")
    if not spec.has_training:
        if not spec.accepts_any_keyword:
            kwargs.pop("training", None)
    elif training is None:
        place = spec.names.index("training") if "training" in spec.names else len(args)
        if place < len(args):
            args = (*args[:place], layer.training, *args[place + 1 :])
        else:
            kwargs["training"] = layer.training
    try:
        return args, None if training is None else bool(training)
    except (RuntimeError, TypeError, ValueError) as error:
        raise TypeError(
            f"The argument `training` of {type(layer).__name__} '{layer.name}' is True, False or None. Received: a "
            f"{type(training).__name__} of shape {tuple(getattr(training, 'shape', ()))}. What belongs to the inputs "
            "goes with them in the first argument."
        ) from error


def fill_masks(layer: Layer, spec: CallSpec, arguments: dict[str, Any], kwargs: dict[str, Any]) -> Masks:
    """Give ``call`` the masks that its inputs carry; return the masks of the first input, which the output follows."""
    if spec.has_mask and arguments.get("mask") is None:
        mask = masks_of(first_input(layer, arguments))
        if any_mask(mask) and "mask" not in spec.names[: len(arguments) - len(kwargs)]:
            kwargs["mask"] = mask
    for name in spec.mask_names:
        if arguments.get(name) is None:
            mask = masks_of(arguments.get(name.removesuffix("_mask")))
            if any_mask(mask):
                kwargs[name] = mask
    given = arguments.get("mask") if spec.has_mask else None
    return masks_of(first_input(layer, arguments)) if given is None else given
