"""An actor and a critic, trained by functions of the backend with updates of an optimizer."""
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model
from keras.optimizers import Adam

np.random.seed(0)


class A2CAgent:
    def __init__(self, state_size, action_size):
        self.state_size, self.action_size = state_size, action_size
        state = Input(batch_shape=(None, state_size))
        shared = Dense(16, activation='relu', kernel_initializer='glorot_uniform')(state)
        action_prob = Dense(action_size, activation='softmax', kernel_initializer='glorot_uniform')(shared)
        state_value = Dense(1, activation='linear', kernel_initializer='he_uniform')(shared)
        self.actor = Model(inputs=state, outputs=action_prob)
        self.critic = Model(inputs=state, outputs=state_value)
        self.actor._make_predict_function()
        self.critic._make_predict_function()
        self.actor.summary()
        self.optimizer = [self.actor_optimizer(), self.critic_optimizer()]

    def actor_optimizer(self):
        action = K.placeholder(shape=[None, self.action_size])
        advantages = K.placeholder(shape=[None, ])
        action_prob = K.sum(action * self.actor.output, axis=1)
        cross_entropy = K.log(action_prob + 1e-10) * advantages
        entropy = K.sum(self.actor.output * K.log(self.actor.output + 1e-10), axis=1)
        loss = -K.sum(cross_entropy) + 0.01 * K.sum(entropy)
        optimizer = Adam(lr=0.02)
        updates = optimizer.get_updates(loss=loss, params=self.actor.trainable_weights)
        return K.function([self.actor.input, action, advantages], [loss], updates=updates)

    def critic_optimizer(self):
        discounted_reward = K.placeholder(shape=(None, ))
        loss = K.mean(K.square(discounted_reward - K.flatten(self.critic.output)))
        optimizer = Adam(lr=0.02)
        updates = optimizer.get_updates(params=self.critic.trainable_weights, loss=loss)
        return K.function([self.critic.input, discounted_reward], [loss], updates=updates)

    def train_model(self, states, actions, rewards):
        values = self.critic.predict(states).flatten()
        advantages = rewards - values
        self.optimizer[0]([states, np.eye(self.action_size)[actions], advantages])
        return self.optimizer[1]([states, rewards])[0]


agent = A2CAgent(4, 2)
losses = []
for episode in range(30):
    states = np.random.normal(size=(32, 4))
    policy = agent.actor.predict(states)
    actions = np.array([np.random.choice(2, p=p / p.sum()) for p in policy.astype('float64')])
    rewards = (actions == (states[:, 0] > 0)).astype('float32')
    losses.append(agent.train_model(states, actions, rewards))
states = np.random.normal(size=(100, 4))
right = np.mean(agent.actor.predict(states).argmax(axis=1) == (states[:, 0] > 0))
print('right actions:', right)
assert right > 0.7, right
assert np.mean(losses[-5:]) < losses[0]
