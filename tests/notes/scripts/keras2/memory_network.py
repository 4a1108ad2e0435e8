'''Questions about short stories, answered by attention over the story.'''
from __future__ import print_function

import re
from functools import reduce

import numpy as np
from keras.layers import LSTM, Activation, Dense, Dropout, Embedding, Input, Permute, add, concatenate, dot
from keras.models import Model, Sequential
from keras.preprocessing.sequence import pad_sequences

np.random.seed(1)


def tokenize(sent):
    return [x.strip() for x in re.split(r'(\W+)', sent) if x.strip()]


def make_stories(count):
    people, places = ['Mary', 'John', 'Sandra'], ['kitchen', 'garden', 'office']
    stories = []
    for _ in range(count):
        story, where = [], {}
        for who in np.random.permutation(people)[:2]:
            where[who] = np.random.choice(places)
            story.append(tokenize('%s went to the %s.' % (who, where[who])))
        who = np.random.choice(list(where))
        stories.append((reduce(lambda x, y: x + y, story), tokenize('Where is %s?' % who), where[who]))
    return stories


def vectorize_stories(data):
    inputs, queries, answers = [], [], []
    for story, query, answer in data:
        inputs.append([word_idx[w] for w in story])
        queries.append([word_idx[w] for w in query])
        answers.append(word_idx[answer])
    return (pad_sequences(inputs, maxlen=story_maxlen),
            pad_sequences(queries, maxlen=query_maxlen),
            np.array(answers))


train_stories = make_stories(300)
test_stories = make_stories(60)
vocab = set()
for story, q, answer in train_stories + test_stories:
    vocab |= set(story + q + [answer])
vocab = sorted(vocab)
vocab_size = len(vocab) + 1
story_maxlen = max(map(len, (x for x, _, _ in train_stories + test_stories)))
query_maxlen = max(map(len, (x for _, x, _ in train_stories + test_stories)))
word_idx = dict((c, i + 1) for i, c in enumerate(vocab))
inputs_train, queries_train, answers_train = vectorize_stories(train_stories)
inputs_test, queries_test, answers_test = vectorize_stories(test_stories)

input_sequence = Input((story_maxlen,))
question = Input((query_maxlen,))
input_encoder_m = Sequential()
input_encoder_m.add(Embedding(input_dim=vocab_size, output_dim=16))
input_encoder_m.add(Dropout(0.3))
input_encoder_c = Sequential()
input_encoder_c.add(Embedding(input_dim=vocab_size, output_dim=query_maxlen))
input_encoder_c.add(Dropout(0.3))
question_encoder = Sequential()
question_encoder.add(Embedding(input_dim=vocab_size, output_dim=16, input_length=query_maxlen))
question_encoder.add(Dropout(0.3))

input_encoded_m = input_encoder_m(input_sequence)
input_encoded_c = input_encoder_c(input_sequence)
question_encoded = question_encoder(question)
match = dot([input_encoded_m, question_encoded], axes=(2, 2))
match = Activation('softmax')(match)
response = add([match, input_encoded_c])
response = Permute((2, 1))(response)
answer = concatenate([response, question_encoded])
answer = LSTM(16)(answer)
answer = Dropout(0.3)(answer)
answer = Dense(vocab_size)(answer)
answer = Activation('softmax')(answer)

model = Model([input_sequence, question], answer)
model.compile(optimizer='rmsprop', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
history = model.fit([inputs_train, queries_train], answers_train, batch_size=32, epochs=3,
                    validation_data=([inputs_test, queries_test], answers_test), verbose=0)
assert model.predict([inputs_test, queries_test]).shape == (60, vocab_size)
assert history.history['loss'][-1] < history.history['loss'][0]
