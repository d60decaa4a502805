"""Reads the protobuf descriptors that Python wheels carry, and writes them as one FileDescriptorSet.

    pip download --no-deps tensorflow-cpu==2.21.0 tensorflow-serving-api==2.21.0 kserve==0.21.0 grpclib==0.4.9
    python3 tools/protogen/descriptors.py *.whl

Nothing is imported or run: a `*_pb2.py` file holds its descriptor as one bytes literal, which `ast` reads. So neither
TensorFlow nor protobuf need be installed, and any wheel of the pinned version will do, whatever its platform.
"""

import ast
import os
import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).parent
ROOTS = [line for line in (HERE / "roots.txt").read_text().splitlines() if line and not line.startswith("#")]


def serialized_descriptor(source):
    """The argument of `AddSerializedFile(b'…')`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "AddSerializedFile":
            return ast.literal_eval(node.args[0])
    raise ValueError("no AddSerializedFile call found")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def length_delimited(data, field):
    """Values of one length-delimited field of a FileDescriptorProto (name = 1, dependency = 3)."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        size, after = varint(data, at)
        if tag & 7 == 2:
            if tag >> 3 == field:
                yield data[after : after + size]
            after += size
        at = after


def encoded_varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def descriptors_of(path):
    """Every descriptor of a wheel, by the name it has of itself."""
    with zipfile.ZipFile(path) as wheel:
        for module in (name for name in wheel.namelist() if name.endswith("_pb2.py")):
            descriptor = serialized_descriptor(wheel.read(module))
            # Why: not named after the module: xla's files lie in tensorflow/compiler/xla and call themselves xla/….
            yield next(length_delimited(descriptor, 1)).decode(), descriptor


def collect(wheels):
    """Descriptors of the roots and all they import, dependencies first. google/protobuf's own come with the generator."""
    found = dict(entry for wheel in wheels for entry in descriptors_of(wheel))
    ordered = {}

    def visit(name):
        if name in ordered or name.startswith("google/protobuf/"):
            return
        for dependency in length_delimited(found[name], 3):
            visit(dependency.decode())
        ordered[name] = found[name]

    for root in ROOTS:
        visit(root)
    return ordered


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    files = collect(sys.argv[1:])
    target = HERE / "descriptors.binpb"
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(b"".join(b"\x0a" + encoded_varint(len(data)) + data for data in files.values()))
    os.replace(temporary, target)
    print(f"{target.name}: {len(files)} files")


main()
