"""Archives unpacked into a folder, and nowhere else."""

from __future__ import annotations

import importlib
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.reading import is_of_the_system

FORMATS = ("tar", "zip")
_LARGEST_HEADER = 1 << 20  # bytes; headers of tar files are read whole, and may claim any size
# Modules by the first bytes of what they unpack, imported when met: some builds of Python lack one.
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "lzma", b"\x5d\x00\x00": "lzma"}


@dataclass(frozen=True)
class ArchiveLimits:
    """What may come out of an archive.

    Args:
        ratio: Largest ratio of the size of what is unpacked to the size of the archive.
        spare_bytes: Size up to which the ratio does not matter, in bytes.
        members: Largest number of files and folders.
    """

    ratio: float = 100.0
    spare_bytes: int = 256 << 20
    members: int = 1_000_000

    def largest(self, archive: Path) -> int:
        """Return how many bytes may come out of an archive."""
        return int(max(self.spare_bytes, self.ratio * archive.stat().st_size))


def formats_of(archive_format: Any) -> tuple[str, ...]:
    """Return the formats to try.

    Args:
        archive_format: ``"auto"`` for all of them, a name, or a list of names.

    Raises:
        ValueError: none, or one that is neither ``"tar"`` nor ``"zip"``.
    """
    if archive_format == "auto":
        return FORMATS
    names = (archive_format,) if isinstance(archive_format, str) else tuple(archive_format or ())
    if not names or not set(names) <= set(FORMATS):
        raise ValueError(f"`archive_format` must be 'auto', 'tar' or 'zip' to extract. Received: {archive_format!r}")
    return names


def extract_archive(
    archive: Path, folder: Path, formats: tuple[str, ...] = FORMATS, limits: ArchiveLimits | None = None
) -> None:
    """Unpack an archive so that ``folder`` holds exactly its members.

    The members are unpacked beside ``folder`` and take its place when all of them are there, so an interruption leaves
    neither half an archive nor an empty folder.

    Args:
        archive: A tar file (also gzip, bzip2 or xz) or a zip file.
        folder: Made, or replaced.
        formats: The formats to try.
        limits: How much may come out of it; None for the default.

    Raises:
        FileContentError: no archive of these formats, a broken one, or one with a member outside its folder: an
            absolute path, ``..``, a link that leads out, a member behind a link, a device.
        FileLimitError: more would come out than the limits allow.
        ImportError: this Python was built without the compression that the archive has.
        OSError: the system raised it, as for a full disk.
    """
    limits = limits or ArchiveLimits()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
        unpacked = Path(beside) / "new"
        unpacked.mkdir()
        with _errors_of_archives(archive):
            if "tar" in formats and _is_tar(archive, limits):
                _unpack_tar(archive, unpacked, limits)
            elif "zip" in formats and zipfile.is_zipfile(archive):
                _unpack_zip(archive, unpacked, limits)
            else:
                raise FileContentError(
                    f"Could not extract archive: {archive} is none of the formats {', '.join(formats)}. "
                    "Check `origin`, or leave `extract` out."
                )
        if folder.is_dir() and not folder.is_symlink():
            folder.rename(Path(beside) / "old")
        elif folder.exists() or folder.is_symlink():
            folder.unlink()
        shutil.move(unpacked, folder)


@contextmanager
def _errors_of_archives(archive: Path) -> Iterator[None]:
    try:
        yield
    except FileContentError:
        raise
    except Exception as error:  # `tarfile` and `zipfile` raise what comes, on bytes that are not theirs
        if is_of_the_system(error):
            raise
        if isinstance(error, ImportError):
            raise ImportError(
                f"Could not extract archive: {archive} is compressed, and this Python was built without the module"
                f" {error.name!r}. Unpack it by hand, or use a Python that has the module."
            ) from error
        raise FileContentError(
            f"Could not extract archive: {archive} is broken: {type(error).__name__}: {error}. Download it again."
        ) from error


class _Bounded:
    """A binary stream that is read up to a number of bytes, and in pieces of a limited size.

    Args:
        file: The stream.
        largest: Number of bytes.
        archive: Path for messages.
    """

    def __init__(self, file: Any, largest: int, archive: Path) -> None:
        self.file = file
        self.largest = largest
        self.archive = archive

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _LARGEST_HEADER:
            raise FileLimitError(
                f"Could not extract archive: a header of {self.archive} claims {size:,} bytes. Do not trust this"
                " archive."
            )
        found: bytes = self.file.read(size)
        self._check(self.file.tell())
        return found

    def seek(self, place: int, whence: int = 0) -> int:
        # Sparse and long members are skipped by a jump, which unpacks what lies between.
        self._check(place if whence == 0 else 0)
        return int(self.file.seek(place, whence))

    def tell(self) -> int:
        return int(self.file.tell())

    def _check(self, place: int) -> None:
        if place > self.largest:
            raise _too_large(self.archive, self.largest)


@contextmanager
def _opened_tar(archive: Path, limits: ArchiveLimits) -> Iterator[tarfile.TarFile]:
    with archive.open("rb") as raw:
        start = raw.read(6)
    module = next((module for magic, module in _COMPRESSIONS.items() if start.startswith(magic)), None)
    opener: Any = open if module is None else importlib.import_module(module).open
    with opener(archive, "rb") as stream:
        bounded: Any = _Bounded(stream, limits.largest(archive) + 4 * _LARGEST_HEADER, archive)
        with tarfile.open(fileobj=bounded, mode="r:") as tar:
            yield tar


def _is_tar(archive: Path, limits: ArchiveLimits) -> bool:
    try:
        with _opened_tar(archive, limits):
            return True
    except FileLimitError:
        raise
    except Exception as error:  # each compression has errors of its own
        if is_of_the_system(error) or isinstance(error, (ImportError, MemoryError)):
            raise
        return False


def _unpack_tar(archive: Path, folder: Path, limits: ArchiveLimits) -> None:
    if not hasattr(tarfile, "data_filter"):
        raise FileContentError("Extracting tar files safely needs Python 3.11.4 or newer.")
    largest, size, count = limits.largest(archive), 0, 0
    links: set[Path] = set()
    with _opened_tar(archive, limits) as tar:
        for member in tar:
            count, size = count + 1, size + max(member.size, 0)
            if count > limits.members:
                raise _too_many(archive, limits)
            if size > largest:
                raise _too_large(archive, largest)
            _refuse_outside(member.name, folder, archive)
            # A link may be followed only to what `data_filter` checked; nothing is written behind one.
            place = folder / member.name
            if any(parent in links for parent in (place, *place.parents)):
                raise _unsafe(archive, member.name)
            if member.issym() or member.islnk():
                links.add(place)
            try:
                tar.extract(member, folder, filter="data")  # refuses links that lead out, and devices
            except tarfile.FilterError as error:
                raise _unsafe(archive, error.tarinfo.name) from error


def _unpack_zip(archive: Path, folder: Path, limits: ArchiveLimits) -> None:
    with zipfile.ZipFile(archive) as file:
        entries = file.infolist()
        if len(entries) > limits.members:
            raise _too_many(archive, limits)
        largest = limits.largest(archive)
        if sum(entry.file_size for entry in entries) > largest:
            raise _too_large(archive, largest)
        for entry in entries:
            _refuse_outside(entry.filename, folder, archive)
        file.extractall(folder)


def _refuse_outside(name: str, folder: Path, archive: Path) -> None:
    parts = name.replace("\\", "/")
    if "\0" in name or ".." in parts.split("/") or not (folder / parts).resolve().is_relative_to(folder.resolve()):
        raise _unsafe(archive, name)


def _unsafe(archive: Path, name: str) -> FileContentError:
    return FileContentError(
        f"Could not extract archive: member {name!r} of {archive} would be written outside its folder. Nothing was "
        "extracted. Do not trust this archive."
    )


def _too_large(archive: Path, largest: int) -> FileLimitError:
    return FileLimitError(
        f"Could not extract archive: {archive} unpacks to more than {largest:,} bytes. Nothing was extracted. If you"
        " trust it, pass `limits=ArchiveLimits(ratio=...)`, from `keras.utils`, with a larger ratio."
    )


def _too_many(archive: Path, limits: ArchiveLimits) -> FileLimitError:
    return FileLimitError(
        f"Could not extract archive: {archive} has more than {limits.members:,} members. Nothing was extracted. If you"
        " trust it, pass `limits=ArchiveLimits(members=...)`, from `keras.utils`, with a larger number."
    )
