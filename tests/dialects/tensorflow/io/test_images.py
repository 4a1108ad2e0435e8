from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io import images

PIXELS = np.random.RandomState(0).randint(0, 255, (5, 7, 3)).astype("uint8")


def crc(pixels: Any) -> int:
    return zlib.crc32(np.asarray(pixels).tobytes())


def test_png_is_decoded_as_by_tensorflow() -> None:
    """Checksums of what TensorFlow 2.15 gives."""
    random = np.random.RandomState(0)
    found = []
    for channels in (1, 3, 4, 2):
        png = images.encode_png(random.randint(0, 255, (5, 7, channels)).astype("uint8"))
        found.append([crc(images.decode_png(png, channels=wanted)) for wanted in (0, 1, 3, 4)])
    assert found == [
        [1443382415, 1443382415, 2871793332, 3954930633],
        [2652423518, 508362281, 2652423518, 1363006778],
        [2764727454, 3838217344, 2296370810, 2764727454],
        [299223311, 794209616, 3276134790, 1830276124],
    ]


def test_dtypes() -> None:
    png = images.encode_png(PIXELS)
    assert images.decode_image(png, dtype="float32").numpy().max() <= 1
    wide = images.decode_png(png, dtype="uint16").numpy()
    assert wide.dtype == np.uint16 and (wide == PIXELS.astype("uint16") * 257).all()
    with pytest.raises(ValueError, match="float32"):
        images.decode_png(png, dtype="float32")


def test_sixteen_bits_round_trip() -> None:
    pixels = (np.arange(20, dtype="uint16") * 3000).reshape(4, 5, 1)
    png = images.encode_png(pixels)
    assert (images.decode_png(png, dtype="uint16").numpy() == pixels).all()
    assert (images.decode_png(png).numpy() == pixels >> 8).all()


def test_jpeg() -> None:
    smooth = np.tile(np.arange(32, dtype="uint8")[:, None, None] * 8, (1, 32, 3))
    jpeg = images.encode_jpeg(smooth, quality=95)
    assert np.abs(images.decode_jpeg(jpeg).numpy().astype(int) - smooth).max() < 8
    assert images.decode_jpeg(jpeg, channels=1).shape == (32, 32, 1)
    assert images.decode_jpeg(jpeg, ratio=2).shape == (16, 16, 3)
    assert images.decode_and_crop_jpeg(jpeg, [1, 2, 3, 4]).shape == (3, 4, 3)
    assert bool(images.is_jpeg(jpeg)) and not bool(images.is_jpeg(b"abc"))
    assert images.extract_jpeg_shape(jpeg).numpy().tolist() == [32, 32, 3]
    with pytest.raises(InvalidArgumentError, match="outside of the image"):
        images.decode_and_crop_jpeg(jpeg, [30, 0, 3, 4])


def test_animations() -> None:
    pillow = pytest.importorskip("PIL.Image")
    frames = [pillow.new("RGB", (4, 3), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert images.decode_gif(file.getvalue()).shape == (2, 3, 4, 3)
    assert images.decode_image(file.getvalue(), expand_animations=False).shape == (3, 4, 3)


def test_hostile_bytes_are_refused() -> None:
    png = bytes(np.asarray(images.encode_png(PIXELS), dtype=object)[()])
    with pytest.raises(InvalidArgumentError, match="Unknown image file format"):
        images.decode_image(b"<svg/>")
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        images.decode_image(png[:60])
    huge = bytearray(png)
    huge[16:24] = struct.pack(">II", 2**20, 2**20)
    huge[29:33] = struct.pack(">I", zlib.crc32(bytes(huge[12:29])))
    with pytest.raises(InvalidArgumentError, match="too large|exceeds limit"):
        images.decode_png(bytes(huge))
    with pytest.raises(ValueError, match="`channels` must be"):
        images.decode_png(png, channels=5)
    with pytest.raises(InvalidArgumentError, match=r"Received shape \(5, 7\)"):
        images.encode_png(PIXELS[..., 0])
