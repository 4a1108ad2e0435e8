"""Archives and the compressions that this Python has."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from torchkeras_compat.data.archive import extract_archive
from torchkeras_compat.errors import FileContentError

PACK = {"gzip": gzip.compress, "bz2": bz2.compress, "lzma": lzma.compress, "": bytes}


def packed(tmp_path, module, content=None):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("a.txt")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    path = tmp_path / "a.tar"
    path.write_bytes(PACK[module](buffer.getvalue() if content is None else content))
    return path


@pytest.mark.parametrize("module", PACK)
def test_every_compression_is_unpacked(tmp_path, module):
    extract_archive(packed(tmp_path, module), tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"abc"


@pytest.mark.parametrize("module", PACK)
def test_what_is_not_a_tar_file_below_its_compression_is_said(tmp_path, module):
    with pytest.raises(FileContentError, match="is none of the formats tar, zip"):
        extract_archive(packed(tmp_path, module, b"no tar file"), tmp_path / "out")
    path = packed(tmp_path, module)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(FileContentError, match="is none of the formats tar, zip"):
        extract_archive(path, tmp_path / "out")


@pytest.mark.parametrize("module", ["bz2", "lzma"])
def test_a_python_without_a_compression_says_so_when_it_meets_one(tmp_path, module):
    lacking, other = packed(tmp_path, module), tmp_path / "other.tar"
    packed(tmp_path, "gzip").rename(other)
    packed(tmp_path, module)
    script = (
        "import sys; sys.modules[sys.argv[1]] = sys.modules['_' + sys.argv[1]] = None\n"
        "from pathlib import Path\n"
        "from torchkeras_compat.data.archive import extract_archive\n"
        "extract_archive(Path(sys.argv[3]), Path(sys.argv[4]))\n"
        "try:\n"
        "    extract_archive(Path(sys.argv[2]), Path(sys.argv[4]))\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", script, module, str(lacking), str(other), str(tmp_path / "out")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"was built without the module '{module}'" in found.stdout, found.stderr


def test_an_error_of_the_system_is_no_other_format(tmp_path, monkeypatch):
    path = packed(tmp_path, "gzip")
    opened = Path.open

    def fails(self, *arguments, **options):
        if self == path:
            raise OSError(errno.EIO, "broken disk")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(OSError, match="broken disk") as raised:
        extract_archive(path, tmp_path / "out")
    assert raised.value.errno == errno.EIO and not (tmp_path / "out").exists()
