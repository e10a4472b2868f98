#!/usr/bin/env python3
"""The values that PEFT draws for adapters of the fixtures' models, for InitializationTest: a tensor per CASE/NAME.

    python initialization_goldens.py ../resources/dev/graft/training/adapter/initialization.safetensors

Needs what fixtures/make/requirements.txt names. B and its biases are left out: they are zero, an embedding's A too.
"""

import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "fixtures" / "make"))
import models

CASES = {
    "kaiming": ("llama", {"target_modules": r".*\.(q_proj|v_proj|down_proj)", "r": 3}),
    # PEFT refuses lora_bias with gaussian
    "kaiming_biases": ("qwen2", {"target_modules": r".*\.[qkv]_proj", "r": 2, "lora_bias": True}),
    "kaiming_embedding": ("llama", {"target_modules": r".*(embed_tokens|q_proj)", "r": 3}),
    "kaiming_convolutions": ("conv", {"target_modules": "stem|point|deep|head", "r": 2}),
    "gaussian": ("llama", {"target_modules": r".*\.(q_proj|v_proj|down_proj)", "r": 3}),
    "gaussian_embedding": ("llama", {"target_modules": r".*(embed_tokens|q_proj)", "r": 3}),
    # 54, 12, 144 and 10 values: whole blocks of 16, blocks with a rest, and too few for a block
    "gaussian_convolutions": ("conv", {"target_modules": "stem|point|deep|head", "r": 2}),
    # 15 values, drawn in pairs: the 16th is kept, over a block and its rest, for the first of the last 9
    "gaussian_odd": (None, {"target_modules": "first|second|third", "r": 3}),
}


class Odd(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = (torch.nn.Linear(width, 2) for width in (5, 7, 3))


def drawn(case, name, options):
    model = models.new_model(name) if name else Odd()
    torch.manual_seed(42)
    init = "gaussian" if case.startswith("gaussian") else True
    peft = get_peft_model(model, LoraConfig(init_lora_weights=init, **options))
    return {f"{case}/{key.removeprefix('base_model.model.').replace('.default', '')}": value.detach().clone()
            for key, value in peft.named_parameters() if "lora_A" in key or "lora_embedding_B" in key}


if __name__ == "__main__":
    tensors = {}
    for case, (name, options) in CASES.items():
        tensors |= drawn(case, name, options)
    Path(sys.argv[1]).parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, sys.argv[1])
