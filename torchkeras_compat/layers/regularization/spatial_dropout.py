"""`SpatialDropout1D`, `SpatialDropout2D`, `SpatialDropout3D`: whole channels set to zero while training."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.modes import run_in_mode
from torchkeras_compat.layers.regularization.dropout import check_rate, follow_rate
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.random.dropouts import dropout
from torchkeras_compat.random.seed_generator import SeedGenerator

_MODULES: dict[int, type[nn.Module]] = {1: nn.Dropout1d, 2: nn.Dropout2d, 3: nn.Dropout3d}


class SpatialDropout(SpatialLayer):
    """Base of the layers that drop whole channels; the arguments are described at `SpatialDropout2D`."""

    _takes_integers = False
    _followed = frozenset({"rate"})
    noise_shape = None  # the same for all: one place for each sample and channel

    dropout: nn.Dropout1d | nn.Dropout2d | nn.Dropout3d
    seed_generator: SeedGenerator

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.rate = check_rate(rate)
        self._set_data_format(data_format)
        self.seed = seed
        if rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._keep_torch_module("dropout", _MODULES[self.rank](float(rate)))
        self._skip_building()

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "rate":
            follow_rate(self)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Drop channels if ``training``; where that is the mode of the layer, the torch module's own mode counts."""
        module: Any = self._modules["dropout"]  # as an attribute it takes one Python call more
        if self.rate == 0 or not (module.training if training is self.training else training):
            return inputs
        if self.seed is None:
            x = self._to_channels_first(inputs)
            return self._from_channels_first(module(x) if module.training else run_in_mode(module, True, x))
        shape = self._shape_of(inputs.shape[0], (1,) * self.rank, inputs.shape[self._channel_axis])
        return dropout(inputs, self.rate, shape, self.seed_generator)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        # Keras's spatial dropout takes no other arguments of layers, and a policy by its name.
        config = {"rate": self.rate, "seed": self.seed, "name": self.name, "dtype": self._dtype_policy.name}
        return config if self.rank == 1 else {**config, "data_format": self.data_format}


class SpatialDropout1D(SpatialDropout):
    """Sets whole channels of sequences to zero while training, and scales the rest by ``1 / (1 - rate)``.

    Computes through ``self.dropout``, a ``torch.nn.Dropout1d``, unless ``seed`` is given.

    Args:
        rate: Fraction in [0, 1] of the channels to drop.
        seed: Int for a stream of masks of its own; None for torch's global generator.
        name: Name of the layer.
        dtype: Dtype or policy.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``.

    Raises:
        ValueError: ``rate`` is not in [0, 1].

    Example:
        >>> SpatialDropout1D(0.5)(torch.ones(1, 2, 3), training=False).sum()
        tensor(6.)

    Source: Tompson et al. 2014, "Efficient object localization using convolutional networks".
    """

    rank = 1

    def __init__(
        self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, "channels_last", seed, name, dtype, **kwargs)


class SpatialDropout2D(SpatialDropout):
    """Sets whole channels of images to zero while training, and scales the rest by ``1 / (1 - rate)``.

    Computes through ``self.dropout``, a ``torch.nn.Dropout2d``, unless ``seed`` is given.

    Args:
        rate: Fraction in [0, 1] of the channels to drop.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a stream of masks of its own; None for torch's global generator.
        name: Name of the layer.
        dtype: Dtype or policy.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.

    Raises:
        ValueError: ``rate`` is not in [0, 1].

    Example:
        >>> SpatialDropout2D(0.5)(torch.ones(1, 2, 2, 3), training=False).sum()
        tensor(12.)

    Source: Tompson et al. 2014.
    """

    rank = 2


class SpatialDropout3D(SpatialDropout):
    """Sets whole channels of volumes to zero while training, and scales the rest by ``1 / (1 - rate)``.

    Computes through ``self.dropout``, a ``torch.nn.Dropout3d``, unless ``seed`` is given. The arguments are those of
    `SpatialDropout2D`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or channels first.

    Raises:
        ValueError: ``rate`` is not in [0, 1].

    Example:
        >>> SpatialDropout3D(0.5)(torch.ones(1, 2, 2, 2, 3), training=False).sum()
        tensor(24.)

    Source: Tompson et al. 2014.
    """

    rank = 3
