"""Reads the protobuf descriptors a TensorFlow wheel carries, and writes them as one FileDescriptorSet.

    python3 tools/protogen/descriptors.py tensorflow_cpu-2.21.0-….whl

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


def collect(wheel):
    """Descriptors of the roots and all they import, dependencies first. google/protobuf's own come with the generator."""
    found = {}
    for module in (name for name in wheel.namelist() if name.endswith("_pb2.py")):
        descriptor = serialized_descriptor(wheel.read(module))
        # Why: not named after the module: xla's files lie in tensorflow/compiler/xla and call themselves xla/….
        found[next(length_delimited(descriptor, 1)).decode()] = descriptor

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
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        files = collect(wheel)
    target = HERE / "descriptors.binpb"
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(b"".join(b"\x0a" + encoded_varint(len(data)) + data for data in files.values()))
    os.replace(temporary, target)
    print(f"{target.name}: {len(files)} files")


main()
