# Cats and dogs, painted: pictures from folders, augmentation layers, a frozen MobileNetV2, then fine-tuning.
import os
import pathlib

import numpy as np
import tensorflow as tf
from PIL import Image
from tensorflow.keras import layers
from tensorflow.keras.applications.mobilenet_v2 import preprocess_input as preprocess
from tensorflow.keras.preprocessing import image_dataset_from_directory

BATCH_SIZE = 8
IMG_SIZE = (32, 32)
AUTOTUNE = tf.data.AUTOTUNE

PATH = pathlib.Path("cats_and_dogs_filtered")
rng = np.random.RandomState(0)
for part, n in [("train", 24), ("validation", 10)]:
    for kind, color in [("cats", (220, 60, 60)), ("dogs", (60, 60, 220))]:
        folder = PATH / part / kind
        folder.mkdir(parents=True)
        for i in range(n):
            pixels = np.clip(np.array(color) + rng.randint(-40, 40, (40, 40, 3)), 0, 255).astype("uint8")
            Image.fromarray(pixels).save(folder / f"{kind}.{i}.png")

train_dir = os.path.join(PATH, "train")
validation_dir = os.path.join(PATH, "validation")
print(len(list(PATH.glob("*/*/*.png"))))
train_dataset = image_dataset_from_directory(train_dir, shuffle=True, batch_size=BATCH_SIZE, image_size=IMG_SIZE)
validation_dataset = image_dataset_from_directory(
    validation_dir, shuffle=True, batch_size=BATCH_SIZE, image_size=IMG_SIZE
)
class_names = train_dataset.class_names
assert class_names == ["cats", "dogs"]
for images, labels in train_dataset.take(1):
    assert images.shape == (8, 32, 32, 3) and images.dtype == tf.float32 and labels.dtype == tf.int32
    print(images[0].numpy().astype("uint8").shape, class_names[labels[0]])

val_batches = tf.data.experimental.cardinality(validation_dataset)
test_dataset = validation_dataset.take(val_batches // 3)
validation_dataset = validation_dataset.skip(val_batches // 3)
print("Number of validation batches: %d" % tf.data.experimental.cardinality(validation_dataset))
assert tf.data.experimental.cardinality(validation_dataset).numpy() == 2
train_dataset = train_dataset.cache().shuffle(100).prefetch(buffer_size=AUTOTUNE)
validation_dataset = validation_dataset.prefetch(buffer_size=AUTOTUNE)

data_augmentation = tf.keras.Sequential(
    [layers.RandomFlip("horizontal"), layers.RandomRotation(0.2), layers.experimental.preprocessing.RandomZoom(0.1)]
)
augmented_image = data_augmentation(tf.expand_dims(images[0], 0), training=True)
assert augmented_image.shape == (1, 32, 32, 3)
preprocess_input = tf.keras.applications.mobilenet_v2.preprocess_input
assert np.isclose(preprocess(np.full((1, 2, 2, 3), 255.0)).max(), 1.0)
rescale = layers.experimental.preprocessing.Rescaling(1.0 / 127.5, offset=-1)
assert np.allclose(rescale(images), preprocess_input(tf.identity(images)), atol=1e-5)

IMG_SHAPE = IMG_SIZE + (3,)
base_model = tf.keras.applications.MobileNetV2(input_shape=IMG_SHAPE, include_top=False, weights=None, alpha=0.35)
image_batch, label_batch = next(iter(train_dataset))
feature_batch = base_model(image_batch)
print(feature_batch.shape)
base_model.trainable = False
assert not base_model.trainable_variables
global_average_layer = tf.keras.layers.GlobalAveragePooling2D()
feature_batch_average = global_average_layer(feature_batch)
prediction_layer = tf.keras.layers.Dense(1)
prediction_batch = prediction_layer(feature_batch_average)
assert prediction_batch.shape == (8, 1)

inputs = tf.keras.Input(shape=(32, 32, 3))
x = data_augmentation(inputs)
x = preprocess_input(x)
x = base_model(x, training=False)
x = global_average_layer(x)
x = tf.keras.layers.Dropout(0.2)(x)
outputs = prediction_layer(x)
model = tf.keras.Model(inputs, outputs)
base_learning_rate = 0.001
model.compile(
    optimizer=tf.keras.optimizers.Adam(learning_rate=base_learning_rate),
    loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
assert len(model.trainable_variables) == 2
loss0, accuracy0 = model.evaluate(validation_dataset, verbose=0)
history = model.fit(train_dataset, epochs=1, validation_data=validation_dataset, verbose=0)

base_model.trainable = True
fine_tune_at = 100
for layer in base_model.layers[:fine_tune_at]:
    layer.trainable = False
model.compile(
    loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    optimizer=tf.keras.optimizers.RMSprop(learning_rate=base_learning_rate / 10),
    metrics=["accuracy"],
)
assert 2 < len(model.trainable_variables) < len(model.variables)
history_fine = model.fit(
    train_dataset, epochs=2, initial_epoch=history.epoch[-1], validation_data=validation_dataset, verbose=0
)
assert len(history_fine.epoch) == 2

image_batch, label_batch = next(test_dataset.as_numpy_iterator())
predictions = model.predict_on_batch(image_batch).flatten()
predictions = tf.nn.sigmoid(predictions)
predictions = tf.where(predictions < 0.5, 0, 1)
print("Predictions:\n", predictions.numpy())
print("Labels:\n", label_batch)
assert predictions.shape == label_batch.shape

# A small network of its own learns the colors.
small = tf.keras.Sequential(
    [
        layers.Rescaling(1.0 / 255, input_shape=(32, 32, 3)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(2),
    ]
)
small.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
small.fit(train_dataset, epochs=4, verbose=0)
assert small.evaluate(validation_dataset, verbose=0)[1] > 0.9
img = tf.keras.utils.load_img(PATH / "train" / "dogs" / "dogs.0.png", target_size=IMG_SIZE)
img_array = tf.expand_dims(tf.keras.utils.img_to_array(img), 0)
score = tf.nn.softmax(small.predict(img_array)[0])
assert class_names[np.argmax(score)] == "dogs"
