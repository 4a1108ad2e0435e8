'''Stories and questions: branches of Sequentials that are merged, and a memory that is attended to.'''
from __future__ import print_function
import re
from functools import reduce

import numpy as np

np.random.seed(1337)  # for reproducibility

from keras.layers import LSTM, Activation, Dense, Dropout, Highway, MaxoutDense, Merge, Permute, RepeatVector, recurrent
from keras.layers.embeddings import Embedding
from keras.models import Sequential
from keras.preprocessing.sequence import pad_sequences

RNN = recurrent.LSTM
EMBED_HIDDEN_SIZE = 8
SENT_HIDDEN_SIZE = 16
QUERY_HIDDEN_SIZE = 16
BATCH_SIZE = 32
EPOCHS = 3


def tokenize(sent):
    return [x.strip() for x in re.split(r'(\W+)', sent) if x.strip()]


people, places = ['Mary', 'John', 'Sandra'], ['kitchen', 'garden', 'office']
data = []
for _ in range(200):
    who, where = np.random.permutation(people)[:2], np.random.choice(places, 2)
    story = reduce(lambda x, y: x + y, [tokenize('%s went to the %s.' % pair) for pair in zip(who, where)])
    data.append((story, tokenize('Where is %s?' % who[0]), where[0]))
vocab = sorted(reduce(lambda x, y: x | y, (set(story + q + [answer]) for story, q, answer in data)))
vocab_size = len(vocab) + 1
word_idx = dict((c, i + 1) for i, c in enumerate(vocab))
story_maxlen = max(map(len, (x for x, _, _ in data)))
query_maxlen = max(map(len, (x for _, x, _ in data)))
X = pad_sequences([[word_idx[w] for w in story] for story, _, _ in data], maxlen=story_maxlen)
Xq = pad_sequences([[word_idx[w] for w in query] for _, query, _ in data], maxlen=query_maxlen)
Y = np.zeros((len(data), vocab_size))
for i, (_, _, answer) in enumerate(data):
    Y[i, word_idx[answer]] = 1

print('Build model...')
sentrnn = Sequential()
sentrnn.add(Embedding(vocab_size, EMBED_HIDDEN_SIZE, input_length=story_maxlen))
sentrnn.add(Dropout(0.3))
qrnn = Sequential()
qrnn.add(Embedding(vocab_size, EMBED_HIDDEN_SIZE, input_length=query_maxlen))
qrnn.add(Dropout(0.3))
qrnn.add(RNN(EMBED_HIDDEN_SIZE, return_sequences=False))
qrnn.add(RepeatVector(story_maxlen))
model = Sequential()
model.add(Merge([sentrnn, qrnn], mode='sum'))
model.add(RNN(EMBED_HIDDEN_SIZE, return_sequences=False))
model.add(Dropout(0.3))
model.add(Dense(vocab_size, activation='softmax'))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
print('Training')
history = model.fit([X, Xq], Y, batch_size=BATCH_SIZE, nb_epoch=EPOCHS, validation_split=0.05)
loss, acc = model.evaluate([X, Xq], Y, batch_size=BATCH_SIZE)
print(f'Test loss / test accuracy = {loss:.4f} / {acc:.4f}')
assert history.history['loss'][-1] < history.history['loss'][0]

# a memory network
input_encoder_m = Sequential()
input_encoder_m.add(Embedding(input_dim=vocab_size, output_dim=16, input_length=story_maxlen))
input_encoder_m.add(Dropout(0.3))
question_encoder = Sequential()
question_encoder.add(Embedding(input_dim=vocab_size, output_dim=16, input_length=query_maxlen))
question_encoder.add(Dropout(0.3))
match = Sequential()
match.add(Merge([input_encoder_m, question_encoder], mode='dot', dot_axes=[2, 2]))
match.add(Activation('softmax'))
input_encoder_c = Sequential()
input_encoder_c.add(Embedding(input_dim=vocab_size, output_dim=query_maxlen, input_length=story_maxlen))
input_encoder_c.add(Dropout(0.3))
response = Sequential()
response.add(Merge([match, input_encoder_c], mode='sum'))
response.add(Permute((2, 1)))
answer = Sequential()
answer.add(Merge([response, question_encoder], mode='concat', concat_axis=-1))
answer.add(LSTM(16))
answer.add(Dropout(0.3))
answer.add(Dense(vocab_size))
answer.add(Activation('softmax'))
answer.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
history = answer.fit([X, Xq, X], Y, batch_size=32, nb_epoch=3, validation_data=([X, Xq, X], Y), verbose=0)
assert match.output_shape == (None, story_maxlen, query_maxlen)
assert history.history['loss'][-1] < history.history['loss'][0]
assert answer.predict([X[:4], Xq[:4], X[:4]]).shape == (4, vocab_size)

# dense branches by the sides
left, right = Sequential(), Sequential()
left.add(Dense(8, input_dim=5))
right.add(Dense(8, input_dim=5))
for mode in ('sum', 'mul', 'ave', 'max', 'concat'):
    both = Sequential()
    both.add(Merge([left, right], mode=mode))
    both.add(MaxoutDense(4, nb_feature=2))
    both.add(Highway(activation='relu'))
    both.add(Dense(1))
    both.compile('sgd', 'mse')
    assert both.predict([np.ones((2, 5)), np.ones((2, 5))]).shape == (2, 1)
