'''A network with a state that is kept from batch to batch.'''
from __future__ import print_function

import numpy as np
from keras.layers import LSTM, Dense
from keras.models import Sequential

tsteps = 1
batch_size = 25
epochs = 4
lahead = 1


def gen_cosine_amp(amp=1, period=25, x0=0, xn=100, step=1, k=0.001):
    cos = np.zeros(((xn - x0) * step, 1, 1))
    for i in range(len(cos)):
        idx = x0 + i * step
        cos[i, 0, 0] = amp * np.cos(2 * np.pi * idx / period)
        cos[i, 0, 0] = cos[i, 0, 0] * np.exp(-k * idx)
    return cos


print('Generating Data...')
cos = gen_cosine_amp()
print('Input shape:', cos.shape)
expected_output = np.zeros((len(cos), 1))
for i in range(len(cos) - lahead):
    expected_output[i, 0] = np.mean(cos[i + 1:i + lahead + 1])

print('Creating Model...')
model = Sequential()
model.add(LSTM(10, input_shape=(tsteps, 1), batch_size=batch_size, return_sequences=True, stateful=True))
model.add(LSTM(10, return_sequences=False, stateful=True))
model.add(Dense(1))
model.compile(loss='mse', optimizer='rmsprop')

losses = []
for i in range(epochs):
    print('Epoch', i + 1, '/', epochs)
    history = model.fit(cos, expected_output, batch_size=batch_size, verbose=0, epochs=1, shuffle=False)
    losses += history.history['loss']
    model.reset_states()
predicted_output = model.predict(cos, batch_size=batch_size)
assert predicted_output.shape == (100, 1)
assert losses[-1] < losses[0]
first = model.predict(cos[:25], batch_size=batch_size)
second = model.predict(cos[:25], batch_size=batch_size)
assert not np.allclose(first, second)
model.layers[0].reset_states()
model.layers[1].reset_states()
model.reset_states()
third = model.predict(cos[:25], batch_size=batch_size)
model.reset_states()
assert np.allclose(third, model.predict(cos[:25], batch_size=batch_size), atol=1e-6)
