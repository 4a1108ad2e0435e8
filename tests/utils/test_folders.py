"""Data sets from folders: which files, which labels, which order, and what is in a batch."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from torchkeras_compat import layers, models, utils
from torchkeras_compat.utils.folder_index import index_folder, shuffled_index
from torchkeras_compat.utils.wave_files import read_wave, resampled

RNG = np.random.default_rng(0)


def write_image(path, shape=(10, 16, 3), fill=None):
    pixels = RNG.integers(0, 256, shape, dtype="uint8") if fill is None else np.full(shape, fill, "uint8")
    Image.fromarray(pixels).save(path)


def write_wave(path, samples, rate=8000, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(np.asarray(samples).astype("<i2").tobytes())


def write_text(path, text):
    Path(path).write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """Classes a (4 files), b (3), c (3), with a nested folder and files that do not count."""
    root = tmp_path / "data"
    for name in ("b", "a", "c", ".hidden", "a/deep"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for i in range(9):
        write_image(root / "abc"[i % 3] / f"im{i}.png", (6 + i, 9, 3), fill=10 * i)
    write_image(root / "a/deep/im9.PNG", fill=90)
    for name in ("a/notes.txt", "readme.md"):
        write_text(root / name, "no image")
    return root


def relative(dataset, folder):
    return [os.path.relpath(path, folder) for path in dataset.file_paths]


@pytest.mark.parametrize("labels", ["inferred", None, [3, 1, 3, 1, 1, 3, 1, 3, 3, 1, 1]])
@pytest.mark.parametrize("seed", [None, 0, 1337])
def test_files_labels_and_order_are_those_of_keras(real_keras, folder, labels, seed):
    write_image(folder / ".hidden" / "x.png")  # no class, but one of all files
    index_directory = real_keras.src.utils.dataset_utils.index_directory
    given = list(labels) if isinstance(labels, list) else labels  # Keras shuffles the list that it is given
    theirs = index_directory(str(folder), given, (".png",), shuffle=seed is not None, seed=seed, verbose=False)
    mine = index_folder(folder, (".png",), labels)
    mine = mine if seed is None else shuffled_index(mine, seed)
    assert mine.paths == list(theirs[0])
    assert mine.class_names == theirs[2]
    assert mine.labels == (None if labels is None else list(theirs[1]))


def test_a_label_of_a_list_stays_with_its_file(folder):
    labels = list(range(10))
    plain = utils.image_dataset_from_directory(folder, labels=labels, shuffle=False, verbose=False)
    label_of = dict(zip(plain.file_paths, labels))
    mixed = shuffled_index(index_folder(folder, (".png",), labels), seed=3)
    assert mixed.paths != plain.file_paths
    assert [label_of[path] for path in mixed.paths] == mixed.labels


def test_batches_of_images(folder):
    data = utils.image_dataset_from_directory(folder, image_size=(4, 5), batch_size=4, shuffle=False, verbose=False)
    assert data.class_names == ["a", "b", "c"] and len(data) == 3
    assert relative(data, folder)[:4] == ["a/im0.png", "a/im3.png", "a/im6.png", "a/deep/im9.PNG"]
    (x, y), *_ = data
    assert (tuple(x.shape), x.dtype, y.tolist(), y.dtype) == ((4, 4, 5, 3), torch.float32, [0] * 4, torch.int32)
    torch.testing.assert_close(x[:, 0, 0, 0], torch.tensor([0.0, 30.0, 60.0, 90.0]))


@pytest.mark.parametrize(
    ("options", "shape", "dtype"),
    [
        ({"label_mode": "categorical"}, (10, 3), torch.float32),
        ({"labels": [0, 1] * 5, "label_mode": "binary"}, (10, 1), torch.float32),
        ({"labels": [0, 7] * 5}, (10,), torch.int32),
        ({"class_names": ["c", "a", "b"]}, (10,), torch.int32),
    ],
)
def test_labels_in_every_form(folder, options, shape, dtype):
    [(_, y)] = utils.image_dataset_from_directory(folder, image_size=(2, 2), shuffle=False, verbose=False, **options)
    assert (tuple(y.shape), y.dtype) == (shape, dtype)
    if options.get("label_mode") == "categorical":
        assert y.argmax(1).tolist() == [0] * 4 + [1] * 3 + [2] * 3
    elif "class_names" in options:
        assert y.tolist() == [0] * 3 + [1] * 4 + [2] * 3
    else:
        assert y.ravel().tolist() == options["labels"]


@pytest.mark.parametrize("options", [{"labels": None}, {"label_mode": None}])
def test_images_alone(folder, options):
    [x] = utils.image_dataset_from_directory(folder, image_size=(2, 2), verbose=False, **options)
    assert tuple(x.shape) == (10, 2, 2, 3)


@pytest.mark.parametrize(("color_mode", "channels"), [("grayscale", 1), ("rgb", 3), ("rgba", 4)])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_colors_and_layouts(folder, color_mode, channels, data_format):
    data = utils.image_dataset_from_directory(
        folder, image_size=(2, 3), color_mode=color_mode, data_format=data_format, label_mode=None, batch_size=None
    )
    expected = (channels, 2, 3) if data_format == "channels_first" else (2, 3, channels)
    assert {tuple(image.shape) for image in data} == {expected} and len(data) == 10


def test_proportions_are_kept_by_cutting_or_filling(tmp_path):
    (tmp_path / "x").mkdir()
    pixels = np.zeros((4, 8, 3), "uint8")
    pixels[:, 2:6] = 200
    Image.fromarray(pixels).save(tmp_path / "x" / "a.png")
    options = {"image_size": (4, 4), "label_mode": None, "verbose": False, "interpolation": "nearest"}
    [cut] = utils.image_dataset_from_directory(tmp_path, crop_to_aspect_ratio=True, **options)
    assert cut.unique().tolist() == [200]
    [filled] = utils.image_dataset_from_directory(tmp_path, pad_to_aspect_ratio=True, **options)
    assert filled[0, :, :, 0].tolist() == [[0] * 4, [0, 200, 200, 0], [0, 200, 200, 0], [0] * 4]


def test_a_seed_repeats_the_orders_of_all_passes(folder):
    def labels():
        data = utils.image_dataset_from_directory(folder, image_size=(2, 2), batch_size=2, seed=5, verbose=False)
        return [[y.tolist() for _, y in data] for _ in range(3)]

    first = labels()
    assert first == labels() and first[0] != first[1]
    np.random.seed(1)
    one = utils.image_dataset_from_directory(folder, verbose=False).file_paths
    np.random.seed(1)
    assert one == utils.image_dataset_from_directory(folder, verbose=False).file_paths


def test_parts_for_training_and_validation(folder, capsys):
    options = {"image_size": (2, 2), "validation_split": 0.3, "seed": 1337}
    training, validation = utils.image_dataset_from_directory(folder, subset="both", **options)
    assert capsys.readouterr().out == (
        "Found 10 files belonging to 3 classes.\nUsing 7 files for training.\nUsing 3 files for validation.\n"
    )
    assert len(set(training.file_paths) | set(validation.file_paths)) == 10
    alone = utils.image_dataset_from_directory(folder, subset="validation", **options)
    assert alone.file_paths == validation.file_paths
    assert sorted(y for y in next(iter(alone))[1].tolist()) == sorted(
        "abc".index(path[0]) for path in relative(alone, folder)
    )


def test_links_are_followed_if_asked(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    write_image(tmp_path / "elsewhere" / "z.png")
    (folder / "b" / "link").symlink_to(tmp_path / "elsewhere")
    assert len(utils.image_dataset_from_directory(folder, verbose=False).file_paths) == 10
    assert len(utils.image_dataset_from_directory(folder, verbose=False, follow_links=True).file_paths) == 11


def test_sixteen_bits_and_palettes_are_read(tmp_path):
    (tmp_path / "x").mkdir()
    Image.fromarray(np.full((2, 2), 40000, "uint16")).save(tmp_path / "x" / "a.png")
    Image.new("RGB", (2, 2), (204, 0, 0)).convert("P").save(tmp_path / "x" / "b.gif")
    [x] = utils.image_dataset_from_directory(tmp_path, image_size=(2, 2), label_mode=None, shuffle=False, verbose=False)
    assert x[0].unique().tolist() == [40000 // 256]
    assert x[1, 0, 0].tolist() == [204, 0, 0]


def test_a_broken_file_is_named(folder):
    (folder / "c" / "im2.png").write_bytes((folder / "c" / "im2.png").read_bytes()[:40])
    data = utils.image_dataset_from_directory(folder, image_size=(2, 2), verbose=False)
    with pytest.raises(ValueError, match=r"c/im2.png cannot be read as an image"):
        list(data)


def test_a_network_learns_from_a_folder(folder):
    data = utils.image_dataset_from_directory(folder, image_size=(4, 4), batch_size=4, seed=1, verbose=False)
    data = data.map(lambda x, y: (x / 255, y)).cache().shuffle(10).prefetch(2)
    model = models.Sequential([layers.Input((4, 4, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert len(model.fit(data, epochs=2, verbose=0).history["accuracy"]) == 2
    assert model.predict(data, verbose=0).shape == (10, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "other"}, "labels='other'"),
        ({"labels": [0.5] * 10}, "list/tuple of integer labels"),
        ({"labels": [0, 1]}, r"len\(labels\) is 2 while we found 10"),
        ({"labels": [0, 5] * 5, "label_mode": "categorical"}, r"numbers in \[0, 2\). Received numbers from 0 to 5"),
        ({"label_mode": "binary"}, r"exactly 2 class_names. Received: \['a', 'b', 'c'\]"),
        ({"label_mode": "x"}, "label_mode='x'"),
        ({"class_names": ["a", "b"]}, "did not match .*Expected: .'a', 'b', 'c'"),
        ({"labels": None, "class_names": ["a"]}, 'only pass `class_names` if `labels="inferred"`'),
        ({"validation_split": 0.2}, "must be set, and inversely"),
        ({"subset": "training"}, "must be set, and inversely"),
        ({"validation_split": 2.0, "subset": "training"}, "received: 2.0"),
        ({"validation_split": 0.2, "subset": "x"}, "received: 'x'"),
        ({"validation_split": 0.2, "subset": "both"}, "must provide a `seed`"),
        ({"validation_split": 0.01, "subset": "both", "seed": 1}, "of 10 files leaves none"),
        ({"color_mode": "hsv"}, "color_mode='hsv'"),
        ({"interpolation": "x"}, "interpolation='x'"),
        ({"image_size": 5}, "image_size=5"),
        ({"image_size": (0, 5)}, r"image_size=\(0, 5\)"),
        ({"batch_size": 0}, "Received: 0"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "Only one of"),
        ({"data_format": "last"}, "data_format='last'"),
        ({"format": "csv"}, "Received: 'csv'"),
    ],
)
def test_bad_arguments_are_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        utils.image_dataset_from_directory(folder, **options)


def test_folders_without_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        utils.image_dataset_from_directory(tmp_path / "none")
    (tmp_path / "a").mkdir()
    for function, message in (
        (utils.image_dataset_from_directory, "No images found in"),
        (utils.text_dataset_from_directory, "No text files found in"),
        (utils.audio_dataset_from_directory, "No audio files found in"),
    ):
        with pytest.raises(ValueError, match=message):
            function(tmp_path)


@pytest.fixture
def texts(tmp_path):
    for i in range(4):
        (tmp_path / "xy"[i % 2]).mkdir(exist_ok=True)
        write_text(tmp_path / "xy"[i % 2] / f"{i}.txt", f"é text {i}\r\n")
    return tmp_path


def test_batches_of_texts(texts):
    data = utils.text_dataset_from_directory(texts, batch_size=3, shuffle=False, verbose=False)
    (x, y), (last, _) = data
    assert x.shape == (3,) and x[0] == "é text 0\r\n" and y.tolist() == [0, 0, 1] and last.tolist() == ["é text 3\r\n"]
    assert [t.numpy().tolist() for t, _ in data.take(1)] == [x.tolist()]
    cut = utils.text_dataset_from_directory(texts, batch_size=None, shuffle=False, max_length=3, label_mode=None)
    assert list(cut) == ["é t"] * 4
    lengths = data.map(lambda t, y: (np.array([[len(s)] for s in t], "float32"), y))
    model = models.Sequential([layers.Input((1,)), layers.Dense(2)])
    assert model.predict(lengths.map(lambda x, y: x), verbose=0).shape == (4, 2)


def test_texts_are_refused(texts):
    with pytest.raises(ValueError, match="Received: 0"):
        utils.text_dataset_from_directory(texts, max_length=0)
    (texts / "x" / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"x/bad.txt is not in UTF-8"):
        list(utils.text_dataset_from_directory(texts, verbose=False))
    model = models.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    os.remove(texts / "x" / "bad.txt")
    with pytest.raises(ValueError, match="dtype object, which cannot become a tensor"):
        model.fit(utils.text_dataset_from_directory(texts, verbose=False), verbose=0)


@pytest.fixture
def sounds(tmp_path):
    for i in range(4):
        (tmp_path / "xy"[i % 2]).mkdir(exist_ok=True)
        write_wave(tmp_path / "xy"[i % 2] / f"{i}.wav", np.arange(10 + 3 * i) * 1000)
    return tmp_path


def test_batches_of_sounds(sounds):
    options = {"shuffle": False, "verbose": False}
    [(x, y)] = utils.audio_dataset_from_directory(sounds, **options)
    assert (tuple(x.shape), x.dtype, y.tolist()) == ((4, 19, 1), torch.float32, [0, 0, 1, 1])
    torch.testing.assert_close(x[0, :, 0] * 32768, torch.cat([torch.arange(10) * 1000.0, torch.zeros(9)]))
    assert [tuple(x.shape) for x, _ in utils.audio_dataset_from_directory(sounds, batch_size=2, **options)] == [
        (2, 16, 1),
        (2, 19, 1),
    ]
    [x] = utils.audio_dataset_from_directory(sounds, output_sequence_length=12, label_mode=None, **options)
    assert tuple(x.shape) == (4, 12, 1) and x[0, 10:].abs().sum() == 0 and x[1, 11] == 11000 / 32768
    lone = utils.audio_dataset_from_directory(sounds, batch_size=None, label_mode=None, sampling_rate=4000, **options)
    assert [tuple(sound.shape) for sound in lone] == [(5, 1), (8, 1), (7, 1), (10, 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ragged": True, "output_sequence_length": 3}, "Cannot set both"),
        ({"ragged": True}, "`ragged=True` is not supported"),
        ({"sampling_rate": -1}, "should be higher than 0. Received: sampling_rate=-1"),
        ({"sampling_rate": 1.5}, "should have an integer value. Received: sampling_rate=1.5"),
        ({"output_sequence_length": 0}, "Received: 0"),
    ],
)
def test_sounds_are_refused(sounds, options, message):
    with pytest.raises(ValueError, match=message):
        utils.audio_dataset_from_directory(sounds, **options)


def test_files_that_are_no_sounds_are_named(sounds):
    write_wave(sounds / "x" / "stereo.wav", np.arange(10), channels=2)
    with pytest.raises(ValueError, match=r"one number of channels. Received: \[1, 2\]"):
        list(utils.audio_dataset_from_directory(sounds, verbose=False))
    write_text(sounds / "x" / "bad.wav", "no sound")
    with pytest.raises(ValueError, match=r"x/bad.wav cannot be read as a wav file"):
        list(utils.audio_dataset_from_directory(sounds, verbose=False))


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_samples_of_every_width(tmp_path, bits):
    whole = np.array([[-1.0, 0.5], [0.25, -0.125]]) * 2 ** (bits - 1)
    raw = (whole + 128).astype("u1") if bits == 8 else whole.astype("<i4")
    content = (
        raw.tobytes() if bits != 24 else b"".join(int(v).to_bytes(3, "little", signed=True) for v in whole.ravel())
    )
    content = whole.astype("<i2").tobytes() if bits == 16 else content
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, bits // 8, 8000, 0, "NONE", ""))
        file.writeframes(content)
    assert read_wave(str(tmp_path / "a.wav")).tolist() == [[-1.0, 0.5], [0.25, -0.125]]


@pytest.mark.parametrize(("old", "new"), [(8000, 4000), (8000, 16000), (44100, 16000)])
def test_resampling_keeps_a_tone(old, new):
    times = torch.arange(old // 10) / old
    tone = torch.sin(2 * torch.pi * 440 * times)[:, None]
    expected = torch.sin(2 * torch.pi * 440 * torch.arange(new // 10) / new)
    inner = slice(new // 100, -new // 100)  # the ends have no neighbours
    assert tuple(resampled(tone, old, new).shape) == (new // 10, 1)
    assert (resampled(tone, old, new)[:, 0] - expected)[inner].abs().max() < 0.01


def test_resampling_removes_what_the_new_rate_cannot_hold():
    times = torch.arange(8000) / 8000
    tone = torch.sin(2 * torch.pi * 3500 * times)[:, None]
    assert resampled(tone, 8000, 4000)[100:-100].abs().max() < 0.02
