"""`SizedConv2DTranspose`: a transposed convolution whose output size is given, as that of Keras 1 was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.layers.convolutional.conv_transpose import Conv2DTranspose


class SizedConv2DTranspose(Conv2DTranspose):
    """A `Conv2DTranspose` for outputs of a shape: with strides, several sizes give an input of one size.

    Args:
        filters: Number of filters.
        kernel_size: Height and width of the window.
        output_shape: ``(batch, rows, columns, filters)``, or in the order of ``data_format``; batch and sizes may be
            None.
        kwargs: Further arguments of `Conv2DTranspose`, other than ``output_padding``.

    Input shape:
        ``(batch, height, width, channels)``; height and width must be known.
    Output shape:
        ``output_shape``.

    Raises:
        ValueError: ``output_shape`` does not have four entries, or no output of this shape has inputs of this size.

    Example:
        >>> layer = SizedConv2DTranspose(3, 3, output_shape=(None, 8, 8, 3), strides=2)
        >>> layer(torch.ones(1, 3, 3, 2)).shape
        torch.Size([1, 8, 8, 3])

    Source: Keras 1.2 API, layers/Deconvolution2D; Dumoulin and Visin 2016, section 4.5.
    """

    def __init__(self, filters: int, kernel_size: Any, output_shape: Sequence[int | None], **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, **kwargs)
        if not isinstance(output_shape, (list, tuple)) or len(output_shape) != 4:
            raise ValueError(
                f"`output_shape` is (batch, rows, columns, filters), in the order of `data_format`. Received:"
                f" output_shape={output_shape!r}"
            )
        wanted = output_shape[self._channel_axis]
        if wanted not in (None, filters):
            raise ValueError(f"`output_shape` has {wanted} channels, and there are {filters} filters.")
        self.given_output_shape = tuple(output_shape)

    def build(self, input_shape: Sequence[int | None]) -> None:
        sizes = self._spatial_part(input_shape)
        extras = []
        for size, wanted, k, s in zip(
            sizes, self._spatial_part(self.given_output_shape), self.kernel_size, self.strides, strict=True
        ):
            if size is None or wanted is None:
                continue
            # The smallest output whose windows are as many as the input is long.
            least = (size - 1) * s + (k if self.padding == "valid" else 1)
            if not least <= wanted < least + s:
                raise ValueError(
                    f"SizedConv2DTranspose '{self.name}' makes outputs of {least} to {least + s - 1} of an input of"
                    f" {size}, with kernel_size={self.kernel_size}, strides={self.strides} and"
                    f" padding={self.padding!r}. Received: output_shape={self.given_output_shape}"
                )
            # Today's `padding="same"` counts what is added from an output that kernel and stride make.
            base = least if self.padding == "valid" else (size - 1) * s + k - 2 * (k // 2)
            extras.append(wanted - base)
        if len(extras) == 2:
            if min(extras) < 0 or any(e >= s for e, s in zip(extras, self.strides, strict=True)):
                if self.padding != "same" or any(w != n * s for w, n, s in self._whole(sizes)):
                    raise ValueError(
                        f"SizedConv2DTranspose '{self.name}' cannot make the output {self.given_output_shape} with an"
                        f" even kernel_size={self.kernel_size}. Use sizes that are multiples of the strides."
                    )
            else:
                self.output_padding = tuple(extras)
        super().build(input_shape)

    def _whole(self, sizes: Sequence[int | None]) -> list[tuple[int, int, int]]:
        wanted = self._spatial_part(self.given_output_shape)
        return [(w or 0, n or 0, s) for w, n, s in zip(wanted, sizes, self.strides, strict=True)]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("output_padding")
        return {**config, "output_shape": self.given_output_shape}
