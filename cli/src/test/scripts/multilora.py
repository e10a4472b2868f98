#!/usr/bin/env python3
"""Runs an attached model (graft attach --style input) through Python's ONNX Runtime, as its own MultiLoRA users do.

    multilora.py BASE.onnx ATTACHED.onnx ADAPTER.onnx_adapter [MERGED.onnx]

Checks that without an adapter the outputs are the base's bit for bit, that the adapter changes them, that it gives what the
merged model gives (if named), and that it can be switched out again. Needs the packages numpy and onnxruntime (1.20 or newer).
"""
import sys

import numpy as np
import onnxruntime as ort

ort.set_default_logger_severity(3)  # it warns about every input that has a default
SEED = 1
TOKENS = 12


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


def main():
    base_file, attached_file, adapter_file = sys.argv[1:4]
    base = ort.InferenceSession(base_file)
    attached = ort.InferenceSession(attached_file)
    inputs = inputs_of(base)
    adapter = ort.LoraAdapter()
    adapter.Load(adapter_file)
    with_adapter = ort.RunOptions()
    with_adapter.add_active_adapter(adapter)

    expected = base.run(None, inputs)[0]
    without = attached.run(None, inputs)[0]
    switched = attached.run(None, inputs, with_adapter)[0]
    again = attached.run(None, inputs)[0]
    assert np.array_equal(expected, without), "without an adapter the outputs are not the base's"
    assert np.array_equal(expected, again), "the adapter cannot be switched out"
    effect = np.abs(switched - expected).max()
    assert effect > 0, "the adapter changes nothing"
    print(f"no adapter: the base bit for bit; adapter: outputs move by up to {effect:.3g}")
    if len(sys.argv) > 4:
        merged = ort.InferenceSession(sys.argv[4]).run(None, inputs)[0]
        distance = np.abs(merged - switched).max()
        assert distance <= 1e-4 * max(1, np.abs(merged).max()), f"merged and switched differ by {distance}"
        print(f"merged and switched-in differ by at most {distance:.2g}")


if __name__ == "__main__":
    main()
