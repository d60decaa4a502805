"""Pictures decoded and augmented."""


def augmented_flow(side, task):
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rotation_range=15, width_shift_range=0.2, height_shift_range=0.2, horizontal_flip=True, rescale=1 / 255
    )
    return generator.flow_from_directory(
        task.files, target_size=(side, side), batch_size=task.batch_size, class_mode="categorical"
    )


def draw_batches(flow):
    def draw(steps, epochs):
        for _ in range(steps * epochs):
            next(flow)

    return draw


WORKLOADS = {
    "augment-32": lambda task: draw_batches(augmented_flow(32, task)),
    "augment-224": lambda task: draw_batches(augmented_flow(224, task)),
}
