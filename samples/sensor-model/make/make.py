"""Makes the base model and the measurements of this sample, all from seeds.

The base knows how one kind of heat pump behaves: from six readings it tells the power drawn and the heat delivered. The
measurements come from another one, older and mounted at the sea, which behaves a little differently.

    pip install -r make/requirements.txt
    python make/make.py             # half a minute on one core
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

HOME = Path(__file__).resolve().parent.parent


class HeatPump(nn.Module):
    """Six readings, each scaled to about -1 to 1, to power and heat."""

    def __init__(self):
        super().__init__()
        self.readings = nn.Linear(6, 48)
        self.mixing = nn.Linear(48, 48)
        self.outlook = nn.Linear(48, 2)

    def forward(self, readings):
        return self.outlook(torch.nn.functional.gelu(self.mixing(torch.tanh(self.readings(readings)))))


def behaviour(readings, wear):
    """Power and heat; with wear, losses grow with the outside temperature's distance and the compressor's speed."""
    outside, inside, flow, speed, humidity, pressure = readings.T
    lift = inside - outside
    power = 0.6 * speed + 0.3 * lift * speed + 0.1 * pressure ** 2
    heat = 0.8 * speed - 0.2 * lift + 0.3 * np.sin(2 * flow) + 0.05 * humidity
    loss = wear * (0.4 * speed ** 2 + 0.3 * np.tanh(2 * humidity) * speed + 0.2)
    return np.stack([power + loss, heat - 0.7 * loss], axis=1).astype(np.float32)


def measurements(count, wear, seed):
    chance = np.random.default_rng(seed)
    readings = chance.uniform(-1, 1, (count, 6)).astype(np.float32)
    noise = 0.01 * chance.standard_normal((count, 2)).astype(np.float32)
    return {"readings": readings, "labels": behaviour(readings, wear) + noise}


def train(model):
    rows = measurements(20_000, 0.0, 1)
    inputs, labels = torch.from_numpy(rows["readings"]), torch.from_numpy(rows["labels"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(1500):
        chosen = torch.randint(0, len(inputs), (256,))
        loss = nn.functional.mse_loss(model(inputs[chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"base: mean squared error {loss.item():.6f}")


def export(model):
    path, example = HOME / "base" / "model.onnx", torch.zeros(3, 6)
    torch.onnx.export(model.eval(), (example,), path, dynamo=True, opset_version=20, external_data=False,
                      input_names=["readings"], output_names=["outlook"],
                      dynamic_shapes={"readings": {0: torch.export.Dim("batch")}}, verbose=False)
    proto = onnx.load(path)
    for node in proto.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != "pkg.torch.onnx.stack_trace"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.save(proto, path)
    got = onnxruntime.InferenceSession(path).run(None, {"readings": example.numpy()})[0]
    assert abs(got - model(example).detach().numpy()).max() < 1e-5


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    np.savez(HOME / "train.npz", **measurements(400, 1.0, 2))
    np.savez(HOME / "eval.npz", **measurements(200, 1.0, 3))
    model = HeatPump()
    train(model)
    export(model)


if __name__ == "__main__":
    main()
