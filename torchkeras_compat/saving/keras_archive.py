"""The parts of a saved `.keras` file or folder, read within the limits of files."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, parsed_json, too_much
from torchkeras_compat.saving.file_parts import FilePart
from torchkeras_compat.saving.folder_members import folder_members
from torchkeras_compat.saving.h5_walk import declared_bytes
from torchkeras_compat.saving.open_h5 import HDF5_MAGIC, check_is_file, opened_h5
from torchkeras_compat.saving.reading import is_of_the_system
from torchkeras_compat.saving.weights_h5 import LoadingPlan

CONFIG, METADATA, WEIGHTS, ASSETS = "config.json", "metadata.json", "model.weights.h5", "assets"

_HEADER = 30  # bytes of the header of a member, before its name and what else the writer noted
_METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}


class KerasArchive:
    """The parts of a saved model, whether in a zip file or in a folder.

    Args:
        path: `.keras` file or folder.

    Raises:
        FileContentError: there is no such file, it is not a zip file, or it is cut off.
        FileLimitError: it has too many members.
        OSError: the system raised it.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._json_bytes = 0
        self._files: dict[str, tuple[str, str | None]] = {}
        self._members: dict[str, zipfile.ZipInfo] = {}
        if os.path.isdir(path):
            self._files = folder_members(path)
            return
        if not os.path.exists(path):
            raise FileContentError(
                f"File not found: filepath={path}. Please ensure the file is an accessible `.keras` zip file."
            )
        check_is_file(path, "a `.keras` zip file")
        try:
            self._zip = zipfile.ZipFile(path)
        except Exception as error:  # `zipfile` raises what comes, on mutated bytes
            if is_of_the_system(error) or isinstance(error, MemoryError):
                raise
            start = _first_bytes(path)
            kind = " It is an HDF5 file: rename it to `.h5`." if start == HDF5_MAGIC else ""
            raise FileContentError(
                f"File {path!r} is not a `.keras` zip file, or it is cut off: {error}. Please ensure the file is an"
                f" accessible `.keras` zip file, and copy or save it again.{kind}"
            ) from error
        try:
            self._members = self._checked_members(self._zip)
        except BaseException:
            self._zip.close()
            raise

    def _checked_members(self, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
        entries, limit = archive.infolist(), current_limits().members
        if len(entries) > limit:
            raise too_much(f"{self.path!r} has {len(entries):,} members", "members", limit)
        found = {entry.filename: entry for entry in entries}
        if len(found) != len(entries):
            raise FileContentError(f"{self.path!r} has several members of the same name. Save the model again.")
        if sum(entry.compress_size for entry in entries) > os.path.getsize(self.path):
            raise FileContentError(
                f"The members of {self.path!r} claim more bytes than the file has, so they overlap, or it is broken."
                " Copy or save it again."
            )
        return {name: entry for name, entry in found.items() if not name.endswith("/")}

    def __enter__(self) -> KerasArchive:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def names(self) -> list[str]:
        """Names of the parts, with ``/`` between folders."""
        return [*self._files, *self._members]

    def sizes(self, name: str) -> tuple[int, int]:
        """Return the size of a part, and that which it has in the file, where it may be compressed.

        Raises:
            FileContentError: there is no such part, or it is not one that is read.
        """
        if name in self._members:
            entry = self._members[name]
            return entry.file_size, entry.compress_size
        if name not in self._files:
            raise FileContentError(
                f"{self.path!r} has no {name!r}, so it is not a whole model in Keras's format. It has:"
                f" {sorted(self.names())[:10]}. Save the model again with `model.save`."
            )
        path, fault = self._files[name]
        if fault is not None:
            raise FileContentError(f"{name!r} in {self.path!r} {fault}.")
        size = os.path.getsize(path)
        return size, size

    def copy(self, name: str, target: Any) -> None:
        """Copy a part into a binary file object.

        Raises:
            FileContentError: there is no such part, or it is broken.
            FileLimitError: it is compressed more than limits allow.
        """
        size, stored = self.sizes(name)
        if self._zip is None:
            with open(self._files[name][0], "rb") as part:
                shutil.copyfileobj(part, target)
            return
        method = self._members[name].compress_type
        if method not in _METHODS:
            raise FileContentError(
                f"{name!r} in {self.path!r} is compressed by method {method}. Members that are stored or deflated are"
                " read: pack the file again without compression."
            )
        current_limits().check_ratio(f"{name!r} in {self.path!r}", stored, size)
        with self._opened(name) as part:
            shutil.copyfileobj(part, target, 1 << 20)

    @contextmanager
    def _opened(self, name: str) -> Iterator[Any]:
        assert self._zip is not None
        try:
            with self._zip.open(self._members[name]) as part:
                yield part
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise FileContentError(
                f"{name!r} in {self.path!r} is broken: {error}. Copy or save the file again."
            ) from error

    def json(self, name: str) -> dict[str, Any]:
        """Return a part that is a JSON object.

        Raises:
            FileContentError: it is none.
            FileLimitError: it is larger than a config may be, with those read before.
        """
        self._json_bytes += self.sizes(name)[0]
        limit = current_limits().config_bytes
        if self._json_bytes > limit:
            raise too_much(f"{name!r} in {self.path!r} has {self._json_bytes:,} bytes", "config_bytes", limit)
        buffer = io.BytesIO()
        self.copy(name, buffer)
        found = parsed_json(buffer.getvalue(), f"{name!r} in {self.path!r}")
        if not isinstance(found, dict):
            raise FileContentError(
                f"{name!r} in {self.path!r} is not a JSON object but {type(found).__name__}. Save the model again."
            )
        return found

    @contextmanager
    def opened_weights(self, check_first: bool = False) -> Iterator[Any]:
        """Open the HDF5 file of the weights.

        Args:
            check_first: Whether all its bytes are read before, to compare them with the checksum; else this comes at
                the end, unless who reads the arrays did it on the way.

        Raises:
            FileContentError: it is missing or broken.
        """
        with contextlib.ExitStack() as stack:
            part = self._part(WEIGHTS, stack)
            if part is not None:
                with self._checked(part, check_first), opened_h5(part, f"{self.path}/{WEIGHTS}") as root:
                    yield root
                return
            file = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=1 << 28))
            self.copy(WEIGHTS, file)
            file.seek(0)
            with opened_h5(file, f"{self.path}/{WEIGHTS}") as root:
                yield root

    @contextmanager
    def _checked(self, part: FilePart, first: bool) -> Iterator[None]:
        if first:
            part.check()
        try:
            yield
        except FileContentError:
            part.check()  # if its bytes are wrong, this is why
            raise
        part.check()

    def _part(self, name: str, stack: contextlib.ExitStack) -> FilePart | None:
        """Return a part that is read where it lies; None if it has to be unpacked."""
        size, stored = self.sizes(name)
        source = f"{name!r} in {self.path!r}"
        if self._zip is None:
            return FilePart(stack.enter_context(open(self._files[name][0], "rb", buffering=0)), source=source)
        entry = self._members[name]
        if entry.compress_type != zipfile.ZIP_STORED or size != stored:
            return None
        with self._opened(name):  # which looks at its header
            pass
        file = stack.enter_context(open(self.path, "rb", buffering=0))
        opened = self._zip.fp
        if opened is None or not os.path.sameopenfile(file.fileno(), opened.fileno()):  # replaced in the meantime
            return None
        file.seek(entry.header_offset)
        lengths = struct.unpack("<26x2H", file.read(_HEADER))
        start = entry.header_offset + _HEADER + sum(lengths)
        return FilePart(file, start, size, entry.CRC, source)

    def declared_weights(self) -> int:
        """Return the size of the weights when they are unpacked, in bytes.

        Raises:
            FileContentError: they are broken.
            FileLimitError: they are compressed more than the limits allow.
        """
        with self.opened_weights() as root:
            return declared_bytes(root, self.sizes(WEIGHTS)[1])

    def weights(self, model: Any, skip_mismatch: bool = False) -> None:
        """Set the weights of a model that is in use, and the state of its optimizer.

        Raises:
            FileContentError: they are broken, or do not fit; nothing has been changed.
        """
        version = self.json(METADATA).get("keras_version") if METADATA in self.names() else None
        version = None if version is None else str(version)
        with self.opened_weights(check_first=True) as root:
            LoadingPlan(model, root, self.path, skip_mismatch, version=version).carry_out()


def _first_bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(8)
