# Clothes in ten classes: load, scale, look, train, evaluate, predict probabilities.
import matplotlib
import tensorflow as tf

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

print(tf.__version__)

fashion_mnist = tf.keras.datasets.fashion_mnist
(train_images, train_labels), (test_images, test_labels) = fashion_mnist.load_data()
class_names = ["top", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]
train_images, train_labels = train_images[:400], train_labels[:400]
test_images, test_labels = test_images[:100], test_labels[:100]
print(train_images.shape, len(train_labels))

plt.figure()
plt.imshow(train_images[0])
plt.colorbar()
plt.grid(False)
plt.show()

train_images = train_images / 255.0
test_images = test_images / 255.0

model = tf.keras.Sequential(
    [
        tf.keras.layers.Flatten(input_shape=(28, 28)),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(10),
    ]
)
model.compile(
    optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
)
history = model.fit(train_images, train_labels, epochs=12, verbose=0)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=2)
print("\nTest accuracy:", test_acc)

probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
predictions = probability_model.predict(test_images)
assert np.allclose(predictions.sum(axis=1), 1, atol=1e-5)


def plot_value_array(i, predictions_array, true_label):
    plt.grid(False)
    plt.xticks(range(10))
    bars = plt.bar(range(10), predictions_array, color="#777777")
    plt.ylim([0, 1])
    predicted_label = np.argmax(predictions_array)
    bars[predicted_label].set_color("red")
    bars[true_label[i]].set_color("blue")


plt.figure(figsize=(6, 3))
plot_value_array(0, predictions[0], test_labels)
_ = plt.xticks(range(10), class_names, rotation=45)
plt.close("all")

img = np.expand_dims(test_images[1], 0)
single = probability_model.predict(img)
assert single.shape == (1, 10)
print(f"{class_names[np.argmax(single[0])]}: {100 * np.max(single):2.0f}%")
assert np.argmax(single[0]) == np.argmax(predictions[1])
assert history.history["accuracy"][-1] > 0.7, history.history["accuracy"]
assert test_acc > 0.4
