"""Weights of classes, of samples and of steps; masks; one-dimensional convolutions over sequences."""
import numpy as np
from keras import backend as K
from keras.layers import (LSTM, AveragePooling1D, Conv1D, Dense, Dropout, Embedding, Flatten, Masking,
                          TimeDistributed, ZeroPadding1D)
from keras.models import Sequential
from sklearn.utils import class_weight

rng = np.random.RandomState(2)
X = rng.normal(size=(200, 4))
y = (X[:, 0] > 1).astype(int)
weights = class_weight.compute_class_weight(class_weight='balanced', classes=np.unique(y), y=y)
model = Sequential([Dense(8, activation='relu', input_shape=(4,)), Dense(1, activation='sigmoid')])
model.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
model.fit(X, y, class_weight=dict(enumerate(weights)), epochs=1, verbose=0)
model.fit(X, y, class_weight='auto', epochs=1, verbose=0)
model.fit(X, y, sample_weight=np.where(y, 5., 1.), epochs=10, verbose=0)
assert model.predict(X)[y == 1].mean() > model.predict(X)[y == 0].mean()

# weights of steps
steps = rng.normal(size=(60, 5, 3))
tags = (steps.sum(axis=-1, keepdims=True) > 0).astype('float32')
step_weights = np.ones((60, 5))
step_weights[:, :2] = 0
model = Sequential()
model.add(Masking(mask_value=0., input_shape=(5, 3)))
model.add(LSTM(8, return_sequences=True))
model.add(TimeDistributed(Dense(1, activation='sigmoid')))
model.compile(loss='binary_crossentropy', optimizer='rmsprop', sample_weight_mode='temporal')
history = model.fit(steps, tags, sample_weight=step_weights, epochs=3, verbose=0)
assert history.history['loss'][-1] < history.history['loss'][0]
with_weights = model.test_on_batch(steps, tags, sample_weight=step_weights)
other = tags.copy()
other[:, :2] = 1 - other[:, :2]
assert np.allclose(with_weights, model.test_on_batch(steps, other, sample_weight=step_weights), rtol=1e-5)

# sequences by convolutions, with padding, an average and a cut
model = Sequential()
model.add(Embedding(50, 8, input_length=20))
model.add(ZeroPadding1D(1))
model.add(Conv1D(filters=8, kernel_size=3, activation='relu', strides=1, dilation_rate=1))
model.add(AveragePooling1D(pool_size=2, strides=2, padding='valid'))
model.add(Conv1D(8, 3, padding='causal', activation='relu'))
model.add(Flatten())
model.add(Dropout(0.1))
model.add(Dense(2, activation='softmax'))
model.compile('rmsprop', 'sparse_categorical_crossentropy', metrics=['sparse_categorical_accuracy'])
words = rng.randint(0, 50, (100, 20))
history = model.fit(words, (words[:, 0] > 25).astype(int), epochs=3, verbose=0)
assert 'sparse_categorical_accuracy' in history.history
assert model.layers[3].output_shape == (None, 10, 8)
assert K.int_shape(model.output) == (None, 2)
