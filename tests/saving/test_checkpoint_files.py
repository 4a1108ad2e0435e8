"""Folders of checkpoints that strangers may have made: nothing in them runs, and nothing changes if they do not fit."""

from __future__ import annotations

import json
import pickle
import shutil

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving import FileLimits
from torchkeras_compat.saving.checkpoint_files import INDEX, METADATA, is_checkpoint, steps_of, write_checkpoint


def make(units=2):
    return ours.Sequential([ours.Input((3,)), layers.Dense(units, name="d")], name="m")


def written(folder, model=None):
    model = model or make()
    state = {f"trainable_variables/{v.path}": v.value.detach().clone() for v in model.trainable_variables}
    write_checkpoint(folder, state, {})
    return model


def edit(folder, change):
    index = json.loads((folder / INDEX).read_text())
    change(index)
    (folder / INDEX).write_text(json.dumps(index))


def test_all_dtypes_and_shapes_come_back(tmp_path):
    class Holds(layers.Layer):
        def __init__(self):
            super().__init__()
            for i, (shape, dtype) in enumerate(
                [((), "int64"), ((0, 3), "float32"), ((2, 1), "bfloat16"), ((3,), "float16"), ((2,), "bool")]
            ):
                self.add_weight(shape=shape, dtype=dtype, initializer="ones", trainable=False, name=f"w{i}")

    one, other = Holds(), Holds()
    one.built = other.built = True
    state = {f"non_trainable_variables/{v.path}": v.value.clone() for v in one.variables}
    for v in other.variables:
        v.assign(torch.zeros_like(v.value))
    write_checkpoint(tmp_path / "5", state, {"a/b.txt": "text", "c": b"\x00"})
    assert (tmp_path / "5" / "a" / "b.txt").read_text() == "text"
    ours.saving.load_weights(other, tmp_path)
    for a, b in zip(one.variables, other.variables, strict=True):
        assert a.value.dtype == b.value.dtype and torch.equal(a.value, b.value)


def test_the_last_step_is_that_with_the_largest_number(tmp_path):
    for step in (2, 10):
        written(tmp_path / str(step))
    (tmp_path / "99").mkdir()
    (tmp_path / "x").mkdir()
    assert list(steps_of(tmp_path)) == [2, 10]
    assert is_checkpoint(tmp_path) and is_checkpoint(tmp_path / "2") and not is_checkpoint(tmp_path / "99")
    assert not is_checkpoint(tmp_path / "nowhere")


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle of the file was run",))


def test_no_pickle_of_a_file_is_run(tmp_path):
    model = written(tmp_path / "1")
    (tmp_path / "1" / METADATA).write_bytes(pickle.dumps(Bomb()))
    make().load_weights(tmp_path)
    data = next((tmp_path / "1").glob("*.distcp"))
    torch.save(Bomb(), tmp_path / "bomb.pt")
    whole = data.read_bytes()
    bomb = (tmp_path / "bomb.pt").read_bytes()
    data.write_bytes(bomb + whole[len(bomb) :] if len(bomb) < len(whole) else bomb)
    with pytest.raises(FileContentError):
        make().load_weights(tmp_path)
    assert model.built


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index.update(format=2),
        lambda index: index.update(tensors=[]),
        lambda index: first(index).update(offset=-1),
        lambda index: first(index).update(offset=10**12),
        lambda index: first(index).update(length=10**12),
        lambda index: first(index).update(length=1.5),
        lambda index: first(index).update(shape=[10**12]),
        lambda index: first(index).update(shape=[10**12, 0]),
        lambda index: first(index).update(shape=[10**6] * 10**4),
        lambda index: first(index).update(shape="3"),
        lambda index: first(index).update(dtype="object"),
        lambda index: first(index).update(dtype=3),
        lambda index: first(index).update(file="../../other.distcp"),
        lambda index: first(index).update(file="/etc/passwd"),
        lambda index: first(index).update(file="__9_9.distcp"),
        lambda index: index["tensors"].update(x=3),
        lambda index: index["tensors"].pop(next(iter(index["tensors"]))),
    ],
)
def test_an_index_that_does_not_fit_changes_nothing(change, tmp_path):
    written(tmp_path / "1")
    edit(tmp_path / "1", change)
    model = make()
    before = model.get_weights()
    with pytest.raises(FileContentError):
        model.load_weights(tmp_path)
    for found, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)


def first(index):
    return next(iter(index["tensors"].values()))


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    written(tmp_path / "1")
    data = next((tmp_path / "1").glob("*.distcp"))
    data.rename(tmp_path / "outside")
    data.symlink_to(tmp_path / "outside")
    with pytest.raises(FileContentError, match="lies outside its files"):
        make().load_weights(tmp_path)


def test_a_large_index_is_not_read(tmp_path):
    written(tmp_path / "1")
    with pytest.raises(FileContentError, match="larger than 10 bytes"):
        ours.saving.load_weights(make(), tmp_path, limits=FileLimits(config_bytes=10))
    with pytest.raises(FileLimitError):
        ours.saving.load_weights(make(), tmp_path, limits=FileLimits(members=1))


def test_another_model_is_refused_or_skipped(tmp_path):
    written(tmp_path / "1")
    other = make(units=5)
    before = other.get_weights()
    with pytest.raises(FileContentError, match=r"'m/d/kernel' .* shape \(3, 5\), and the checkpoint has \(3, 2\)"):
        other.load_weights(tmp_path)
    with pytest.warns(UserWarning, match="keeps its value"):
        other.load_weights(tmp_path, skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[0], before[0])
    deeper = ours.Sequential([ours.Input((3,)), layers.Dense(2), layers.Dense(2)])
    with pytest.raises(FileContentError, match="has 2 trainable variables, and model .* has 4"):
        deeper.load_weights(tmp_path)


def test_the_older_step_stays_when_a_new_one_cannot_be_written(tmp_path, monkeypatch):
    model = written(tmp_path / "1")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torch.distributed.checkpoint.state_dict_saver._save_state_dict", full)
    with pytest.raises(OSError, match="What was there is as it was"):
        write_checkpoint(tmp_path / "1", {"trainable_variables/a": torch.ones(2)}, {})
    assert [p.name for p in tmp_path.iterdir()] == ["1"]
    other = make()
    other.load_weights(tmp_path)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    shutil.rmtree(tmp_path / "1")
    with pytest.raises(ValueError, match="File format not supported"):
        other.load_weights(tmp_path)
