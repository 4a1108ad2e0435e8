# Flowers: data frames, labels to columns, and estimators of scikit-learn, as in courses of 2016
import numpy
from keras.constraints import maxnorm
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils import np_utils
from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
from pandas import read_csv
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

# fix random seed for reproducibility
seed = 7
numpy.random.seed(seed)
iris = load_iris()
rows = ['%s,%s' % (','.join(map(str, x)), iris.target_names[y]) for x, y in zip(iris.data, iris.target)]
open('iris.csv', 'w').write('\n'.join(rows))
# load dataset
dataframe = read_csv('iris.csv', header=None)
dataset = dataframe.values
X = dataset[:, 0:4].astype(float)
Y = dataset[:, 4]
# encode class values as integers
encoder = LabelEncoder()
encoder.fit(Y)
encoded_Y = encoder.transform(Y)
# convert integers to dummy variables (i.e. one hot encoded)
dummy_y = np_utils.to_categorical(encoded_Y)


# define baseline model
def baseline_model():
    # create model
    model = Sequential()
    model.add(Dense(8, input_dim=4, init='normal', activation='relu', W_constraint=maxnorm(3)))
    model.add(Dropout(0.1))
    model.add(Dense(3, init='normal', activation='sigmoid'))
    # Compile model
    sgd = SGD(lr=0.1, momentum=0.9, decay=0.0, nesterov=False)
    model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
    return model


estimator = KerasClassifier(build_fn=baseline_model, nb_epoch=20, batch_size=10, verbose=0)
estimators = [('standardize', StandardScaler()), ('mlp', estimator)]
results = cross_val_score(Pipeline(estimators), X, encoded_Y,
                          cv=StratifiedKFold(n_splits=2, shuffle=True, random_state=seed))
print("Baseline: %.2f%% (%.2f%%)" % (results.mean()*100, results.std()*100))
assert results.mean() > 0.6, results


def larger_model():
    model = Sequential()
    model.add(Dense(10, input_dim=3, init='normal', activation='relu'))
    model.add(Dense(1, init='normal'))
    model.compile(loss='mean_squared_error', optimizer='adam')
    return model


regressor = KerasRegressor(build_fn=larger_model, nb_epoch=3, batch_size=10, verbose=0)
regressor.fit(X[:, :3], X[:, 3])
assert regressor.predict(X[:5, :3]).shape == (5,)

kfold = StratifiedKFold(n_splits=2, shuffle=True, random_state=seed)
cvscores = []
for train, test in kfold.split(X, encoded_Y):
    model = baseline_model()
    model.fit(X[train], dummy_y[train], nb_epoch=5, batch_size=10, verbose=0)
    scores = model.evaluate(X[test], dummy_y[test], verbose=0)
    print("%s: %.2f%%" % (model.metrics_names[1], scores[1]*100))
    cvscores.append(scores[1] * 100)
assert model.metrics_names[1] == 'acc'
