"""Makes test/golden/preprocessing.json: preprocessing layers of Keras 3.15: those without chance as they are, those with chance
after known draws.

    python test/golden/make/preprocessing.py test/golden/preprocessing.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import keras
import numpy as np
import tensorflow as tf
from keras.src.layers.preprocessing.image_preprocessing.aug_mix import AUGMENT_LAYERS_ALL

L = keras.layers
random = np.random.default_rng(11)


def pack(a):
    shape = list(np.shape(a))
    a = np.ascontiguousarray(a)
    if a.dtype.kind in "OSU":
        flat = [x.decode() if isinstance(x, bytes) else str(x) for x in a.reshape(-1)]
        return {"dtype": "string", "shape": list(a.shape), "values": flat}
    return {"dtype": str(a.dtype), "shape": shape, "b64": base64.b64encode(a.tobytes()).decode()}


def row(name, layer, x, y, draws=None, **more):
    config = layer.get_config()
    return {"case": name, "class_name": type(layer).__name__, "config": config, "input": pack(x), "draws": draws, "output": pack(y), **more}


def picture(*shape, top=255):
    return (random.uniform(size=shape) * top).astype("float32")


def column(values):
    return np.array(values, "float32").reshape(-1, 1, 1, 1)


def still(name, layer, x):
    return row(name, layer, x, np.array(layer(x, training=True)))


def moving(name, layer, x, transformation, draws):
    y = layer.transform_images(tf.constant(x), transformation, training=True)
    packed = pack(draws) if not isinstance(draws, dict) else {k: pack(v) for k, v in draws.items()}
    return row(name, layer, x, np.array(y), packed)


def cases():
    oblong, small = picture(2, 6, 9, 3), picture(2, 3, 4, 3)
    yield still("resizing", L.Resizing(4, 5), oblong)
    yield still("resizing_nearest", L.Resizing(4, 13, interpolation="nearest"), oblong)
    yield still("resizing_bicubic", L.Resizing(8, 5, interpolation="bicubic"), oblong)
    yield still("resizing_lanczos3", L.Resizing(8, 5, interpolation="lanczos3"), oblong)
    yield still("resizing_antialias", L.Resizing(3, 4, antialias=True), oblong)
    yield still("resizing_crop", L.Resizing(4, 4, crop_to_aspect_ratio=True), oblong)
    yield still("resizing_crop_high", L.Resizing(8, 3, crop_to_aspect_ratio=True), oblong)
    yield still("resizing_pad", L.Resizing(4, 4, pad_to_aspect_ratio=True, fill_value=7.0), oblong)
    yield still("resizing_first", L.Resizing(4, 5, data_format="channels_first"), picture(2, 3, 6, 9))
    yield still("center_crop", L.CenterCrop(3, 4), oblong)
    yield still("center_crop_small", L.CenterCrop(5, 4), small)
    yield still("auto_contrast", L.AutoContrast(), np.concatenate([oblong / 2, np.full((2, 6, 9, 1), 9, "float32")], -1))
    yield still("auto_contrast_ones", L.AutoContrast(value_range=(0, 1)), picture(2, 4, 4, 3, top=0.5))

    flips = np.array([True, False]).reshape(2, 1, 1, 1)
    for mode in ["horizontal", "vertical", "horizontal_and_vertical"]:
        yield moving(f"flip_{mode}", L.RandomFlip(mode), oblong, {"flips": tf.constant(flips)}, flips)
    delta = column([-30, 60])
    yield moving("brightness", L.RandomBrightness(0.5), oblong, {"rgb_delta": delta}, delta)
    contrast = column([0.7, 1.6])
    yield moving("contrast", L.RandomContrast(0.5), oblong, {"contrast_factor": contrast}, contrast)
    yield moving("invert", L.RandomInvert(), oblong, {"apply_inversion": flips.reshape(-1)}, flips)
    hue = column([-0.3, 0.2])
    yield moving("hue", L.RandomHue(0.5), oblong, {"factor": hue.reshape(-1)}, hue)
    saturation = column([0.3, 1.5])
    yield moving("saturation", L.RandomSaturation(0.5, value_range=(0, 1)), picture(2, 4, 5, 3, top=1), {"factor": tf.constant(saturation.reshape(-1))}, saturation)
    share = column([0.1, 0.8])
    yield moving("sharpness", L.RandomSharpness(0.5), oblong, {"factor": share.reshape(-1)}, share)
    yield moving("degeneration", L.RandomColorDegeneration(0.5), oblong, {"factor": share}, share)
    bits = np.array([3, 6], "int32").reshape(2, 1, 1, 1)
    yield moving("posterization", L.RandomPosterization(5), oblong, {"shift_factor": tf.constant(bits.reshape(-1), "uint8")}, bits)
    yield moving("grayscale", L.RandomGrayscale(), oblong, flips, flips)
    sun = {"additions": column([10, 80]), "thresholds": column([128, 200])}
    yield moving("solarization", L.Solarization(0.5, 0.5), oblong, sun, sun)
    sigma = np.array([0.4, 0.9], "float32")
    yield moving("blur", L.RandomGaussianBlur(kernel_size=(3, 3)), oblong, {"should_apply_blur": flips.reshape(-1), "blur_factor": sigma}, {"where": flips, "sigma": sigma})
    weight, order = column([0.25, 0.6]), np.array([1, 0], "int32")
    yield moving("mix_up", L.MixUp(), oblong, {"mix_weight": weight, "permutation_order": order}, {"share": weight, "others": order})
    box = np.zeros((2, 6, 9, 1), bool)
    box[:, 1:4, 2:6] = True
    yield moving("cut_mix", L.CutMix(), oblong, {"batch_masks": np.repeat(box, 3, -1), "permutation_order": order, "mix_weight": weight}, {"where": box, "others": order})
    fill = np.float32(9)
    yield moving("erasing", L.RandomErasing(fill_value=9), oblong, {"batch_masks": box, "apply_erasing": np.array([True, True]), "fill_value": tf.constant(fill)}, {"where": box, "fill": fill})

    angle = np.array([25.0, -100.0], "float32")
    for fill_mode in ["reflect", "wrap", "constant", "nearest"]:
        layer = L.RandomRotation(0.5, fill_mode=fill_mode, fill_value=3.0)
        zero = tf.zeros(2)
        matrix = layer._compute_affine_matrix(0.5, 0.5, tf.constant(angle), zero, zero, tf.ones(2), zero, zero, 6, 9)
        yield moving(f"rotation_{fill_mode}", layer, oblong, {"rotation_matrix": matrix}, column(angle * np.pi / 180))
    down, right = column([0.25, -0.5]), column([0.1, 0.3])
    translations = np.stack([right.reshape(-1) * 9, down.reshape(-1) * 6], 1)
    yield moving("translation", L.RandomTranslation(0.5, 0.5), oblong, {"translations": translations}, {"down": down, "right": right})
    height, width = column([0.6, 1.4]), column([1.2, 0.8])
    zooms = {"height_zoom": height.reshape(2, 1), "width_zoom": width.reshape(2, 1)}
    yield moving("zoom", L.RandomZoom(0.5, 0.5, interpolation="nearest"), oblong, zooms, {"height": height, "width": width})
    x, y = column([0.3, -0.2]), column([0.1, 0.2])
    factor = np.concatenate([x.reshape(2, 1), y.reshape(2, 1)], 1)
    yield moving("shear", L.RandomShear(0.5, 0.5), oblong, {"shear_factor": factor}, {"x": x, "y": y})
    yield from words()
    flat = np.concatenate([picture(2, 6, 9, 2), np.full((2, 6, 9, 1), 9, "float32")], -1)
    yield still("equalization", L.Equalization(), flat)
    yield still("equalization_ones", L.Equalization(value_range=(0, 1), bins=32), picture(2, 5, 4, 3, top=0.6))
    yield from sounds()
    yield from perspectives(oblong, flips)
    clahe = L.ContrastLimitedAdaptiveHistogramEqualization
    yield still("clahe", clahe(tile_grid_size=(2, 2)), oblong)
    yield still("clahe_padded", clahe(clip_limit=30.0, tile_grid_size=(4, 2)), flat)
    yield still("clahe_ones", clahe(value_range=(0, 1), clip_limit=0.0, tile_grid_size=(1, 3)), oblong / 300)
    yield from policies(oblong)
    yield from elastic(flips)


def chosen_layers(names):
    """Indices of the layers as AugMix has them: those of colours last."""
    return np.array([AUGMENT_LAYERS_ALL.index(name) if name else len(AUGMENT_LAYERS_ALL) for name in names], "int32")


def policies(x):
    """A factor of two equal ends leaves nothing to chance but shear’s direction, contrast, posterization and solarization."""
    factor = (0.2, 0.2)
    for first, second in [("random_translation", "random_brightness"), ("random_rotation", "auto_contrast"), ("random_sharpness", "auto_contrast"), ("equalization", "random_color_degeneration")]:
        layer = L.RandAugment(factor=factor)
        drawn = layer.get_random_transformation(x)
        drawn["layer_idxes"] = np.array([layer._AUGMENT_LAYERS.index(name) for name in (first, second)])
        yield moving(f"rand_augment_{first}", layer, x, drawn, chosen_layers([first, second]))
    layer = L.AugMix(factor=factor, num_chains=2, chain_depth=2)
    chains = [["random_translation", None], ["random_brightness", "equalization"]]
    made = [[{"layer_name": name, "transformation": getattr(layer, name).get_random_transformation(x)} for name in chain if name] for chain in chains]
    weights, share = np.array([0.3, 0.7], "float32"), np.array(0.4, "float32")
    drawn = {"chain_mixing_weights": weights, "weight_sample": share, "chain_transforms": made}
    choices = np.stack([chosen_layers(chain) for chain in chains])
    yield moving("aug_mix", layer, x, drawn, {"weights": weights, "share": share, "choices": choices})


def elastic(where):
    draws = np.random.default_rng(14)
    x = draws.uniform(size=(2, 24, 22, 2)).astype("float32")
    noise = draws.normal(size=(2, 24, 22)).astype("float32")
    normal, tf.random.stateless_normal = tf.random.stateless_normal, lambda **_: tf.constant(noise)
    for name, more in [("bilinear", {}), ("nearest", {"interpolation": "nearest"}), ("wrap", {"fill_mode": "wrap"}), ("constant", {"fill_mode": "constant", "fill_value": 0.5}), ("held", {"fill_mode": "nearest"})]:
        layer = L.RandomElasticTransform(value_range=(0, 1), **more)
        made = {"apply_transform": where.reshape(-1), "distortion_factor": tf.constant(0.95), "seed": 1}
        yield moving(f"elastic_{name}", layer, x, made, {"where": where, "strength": np.float32(0.95), "noise": noise[..., None]})
    tf.random.stateless_normal = normal


def perspectives(x, where):
    shift = np.random.default_rng(13).uniform(-0.4, 0.4, size=(2, 4, 2)).astype("float32")
    start = np.array([[0, 0], [8, 0], [0, 5], [8, 5]], "float32") + np.zeros((2, 1, 1), "float32")
    for name, both in [("perspective", np.ones_like(where)), ("perspective_one", where)]:
        for interpolation in ["bilinear", "nearest"]:
            made = {"apply_perspective": both.reshape(-1), "start_points": start, "end_points": start + start * shift}
            layer = L.RandomPerspective(interpolation=interpolation, fill_value=4.0)
            yield moving(f"{name}_{interpolation}", layer, x, made, {"where": both, "shift": shift})


def sounds():
    stereo, mono = (np.random.default_rng(12).normal(size=shape).astype("float32") for shape in [(2, 50, 2), (2, 300)])
    for mode in ["log", "magnitude", "psd", "real", "imag", "angle", "stft"]:
        yield still(f"stft_{mode}", L.STFTSpectrogram(mode=mode, frame_length=12, frame_step=5), stereo)
    yield still("stft_expanded", L.STFTSpectrogram(mode="stft", frame_length=8, fft_length=10, padding="same", expand_dims=True, window="hamming", scaling="spectrum", periodic=True), stereo)
    for name, mode, expand in [("stft_first", "psd", False), ("stft_first_expanded", "magnitude", True)]:
        make = lambda data_format: L.STFTSpectrogram(mode, 8, window=None, scaling=None, expand_dims=expand, data_format=data_format)
        y = np.moveaxis(np.array(make("channels_last")(stereo)), -1, 1)  # TensorFlow's convolutions on CPUs know channels last only.
        yield row(name, make("channels_first"), stereo.transpose(0, 2, 1), y)
    small = dict(fft_length=64, sequence_stride=20, sampling_rate=8000, num_mel_bins=8)
    yield still("mel", L.MelSpectrogram(**small), mono)
    yield still("mel_one", L.MelSpectrogram(**small), mono[0])
    yield still("mel_power", L.MelSpectrogram(power_to_db=False, window="hamming", sequence_length=50, mag_exp=1.0, **small), mono)
    yield still("mel_levels", L.MelSpectrogram(top_db=9.0, ref_power=4.0, min_freq=0, max_freq=3000, window=None, **small), mono)


def words():
    text = np.array([["The quick, brown fox!"], ["the lazy dog: the END"], [""]])
    tokens = np.array([["a", "b", "zzz"], ["c", "", "a"]])
    numbers = np.array([[3, 7, 9], [12, 0, 3]], "int64")
    for mode in ["int", "one_hot", "multi_hot", "count"]:
        flat = mode == "one_hot"
        some = (lambda v: v.reshape(-1)) if flat else (lambda v: v)
        yield still_text(f"hashing_{mode}", L.Hashing(4, output_mode=mode), some(tokens))
        yield still_text(f"discretization_{mode}", L.Discretization([0.0, 1.0, 5.5], output_mode=mode), some(np.array([[-1, 0, 0.5], [5.5, 9, 1]], "float32")))
        yield still_text(f"string_lookup_{mode}", L.StringLookup(vocabulary=["a", "b", "c"], output_mode=mode), some(tokens))
        yield still_text(f"integer_lookup_{mode}", L.IntegerLookup(vocabulary=[3, 9, 12], output_mode=mode), some(numbers))
        if mode != "int":
            yield still_text(f"category_{mode}", L.CategoryEncoding(num_tokens=13, output_mode=mode), some(numbers))
        if mode != "one_hot":
            yield still_text(f"text_{mode}", L.TextVectorization(vocabulary=["the", "fox", "dog"], output_mode=mode), text)
    yield still_text("hashing_salt", L.Hashing(5, salt=133), tokens)
    yield still_text("hashing_mask", L.Hashing(5, mask_value=""), tokens)
    yield still_text("hashing_integers", L.Hashing(5, salt=[3, 4]), numbers)
    yield still_text("crossing", L.HashedCrossing(5), [tokens[0], tokens[1]])
    yield still_text("crossing_one_hot", L.HashedCrossing(5, output_mode="one_hot"), [tokens[0], tokens[1]])
    yield still_text("string_lookup_mask", L.StringLookup(vocabulary=["a", "b"], mask_token="", num_oov_indices=3), tokens)
    yield still_text("string_lookup_invert", L.StringLookup(vocabulary=["a", "b"], invert=True), np.array([[1, 2, 0, 9]], "int64"))
    yield still_text("string_lookup_tf_idf", L.StringLookup(vocabulary=["a", "b"], idf_weights=[0.5, 2.0], output_mode="tf_idf"), tokens)
    yield still_text("string_lookup_padded", L.StringLookup(vocabulary=["a", "b"], max_tokens=6, pad_to_max_tokens=True, output_mode="count"), tokens)
    yield still_text("integer_lookup_oov", L.IntegerLookup(vocabulary=[3, 9], num_oov_indices=2, mask_token=0), numbers)
    yield still_text("integer_lookup_salt", L.IntegerLookup(vocabulary=[3, 9], num_oov_indices=4, oov_method="farmhash", salt=7), numbers)
    yield still_text("integer_lookup_invert", L.IntegerLookup(vocabulary=[3, 9], invert=True), np.array([[1, 2, 0, 9]], "int64"))
    yield still_text("text_length", L.TextVectorization(vocabulary=["the", "fox"], output_sequence_length=3), text)
    yield still_text("text_long", L.TextVectorization(vocabulary=["the", "fox"], output_sequence_length=7, standardize="lower"), text)
    yield still_text("text_characters", L.TextVectorization(vocabulary=["t", "h", "ü"], split="character", standardize=None), np.array([["thü"], ["x t"]]))
    yield still_text("text_ngrams", L.TextVectorization(vocabulary=["the", "the lazy", "quick brown"], ngrams=2), text)
    yield still_text("text_unsplit", L.TextVectorization(vocabulary=["the end"], split=None), np.array([["The End."], ["x"]]))


def still_text(name, layer, x):
    y = np.array(layer(x))
    inputs = x if isinstance(x, list) else [x]
    made = row(name, layer, inputs[0], y)
    return {**made, "inputs": [pack(v) for v in inputs]}


def adapted():
    """Vocabularies and boundaries after seeing data."""
    tokens = np.array(["b", "a", "b", "c", "a", "b", "d", ""])
    texts = np.array(["The fox. the dog", "a dog, a DOG", "the"])
    numbers = np.array([5, 3, 5, 9, 9, 5, 0], "int64")
    floats = random.normal(size=(50,)).astype("float32")
    table = random.normal(size=(20, 3)).astype("float32")
    for name, layer, data in [
        ("string", L.StringLookup(), tokens),
        ("string_short", L.StringLookup(max_tokens=3, mask_token=""), tokens),
        ("string_tf_idf", L.StringLookup(output_mode="tf_idf"), np.array([["a", "b", "a"], ["b", "c", "b"]])),
        ("integer", L.IntegerLookup(mask_token=0), numbers),
        ("text", L.TextVectorization(), texts),
        ("text_tf_idf", L.TextVectorization(output_mode="tf_idf"), texts),
    ]:
        layer.adapt(data)
        inner = getattr(layer, "_lookup_layer", layer)
        idf = inner.idf_weights.numpy().tolist() if inner.output_mode == "tf_idf" else None
        yield {"case": name, "class_name": type(layer).__name__, "config": layer.get_config(), "data": pack(data), "vocabulary": [v if isinstance(v, str) else int(v) for v in layer.get_vocabulary()], "idf_weights": idf}
    for bins, epsilon in [(4, 0.01), (3, 0.1)]:
        layer = L.Discretization(num_bins=bins, epsilon=epsilon)
        config = layer.get_config()
        layer.adapt(floats)
        yield {"case": f"discretization_{bins}", "class_name": "Discretization", "config": config, "data": pack(floats), "boundaries": layer.bin_boundaries}
    for axis in [-1, None]:
        layer = L.Normalization(axis=axis)
        config = layer.get_config()
        layer.adapt(table)
        yield {"case": f"normalization_{axis}", "class_name": "Normalization", "config": config, "data": pack(table), "mean": np.array(layer.adapt_mean).tolist(), "variance": np.array(layer.adapt_variance).tolist()}


with open(sys.argv[1], "w") as file:
    write = lambda rows: ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
    file.write('{"cases":[\n' + write(cases()) + '\n],"adapted":[\n' + write(adapted()) + "\n]}\n")
