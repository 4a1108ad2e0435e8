# Sarcasm in headlines: Tokenizer, pad_sequences, a bidirectional LSTM; then two branches of features.
import io
import json

import numpy as np
from tensorflow import keras
import tensorflow as tf
from tensorflow.keras.layers import LSTM, Bidirectional, Conv1D, Dense, Embedding, GlobalMaxPooling1D, SpatialDropout1D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer, text_to_word_sequence

sentences = ["I love my dog", "I love my cat", "You love my dog!", "Do you think my dog is amazing?"]
tokenizer = Tokenizer(num_words=100, oov_token="<OOV>")
tokenizer.fit_on_texts(sentences)
word_index = tokenizer.word_index
sequences = tokenizer.texts_to_sequences(sentences)
padded = pad_sequences(sequences, maxlen=5)
print("\nWord Index = ", word_index)
assert word_index["<OOV>"] == 1 and word_index["my"] == 2
assert padded.tolist()[0] == [0] + sequences[0]
assert padded.tolist()[3] == sequences[3][-5:]
test_seq = tokenizer.texts_to_sequences(["i really love my dog", "my dog loves my manatee"])
assert test_seq == [[5, 1, 3, 2, 4], [2, 4, 1, 2, 1]], test_seq
assert text_to_word_sequence("Hello, World") == ["hello", "world"]
post = pad_sequences(sequences, padding="post", truncating="post", maxlen=5, value=9)
assert post[0, -1] == 9
tokenizer_json = tokenizer.to_json()
with io.open("tokenizer.json", "w", encoding="utf-8") as f:
    f.write(json.dumps(tokenizer_json, ensure_ascii=False))
with open("tokenizer.json") as f:
    again = keras.preprocessing.text.tokenizer_from_json(json.load(f))
assert again.texts_to_sequences(sentences) == sequences

rng = np.random.RandomState(0)
words = ["w%d" % i for i in range(30)]
texts, labels = [], []
for _ in range(160):
    t = list(rng.choice(words[:25], 8))
    label = rng.randint(2)
    if label:
        t[rng.randint(8)] = rng.choice(words[25:])
    texts.append(" ".join(t))
    labels.append(label)
vocab_size, embedding_dim, max_length = 40, 8, 10
tokenizer = Tokenizer(num_words=vocab_size, oov_token="<OOV>")
tokenizer.fit_on_texts(texts)
padded = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=max_length, padding="post")
training_padded, testing_padded = padded[:120], padded[120:]
training_labels, testing_labels = np.array(labels[:120]), np.array(labels[120:])

model = Sequential()
model.add(Embedding(vocab_size, embedding_dim, input_length=max_length, mask_zero=True))
model.add(SpatialDropout1D(0.05))
model.add(Bidirectional(LSTM(8, dropout=0.1)))
model.add(Dense(8, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=tf.keras.optimizers.Adam(0.001), metrics=["accuracy"])
model.summary()
assert model.layers[0].output_shape == (None, 10, 8)
early = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=20, restore_best_weights=True)
keras.backend.set_value(model.optimizer.learning_rate, 0.01)
assert np.isclose(keras.backend.get_value(model.optimizer.learning_rate), 0.01)
history = model.fit(
    training_padded,
    training_labels,
    epochs=25,
    validation_data=(testing_padded, testing_labels),
    callbacks=[early],
    verbose=0,
)
print(history.history["accuracy"])
assert max(history.history["accuracy"]) > 0.75
e = model.layers[0]
weights = e.get_weights()[0]
assert weights.shape == (vocab_size, embedding_dim)
reverse_word_index = dict([(value, key) for (key, value) in tokenizer.word_index.items()])
out_v = io.open("vecs.tsv", "w", encoding="utf-8")
for word_num in range(1, 20):
    out_v.write("\t".join([str(x) for x in weights[word_num]]) + "\n")
out_v.close()

embeddings_index = {w: rng.rand(8) for w in words}
embedding_matrix = np.zeros((vocab_size, 8))
for word, i in tokenizer.word_index.items():
    vector = embeddings_index.get(word)
    if vector is not None and i < vocab_size:
        embedding_matrix[i] = vector
cnn = Sequential(
    [
        Embedding(vocab_size, 8, input_length=max_length, weights=[embedding_matrix], trainable=False),
        Conv1D(16, 3, activation="relu"),
        GlobalMaxPooling1D(),
        Dense(1, activation="sigmoid"),
    ]
)
cnn.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.02), metrics=["acc"])
h = cnn.fit(training_padded, training_labels, epochs=40, verbose=0)
assert np.allclose(cnn.layers[0].get_weights()[0], embedding_matrix)
assert h.history["acc"][-1] > 0.75, h.history["acc"]
