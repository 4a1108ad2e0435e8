# Three ways to write a model: shared layers, several inputs and outputs, layers by name, nested models.
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential()
model.add(keras.Input(shape=(250, 250, 3)))
model.add(layers.Conv2D(32, 5, strides=2, activation="relu"))
model.add(layers.Conv2D(32, 3, activation="relu"))
model.add(layers.MaxPooling2D(3))
model.summary()
assert model.output_shape == (None, 40, 40, 32)
model.add(layers.GlobalMaxPooling2D())
model.pop()
assert len(model.layers) == 3

lazy = keras.Sequential([layers.Dense(2, activation="relu"), layers.Dense(3)])
y = lazy(tf.ones((1, 4)))
assert len(lazy.weights) == 4 and y.shape == (1, 3)
print(lazy.weights[0].name, lazy.layers[0].weights[0].shape)

initial_model = keras.Sequential(
    [keras.Input(shape=(20,)), layers.Dense(8, activation="relu", name="my_intermediate_layer"), layers.Dense(4)]
)
feature_extractor = keras.Model(inputs=initial_model.inputs, outputs=[layer.output for layer in initial_model.layers])
features = feature_extractor(tf.ones((1, 20)))
assert [tuple(f.shape) for f in features] == [(1, 8), (1, 4)]
middle = keras.Model(initial_model.input, initial_model.get_layer(name="my_intermediate_layer").output)
assert np.allclose(middle(tf.ones((1, 20))), features[0])

num_tags, num_words, num_departments = 12, 100, 4
title_input = keras.Input(shape=(None,), name="title")
body_input = keras.Input(shape=(None,), name="body")
tags_input = keras.Input(shape=(num_tags,), name="tags")
title_features = layers.Embedding(num_words, 16)(title_input)
body_features = layers.Embedding(num_words, 16)(body_input)
title_features = layers.LSTM(16)(title_features)
body_features = layers.LSTM(8)(body_features)
x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)
model = keras.Model(inputs=[title_input, body_input, tags_input], outputs=[priority_pred, department_pred])
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"department": ["accuracy"]},
)
n = 64
title_data = np.random.randint(num_words, size=(n, 10))
body_data = np.random.randint(num_words, size=(n, 20))
tags_data = np.random.randint(2, size=(n, num_tags)).astype("float32")
priority_targets = np.random.random(size=(n, 1))
dept_targets = keras.utils.to_categorical(np.random.randint(num_departments, size=n), num_departments)
h = model.fit(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority_targets, "department": dept_targets},
    epochs=2,
    batch_size=32,
    verbose=0,
)
assert list(h.history) == ["loss", "priority_loss", "department_loss", "department_accuracy"], list(h.history)
total = h.history["priority_loss"][0] + 0.2 * h.history["department_loss"][0]
assert np.isclose(total, h.history["loss"][0], rtol=1e-4)


def get_model():
    inputs = keras.Input(shape=(128,))
    outputs = layers.Dense(1)(inputs)
    return keras.Model(inputs, outputs)


model1, model2 = get_model(), get_model()
inputs = keras.Input(shape=(128,))
outputs = layers.average([model1(inputs), model2(inputs)])
ensemble = keras.Model(inputs=inputs, outputs=outputs)
one = np.random.rand(3, 128).astype("float32")
assert np.allclose(ensemble(one), (model1(one) + model2(one)) / 2, atol=1e-6)


class MLP(keras.Model):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.dense_1 = layers.Dense(units, activation="relu")
        self.dense_2 = layers.Dense(10)

    def call(self, inputs):
        x = self.dense_1(inputs)
        return self.dense_2(x)


mlp = MLP()
_ = mlp(tf.zeros((1, 32)))
mlp.summary()
assert mlp.count_params() == 32 * 32 + 32 + 320 + 10


class CustomRNN(layers.Layer):
    def __init__(self, units=4):
        super().__init__()
        self.units = units
        self.projection_1 = layers.Dense(units=units, activation="tanh")
        self.projection_2 = layers.Dense(units=units, activation="tanh")
        self.classifier = layers.Dense(1)

    def call(self, inputs):
        outputs = []
        state = tf.zeros(shape=(tf.shape(inputs)[0], self.units))
        for t in range(inputs.shape[1]):
            x = inputs[:, t, :]
            h = self.projection_1(x)
            y = h + self.projection_2(state)
            state = y
            outputs.append(y)
        features = tf.stack(outputs, axis=1)
        print(features.shape)
        return self.classifier(features)


rnn_model = CustomRNN()
assert rnn_model(tf.zeros((1, 10, 5))).shape == (1, 10, 1)
inputs = keras.Input(batch_shape=(2, 10, 5))
x = layers.Conv1D(5, 3, padding="same")(inputs)
assert keras.Model(inputs, rnn_model(x)).predict(np.zeros((2, 10, 5))).shape == (2, 10, 1)


class CustomDense(layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="random_normal", trainable=True)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        return {"units": self.units}


inputs = keras.Input((4,))
outputs = CustomDense(10)(inputs)
model = keras.Model(inputs, outputs)
config = model.get_config()
new_model = keras.Model.from_config(config, custom_objects={"CustomDense": CustomDense})
assert new_model.layers[1].units == 10


class Linear(layers.Layer):
    def __init__(self, units=32, input_dim=32):
        super().__init__()
        w_init = tf.random_normal_initializer()
        self.w = tf.Variable(initial_value=w_init(shape=(input_dim, units), dtype="float32"), trainable=True)
        b_init = tf.zeros_initializer()
        self.b = tf.Variable(initial_value=b_init(shape=(units,), dtype="float32"), trainable=True)
        self.calls = tf.Variable(initial_value=tf.zeros((input_dim,)), trainable=False)

    def call(self, inputs):
        self.calls.assign_add(tf.reduce_sum(inputs, axis=0))
        return tf.matmul(inputs, self.w) + self.b


linear = Linear(4, 2)
y = linear(tf.ones((2, 2)))
assert y.shape == (2, 4) and len(linear.weights) == 3 and len(linear.trainable_weights) == 2
assert linear.calls.numpy().tolist() == [2, 2]
