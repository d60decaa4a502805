"""What Python Keras predicts with HDF5 models, and models that it writes itself.

    judge_models.py keras2|keras3 predict FILE...   one JSON list of predictions per file, for inputs that are the same in
                                                    every run
    judge_models.py keras2|keras3 write FILE        writes a trained model and prints its predictions
    judge_models.py keras2 checkpoint FILE PREFIX   writes a model, and its weights as a checkpoint, and prints its predictions
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
DIALECT, VERB, FILES = sys.argv[1], sys.argv[2], sys.argv[3:]
if DIALECT == "keras2":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tf_keras as keras
else:
    import keras
import numpy as np


def inputs(shape):
    """Whole numbers 0 … 250 over 250: the same in JavaScript."""
    count = int(np.prod(shape))
    return ((np.arange(count) * 7) % 251).astype(np.float32).reshape(shape) / np.float32(250)


def predictions(model):
    xs = [inputs((4, *x.shape[1:])) for x in model.inputs]
    ys = model(xs if len(xs) > 1 else xs[0], training=False)
    ys = ys if isinstance(ys, list) else [ys]
    return np.concatenate([np.asarray(y).ravel() for y in ys]).astype(float).tolist()


def written():
    layers = keras.layers
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            layers.InputLayer((6, 5, 2)),
            layers.Conv2D(3, (2, 3), strides=(1, 2), padding="same", activation="relu", kernel_regularizer="l2"),
            layers.BatchNormalization(momentum=0.7),
            layers.AveragePooling2D((2, 1), strides=(1, 1)),
            layers.MaxPooling2D(2, padding="same"),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(7, activation="tanh", use_bias=False),
            layers.Dense(3),
            layers.Activation("softmax"),
        ],
        name="written",
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    x = inputs((4, 6, 5, 2))
    model.fit(x, np.eye(3, dtype=np.float32)[[0, 1, 2, 0]], epochs=3, verbose=0)
    return model


def various():
    """Layers whose weights have other names in Keras 3, or stand elsewhere, and options that Keras 3 does not know."""
    layers = keras.layers
    keras.utils.set_random_seed(6)
    start = x = layers.Input((6, 5, 2))
    x = layers.RandomContrast(0.1)(x)
    x = layers.SeparableConv2D(4, 2, activation="tanh")(x)
    x = layers.DepthwiseConv2D(2, depth_multiplier=2)(x)
    x = layers.BatchNormalization(moving_mean_initializer="random_normal")(x)
    x = layers.Reshape((-1, 8))(x)
    x = layers.MultiHeadAttention(2, 3)(x, x)
    x = layers.SpatialDropout1D(0.1)(x)
    x = layers.SeparableConv1D(4, 3)(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.Dense(3))(x)
    x = layers.GRU(3, recurrent_activation="hard_sigmoid")(x)
    return keras.Model(start, layers.Dense(2)(x))


if VERB == "checkpoint":
    model = various()
    model.save(FILES[0])
    model.save_weights(FILES[1])
    print(json.dumps(predictions(model)))
elif VERB == "write":
    model = written()
    model.save(FILES[0])
    print(json.dumps(predictions(model)))
else:
    for file in FILES:
        print(json.dumps(predictions(keras.models.load_model(file))))
