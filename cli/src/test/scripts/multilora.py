#!/usr/bin/env python3
"""Runs an attached model (graft attach --style input) through Python's ONNX Runtime, as its own MultiLoRA users do.

    multilora.py run BASE.onnx ATTACHED.onnx ADAPTER.onnx_adapter [MERGED.onnx]
    multilora.py names ATTACHED.onnx REFERENCE

run checks, in one session, that without an adapter the outputs are the base's bit for bit; that the adapter changes them and
gives what the merged model gives (if named); that adapters of rank 1, 8 and 64 give what a copy of the base gives to whose
weights NumPy has added A·B; and that each can be switched out again. names checks that the attached model has an input for each
tensor in a file that another tool wrote, of the same name, with A as [in, rank]: an .npz of Olive's, or a model that onnxruntime-genai has
built with an adapter. Needs the packages numpy, onnx and onnxruntime (1.20 or newer).
"""
import argparse
import re
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

ort.set_default_logger_severity(3)  # it warns about every input that has a default
SEED = 1
TOKENS = 12
RANKS = (1, 8, 64, 1)
TOLERANCE = 1e-4
A_NAME = re.compile(r"(.*)\.lora_A((?:\.MatMul)?\.weight)$")


def inputs_of(session):
    """Token ids below 50, ones for masks, an empty cache."""
    random = np.random.default_rng(SEED)
    values = {}
    for tensor in session.get_inputs():
        shape = [1 if i == 0 else 0 if "past" in str(d) else d if isinstance(d, int) else TOKENS for i, d in enumerate(tensor.shape)]
        if "int" in tensor.type:
            values[tensor.name] = random.integers(1, 50, shape) if "ids" in tensor.name else np.ones(shape, np.int64)
        else:
            values[tensor.name] = random.standard_normal(shape).astype(np.float32)
    return values


def run_with(session, inputs, file):
    adapter = ort.LoraAdapter()  # the options do not keep it alive, so it must have a name here
    adapter.Load(str(file))
    options = ort.RunOptions()
    options.add_active_adapter(adapter)
    return session.run(None, inputs, options)[0]


def parameters(file):
    return {name: value.numpy() for name, value in ort.AdapterFormat.read_adapter(str(file)).get_parameters().items()}


def random_adapter(like, rank, file):
    """An adapter of this rank for the same targets, written by ONNX Runtime itself."""
    random = np.random.default_rng(rank)
    tensors = {}
    for name, a in like.items():
        match = A_NAME.match(name)
        if match:
            b_name = match[1] + ".lora_B" + match[2]
            tensors[name] = (random.standard_normal((a.shape[0], rank)) / np.sqrt(a.shape[0])).astype(np.float32)
            tensors[b_name] = (random.standard_normal((rank, like[b_name].shape[1])) * 0.1 / rank).astype(np.float32)
    out = ort.AdapterFormat()
    out.set_adapter_version(1)
    out.set_model_version(1)
    out.set_parameters({name: ort.OrtValue.ortvalue_from_numpy(value) for name, value in tensors.items()})
    out.export_adapter(str(file))
    return tensors


def targets_of(attached_file, tensors):
    """By name of A: the name of the weight whose product the branch is added to."""
    graph = onnx.load(attached_file, load_external_data=False).graph
    reads = {name: node for node in graph.node for name in node.input}
    makes = {name: node for node in graph.node for name in node.output}
    targets = {}
    for name in tensors:
        if A_NAME.match(name):
            add = reads[reads[reads[name].output[0]].output[0]]
            targets[name] = makes[add.input[0]].input[1]
    return targets


def adapted(base_file, targets, tensors, folder):
    """The base with A·B added to its weights by NumPy."""
    model = onnx.load(base_file)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    for a_name, weight_name in targets.items():
        match = A_NAME.match(a_name)
        b = tensors[match[1] + ".lora_B" + match[2]]
        weight = weights[weight_name]
        sum_ = numpy_helper.to_array(weight) + (tensors[a_name].astype(np.float64) @ b).astype(np.float32)
        weight.CopyFrom(numpy_helper.from_array(sum_, weight_name))
    file = folder / "adapted.onnx"
    onnx.save(model, file)
    return ort.InferenceSession(file)


def near(expected, found, what):
    distance = np.abs(expected - found).max()
    assert distance <= TOLERANCE * max(1, np.abs(expected).max()), f"{what} differ by {distance}"
    return distance


def switch_ranks(arguments, attached, inputs, expected, folder):
    like = parameters(arguments.adapter)
    targets = targets_of(arguments.attached, like)
    for rank in RANKS:
        file = folder / f"rank{rank}.onnx_adapter"
        tensors = random_adapter(like, rank, file)
        switched = run_with(attached, inputs, file)
        reference = adapted(arguments.base, targets, tensors, folder).run(None, inputs)[0]
        distance = near(reference, switched, f"rank {rank}: reference and switched-in")
        assert np.abs(switched - expected).max() > 10 * distance, f"rank {rank} changes nothing"
        assert np.array_equal(expected, attached.run(None, inputs)[0]), f"rank {rank} cannot be switched out"
        print(f"rank {rank}: {len(targets)} targets, within {distance:.2g} of the base with A·B added")


def inputs_of_a(shapes):
    """By name, how many inputs the module has: A is [in, rank]. B, [rank, out], may be of another model's size."""
    return {name: shape[0] if ".lora_A" in name else None for name, shape in shapes.items()}


def shape_of(value_info):
    return [dim.dim_value for dim in value_info.type.tensor_type.shape.dim]


def names(arguments):
    if arguments.reference.endswith(".npz"):
        theirs = {name: value.shape for name, value in np.load(arguments.reference).items()}
    else:
        graph = onnx.load(arguments.reference, load_external_data=False).graph
        theirs = {tensor.name: tensor.dims for tensor in graph.initializer if ".lora_" in tensor.name}
    graph = onnx.load(arguments.attached, load_external_data=False).graph
    ours = inputs_of_a({value.name: shape_of(value) for value in graph.input if ".lora_" in value.name})
    theirs = inputs_of_a(theirs)
    assert theirs, f"{arguments.reference} holds no adapter"
    missing = sorted(theirs.keys() - ours.keys())
    assert not missing, f"not among the inputs: {missing[:4]}; they are {sorted(ours)[:4]}"
    different = [f"{name}: {ours[name]}, theirs {theirs[name]}" for name in theirs if ours[name] != theirs[name]]
    assert not different, different[:4]
    print(f"all {len(theirs)} names are inputs with A as [in, rank], such as {sorted(theirs)[0]}")


def run(arguments):
    base = ort.InferenceSession(arguments.base)
    attached = ort.InferenceSession(arguments.attached)
    inputs = inputs_of(base)
    expected = base.run(None, inputs)[0]
    assert np.array_equal(expected, attached.run(None, inputs)[0]), "without an adapter the outputs are not the base's"
    switched = run_with(attached, inputs, arguments.adapter)
    assert np.array_equal(expected, attached.run(None, inputs)[0]), "the adapter cannot be switched out"
    effect = np.abs(switched - expected).max()
    assert effect > 0, "the adapter changes nothing"
    print(f"no adapter: the base bit for bit; adapter: outputs move by up to {effect:.3g}")
    if arguments.merged:
        merged = ort.InferenceSession(arguments.merged).run(None, inputs)[0]
        print(f"merged and switched-in differ by at most {near(merged, switched, 'merged and switched-in'):.2g}")
    with tempfile.TemporaryDirectory() as folder:
        switch_ranks(arguments, attached, inputs, expected, Path(folder))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    runs = commands.add_parser("run")
    for word in ("base", "attached", "adapter"):
        runs.add_argument(word)
    runs.add_argument("merged", nargs="?")
    runs.set_defaults(command=run)
    compares = commands.add_parser("names")
    compares.add_argument("attached")
    compares.add_argument("reference")
    compares.set_defaults(command=names)
    arguments = parser.parse_args()
    arguments.command(arguments)


if __name__ == "__main__":
    main()
