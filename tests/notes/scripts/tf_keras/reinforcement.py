# A cart on a line, without gym: policy gradients with a tape, then Q-learning from a replay buffer, then actor-critic.
from collections import deque

import numpy as np
import tensorflow as tf
from tensorflow import keras

eps = np.finfo(np.float32).eps.item()


class Line:
    """Stay near the middle; action 1 goes right."""

    def __init__(self, seed=0):
        self.rng = np.random.RandomState(seed)

    def reset(self):
        self.x, self.t = self.rng.uniform(-0.5, 0.5), 0
        return np.array([self.x, np.sign(self.x)], "float32")

    def step(self, action):
        self.x += 0.2 if action == 1 else -0.2
        self.t += 1
        done = abs(self.x) > 1 or self.t >= 12
        return np.array([self.x, np.sign(self.x)], "float32"), 1.0 - abs(self.x), done, {}


env = Line()
keras.backend.clear_session()
tf.random.set_seed(42)
model = keras.models.Sequential(
    [keras.layers.Dense(8, activation="elu", input_shape=[2]), keras.layers.Dense(1, activation="sigmoid")]
)


def play_one_step(env, obs, model, loss_fn):
    with tf.GradientTape() as tape:
        left_proba = model(obs[np.newaxis])
        action = tf.random.uniform([1, 1]) > left_proba
        y_target = tf.constant([[1.0]]) - tf.cast(action, tf.float32)
        loss = tf.reduce_mean(loss_fn(y_target, left_proba))
    grads = tape.gradient(loss, model.trainable_variables)
    obs, reward, done, info = env.step(int(action[0, 0].numpy()))
    return obs, reward, done, grads


def play_multiple_episodes(env, n_episodes, model, loss_fn):
    all_rewards, all_grads = [], []
    for episode in range(n_episodes):
        current_rewards, current_grads = [], []
        obs = env.reset()
        while True:
            obs, reward, done, grads = play_one_step(env, obs, model, loss_fn)
            current_rewards.append(reward)
            current_grads.append(grads)
            if done:
                break
        all_rewards.append(current_rewards)
        all_grads.append(current_grads)
    return all_rewards, all_grads


def discount_rewards(rewards, discount_rate):
    discounted = np.array(rewards)
    for step in range(len(rewards) - 2, -1, -1):
        discounted[step] += discounted[step + 1] * discount_rate
    return discounted


def discount_and_normalize_rewards(all_rewards, discount_rate):
    all_discounted_rewards = [discount_rewards(rewards, discount_rate) for rewards in all_rewards]
    flat_rewards = np.concatenate(all_discounted_rewards)
    return [(d - flat_rewards.mean()) / flat_rewards.std() for d in all_discounted_rewards]


assert discount_rewards([10, 0, -50], discount_rate=0.8).tolist() == [-22, -40, -50]
optimizer = keras.optimizers.Adam(learning_rate=0.05)
loss_fn = keras.losses.binary_crossentropy
totals = []
for iteration in range(12):
    all_rewards, all_grads = play_multiple_episodes(env, 4, model, loss_fn)
    totals.append(sum(map(sum, all_rewards)) / 4)
    all_final_rewards = discount_and_normalize_rewards(all_rewards, 0.8)
    all_mean_grads = []
    for var_index in range(len(model.trainable_variables)):
        mean_grads = tf.reduce_mean(
            [
                final_reward * all_grads[episode_index][step][var_index]
                for episode_index, final_rewards in enumerate(all_final_rewards)
                for step, final_reward in enumerate(final_rewards)
            ],
            axis=0,
        )
        all_mean_grads.append(mean_grads)
    optimizer.apply_gradients(zip(all_mean_grads, model.trainable_variables))
print(totals)
assert np.mean(totals[-4:]) > np.mean(totals[:3])

# Q-learning.
n_outputs = 2
q = keras.models.Sequential(
    [keras.layers.Dense(16, activation="elu", input_shape=[2]), keras.layers.Dense(n_outputs)]
)
target = keras.models.clone_model(q)
target.set_weights(q.get_weights())
replay_buffer = deque(maxlen=500)


def epsilon_greedy_policy(state, epsilon=0):
    if np.random.rand() < epsilon:
        return np.random.randint(n_outputs)
    Q_values = q.predict(state[np.newaxis], verbose=0)
    return np.argmax(Q_values[0])


def sample_experiences(batch_size):
    indices = np.random.randint(len(replay_buffer), size=batch_size)
    batch = [replay_buffer[index] for index in indices]
    return [np.array([experience[field_index] for experience in batch]) for field_index in range(5)]


q_optimizer = keras.optimizers.Nadam(learning_rate=1e-2)
mse = keras.losses.mean_squared_error
losses = []


def training_step(batch_size):
    states, actions, rewards, next_states, dones = sample_experiences(batch_size)
    next_Q_values = target.predict(next_states, verbose=0)
    max_next_Q_values = np.max(next_Q_values, axis=1)
    target_Q_values = rewards + (1 - dones) * 0.9 * max_next_Q_values
    target_Q_values = target_Q_values.reshape(-1, 1)
    mask = tf.one_hot(actions, n_outputs)
    with tf.GradientTape() as tape:
        all_Q_values = q(states)
        Q_values = tf.reduce_sum(all_Q_values * mask, axis=1, keepdims=True)
        loss = tf.reduce_mean(mse(target_Q_values, Q_values))
    grads = tape.gradient(loss, q.trainable_variables)
    q_optimizer.apply_gradients(zip(grads, q.trainable_variables))
    losses.append(loss.numpy())


np.random.seed(42)
for episode in range(20):
    obs = env.reset()
    for step in range(12):
        action = epsilon_greedy_policy(obs, max(1 - episode / 15, 0.05))
        next_obs, reward, done, info = env.step(action)
        replay_buffer.append((obs, action, reward, next_obs, done))
        obs = next_obs
        if done:
            break
    if episode > 5:
        for _ in range(3):
            training_step(32)
    if episode % 5 == 0:
        target.set_weights(q.get_weights())
assert np.isfinite(losses).all() and len(losses) == 42
policy = np.argmax(q.predict(np.array([[-0.8, -1], [0.8, 1]], "float32"), verbose=0), axis=1)
print("far left, far right:", policy)

# Actor and critic in one network, one tape for an episode.
inputs = keras.layers.Input(shape=(2,))
common = keras.layers.Dense(16, activation="relu")(inputs)
action_head = keras.layers.Dense(2, activation="softmax")(common)
critic = keras.layers.Dense(1)(common)
ac = keras.Model(inputs=inputs, outputs=[action_head, critic])
optimizer = keras.optimizers.Adam(learning_rate=0.02)
huber_loss = keras.losses.Huber()
running_reward = 0
for episode in range(6):
    state = env.reset()
    action_probs_history, critic_value_history, rewards_history = [], [], []
    with tf.GradientTape() as tape:
        for timestep in range(1, 20):
            state = tf.convert_to_tensor(state)
            state = tf.expand_dims(state, 0)
            action_probs, critic_value = ac(state)
            critic_value_history.append(critic_value[0, 0])
            action = np.random.choice(2, p=np.squeeze(action_probs).astype("float64") / np.sum(np.squeeze(action_probs).astype("float64")))
            action_probs_history.append(tf.math.log(action_probs[0, action]))
            state, reward, done, _ = env.step(action)
            rewards_history.append(reward)
            if done:
                break
        running_reward = 0.05 * sum(rewards_history) + (1 - 0.05) * running_reward
        returns = discount_rewards(rewards_history, 0.99)
        returns = ((returns - np.mean(returns)) / (np.std(returns) + eps)).tolist()
        actor_losses, critic_losses = [], []
        for log_prob, value, ret in zip(action_probs_history, critic_value_history, returns):
            diff = ret - value
            actor_losses.append(-log_prob * diff)
            critic_losses.append(huber_loss(tf.expand_dims(value, 0), tf.expand_dims(ret, 0)))
        loss_value = sum(actor_losses) + sum(critic_losses)
    before = ac.get_weights()[0].copy()
    grads = tape.gradient(loss_value, ac.trainable_variables)
    optimizer.apply_gradients(zip(grads, ac.trainable_variables))
assert all(g is not None for g in grads) and not np.allclose(before, ac.get_weights()[0])
print("running reward: {:.2f}".format(running_reward))
