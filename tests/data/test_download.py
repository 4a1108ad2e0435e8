"""get_file: file URLs, a server on the loopback, hashes, archives that would write elsewhere."""

from __future__ import annotations

import functools
import http.server
import io
import os
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from torchkeras_compat import config
from torchkeras_compat.data.checksum import hash_of_file
from torchkeras_compat.data.download import get_file


@pytest.fixture(autouse=True)
def quiet():
    before = config.is_interactive_logging_enabled()
    config.disable_interactive_logging()
    yield
    if before:
        config.enable_interactive_logging()


@pytest.fixture
def source(tmp_path):
    """A folder to download from."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.txt").write_text("first")
    with tarfile.open(folder / "a.tar.gz", "w:gz") as tar:
        tar.add(folder / "a.txt", arcname="deep/a.txt")
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        file.write(folder / "a.txt", arcname="deep/a.txt")
    return folder


@pytest.fixture
def server(source):
    """URL of a server for that folder, and the paths it was asked for."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            if not self.path.startswith("/parts/"):
                asked.append(self.path)

        def do_GET(self):
            if self.path.startswith("/parts/"):
                return self.send_part(Path(source / Path(self.path).name).read_bytes())
            if self.path != "/short":
                return super().do_GET()
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"too short")

        def send_part(self, content):
            """What a ``Range`` asks for; without one a first half, and then the connection ends."""
            start = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
            asked.append(f"{self.path} from {start or 0}")
            if int(start or 0) >= len(content):
                return self.send_error(416)
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - int(start or 0)))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            self.wfile.write(content[int(start) :] if start else content[: len(content) // 2])

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=source)) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))


@pytest.mark.parametrize(
    ("fname", "file", "options"),
    [
        ("x.txt", "a.txt", {}),
        (None, "a.txt", {"cache_subdir": "other"}),
        (None, "a.tar.gz", {"extract": True}),
        ("folder", "a.zip", {"extract": True}),
        ("b.zip", "a.zip", {"extract": True, "archive_format": "zip"}),
        ("b.txt.tar.gz", "a.tar.gz", {"untar": True}),
        ("folder", "a.tar.gz", {"untar": True}),
    ],
)
def test_files_lie_where_keras_puts_them(real_keras, source, tmp_path, fname, file, options, capsys):
    origin = (source / file).as_uri()
    (tmp_path / "theirs").mkdir()  # Keras takes another place if it cannot write there
    mine = get_file(fname, origin, cache_dir=tmp_path / "mine", **options)
    real_keras.utils.disable_interactive_logging()
    try:
        theirs = real_keras.utils.get_file(fname, origin, cache_dir=tmp_path / "theirs", **options)
    finally:
        real_keras.utils.enable_interactive_logging()
    assert os.path.relpath(mine, tmp_path / "mine") == os.path.relpath(theirs, tmp_path / "theirs")
    assert tree(tmp_path / "mine") == tree(tmp_path / "theirs")
    assert isinstance(mine, str)


def test_a_file_is_downloaded_once(server, tmp_path):
    url, asked = server
    for _ in range(2):
        assert Path(get_file(origin=f"{url}/a.txt?version=1", cache_dir=tmp_path)).read_text() == "first"
    assert asked == ["/a.txt?version=1"]
    get_file(origin=f"{url}/a.txt?version=1", cache_dir=tmp_path, force_download=True)
    assert len(asked) == 2


def test_keras_home_is_the_default(source, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    path = get_file(origin=(source / "a.txt").as_uri())
    assert path == str(tmp_path / "home" / "datasets" / "a.txt")


def test_a_hash_decides_about_the_cache(source, tmp_path):
    origin = (source / "a.txt").as_uri()
    path = Path(get_file("x", origin, cache_dir=tmp_path, md5_hash=hash_of_file(source / "a.txt", "md5")))
    (source / "a.txt").write_text("second")
    assert Path(get_file("x", origin, cache_dir=tmp_path)).read_text() == "first"
    with pytest.raises(ValueError, match="the sha256 hash of what .* is not 000"):
        get_file("x", origin, cache_dir=tmp_path, file_hash="0" * 64)
    assert path.read_text() == "first"  # a bad download replaces nothing
    assert tree(tmp_path / "datasets") == ["x"]
    get_file("x", origin, cache_dir=tmp_path, file_hash=hash_of_file(source / "a.txt").upper())
    assert path.read_text() == "second"


def test_a_new_archive_replaces_the_old_members(source, tmp_path):
    origin = (source / "a.zip").as_uri()
    folder = Path(get_file("x", origin, cache_dir=tmp_path, extract=True))
    with zipfile.ZipFile(source / "a.zip", "w") as file:
        file.writestr("b.txt", "new")
    assert tree(get_file("x", origin, cache_dir=tmp_path, extract=True)) == ["deep", "deep/a.txt"]
    get_file("x", origin, cache_dir=tmp_path, extract=True, force_download=True)
    assert tree(folder) == ["b.txt"]


@pytest.mark.parametrize(
    ("path", "message"), [("/none.txt", "404 -- File not found"), ("/short", "received 9 of 1000 bytes")]
)
def test_a_failed_download_leaves_nothing(server, tmp_path, path, message):
    with pytest.raises(OSError, match=f"URL fetch failure on {server[0]}{path}: {message}"):
        get_file("x", server[0] + path, cache_dir=tmp_path)
    assert tree(tmp_path / "datasets") == []


def test_an_interrupted_download_is_resumed(server, source, tmp_path):
    url, asked = server
    file_hash = hash_of_file(source / "a.zip")
    half = (source / "a.zip").stat().st_size // 2
    with pytest.raises(OSError, match=f"received {half} of"):
        get_file("x", f"{url}/parts/a.zip", cache_dir=tmp_path, file_hash=file_hash)
    assert tree(tmp_path / "datasets") == ["x.partial"]
    path = get_file("x", f"{url}/parts/a.zip", cache_dir=tmp_path, file_hash=file_hash)
    assert Path(path).read_bytes() == (source / "a.zip").read_bytes()
    assert tree(tmp_path / "datasets") == ["x"]
    assert asked == ["/parts/a.zip from 0", f"/parts/a.zip from {half}"]


@pytest.mark.parametrize("first_half", [b"of another file", b"longer than the file that there is by much" * 100])
def test_a_first_half_of_something_else_is_not_kept(server, source, tmp_path, first_half):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "x.partial").write_bytes(first_half)
    file_hash = hash_of_file(source / "a.zip")
    with pytest.raises(OSError, match="received"):  # the server sends parts: a first half again
        get_file("x", f"{server[0]}/parts/a.zip", cache_dir=tmp_path, file_hash=file_hash)
    assert (tmp_path / "datasets" / "x.partial").read_bytes() in (source / "a.zip").read_bytes()
    path = get_file("x", f"{server[0]}/a.zip", cache_dir=tmp_path, file_hash=file_hash)  # from here it comes whole
    assert Path(path).read_bytes() == (source / "a.zip").read_bytes()
    assert tree(tmp_path / "datasets") == ["x"]


def test_without_a_hash_nothing_is_resumed(server, tmp_path):
    with pytest.raises(OSError, match="received"):
        get_file("x", f"{server[0]}/parts/a.zip", cache_dir=tmp_path)
    assert tree(tmp_path / "datasets") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, 'specify the "origin"'),
        ({"origin": "a.txt"}, "must be a URL"),
        ({"fname": "../a", "origin": "file:///a"}, "fname='../a'"),
        ({"origin": "file:///"}, "name of one file"),
        ({"origin": "file:///a", "file_hash": "abc"}, "3 characters"),
        ({"origin": "file:///a", "file_hash": "0" * 32, "hash_algorithm": "sha256"}, "32 characters"),
        ({"origin": "file:///a", "file_hash": "0" * 64, "hash_algorithm": "crc"}, "Received: 'crc'"),
        ({"origin": "file:///a", "extract": True, "archive_format": "rar"}, "Received: 'rar'"),
        ({"origin": "file:///a", "extract": True, "archive_format": None}, "Received: None"),
    ],
)
def test_bad_arguments_are_refused(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        get_file(cache_dir=tmp_path, **options)


def member(name, **attributes):
    info = tarfile.TarInfo(name)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    "members",
    [
        [member("../out.txt", size=1)],
        [member("a/../../out.txt", size=1)],
        [member("link", type=tarfile.SYMTYPE, linkname="..")],
        [member("link", type=tarfile.SYMTYPE, linkname="/"), member("link/out.txt", size=1)],
        [member("hard", type=tarfile.LNKTYPE, linkname="../../x")],
        [member("device", type=tarfile.CHRTYPE)],
    ],
    ids=lambda members: members[0].name,
)
def test_a_tar_file_cannot_write_elsewhere(tmp_path, members):
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        for info in members:
            tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(ValueError, match="outside its folder. Nothing was extracted"):
        get_file("bad", (tmp_path / "bad.tar").as_uri(), cache_dir=tmp_path / "cache", extract=True)
    assert tree(tmp_path / "cache") == ["datasets", "datasets/bad_archive"]
    assert not list(tmp_path.rglob("out.txt"))


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", "..\\out.txt"])
def test_a_zip_file_cannot_write_elsewhere(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        file.writestr(name, "x")
    with pytest.raises(ValueError, match="outside its folder"):
        get_file("bad", (tmp_path / "bad.zip").as_uri(), cache_dir=tmp_path / "cache", extract=True)
    assert tree(tmp_path / "cache") == ["datasets", "datasets/bad_archive"]


def test_what_is_not_an_archive_is_said(source, tmp_path):
    with pytest.raises(ValueError, match="none of the formats tar, zip"):
        get_file("x", (source / "a.txt").as_uri(), cache_dir=tmp_path, extract=True)
    (source / "cut.tar.gz").write_bytes((source / "a.tar.gz").read_bytes()[:60])
    with pytest.raises(ValueError, match="Could not extract archive"):
        get_file("y", (source / "cut.tar.gz").as_uri(), cache_dir=tmp_path, extract=True)


def test_the_url_is_announced(source, tmp_path, capsys):
    config.enable_interactive_logging()
    get_file(origin=(source / "a.txt").as_uri(), cache_dir=tmp_path)
    assert capsys.readouterr().out == f"Downloading data from {(source / 'a.txt').as_uri()}\n"
