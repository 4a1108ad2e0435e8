"""Files of a folder: what leads out of it is not read."""

from __future__ import annotations

import ntpath
import os
import pathlib

import pytest

from torchkeras_compat.saving import folder_members as module
from torchkeras_compat.saving.folder_members import folder_members


def test_links_out_are_distinguished_from_files(tmp_path):
    folder = tmp_path / "m"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a").write_text("")
    (tmp_path / "m2").write_text("")  # begins as the folder does
    (folder / "out").symlink_to(tmp_path / "m2")
    (folder / "in").symlink_to(folder / "deep" / "a")
    found = folder_members(str(folder))
    assert {name for name, (_, fault) in found.items() if fault is None} == {"deep/a", "in"}
    assert "leads out of the folder" in found["out"][1]


@pytest.mark.parametrize(("real", "leads_out"), [(r"D:\x\a", True), (r"C:\n\a", True), (r"\\host\share\a", True)])
def test_another_drive_is_outside(monkeypatch, real, leads_out):
    class Windows:
        path = ntpath
        stat = staticmethod(os.stat)

    monkeypatch.setattr(ntpath, "realpath", lambda path: path)
    monkeypatch.setattr(module, "os", Windows)
    monkeypatch.setattr(module, "Path", pathlib.PureWindowsPath, raising=False)
    assert ("leads out" in module._fault(real, r"C:\m")) is leads_out
