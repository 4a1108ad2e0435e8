"""Deep Q-learning on a corridor of eight fields, with a memory and a target network."""
import random
from collections import deque

import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import Adam

random.seed(0)
np.random.seed(0)


class Corridor(object):
    def reset(self):
        self.place = 3
        return self.state()

    def state(self):
        return np.eye(8)[[self.place]]

    def step(self, action):
        self.place += 1 if action else -1
        done = self.place in (0, 7)
        return self.state(), float(self.place == 7), done, {}


class DQNAgent:
    def __init__(self, state_size, action_size):
        self.state_size = state_size
        self.action_size = action_size
        self.memory = deque(maxlen=500)
        self.gamma = 0.9
        self.epsilon = 1.0
        self.epsilon_min = 0.05
        self.epsilon_decay = 0.9
        self.learning_rate = 0.02
        self.model = self._build_model()
        self.target_model = self._build_model()
        self.update_target_model()

    def _huber_loss(self, y_true, y_pred, clip_delta=1.0):
        error = y_true - y_pred
        cond = K.abs(error) <= clip_delta
        squared_loss = 0.5 * K.square(error)
        quadratic_loss = 0.5 * K.square(clip_delta) + clip_delta * (K.abs(error) - clip_delta)
        return K.mean(K.switch(cond, squared_loss, quadratic_loss))

    def _build_model(self):
        model = Sequential()
        model.add(Dense(16, input_dim=self.state_size, activation='relu', kernel_initializer='he_uniform'))
        model.add(Dense(self.action_size, activation='linear'))
        model.compile(loss=self._huber_loss, optimizer=Adam(lr=self.learning_rate))
        return model

    def update_target_model(self):
        self.target_model.set_weights(self.model.get_weights())

    def act(self, state):
        if np.random.rand() <= self.epsilon:
            return random.randrange(self.action_size)
        return np.argmax(self.model.predict(state)[0])

    def replay(self, batch_size):
        minibatch = random.sample(self.memory, batch_size)
        states = np.concatenate([m[0] for m in minibatch])
        next_states = np.concatenate([m[3] for m in minibatch])
        target = self.model.predict_on_batch(states)
        t = self.target_model.predict_on_batch(next_states)
        for i, (state, action, reward, next_state, done) in enumerate(minibatch):
            target[i][action] = reward if done else reward + self.gamma * np.amax(t[i])
        history = self.model.fit(states, target, epochs=1, verbose=0)
        if self.epsilon > self.epsilon_min:
            self.epsilon *= self.epsilon_decay
        return history.history['loss'][0]


env, agent = Corridor(), DQNAgent(8, 2)
for e in range(40):
    state = env.reset()
    for time in range(30):
        action = agent.act(state)
        next_state, reward, done, _ = env.step(action)
        agent.memory.append((state, action, reward, next_state, done))
        state = next_state
        if done:
            agent.update_target_model()
            break
    if len(agent.memory) > 32:
        loss = agent.replay(32)
agent.model.save_weights('corridor-dqn.h5')
agent.target_model.load_weights('corridor-dqn.h5')
policy = agent.target_model.predict(np.eye(8)[1:7]).argmax(axis=1)
print('policy', policy)
assert policy[2:].sum() >= 3, policy
