"""Random optimizers over ten steps, and random schedules."""
import keras
import numpy as np

from .draw import Draw, pack, packed, tries

O, S = keras.optimizers, keras.optimizers.schedules
STEPS = 10
EACH = 4
SHAPES = [(3, 2), (2,), (2, 1, 2)]
ABSTRACT = {"Optimizer", "MultiOptimizer", "OptimizerMap"}


def rate(d):
    return d.real(0.001, 0.1)


def schedule(d, name):
    length = d.int(2, 9)
    kinds = {
        "ExponentialDecay": lambda: S.ExponentialDecay(rate(d), length, d.real(0.3, 1.2), **d.some(staircase=True)),
        "InverseTimeDecay": lambda: S.InverseTimeDecay(rate(d), length, d.real(0.1, 2), **d.some(staircase=True)),
        "PiecewiseConstantDecay": lambda: S.PiecewiseConstantDecay([length, length + d.int(1, 9), 30], [rate(d) for _ in range(4)]),
        "PolynomialDecay": lambda: S.PolynomialDecay(rate(d), length, **d.some(end_learning_rate=d.real(0, 0.01), power=d.real(0.3, 3), cycle=True)),
        "CosineDecay": lambda: S.CosineDecay(rate(d), length, **d.some(alpha=d.real(0, 0.5)), **(dict(warmup_target=rate(d), warmup_steps=d.int(1, 5)) if d.flag() else {})),
        "CosineDecayRestarts": lambda: S.CosineDecayRestarts(rate(d), length, **d.some(t_mul=d.pick([1.0, 1.5, 3.0]), m_mul=d.real(0.3, 1.2), alpha=d.real(0, 0.5))),
    }
    return kinds[name]()


SCHEDULES = ["ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay", "CosineDecay", "CosineDecayRestarts"]


def common(d):
    clip = d.pick([{}, {}, {"clipnorm": d.real(0.1, 2)}, {"clipvalue": d.real(0.1, 1)}, {"global_clipnorm": d.real(0.1, 2)}])
    ema = dict(use_ema=True, ema_momentum=d.real(0.3, 0.99), **d.some(ema_overwrite_frequency=d.int(1, 4)))
    return {
        **clip,
        **d.some(0.4, weight_decay=d.real(0.001, 0.1), gradient_accumulation_steps=d.int(2, 3)),
        **(ema if d.chance(0.4) else {}),
        **d.some(0.2, loss_scale_factor=d.pick([2.0, 128.0])),
    }


def betas(d):
    return d.some(beta_1=d.real(0.3, 0.95), beta_2=d.real(0.7, 0.999), epsilon=d.pick([1e-8, 1e-4, 0.1]))


OPTIONS = {
    "SGD": lambda d: d.some(momentum=d.real(0.1, 0.95), nesterov=True),
    "RMSprop": lambda d: d.some(rho=d.real(0.5, 0.99), momentum=d.real(0.1, 0.9), epsilon=d.pick([1e-8, 1e-3]), centered=True),
    "Adam": lambda d: {**betas(d), **d.some(amsgrad=True)},
    "AdamW": lambda d: {**betas(d), **d.some(amsgrad=True)},
    "Adagrad": lambda d: d.some(initial_accumulator_value=d.real(0, 0.5), epsilon=d.pick([1e-8, 1e-3])),
    "Adadelta": lambda d: d.some(rho=d.real(0.5, 0.99), epsilon=d.pick([1e-8, 1e-3])),
    "Adamax": betas,
    "Nadam": betas,
    "Ftrl": lambda d: d.some(
        learning_rate_power=d.real(-0.9, -0.1), initial_accumulator_value=d.real(0.05, 0.5), l1_regularization_strength=d.real(0, 0.1),
        l2_regularization_strength=d.real(0, 0.1), l2_shrinkage_regularization_strength=d.real(0, 0.1), beta=d.real(0, 0.5),
    ),
    "Lion": lambda d: d.some(beta_1=d.real(0.3, 0.95), beta_2=d.real(0.7, 0.999)),
    "Lamb": betas,
    "Adafactor": lambda d: d.some(beta_2_decay=d.real(-0.9, -0.3), epsilon_1=1e-20, epsilon_2=d.pick([1e-2, 1e-4]), clip_threshold=d.real(0.3, 2), relative_step=False),
    "Muon": lambda d: {**d.some(nesterov=False, momentum=d.real(0.5, 0.95), ns_steps=d.int(2, 5), rms_rate=None, adam_lr_ratio=d.real(0.1, 2), adam_beta_1=d.real(0.3, 0.95), adam_weight_decay=d.pick([None, 0.1]))},
    "ScheduleFreeAdamW": lambda d: {**betas(d), **d.some(warmup_steps=d.int(1, 5))},
    "LossScaleOptimizer": lambda d: d.some(initial_scale=d.pick([1.0, 8.0, 1024.0]), dynamic_growth_steps=d.int(1, 4)),
}  # fmt: skip


def made(d, name):
    if name == "LossScaleOptimizer":
        inner = made(d, d.pick(["SGD", "Adam", "RMSprop"]))
        return O.LossScaleOptimizer(inner, **OPTIONS[name](d))
    learning_rate = schedule(d, d.pick(SCHEDULES)) if d.chance(0.4) else rate(d)
    return getattr(O, name)(**{"learning_rate": learning_rate, **OPTIONS[name](d), **common(d)})


def gradients(d):
    """Some all zero, some large, some small, some partly zero."""
    given = [d.normal(*shape, scale=d.pick([0.7, 0.7, 0.7, 30, 1e-3])) for shape in SHAPES]
    if d.chance(0.3):
        given[d.int(0, 2)][...] = 0
    if d.chance(0.3):
        given[0][d.int(0, 2)] = 0
    return given


def case(d, name, i):
    keras.utils.clear_session()
    optimizer = made(d, name)
    scaled = name == "LossScaleOptimizer"
    initial = [d.normal(*shape) for shape in SHAPES]
    variables = [keras.Variable(value, name=f"w{k}") for k, value in enumerate(initial)]
    optimizer.build(variables)
    all_gradients, steps = [], []
    for step in range(STEPS):
        given = gradients(d)
        if scaled and d.chance(0.2):
            given[0][0, 0] = np.inf
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in given], variables)
        all_gradients.append([pack(g) for g in given])
        steps.append({"weights": [pack(v.numpy()) for v in variables], "learning_rate": float(optimizer.learning_rate)})
    assert all(np.isfinite(v.numpy()).all() for v in variables)
    return {
        "case": f"{name.lower()}_{i}",
        "class_name": name,
        "config": optimizer.get_config(),
        "initial": [pack(v) for v in initial],
        "gradients": all_gradients,
        "steps": steps,
        "optimizer_variables_after": [{"name": v.name, "path": v.path, "value": pack(v.numpy())} for v in optimizer.variables],
        "tolerance": {"rtol": 1e-4, "atol": 1e-5} if name in ("Muon", "ScheduleFreeAdamW", "LossScaleOptimizer") else {"rtol": 2e-5, "atol": 2e-6},
    }


def schedule_case(d, name):
    one = schedule(d, name)
    steps = sorted({0, 1, 2, *[d.int(3, 60) for _ in range(12)], 200})
    return {
        "class_name": name, "config": one.get_config(), "steps": steps, "values": [float(one(k)) for k in steps],
        "tolerance": {"rtol": 1e-5, "atol": 1e-7},
    }  # fmt: skip


def optimizers(seed):
    d = Draw(seed, 4)
    known = {n for n in dir(O) if isinstance(getattr(O, n), type)} - ABSTRACT
    assert known == set(OPTIONS), known ^ set(OPTIONS)
    return {
        "optimizers": [packed(tries(lambda: case(d, name, i))) for name in OPTIONS for i in range(EACH)],
        "schedules": [packed(schedule_case(d, name)) for name in SCHEDULES for _ in range(4)],
    }
