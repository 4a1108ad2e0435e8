"""GPTQ and AWQ of a model: samples run through it block after block, and each block is quantized as they pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.adapter import check_class
from torchkeras_compat.layers.adaptation.kernel_adapter import KernelAdapter
from torchkeras_compat.layers.layer.adapters import adapter_of, check_quantizable
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched
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
    adapters = _adapters_to_quantize(blocks, config.mode, chosen, type_check)
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
                _calibrate_block(block, adapters[i], hidden, config)
                if i + 1 < len(blocks):
                    hidden = [_first(block(x)) for x in hidden]
        except Exception as error:
            done = sum(adapter.layer.quantization_mode is not None for some in adapters for adapter in some)
            raise RuntimeError(
                f"Calibration failed {step}: {' '.join(str(error).split())} {done} of {sum(map(len, adapters))} layers"
                " are quantized by now, the others are as they were."
            ) from error


def _adapters_to_quantize(
    blocks: list[Layer], name: str, chosen: Callable[[Layer], bool], type_check: bool
) -> list[list[KernelAdapter]]:
    """Return adapters of the layers of each block that are meant and can be quantized; none comes twice."""
    found: list[list[KernelAdapter]] = []
    seen: set[int] = set()
    for block in blocks:
        layers = [layer for layer in block._flatten_layers() if id(layer) not in seen]
        seen.update(map(id, layers))
        found.append([])
        for layer in layers:
            adapter = adapter_of(layer)
            if not isinstance(adapter, KernelAdapter) or not chosen(layer):
                continue
            try:
                if type_check:
                    check_class(layer)
            except NotImplementedError as error:
                warn_user(str(error))
                continue
            check_quantizable(layer, name)
            found[-1].append(adapter)
    if not any(found):
        raise ValueError(
            "There is nothing to quantize: no block has a Dense or EinsumDense layer that `filters` takes. Received"
            f" blocks: {[block.name for block in blocks]}"
        )
    return found


def _calibrate_block(block: Layer, adapters: list[KernelAdapter], hidden: list[Any], config: Any) -> None:
    """Run a block on its inputs, and quantize its layers for what they get."""
    gathered, hooks = [METHODS[config.mode](config) for _ in adapters], []
    try:
        for adapter, method in zip(adapters, gathered, strict=True):
            adapter.prepare_module()
            product = adapter.base()
            assert product is not None
            hooks.append(product.register_forward_pre_hook(_gatherer(adapter, method)))
        for x in hidden if adapters else ():
            block(x)
    finally:
        for hook in hooks:
            hook.remove()
    # A layer keeps its config, which would hold the data and the other layers, and could not be written to a file.
    own_config = type(config).from_config({**config.get_config(), "quantization_layer_structure": None})
    for adapter, method in zip(adapters, gathered, strict=True):
        layer = adapter.layer
        if method.gathered is None:
            warn_user(f"No sample reaches layer '{layer.name}' of block '{block.name}': it stays in full precision.")
            continue
        found = method.quantize(adapter.contraction().kernel_matrix(adapter.held_weight().value.detach()))
        layer.quantize(config.mode, type_check=False, config=own_config)
        adapter.calibrate(*found)


def _gatherer(adapter: KernelAdapter, method: GPTQ | AWQ) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    contraction = adapter.contraction()
    return lambda module, inputs: method.add(contraction.input_matrix(inputs[0]))


def _first(outputs: Any) -> Any:
    """Return what the next block gets: the first output."""
    return outputs[0] if isinstance(outputs, (tuple, list)) else outputs
