"""Reviews vectorized inside tf.data, a convolution over words, a Transformer block, and a model end to end."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.layers import TextVectorization

rng = np.random.default_rng(0)
good, bad, filler = ["great", "lovely"], ["awful", "boring"], ["the", "film", "was", "with", "a", "plot"]
labels = rng.integers(0, 2, 120)
texts = [" ".join(rng.permutation([*rng.choice(filler, 6), *rng.choice(good if label else bad, 2)])) for label in labels]
raw_train_ds = tf.data.Dataset.from_tensor_slices((texts[:90], labels[:90])).batch(16)
raw_test_ds = tf.data.Dataset.from_tensor_slices((texts[90:], labels[90:])).batch(16)
max_features, embedding_dim, sequence_length = 50, 16, 10
vectorize_layer = TextVectorization(max_tokens=max_features, output_mode="int", output_sequence_length=sequence_length)
vectorize_layer.adapt(raw_train_ds.map(lambda x, y: x))


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


train_ds = raw_train_ds.map(vectorize_text).cache().prefetch(buffer_size=10)
test_ds = raw_test_ds.map(vectorize_text).cache().prefetch(buffer_size=10)
inputs = keras.Input(shape=(None,), dtype="int64")
x = layers.Embedding(max_features, embedding_dim)(inputs)
x = layers.Dropout(0.1)(x)
x = layers.Conv1D(16, 3, padding="same", activation="relu")(x)
x = layers.GlobalMaxPooling1D()(x)
predictions = layers.Dense(1, activation="sigmoid", name="predictions")(x)
model = keras.Model(inputs, predictions)
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02), metrics=["accuracy"])
model.fit(train_ds, epochs=6, verbose=0)
loss, accuracy = model.evaluate(test_ds, verbose=0)
assert accuracy > 0.8, accuracy

inputs = keras.Input(shape=(1,), dtype="string")
indices = vectorize_layer(inputs)
outputs = model(indices)
end_to_end_model = keras.Model(inputs, outputs)
end_to_end_model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
assert np.isclose(end_to_end_model.evaluate(raw_test_ds.map(lambda x, y: (tf.expand_dims(x, -1), y)), verbose=0)[1], accuracy)


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)

    def call(self, inputs):
        out1 = self.layernorm1(inputs + self.dropout1(self.att(inputs, inputs)))
        return self.layernorm2(out1 + self.ffn(out1))


class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)

    def call(self, x):
        maxlen = ops.shape(x)[-1]
        positions = ops.arange(start=0, stop=maxlen, step=1)
        return self.token_emb(x) + self.pos_emb(positions)


inputs = layers.Input(shape=(sequence_length,))
x = TokenAndPositionEmbedding(sequence_length, max_features, 16)(inputs)
x = TransformerBlock(16, 2, 16)(x)
x = layers.GlobalAveragePooling1D()(x)
outputs = layers.Dense(2, activation="softmax")(x)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train_ds, epochs=8, validation_data=test_ds, verbose=0)
assert max(history.history["val_accuracy"]) > 0.8
padded = keras.utils.pad_sequences([[1, 2], [3]], maxlen=3)
assert padded.tolist() == [[0, 1, 2], [0, 0, 3]]
