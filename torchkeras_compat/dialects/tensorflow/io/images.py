"""``tf.io.decode_image`` and its like: the bytes of images as tensors and back, by Pillow."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, presented
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io.tensors import bytes_of

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_CHANNELS = {"1": 1, "L": 1, "LA": 2, "I;16": 1, "I": 1, "P": 3, "PA": 4, "CMYK": 3, "YCbCr": 3, "RGBA": 4}
_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF", b"BM": "BMP"}
_LARGEST = 2**30  # values of an image, or of all frames of one


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = "uint8",
    name: str | None = None,
    expand_animations: bool = True,
) -> Any:
    """Return the pixels of a JPEG, PNG, GIF or BMP image.

    Args:
        contents: The bytes of the file, a scalar string.
        channels: 1, 3 or 4; None or 0 for those of the image.
        dtype: ``tf.uint8``, ``tf.uint16`` or a floating point dtype, which gives values in [0, 1].
        name: Nothing is named.
        expand_animations: Whether a GIF gives all its frames, on a first axis; else the first one.

    Returns:
        A tensor of shape (height, width, channels), or (frames, height, width, channels).

    Raises:
        InvalidArgumentError: the bytes are not such an image, or it has more than 2**30 values.
        ValueError: another number of channels, or another dtype.

    Source: TensorFlow API, io/decode_image.
    """
    data = bytes_of(contents)
    kind = _kind_of(data, ("JPEG", "PNG", "GIF", "BMP"))
    name_of = as_dtype(dtype).name
    if name_of == "uint16" and kind == "PNG":
        return presented(_decoded(data, channels, wide=True))
    frames = _frames(data) if kind == "GIF" else _decoded(data, channels)
    if kind == "GIF":
        frames = frames if expand_animations else frames[0]
    return presented(_in_dtype(frames, name_of))


def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Any:
    """Return the pixels of a JPEG image, uint8; PNG, BMP and the first frame of a GIF are read too.

    Args:
        contents: The bytes of the file, a scalar string.
        channels: 0 for those of the image, 1 or 3.
        ratio: 1, 2, 4 or 8: by how much the image is made smaller while it is read.
        fancy_upscaling: True: Pillow decides.
        try_recover_truncated: Whether a file that is cut off gives what there is of it.
        acceptable_fraction: 1.
        dct_method: Nothing to decide: the accurate one, ``"INTEGER_ACCURATE"``, is used; TensorFlow's default is a
            quicker one, whose values differ by a few steps of brightness in noisy images.
        name: Nothing is named.

    Raises:
        InvalidArgumentError: the bytes are not an image.
        ValueError: another number of channels, or another ratio.

    Source: TensorFlow API, io/decode_jpeg.
    """
    if ratio not in (1, 2, 4, 8):
        raise ValueError(f"`ratio` must be 1, 2, 4 or 8. Received: {ratio!r}")
    if channels not in (0, 1, 3, None):
        raise ValueError(f"`channels` must be 0, 1 or 3 for JPEG. Received: {channels!r}")
    data = bytes_of(contents)
    _kind_of(data, ("JPEG", "PNG", "GIF", "BMP"))
    return presented(_decoded(data, channels, ratio=ratio, cut_off=try_recover_truncated))


def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Any:
    """Return a part of a JPEG image.

    Args:
        contents: The bytes of the file, a scalar string.
        crop_window: Upper edge, left edge, height and width.
        channels: As :func:`decode_jpeg` takes them, and so are the others.

    Raises:
        InvalidArgumentError: the part lies outside of the image.
    """
    top, left, height, width = (int(number) for number in crop_window)
    pixels = decode_jpeg(contents, channels, ratio, fancy_upscaling, try_recover_truncated)
    if min(top, left) < 0 or min(height, width) < 1 or top + height > len(pixels) or left + width > pixels.shape[1]:
        raise InvalidArgumentError(
            f"The window {[top, left, height, width]} lies outside of the image, which has {len(pixels)} rows of "
            f"{pixels.shape[1]}."
        )
    return pixels[top : top + height, left : left + width]


def decode_png(contents: Any, channels: int = 0, dtype: Any = "uint8", name: str | None = None) -> Any:
    """Return the pixels of a PNG image; JPEG, BMP and the first frame of a GIF are read too.

    Args:
        contents: The bytes of the file, a scalar string.
        channels: 0 for those of the image, 1 to 4.
        dtype: ``tf.uint8`` or ``tf.uint16``.
        name: Nothing is named.

    Raises:
        InvalidArgumentError: the bytes are not an image.
        ValueError: another number of channels, or another dtype.

    Source: TensorFlow API, io/decode_png.
    """
    kind = as_dtype(dtype).name
    if kind not in ("uint8", "uint16"):
        raise ValueError(f"`dtype` must be tf.uint8 or tf.uint16. Received: {dtype!r}")
    data = bytes_of(contents)
    _kind_of(data, ("JPEG", "PNG", "GIF", "BMP"))
    return presented(_decoded(data, channels, wide=kind == "uint16"))


def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Any:
    """Return the pixels of a BMP image, uint8.

    Raises:
        InvalidArgumentError: the bytes are not a BMP image.
        ValueError: another number of channels than 0, 1, 3 and 4.

    Source: TensorFlow API, io/decode_bmp.
    """
    data = bytes_of(contents)
    _kind_of(data, ("BMP",))
    return presented(_decoded(data, channels))


def decode_gif(contents: Any, name: str | None = None) -> Any:
    """Return the frames of a GIF, uint8 of shape (frames, height, width, 3).

    Raises:
        InvalidArgumentError: the bytes are not a GIF.

    Source: TensorFlow API, io/decode_gif.
    """
    data = bytes_of(contents)
    _kind_of(data, ("GIF",))
    return presented(_frames(data))


def encode_jpeg(
    image: Any,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
    name: str | None = None,
) -> Any:
    """Return an image as the bytes of a JPEG file, a scalar string.

    Args:
        image: uint8, of shape (height, width, 1 or 3).
        format: ``""``, ``"grayscale"`` or ``"rgb"``.
        quality: 0 to 100.
        progressive: Whether it can be shown while it is loaded.
        optimize_size: Whether to spend time on a smaller file.
        chroma_downsampling: Whether colours are stored at half the resolution.
        density_unit: ``"in"`` or ``"cm"``.
        x_density: Pixels a unit.
        y_density: Pixels a unit.
        xmp_metadata: Must be empty.
        name: Nothing is named.

    Raises:
        InvalidArgumentError: an image of another shape or dtype.
        ValueError: another value of an argument.

    Source: TensorFlow API, io/encode_jpeg.
    """
    if format not in ("", "grayscale", "rgb") or density_unit not in ("in", "cm") or xmp_metadata:
        raise ValueError(
            "`format` must be '', 'grayscale' or 'rgb', `density_unit` 'in' or 'cm', and `xmp_metadata` empty. "
            f"Received: {format!r}, {density_unit!r}, {xmp_metadata!r}"
        )
    picture = _picture(image, (1, 3), ("uint8",))
    unit = 2.54 if density_unit == "cm" else 1
    return _written(
        picture,
        "JPEG",
        quality=int(quality),
        progressive=progressive,
        optimize=optimize_size,
        subsampling=2 if chroma_downsampling else 0,
        dpi=(x_density * unit, y_density * unit),
    )


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Any:
    """Return an image as the bytes of a PNG file, a scalar string.

    Args:
        image: uint8 of shape (height, width, 1 to 4), or uint16 with one channel.
        compression: 0 to 9; -1 for that of zlib.
        name: Nothing is named.

    Raises:
        InvalidArgumentError: an image of another shape or dtype.

    Source: TensorFlow API, io/encode_png.
    """
    level = 6 if compression == -1 else int(compression)
    return _written(_picture(image, (1, 2, 3, 4), ("uint8", "uint16")), "PNG", compress_level=level)


def is_jpeg(contents: Any, name: str | None = None) -> Any:
    """Return whether bytes begin as those of a JPEG file do, as a boolean tensor.

    Source: TensorFlow API, io/is_jpeg.
    """
    return presented(torch.tensor(bytes_of(contents)[:3] == b"\xff\xd8\xff", device="cpu"))


def extract_jpeg_shape(contents: Any, output_type: Any = "int32", name: str | None = None) -> Any:
    """Return height, width and channels of a JPEG image.

    Raises:
        InvalidArgumentError: the bytes are not a JPEG image.

    Source: TensorFlow API, io/extract_jpeg_shape.
    """
    data = bytes_of(contents)
    _kind_of(data, ("JPEG",))
    picture = _opened(data)
    sizes = [picture.height, picture.width, len(picture.getbands())]
    return presented(torch.tensor(sizes, dtype=as_dtype(output_type).torch_dtype, device="cpu"))


def _kind_of(data: bytes, expected: tuple[str, ...]) -> str:
    kind = next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)
    if kind is None or kind not in expected:
        raise InvalidArgumentError(
            f"Unknown image file format. One of {', '.join(expected)} required. Received {len(data)} bytes that begin "
            f"with {data[:8]!r}."
        )
    return kind


def _opened(data: bytes) -> Any:
    from PIL import Image  # optional

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own limit for large images: ours is an error
            picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "BMP"))
    except Exception as error:
        raise InvalidArgumentError(f"The bytes cannot be read as an image: {error}.") from error
    if picture.width * picture.height * 4 > _LARGEST:
        raise InvalidArgumentError(
            f"An image of {picture.height} rows of {picture.width} is too large: more than {_LARGEST} values."
        )
    return picture


def _decoded(
    data: bytes, channels: int | None, wide: bool = False, ratio: int = 1, cut_off: bool = False
) -> torch.Tensor:
    if channels not in (None, 0, *_MODES):
        raise ValueError(f"`channels` must be 0, 1, 2, 3 or 4. Received: {channels!r}")
    picture = _opened(data)
    if picture.format == "JPEG" and (ratio > 1 or channels == 1):  # brightness is stored: colours need not be read
        size = (picture.width // ratio, picture.height // ratio) if ratio > 1 else picture.size
        picture.draft("L" if channels == 1 else None, size)
    has_alpha = "transparency" in picture.info and picture.mode in ("P", "RGB", "L")
    own = _CHANNELS.get(picture.mode, len(picture.getbands())) + (picture.mode == "P" and has_alpha)
    mode = _MODES[channels or own]
    try:
        if picture.mode.startswith("I"):
            return _of_16_bits(picture, channels or 1, wide)
        pixels = np.asarray(_loaded(picture, cut_off) if picture.mode == mode else _converted(picture, mode, cut_off))
    except InvalidArgumentError:
        raise
    except Exception as error:
        raise InvalidArgumentError(f"The bytes cannot be read as an image: {error}.") from error
    if picture.format == "PNG" and mode == "L" and picture.mode in ("RGB", "RGBA"):
        pixels = _gray(np.asarray(picture))
    found = torch.from_numpy(pixels.reshape(picture.height, picture.width, -1).copy())
    return (found.to(torch.int32) * 257).to(torch.uint16) if wide else found


def _gray(pixels: np.ndarray) -> np.ndarray:
    """Brightness of colours in libpng's whole numbers, as TensorFlow decodes PNG with one channel."""
    red, green, blue = (pixels[..., place].astype(np.int32) for place in range(3))
    return ((9797 * red + 19234 * green + 3737 * blue) >> 15).astype(np.uint8)


def _loaded(picture: Any, cut_off: bool) -> Any:
    from PIL import ImageFile  # optional

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = cut_off
    try:
        picture.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    return picture


def _converted(picture: Any, mode: str, cut_off: bool) -> Any:
    picture = _loaded(picture, cut_off)
    if picture.mode in ("P", "PA") and mode in ("L", "LA"):
        picture = picture.convert("RGBA" if mode == "LA" else "RGB")
    return picture.convert(mode)


def _of_16_bits(picture: Any, channels: int, wide: bool) -> torch.Tensor:
    values = torch.from_numpy(np.asarray(picture).astype(np.int32)).unsqueeze(-1)
    values = values.repeat(1, 1, channels) if channels > 1 else values
    return values.to(torch.uint16) if wide else (values >> 8).to(torch.uint8)


def _frames(data: bytes) -> torch.Tensor:
    picture = _opened(data)
    return torch.stack(list(_frames_of(picture)))


def _frames_of(picture: Any) -> Iterator[torch.Tensor]:
    number = 0
    try:
        while True:
            number += 1
            if number * picture.width * picture.height * 3 > _LARGEST:
                raise InvalidArgumentError(f"A GIF with more than {_LARGEST} values is too large.")
            yield torch.from_numpy(np.array(picture.convert("RGB")))
            picture.seek(number)
    except EOFError:
        return
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(f"The bytes cannot be read as a GIF: {error}.") from error


def _in_dtype(pixels: torch.Tensor, name: str) -> torch.Tensor:
    if name == "uint8":
        return pixels
    if name == "uint16":
        return (pixels.to(torch.int32) * 257).to(torch.uint16)
    kind = as_dtype(name)
    if not kind.is_floating:
        raise ValueError(f"`dtype` must be tf.uint8, tf.uint16 or a floating point dtype. Received: {name}")
    return pixels.to(kind.torch_dtype) / 255


def _picture(image: Any, channels: tuple[int, ...], dtypes: tuple[str, ...]) -> Any:
    from PIL import Image  # optional

    pixels = absorbed_leaf(image)
    kind = as_dtype(pixels.dtype).name
    if pixels.ndim != 3 or pixels.shape[-1] not in channels or kind not in dtypes:
        raise InvalidArgumentError(
            f"An image must be of shape (height, width, channels), with {' or '.join(map(str, channels))} channels, "
            f"and dtype {' or '.join(dtypes)}. Received shape {tuple(pixels.shape)}, dtype {kind}."
        )
    array = pixels.numpy()
    if kind == "uint16":
        if array.shape[-1] != 1:
            raise InvalidArgumentError("A uint16 image can be written with one channel only. Cast it to uint8 first.")
        return Image.fromarray(np.ascontiguousarray(array[..., 0]))
    return Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array, _MODES[array.shape[-1]])


def _written(picture: Any, kind: str, **options: Any) -> Any:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return presented(np.array(file.getvalue(), dtype=object))
