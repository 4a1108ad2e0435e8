"""GPTQ and AWQ of a model: samples run through it block after block, and each block is quantized as they pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.layers.adaptation.adaptable_layer import check_class
from torchkeras_compat.layers.adaptation.kernel_layer import KernelLayer
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.layers.layer.quantization import check_quantizable
from torchkeras_compat.models.calibration.calibration_data import token_samples
from torchkeras_compat.models.calibration.layer_structure import layer_structure
from torchkeras_compat.models.calibration.methods import AWQ, GPTQ, METHODS
from torchkeras_compat.user_warnings import warn_user


def calibrate(model: Any, config: Any, chosen: Callable[[Layer], bool], type_check: bool) -> None:
    """Quantize the dense layers in the blocks of a model, each for the inputs that it gets from the samples.

    A block is calibrated with what comes out of the quantized blocks before it. Layers outside of the blocks, and those
    that no sample reaches, stay as they are.

    Args:
        model: Model, built.
        config: `GPTQConfig` or `AWQConfig`.
        chosen: Says whether a layer is meant.
        type_check: Whether subclasses of the layers, which may compute otherwise, stay as they are.

    Raises:
        ValueError: the structure is missing or wrong; there are no samples; or no layer is meant, or one of them is
            quantized already.
        TypeError: the structure or the samples are something else.
        RuntimeError: the samples cannot be run, or a layer cannot be calibrated with them. The message says what was
            quantized until then; the layers that were not are as they were.
    """
    pre_block_layers, blocks = layer_structure(model, config)
    layers = _layers_to_quantize(blocks, config.mode, chosen, type_check)
    if config.dataset is None:
        kind = type(config).__name__
        raise ValueError(f"{config.mode.upper()} needs texts or token ids: pass `dataset` to `{kind}`. Received: None")
    samples = token_samples(config.dataset, config.tokenizer, config.sequence_length, config.num_samples)
    with switched(model, training=False), torch.no_grad():
        place, step = next((v.value.device for v in model.weights), None), "before the blocks"
        try:
            hidden: list[Any] = list(torch.split(samples.to(place), 1))
            for layer in pre_block_layers:
                hidden = [_first(layer(x)) for x in hidden]
            for i, block in enumerate(blocks):
                step = f"in block {i + 1} of {len(blocks)}, '{block.name}'"
                _calibrate_block(block, layers[i], hidden, config)
                if i + 1 < len(blocks):
                    hidden = [_first(block(x)) for x in hidden]
        except Exception as error:
            done = sum(layer.quantization_mode is not None for some in layers for layer in some)
            raise RuntimeError(
                f"Calibration failed {step}: {error} {done} of {sum(map(len, layers))} layers are quantized by now, the"
                " others are as they were."
            ) from error


def _layers_to_quantize(
    blocks: list[Layer], name: str, chosen: Callable[[Layer], bool], type_check: bool
) -> list[list[KernelLayer]]:
    """Return the layers of each block that are meant and can be quantized; one in two blocks is one of the first."""
    found: list[list[KernelLayer]] = []
    seen: set[int] = set()
    for block in blocks:
        of_block = [x for x in block._flatten_layers() if isinstance(x, KernelLayer) and id(x) not in seen]
        seen.update(map(id, of_block))
        found.append([])
        for layer in filter(chosen, of_block):
            try:
                if type_check:
                    check_class(layer)
            except NotImplementedError as error:
                warn_user(str(error))
                continue
            check_quantizable(layer, name)
            found[-1].append(layer)
    if not any(found):
        raise ValueError(
            "There is nothing to quantize: no block has a Dense or EinsumDense layer that `filters` takes. Received"
            f" blocks: {[block.name for block in blocks]}"
        )
    return found


def _calibrate_block(block: Layer, layers: list[KernelLayer], hidden: list[Any], config: Any) -> None:
    """Run a block on its inputs, and quantize its layers for what they get."""
    gathered, hooks = [METHODS[config.mode](config) for _ in layers], []
    try:
        for layer, method in zip(layers, gathered, strict=True):
            layer._prepare_module()
            product: Any = layer._base()
            hooks.append(product.register_forward_pre_hook(_gatherer(layer, method)))
        for x in hidden if layers else ():
            block(x)
    finally:
        for hook in hooks:
            hook.remove()
    # A layer keeps its config, which would hold the data and the other layers, and could not be written to a file.
    own_config = type(config).from_config({**config.get_config(), "quantization_layer_structure": None})
    for layer, method in zip(layers, gathered, strict=True):
        if method.gathered is None:
            warn_user(f"No sample reaches layer '{layer.name}' of block '{block.name}': it stays in full precision.")
            continue
        found = method.quantize(layer._contraction().kernel_matrix(layer._held_weight().value.detach()))
        layer.quantize(config.mode, type_check=False, config=own_config)
        layer._calibrate(*found)


def _gatherer(layer: KernelLayer, method: GPTQ | AWQ) -> Callable[[Any, tuple[Any, ...]], None]:
    contraction = layer._contraction()
    return lambda module, inputs: method.add(contraction.input_matrix(inputs[0]))


def _first(outputs: Any) -> Any:
    """Return what the next block gets: the first output."""
    return outputs[0] if isinstance(outputs, (tuple, list)) else outputs
