# tf.data from every side: ranges, generators, files, records written and read, interleaving, padding, statistics.
import os

import numpy as np
import pandas as pd
import tensorflow as tf

dataset = tf.data.Dataset.from_tensor_slices([8, 3, 0, 8, 2, 1])
for elem in dataset:
    print(elem.numpy(), end=" ")
it = iter(dataset)
assert next(it).numpy() == 8
assert dataset.reduce(0, lambda state, value: state + value).numpy() == 22
dataset1 = tf.data.Dataset.from_tensor_slices(tf.random.uniform([4, 10], minval=1, maxval=10, dtype=tf.int32))
dataset2 = tf.data.Dataset.from_tensor_slices(
    (tf.random.uniform([4]), tf.random.uniform([4, 100], maxval=100, dtype=tf.int32))
)
dataset3 = tf.data.Dataset.zip((dataset1, dataset2))
for a, (b, c) in dataset3:
    print("shapes: {a.shape}, {b.shape}, {c.shape}".format(a=a, b=b, c=c))
assert dataset3.element_spec[1][1].shape == (100,)


def count(stop):
    i = 0
    while i < stop:
        yield i
        i += 1


ds_counter = tf.data.Dataset.from_generator(count, args=[25], output_types=tf.int32, output_shapes=())
assert [b.numpy().tolist() for b in ds_counter.repeat().batch(10).take(3)][2] == [20, 21, 22, 23, 24, 0, 1, 2, 3, 4]


def gen_series():
    i = 0
    rng = np.random.RandomState(0)
    while True:
        size = rng.randint(1, 6)
        yield i, rng.normal(size=(size,))
        i += 1


ds_series = tf.data.Dataset.from_generator(
    gen_series, output_signature=(tf.TensorSpec(shape=(), dtype=tf.int32), tf.TensorSpec(shape=(None,), dtype=tf.float32))
)
ids, sequence_batch = next(iter(ds_series.shuffle(20).padded_batch(10)))
assert ids.shape == (10,) and sequence_batch.shape[0] == 10 and sequence_batch.dtype == tf.float32

numbers = tf.data.Dataset.range(20)
x = numbers.filter(lambda v: v % 3 == 1).map(lambda v: v * 2, num_parallel_calls=tf.data.AUTOTUNE)
assert list(x.as_numpy_iterator()) == [2, 8, 14, 20, 26, 32, 38]
assert list(numbers.shard(4, 1).as_numpy_iterator()) == [1, 5, 9, 13, 17]
assert [w.numpy().tolist() for w in numbers.window(3, shift=2).flat_map(lambda w: w.batch(3))][1] == [2, 3, 4]
inter = tf.data.Dataset.range(1, 4).interleave(
    lambda v: tf.data.Dataset.from_tensors(v).repeat(3), cycle_length=2, block_length=2
)
assert list(inter.as_numpy_iterator()) == [1, 1, 2, 2, 1, 2, 3, 3, 3]
assert int(numbers.batch(6).cardinality()) == 4 and len(numbers.batch(6, drop_remainder=True)) == 3
index, value = next(iter(tf.data.Dataset.from_tensor_slices([5.0]).enumerate(start=7)))
assert index == 7 and value == 5.0
assert sorted(numbers.shuffle(20, seed=1, reshuffle_each_iteration=False).as_numpy_iterator()) == list(range(20))
scanned = numbers.take(5).scan(np.int64(0), lambda s, v: (s + v, s + v))
assert list(scanned.as_numpy_iterator()) == [0, 1, 3, 6, 10]
assert list(tf.data.Dataset.range(9).unbatch().as_numpy_iterator() if False else numbers.skip(17).as_numpy_iterator()) == [17, 18, 19]

# Files: lines, CSV, pictures by their folder.
for name in ["cowper", "derby"]:
    with open(f"{name}.txt", "w") as f:
        f.write("".join(f"{name} line {i}\n" for i in range(3)))
files_ds = tf.data.Dataset.from_tensor_slices(["cowper.txt", "derby.txt"])
lines_ds = files_ds.interleave(tf.data.TextLineDataset, cycle_length=2)
lines = [line.numpy() for line in lines_ds]
assert lines[:3] == [b"cowper line 0", b"derby line 0", b"cowper line 1"]
df = pd.DataFrame({"survived": [0, 1, 1, 0], "sex": ["male", "female", "female", "male"], "age": [22.0, 38.0, 26.0, 35.0]})
df.to_csv("titanic.csv", index=False)
titanic_slices = tf.data.Dataset.from_tensor_slices(dict(df))
for feature_batch in titanic_slices.take(1):
    for key, value in feature_batch.items():
        print("  {!r:20s}: {}".format(key, value))
assert feature_batch["sex"].numpy() == b"male"
titanic_batches = tf.data.experimental.make_csv_dataset(
    "titanic.csv", batch_size=4, label_name="survived", num_epochs=1, shuffle=False
)
for feature_batch, label_batch in titanic_batches.take(1):
    assert label_batch.numpy().tolist() == [0, 1, 1, 0]
    assert feature_batch["age"].numpy().tolist() == [22.0, 38.0, 26.0, 35.0]
csv = tf.data.experimental.CsvDataset("titanic.csv", [tf.int32, tf.string, tf.float32], header=True)
assert [row[0].numpy() for row in csv] == [0, 1, 1, 0]
parsed = tf.io.decode_csv(tf.constant(["1,2.5,x"]), [tf.constant([0]), 0.0, ""])
assert parsed[0].numpy().tolist() == [1] and parsed[2].numpy()[0] == b"x"

for kind in ["daisy", "rose"]:
    os.makedirs(f"flowers/{kind}")
    for i in range(3):
        tf.io.write_file(f"flowers/{kind}/{i}.jpg", tf.io.encode_jpeg(np.full((12, 10, 3), 40 * i, "uint8")))
list_ds = tf.data.Dataset.list_files(os.path.join("flowers", "*/*"), shuffle=False)
class_names = np.array(sorted(os.listdir("flowers")))


def process_path(file_path):
    parts = tf.strings.split(file_path, os.path.sep)
    label = parts[-2] == class_names
    image = tf.io.decode_jpeg(tf.io.read_file(file_path), channels=3)
    image = tf.image.convert_image_dtype(image, tf.float32)
    return tf.image.resize(image, [8, 8]), tf.argmax(label)


images_ds = list_ds.map(process_path, num_parallel_calls=tf.data.experimental.AUTOTUNE)
labels = [label.numpy() for image, label in images_ds]
assert labels == [0, 0, 0, 1, 1, 1]


# A function of Python inside of the pipeline.
def random_rotate_image(image):
    return np.rot90(image).copy()


def tf_random_rotate_image(image, label):
    im_shape = image.shape
    [image] = tf.py_function(lambda im: [random_rotate_image(im.numpy())], [image], [tf.float32])
    image.set_shape(im_shape)
    return image, label


assert next(iter(images_ds.map(tf_random_rotate_image)))[0].shape == (8, 8, 3)
[y] = [v for v in numbers.take(1).map(lambda v: tf.numpy_function(lambda a: a + np.int64(3), [v], tf.int64))]
assert y.numpy() == 3


# Records: examples of features, serialized, written, read and parsed.
def _bytes_feature(value):
    if isinstance(value, type(tf.constant(0))):
        value = value.numpy()
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _float_feature(value):
    return tf.train.Feature(float_list=tf.train.FloatList(value=[value]))


def _int64_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def serialize_example(feature0, feature1, feature2, feature3):
    feature = {
        "feature0": _int64_feature(feature0),
        "feature1": _int64_feature(feature1),
        "feature2": _bytes_feature(feature2),
        "feature3": _float_feature(feature3),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


print(_bytes_feature(b"test_string"), _float_feature(np.exp(1)), _int64_feature(True))
example_proto = tf.train.Example.FromString(serialize_example(False, 4, b"goat", 0.9876))
assert example_proto.features.feature["feature1"].int64_list.value[0] == 4
n = 50
feature1 = np.random.randint(0, 5, n)
strings = np.array([b"cat", b"dog", b"chicken", b"horse", b"goat"])
feature2 = strings[feature1]
feature3 = np.random.randn(n)
with tf.io.TFRecordWriter("test.tfrecord") as writer:
    for i in range(n):
        writer.write(serialize_example(bool(i % 2), feature1[i], feature2[i], feature3[i]))
raw_dataset = tf.data.TFRecordDataset(["test.tfrecord"])
feature_description = {
    "feature0": tf.io.FixedLenFeature([], tf.int64, default_value=0),
    "feature1": tf.io.FixedLenFeature([], tf.int64, default_value=0),
    "feature2": tf.io.FixedLenFeature([], tf.string, default_value=""),
    "feature3": tf.io.FixedLenFeature([], tf.float32, default_value=0.0),
}
parsed_dataset = raw_dataset.map(lambda p: tf.io.parse_single_example(p, feature_description))
for i, parsed_record in enumerate(parsed_dataset):
    assert parsed_record["feature2"].numpy() == feature2[i]
    assert np.isclose(parsed_record["feature3"], feature3[i])
assert i == n - 1
batched = raw_dataset.batch(10).map(lambda p: tf.io.parse_example(p, feature_description))
assert next(iter(batched))["feature1"].shape == (10,)

features_ds = parsed_dataset.map(lambda d: (tf.one_hot(d["feature1"], 5), d["feature1"])).cache().shuffle(50).batch(10)
model = tf.keras.Sequential([tf.keras.layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.optimizer.learning_rate = 0.1
model.fit(features_ds.repeat(), epochs=4, steps_per_epoch=10, verbose=0)
assert model.evaluate(features_ds, verbose=0)[1] > 0.9
assert model.predict(features_ds.map(lambda a, b: a), steps=2, verbose=0).shape == (20, 5)
