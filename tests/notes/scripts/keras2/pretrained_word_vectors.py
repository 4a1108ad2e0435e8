"""Word vectors of a file in an Embedding that does not train, and in one that is given them as weights."""
from __future__ import print_function

import os

import numpy as np
from keras.initializers import Constant
from keras.layers import (GRU, Bidirectional, Conv1D, CuDNNGRU, CuDNNLSTM, Dense, Embedding, GlobalAveragePooling1D,
                          GlobalMaxPooling1D, Input, MaxPooling1D, SpatialDropout1D, concatenate)
from keras.models import Model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer, text_to_word_sequence
from keras.utils import to_categorical

np.random.seed(0)
MAX_SEQUENCE_LENGTH = 20
MAX_NUM_WORDS = 50
EMBEDDING_DIM = 8
VALIDATION_SPLIT = 0.2

topics = {'sport': 'ball goal team match player', 'food': 'bread soup cook salt dinner', 'sea': 'ship wave salt fish sail'}
with open('vectors.8d.txt', 'w') as f:
    for words in topics.values():
        middle = np.random.normal(size=EMBEDDING_DIM)
        for word in words.split():
            f.write(word + ' ' + ' '.join('%.4f' % v for v in middle + np.random.normal(0, .3, EMBEDDING_DIM)) + '\n')
embeddings_index = {}
with open('vectors.8d.txt') as f:
    for line in f:
        word, coefs = line.split(maxsplit=1)
        coefs = np.fromstring(coefs, 'f', sep=' ')
        embeddings_index[word] = coefs
print('Found %s word vectors.' % len(embeddings_index))

texts, labels, labels_index = [], [], {}
for name in sorted(topics):
    label_id = len(labels_index)
    labels_index[name] = label_id
    for _ in range(60):
        texts.append(' '.join(np.random.choice(topics[name].split() + ['the', 'a', 'of'], 12)) + '.')
        labels.append(label_id)

tokenizer = Tokenizer(num_words=MAX_NUM_WORDS)
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
word_index = tokenizer.word_index
print('Found %s unique tokens.' % len(word_index))
data = pad_sequences(sequences, maxlen=MAX_SEQUENCE_LENGTH)
labels = to_categorical(np.asarray(labels))
indices = np.arange(data.shape[0])
np.random.shuffle(indices)
data, labels = data[indices], labels[indices]
num_validation_samples = int(VALIDATION_SPLIT * data.shape[0])
x_train, y_train = data[:-num_validation_samples], labels[:-num_validation_samples]
x_val, y_val = data[-num_validation_samples:], labels[-num_validation_samples:]

num_words = min(MAX_NUM_WORDS, len(word_index) + 1)
embedding_matrix = np.zeros((num_words, EMBEDDING_DIM))
for word, i in word_index.items():
    if i >= MAX_NUM_WORDS:
        continue
    embedding_vector = embeddings_index.get(word)
    if embedding_vector is not None:
        embedding_matrix[i] = embedding_vector

embedding_layer = Embedding(num_words, EMBEDDING_DIM, embeddings_initializer=Constant(embedding_matrix),
                            input_length=MAX_SEQUENCE_LENGTH, trainable=False)
sequence_input = Input(shape=(MAX_SEQUENCE_LENGTH,), dtype='int32')
embedded_sequences = embedding_layer(sequence_input)
x = Conv1D(16, 3, activation='relu')(embedded_sequences)
x = MaxPooling1D(3)(x)
x = GlobalMaxPooling1D()(x)
x = Dense(16, activation='relu')(x)
preds = Dense(len(labels_index), activation='softmax')(x)
model = Model(sequence_input, preds)
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['acc'])
history = model.fit(x_train, y_train, batch_size=16, epochs=5, validation_data=(x_val, y_val), verbose=0)
assert history.history['val_acc'][-1] > 0.7
assert np.allclose(embedding_layer.get_weights()[0], embedding_matrix)
assert len(model.non_trainable_weights) == 1


def get_model(units, layer):
    inp = Input(shape=(MAX_SEQUENCE_LENGTH, ))
    x = Embedding(num_words, EMBEDDING_DIM, weights=[embedding_matrix], trainable=False)(inp)
    x = SpatialDropout1D(0.2)(x)
    x = Bidirectional(layer(units, return_sequences=True))(x)
    avg_pool = GlobalAveragePooling1D()(x)
    max_pool = GlobalMaxPooling1D()(x)
    conc = concatenate([avg_pool, max_pool])
    outp = Dense(3, activation="sigmoid")(conc)
    model = Model(inputs=inp, outputs=outp)
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


for layer in (GRU, CuDNNGRU, CuDNNLSTM):
    model = get_model(6, layer)
    hist = model.fit(x_train, y_train, batch_size=32, epochs=1, validation_data=(x_val, y_val), verbose=2)
    y_pred = model.predict(x_val, batch_size=1024)
    assert y_pred.shape == (36, 3)
    assert np.allclose(model.layers[1].get_weights()[0], embedding_matrix)
assert text_to_word_sequence('The Ball, a goal!') == ['the', 'ball', 'a', 'goal']
