"""Networks of any size, by the names of their workloads."""

SIZES = [(side, depth) for side in (32, 64, 128, 224) for depth in (1, 2, 3, 4)]


def of_all_sizes(fit, predict):
    """fit, predict: what prepares, of pixels a side and of blocks."""
    return {
        **{f"tower-fit-{side}-{depth}": fit(side, depth) for side, depth in SIZES},
        **{f"tower-predict-{side}-{depth}": predict(side, depth) for side, depth in SIZES},
    }
