"""Exports the base to ONNX and proves that ONNX Runtime computes what PyTorch computes."""

import json

import numpy as np
import onnx
import onnxruntime
import torch

from adapter import PROMPTS, base_model
from common import HOME, padded, tokenizer

MODEL = HOME / "base" / "model.onnx"


class Logits(torch.nn.Module):
    """A language model without cache: the logits and nothing else."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).logits


def export(model, ids, mask):
    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    torch.onnx.export(Logits(model).eval(), (ids, mask), MODEL, dynamo=True, opset_version=20, optimize=True,
                      external_data=False, input_names=["input_ids", "attention_mask"], output_names=["logits"],
                      dynamic_shapes={"input_ids": sizes, "attention_mask": sizes}, verbose=False)


def without_traces():
    """Drops the stack traces of the exporting machine from the metadata; names, scopes and origins stay."""
    proto = onnx.load(MODEL)
    graphs = [proto.graph, *proto.functions]
    for graph in graphs:
        for node in graph.node:
            kept = [entry for entry in node.metadata_props if entry.key != "pkg.torch.onnx.stack_trace"]
            del node.metadata_props[:]
            node.metadata_props.extend(kept)
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, MODEL)
    return proto


def check_form(proto):
    for value in [*proto.graph.input, *proto.graph.output]:
        sizes = [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        assert sizes[:2] == ["batch", "sequence"], (value.name, sizes)
    scopes = [entry.value for node in proto.graph.node for entry in node.metadata_props
              if node.op_type == "MatMul" and entry.key == "pkg.torch.onnx.name_scopes"]
    for layer in range(4):
        for module in ("self_attn.q_proj", "mlp.down_proj"):
            assert sum(f"layers.{layer}.{module}'" in scope for scope in scopes) == 1, (layer, module)


def difference(session, model, ids, mask):
    """The largest difference of the logits at positions that are not padding."""
    got = session.run(["logits"], {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0]
    with torch.no_grad():
        want = model(input_ids=ids, attention_mask=mask).logits.numpy()
    return float(np.abs(got - want)[mask.numpy() == 1].max())


def main():
    model, words = base_model(), tokenizer()
    ids, mask, _ = padded(words, PROMPTS[:2])
    export(model, ids, mask)
    check_form(without_traces())
    session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    texts = [json.loads(line)["text"] for line in (HOME / "eval-calm.jsonl").read_text().splitlines()]
    for batch in (PROMPTS, PROMPTS[:1], texts[:7], ["The"]):
        ids, mask, _ = padded(words, batch)
        worst = difference(session, model, ids, mask)
        print(f"{list(ids.shape)}: largest difference to PyTorch {worst:.2e}")
        assert worst < 1e-4


if __name__ == "__main__":
    main()
