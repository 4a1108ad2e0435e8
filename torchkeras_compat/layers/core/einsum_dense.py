"""`EinsumDense`: a dense layer whose products an einsum equation names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat import activations, constraints, initializers, regularizers
from torchkeras_compat.initializers.fans import for_axes
from torchkeras_compat.layers.activated import Activated
from torchkeras_compat.layers.core.einsum import Einsum
from torchkeras_compat.layers.layer import adaptable
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.einsum_dense import EinsumDenseAdapter
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig

Shape = tuple[int | None, ...]
_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]*)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]*)(\.\.\.)?")


class EinsumDense(Activated):
    """``activation(einsum(equation, inputs, kernel) + bias)``.

    Computes through ``self.einsum``, a torch module with both weights; ``quantize`` and ``enable_lora`` replace or wrap
    it.

    Args:
        equation: ``"inputs,kernel->output"`` in letters, one for each axis, such as ``"abc,cd->abd"``. An ellipsis
            before or after the letters of both inputs and output stands for any further axes.
        output_shape: Sizes of the output's axes: all but the first, or, with an ellipsis, those that have letters and
            are not the batch; None for an axis of the inputs whose size is not fixed.
        activation: Name, callable or ``torch.nn.Module``; None for the identity.
        bias_axes: Letters of the output that the bias has; None for no bias.
        kernel_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        kernel_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias after each update.
        lora_rank: Rank of the low-rank adapter that ``build`` adds; None for none. See ``enable_lora``.
        lora_alpha: The adapter is scaled by ``lora_alpha / lora_rank``; None for ``lora_rank``.
        gptq_unpacked_column_size: Kept for Keras's files: the layer knows the size from its equation.
        quantization_config: `QuantizationConfig` of a layer with a quantized ``dtype`` such as ``"int8_from_float32"``.
        kwargs: Arguments of `Layer`.

    Input shape:
        The axes of the first term of ``equation``; integers are cast to the compute dtype.
    Output shape:
        The axes of its result.

    Raises:
        ValueError: ``equation`` has another form, its letters or sizes do not fit, or ``lora_rank`` is not a positive
            int.

    Example:
        >>> layer = EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")
        >>> layer(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 3, 5])

    Source: Keras API, layers/EinsumDense.
    """

    _takes_integers = False
    _file_order = ("_kernel", "bias")
    einsum: Einsum

    # What `quantize`, `enable_lora` and the arguments for them leave on a layer; a plain one has nothing of it.
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_enabled = False
    quantization_config: QuantizationConfig | None = None
    _int4_block_size = adaptable.int4_block_size
    enable_lora = adaptable.enable_lora
    kernel = adaptable.weight_property(
        "kernel", "The kernel: its variable; the integers where it is quantized; a tensor with the adapter added."
    )
    is_gptq_calibrated = adaptable.calibration_property("gptq")
    is_awq_calibrated = adaptable.calibration_property("awq")

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        adaptable.keep_arguments(self, lora_rank, lora_alpha, quantization_config)
        self.gptq_unpacked_column_size = gptq_unpacked_column_size
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.bias: Variable | None = None

    def build(self, input_shape: Sequence[int | None]) -> None:
        kernel_shape, bias_shape, self.full_output_shape = einsum_shapes(
            self.equation, self.bias_axes, tuple(input_shape), self.partial_output_shape
        )
        weights, outputs = re.split(",|->", self.equation.replace(" ", ""))[1:]
        is_output = [letter in outputs for letter in weights]
        axes = ([i for i, out in enumerate(is_output) if out is wanted] for wanted in (False, True))
        self._check_sizes("kernel", kernel_shape)
        self._check_sizes("bias", bias_shape or ())
        self._make_torch_module("einsum", Einsum, self.equation, kernel_shape, bias_shape)
        self._kernel = self._add_weight_view(
            "kernel",
            [(self.einsum, "weight")],
            for_axes(self.kernel_initializer, *axes),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if bias_shape is not None:
            self.bias = self._add_weight_view(
                "bias",
                [(self.einsum, "bias")],
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _check_sizes(self, name: str, shape: Shape) -> None:
        if None in shape:
            raise ValueError(
                f"EinsumDense '{self.name}' needs to know every size of its {name}. Received shape {shape}; give the "
                f"size in `output_shape` or in the input. Equation: {self.equation!r}"
            )

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Compute the layer, in either mode the same way."""
        x: torch.Tensor = self.einsum(inputs)
        return x if self._activate is None else self._activate(x)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output."""
        return einsum_shapes(self.equation, self.bias_axes, tuple(input_shape), self.partial_output_shape)[2]

    def get_config(self) -> dict[str, Any]:
        sizes = self.gptq_unpacked_column_size
        names = (
            "equation",
            "activation",
            "bias_axes",
            "kernel_initializer",
            "bias_initializer",
            "kernel_regularizer",
            "bias_regularizer",
            "activity_regularizer",
            "kernel_constraint",
            "bias_constraint",
        )
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            **config_items(self, names),
            **adaptable.kept_arguments(self),
            **({} if sizes is None else {"gptq_unpacked_column_size": sizes}),
        }


@adapter_of.register(EinsumDense)
def _adapter(layer: EinsumDense) -> EinsumDenseAdapter:
    # With the quantizers, which few models need (40 ms).
    from torchkeras_compat.layers.adaptation.einsum_dense import EinsumDenseAdapter

    return EinsumDenseAdapter(layer)


def einsum_shapes(
    equation: str, bias_axes: str | None, input_shape: Shape, output_shape: Shape
) -> tuple[Shape, Shape | None, Shape]:
    """Return the shapes of kernel, bias and output of an equation.

    Args:
        equation: As in `EinsumDense`.
        bias_axes: Letters of the output that the bias has; None for no bias.
        input_shape: Shape of the inputs.
        output_shape: Sizes of the output without the batch axis and without what an ellipsis stands for.

    Returns:
        The shapes, None for that of the bias where there is none.

    Raises:
        ValueError: the equation has another form, or letters or sizes do not fit.

    Example:
        >>> einsum_shapes("abc,cd->abd", "d", (None, 3, 4), (None, 5))
        ((4, 5), (5,), (None, 3, 5))
    """
    match = _EQUATION.fullmatch(equation.replace(" ", ""))
    parts = match.groups() if match else ()
    if match is None or (parts[0], parts[2]) != (parts[4], parts[6]) or (parts[0] and parts[2]):
        raise ValueError(
            f"Invalid einsum equation '{equation}'. Equations have the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or "
            "[X]...,[Y]->[Z]..., with letters for the axes."
        )
    inputs, weights, outputs = parts[1], parts[3], parts[5]
    elided = len(input_shape) - len(inputs)
    if elided < 0 or (elided and not (parts[0] or parts[2])):
        raise ValueError(
            f"The equation '{equation}' names {len(inputs)} axes of the inputs, but received inputs of shape "
            f"{input_shape}."
        )
    # Where the ellipsis comes first it holds the batch axis, so that `output_shape` has a size for every letter.
    named = list(output_shape) if parts[0] else [input_shape[0], *output_shape]
    if len(named) != len(outputs):
        raise ValueError(
            f"The equation '{equation}' names {len(outputs)} axes of the output, but `output_shape` gives {len(named)}"
            f"{'' if parts[0] else ' with the batch axis'}. Received: output_shape={output_shape}"
        )
    rest = input_shape[:elided] if parts[0] else input_shape[len(inputs) :]
    of_inputs = dict(zip(inputs, input_shape[elided:] if parts[0] else input_shape, strict=False))
    of_outputs = dict(zip(outputs, named, strict=True))
    for letter, size in of_inputs.items():
        wanted = of_outputs.get(letter)
        if None not in (size, wanted) and size != wanted:
            raise ValueError(
                f"Input shape and output shape do not match at shared dimension '{letter}'. Input shape is {size}, "
                f"and output shape is {wanted}."
            )
    for letter in outputs:
        if letter not in of_inputs and letter not in weights:
            raise ValueError(
                f"Dimension '{letter}' was specified in the output '{outputs}' but has no corresponding dim in the "
                f"input spec '{inputs}' or weight spec '{weights}'"
            )
    sizes = {**of_outputs, **{letter: size for letter, size in of_inputs.items() if size is not None}}
    for letter in weights:
        if letter not in of_inputs and letter not in of_outputs:
            raise ValueError(
                f"Weight dimension '{letter}' did not have a match in either the input spec '{inputs}' or the output "
                f"spec '{outputs}'. For this layer, the weight must be fully specified."
            )
    kernel = tuple(sizes.get(letter) for letter in weights)
    output = tuple(sizes[letter] for letter in outputs)
    output = (*rest, *output) if parts[0] else (*output, *rest)
    return kernel, _bias_shape(bias_axes, outputs, sizes, elided if parts[2] else 0), output


def _bias_shape(bias_axes: str | None, outputs: str, sizes: dict[str, int | None], after: int) -> Shape | None:
    """Return the shape with which the bias broadcasts to the output, without leading axes of size 1."""
    if bias_axes is None:
        return None
    for letter in bias_axes:
        if letter not in outputs:
            raise ValueError(f"Bias dimension '{letter}' was requested, but is not part of the output spec '{outputs}'")
    first = min(map(outputs.index, bias_axes), default=len(outputs))
    return (*(sizes[letter] if letter in bias_axes else 1 for letter in outputs[first:]), *(1,) * after)
