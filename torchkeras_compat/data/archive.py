"""Archives unpacked into a folder, and nowhere else."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

FORMATS = ("tar", "zip")


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


def extract_archive(archive: Path, folder: Path, formats: tuple[str, ...] = FORMATS) -> None:
    """Unpack an archive so that ``folder`` holds exactly its members.

    The members are unpacked beside ``folder`` and take its place when all of them are there, so an interruption leaves
    neither half an archive nor an empty folder.

    Args:
        archive: A tar file (also gzip, bzip2 or xz) or a zip file.
        folder: Made, or replaced.
        formats: The formats to try.

    Raises:
        ValueError: no archive of these formats, a broken one, or one with a member outside its folder: an absolute
            path, ``..``, a link that leads out, a device.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
        unpacked = Path(beside) / "new"
        unpacked.mkdir()
        try:
            if "tar" in formats and tarfile.is_tarfile(archive):
                _unpack_tar(archive, unpacked)
            elif "zip" in formats and zipfile.is_zipfile(archive):
                _unpack_zip(archive, unpacked)
            else:
                raise ValueError(
                    f"Could not extract archive: {archive} is none of the formats {', '.join(formats)}. "
                    "Check `origin`, or leave `extract` out."
                )
        except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
            raise ValueError(f"Could not extract archive: {archive} is broken: {error}") from error
        if folder.is_dir() and not folder.is_symlink():
            folder.rename(Path(beside) / "old")
        elif folder.exists() or folder.is_symlink():
            folder.unlink()
        shutil.move(unpacked, folder)


def _unpack_tar(archive: Path, folder: Path) -> None:
    if not hasattr(tarfile, "data_filter"):
        raise ValueError("Extracting tar files safely needs Python 3.11.4 or newer.")
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            _refuse_outside(member.name, folder, archive)
        try:
            tar.extractall(folder, filter="data")  # refuses links that lead out, and devices
        except tarfile.FilterError as error:
            raise _unsafe(archive, error.tarinfo.name) from error


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        for name in file.namelist():
            _refuse_outside(name, folder, archive)
        file.extractall(folder)


def _refuse_outside(name: str, folder: Path, archive: Path) -> None:
    parts = name.replace("\\", "/")
    if ".." in parts.split("/") or not (folder / parts).resolve().is_relative_to(folder.resolve()):
        raise _unsafe(archive, name)


def _unsafe(archive: Path, name: str) -> ValueError:
    return ValueError(
        f"Could not extract archive: member {name!r} of {archive} would be written outside its folder. Nothing was "
        "extracted. Do not trust this archive."
    )
