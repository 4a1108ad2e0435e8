from __future__ import annotations

import pytest

pandas = pytest.importorskip("pandas")

from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator  # noqa: E402
from torchkeras_compat.legacy.preprocessing.image.old_frames import frame_of_old_arguments  # noqa: E402
from torchkeras_compat.utils.image_files import save_img  # noqa: E402


def test_older_arguments(tmp_path):
    for name in ("a.png", "b.jpg"):
        save_img(tmp_path / name, [[[1], [2]]])
    frame = pandas.DataFrame({"filename": ["b", "a", "b", "z"], "class": ["x", "y", "x", "y"]})
    found = frame_of_old_arguments(frame, tmp_path, "filename", has_ext=False)
    assert found["filename"].tolist() == ["b.jpg", "a.png", "b.jpg", "z"]
    flow = ImageDataGenerator().flow_from_dataframe
    with pytest.warns(UserWarning, match="1 invalid"):
        batches = flow(frame, tmp_path, has_ext=False, drop_duplicates=True, sort=True)
    assert batches.filenames == ["a.png", "b.jpg"]
    assert frame["filename"].tolist() == ["b", "a", "b", "z"]
    with pytest.raises(TypeError, match="'has_text'.*has_ext"):
        flow(frame, tmp_path, has_text=True)
    found = flow(frame, tmp_path, y_col="class", class_mode="other", validate_filenames=False)
    assert found.labels.tolist() == ["x", "y", "x", "y"]
