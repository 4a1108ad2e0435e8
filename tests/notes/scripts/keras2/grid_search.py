"""Networks inside scikit-learn: cross-validation, grids, pipelines; flowers and their one-hot classes."""
import numpy
import pandas
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.utils import np_utils
from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

seed = 7
numpy.random.seed(seed)
iris = load_iris()
pandas.DataFrame(numpy.hstack([iris.data, iris.target_names[iris.target][:, None]])).to_csv(
    'iris.csv', header=False, index=False)
dataframe = pandas.read_csv('iris.csv', header=None)
dataset = dataframe.values
X = dataset[:, 0:4].astype(float)
Y = dataset[:, 4]
encoder = LabelEncoder()
encoder.fit(Y)
encoded_Y = encoder.transform(Y)
dummy_y = np_utils.to_categorical(encoded_Y)


def baseline_model():
    model = Sequential()
    model.add(Dense(8, input_dim=4, activation='relu'))
    model.add(Dense(3, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


estimator = KerasClassifier(build_fn=baseline_model, epochs=25, batch_size=5, verbose=0)
kfold = KFold(n_splits=2, shuffle=True, random_state=seed)
results = cross_val_score(estimator, X, dummy_y, cv=kfold)
print('Baseline: %.2f%% (%.2f%%)' % (results.mean() * 100, results.std() * 100))
assert results.mean() > 0.5, results
estimator.fit(X, dummy_y)
predictions = estimator.predict(X[:5])
print(predictions)
print(encoder.inverse_transform(predictions))


def create_model(optimizer='rmsprop', init='glorot_uniform', dropout_rate=0.0):
    model = Sequential()
    model.add(Dense(6, input_dim=4, kernel_initializer=init, activation='relu'))
    model.add(Dropout(dropout_rate))
    model.add(Dense(1, kernel_initializer=init, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
    return model


binary = (encoded_Y == 0).astype(int)
model = KerasClassifier(build_fn=create_model, verbose=0)
param_grid = dict(optimizer=['adam'], init=['uniform', 'normal'], epochs=[2], batch_size=[20])
grid = GridSearchCV(estimator=model, param_grid=param_grid, n_jobs=1, cv=2)
grid_result = grid.fit(X, binary)
print('Best: %f using %s' % (grid_result.best_score_, grid_result.best_params_))
assert set(grid_result.best_params_) == set(param_grid)
assert len(grid_result.cv_results_['mean_test_score']) == 2

estimators = []
estimators.append(('standardize', StandardScaler()))
estimators.append(('mlp', KerasClassifier(build_fn=create_model, epochs=10, batch_size=10, verbose=0)))
pipeline = Pipeline(estimators)
results = cross_val_score(pipeline, X, binary, cv=StratifiedKFold(n_splits=2, shuffle=True, random_state=seed))
assert results.mean() > 0.6, results


def regression():
    model = Sequential([Dense(8, input_dim=3, activation='relu'), Dense(1)])
    model.compile(loss='mean_squared_error', optimizer='adam')
    return model


regressor = KerasRegressor(build_fn=regression, epochs=5, batch_size=10, verbose=0)
regressor.fit(X[:, :3], X[:, 3])
assert regressor.predict(X[:, :3]).shape == (150,)
assert regressor.score(X[:, :3], X[:, 3]) < 0
