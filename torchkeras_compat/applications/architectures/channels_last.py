"""Networks that take images with the channels last only."""

from __future__ import annotations

from torchkeras_compat import config


def check_channels_last(network: str) -> None:
    """Refuse images with the channels first for a network that Keras defines for the other format only.

    Raises:
        ValueError: the data format of the Keras configuration is ``"channels_first"``.
    """
    data_format = config.image_data_format()
    if data_format != "channels_last":
        raise ValueError(
            f"{network} does not support the `channels_first` image data format. Call"
            " `keras.config.set_image_data_format('channels_last')` first. Received: image data format"
            f" {data_format!r}"
        )
