# Checkpoints while training, weights by hand, whole models in each format.
import os

import numpy as np
import tensorflow as tf
from tensorflow import keras

(train_images, train_labels), (test_images, test_labels) = tf.keras.datasets.mnist.load_data()
train_labels = train_labels[:200]
test_labels = test_labels[:100]
train_images = train_images[:200].reshape(-1, 28 * 28) / 255.0
test_images = test_images[:100].reshape(-1, 28 * 28) / 255.0


def create_model():
    model = tf.keras.Sequential(
        [
            keras.layers.Dense(32, activation="relu", input_shape=(784,)),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        optimizer="adam",
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[tf.keras.metrics.SparseCategoricalAccuracy()],
    )
    return model


model = create_model()
model.summary()
checkpoint_path = "training_1/cp.ckpt"
checkpoint_dir = os.path.dirname(checkpoint_path)
cp_callback = tf.keras.callbacks.ModelCheckpoint(filepath=checkpoint_path, save_weights_only=True, verbose=1)
model.fit(
    train_images,
    train_labels,
    epochs=3,
    validation_data=(test_images, test_labels),
    callbacks=[cp_callback],
    verbose=0,
)
print(os.listdir(checkpoint_dir))
loss, acc = model.evaluate(test_images, test_labels, verbose=2)

fresh = create_model()
untrained = fresh.evaluate(test_images, test_labels, verbose=0)
fresh.load_weights(checkpoint_path)
restored = fresh.evaluate(test_images, test_labels, verbose=0)
assert np.allclose(restored, [loss, acc], rtol=1e-4) and not np.allclose(untrained, restored)

# Names with the number of the epoch, every other epoch.
checkpoint_path = "training_2/cp-{epoch:04d}.ckpt"
checkpoint_dir = os.path.dirname(checkpoint_path)
batch_size = 32
n_batches = int(np.ceil(len(train_images) / batch_size))
cp_callback = tf.keras.callbacks.ModelCheckpoint(
    filepath=checkpoint_path, verbose=1, save_weights_only=True, save_freq=2 * n_batches
)
model = create_model()
model.save_weights(checkpoint_path.format(epoch=0))
model.fit(train_images, train_labels, epochs=6, batch_size=batch_size, callbacks=[cp_callback], verbose=0)
latest = tf.train.latest_checkpoint(checkpoint_dir)
print(latest)
assert latest == "training_2/cp-0006.ckpt", latest
other = create_model()
other.load_weights(latest).expect_partial()
assert np.allclose(other.predict(test_images), model.predict(test_images), atol=1e-5)

model.save_weights("./checkpoints/my_checkpoint")
other = create_model()
other.load_weights("./checkpoints/my_checkpoint")
assert np.allclose(other.predict(test_images), model.predict(test_images), atol=1e-5)

before = model.predict(test_images)
model.save("my_model.keras")
os.makedirs("saved_model", exist_ok=True)
model.save("saved_model/my_model")
assert os.path.isdir("saved_model/my_model")
model.save("my_model.h5")
for path in ["my_model.keras", "saved_model/my_model", "my_model.h5"]:
    new_model = tf.keras.models.load_model(path)
    new_model.summary()
    new_loss, new_acc = new_model.evaluate(test_images, test_labels, verbose=0)
    assert new_model.predict(test_images).shape == (100, 10)
    assert np.allclose(new_model.predict(test_images), before, atol=1e-5)

json_string = model.to_json()
again = tf.keras.models.model_from_json(json_string)
again.set_weights(model.get_weights())
assert np.allclose(again.predict(test_images), before, atol=1e-5)
