# Reviews in folders: text_dataset_from_directory, TextVectorization with its own standardization, then export.
import os
import re
import shutil
import string

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses

rng = np.random.RandomState(0)
good, bad = "great lovely superb fine".split(), "awful boring poor dull".split()
filler = "the a movie film plot with and of it was".split()
dataset_dir = "aclImdb"
for part, n in [("train", 40), ("test", 20)]:
    for kind, words in [("pos", good), ("neg", bad)]:
        os.makedirs(os.path.join(dataset_dir, part, kind))
        for i in range(n):
            review = list(rng.choice(filler, 8)) + list(rng.choice(words, 3))
            rng.shuffle(review)
            with open(os.path.join(dataset_dir, part, kind, f"{i}.txt"), "w") as file:
                file.write("<br />" + " ".join(review).capitalize() + "!")
    os.makedirs(os.path.join(dataset_dir, part, "unsup"))
train_dir = os.path.join(dataset_dir, "train")
shutil.rmtree(os.path.join(train_dir, "unsup"))
shutil.rmtree(os.path.join(dataset_dir, "test", "unsup"))

batch_size, seed = 16, 42
raw_train_ds = tf.keras.utils.text_dataset_from_directory(
    "aclImdb/train", batch_size=batch_size, validation_split=0.2, subset="training", seed=seed
)
raw_val_ds = tf.keras.preprocessing.text_dataset_from_directory(
    "aclImdb/train", batch_size=batch_size, validation_split=0.2, subset="validation", seed=seed
)
raw_test_ds = tf.keras.utils.text_dataset_from_directory("aclImdb/test", batch_size=batch_size)
for text_batch, label_batch in raw_train_ds.take(1):
    for i in range(3):
        print("Review", text_batch.numpy()[i])
        print("Label", label_batch.numpy()[i])
    assert isinstance(text_batch.numpy()[0], bytes) and text_batch.dtype == tf.string
print("Label 0 corresponds to", raw_train_ds.class_names[0])
assert raw_train_ds.class_names == ["neg", "pos"]


def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped_html = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped_html, "[%s]" % re.escape(string.punctuation), "")


max_features = 100
sequence_length = 12
vectorize_layer = layers.TextVectorization(
    standardize=custom_standardization,
    max_tokens=max_features,
    output_mode="int",
    output_sequence_length=sequence_length,
)
train_text = raw_train_ds.map(lambda x, y: x)
vectorize_layer.adapt(train_text)


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


text_batch, label_batch = next(iter(raw_train_ds))
first_review, first_label = text_batch[0], label_batch[0]
print("Review", first_review)
print("Vectorized review", vectorize_text(first_review, first_label))
assert vectorize_text(first_review, first_label)[0].shape == (1, 12)
print("2 ---> ", vectorize_layer.get_vocabulary()[2])
assert vectorize_layer.get_vocabulary()[:2] == ["", "[UNK]"]
print("Vocabulary size: {}".format(len(vectorize_layer.get_vocabulary())))

AUTOTUNE = tf.data.AUTOTUNE
train_ds = raw_train_ds.map(vectorize_text).cache().prefetch(buffer_size=AUTOTUNE)
val_ds = raw_val_ds.map(vectorize_text).cache().prefetch(buffer_size=AUTOTUNE)
test_ds = raw_test_ds.map(vectorize_text).cache().prefetch(buffer_size=AUTOTUNE)
model = tf.keras.Sequential(
    [
        layers.Embedding(max_features + 1, 16),
        layers.Dropout(0.2),
        layers.GlobalAveragePooling1D(),
        layers.Dropout(0.2),
        layers.Dense(1),
    ]
)
model.compile(
    loss=losses.BinaryCrossentropy(from_logits=True),
    optimizer=tf.keras.optimizers.Adam(0.02),
    metrics=tf.metrics.BinaryAccuracy(threshold=0.0),
)
history = model.fit(train_ds, validation_data=val_ds, epochs=12, verbose=0)
loss, accuracy = model.evaluate(test_ds, verbose=0)
print("Accuracy: ", accuracy)
history_dict = history.history
assert list(history_dict.keys()) == ["loss", "binary_accuracy", "val_loss", "val_binary_accuracy"]
assert accuracy > 0.8

export_model = tf.keras.Sequential([vectorize_layer, model, layers.Activation("sigmoid")])
export_model.compile(loss=losses.BinaryCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"])
loss, accuracy_of_export = export_model.evaluate(raw_test_ds, verbose=0)
assert np.isclose(accuracy, accuracy_of_export)
examples = tf.constant(["The movie was great and lovely!", "The movie was superb", "awful boring plot..."])
p = export_model.predict(examples)
assert p.shape == (3, 1) and p[0] > 0.5 > p[2], p
