#!/usr/bin/env bash
# Training on one NVIDIA GPU against PyTorch + PEFT, on a Llama of hidden 2048 x 16 layers at batch 8 x 512. Not run yet.
#
#   gpu.sh PEERS [OUT]
#
# PEERS holds llama_pair.py and peft_step.py; Python has torch (CUDA), transformers, peft, onnx, onnxscript. The machine needs
# what onnxruntime_gpu needs: CUDA 12 and its libraries on the library path.
set -euo pipefail
peers=$1
out=${2:-$(mktemp -d)}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)

(cd "$root" && mvn -q -B -Pcuda -DskipTests package)
python3 "$peers/llama_pair.py" "$out/pair" --hidden 2048 --layers 16 --heads 16 --ffn 5504 --vocab 32000
nvidia-smi --query-gpu=name,memory.total --format=csv,noheader
for round in 1 2; do
    python3 "$peers/peft_step.py" "$out/pair" --batch 8 --seq 512 --device cuda --dtype bfloat16
    python3 "$peers/peft_step.py" "$out/pair" --batch 8 --seq 512 --device cuda
    "$root/graft" bench train "$out/pair/onnx/model.onnx" --batch 8 --length 512 --rank 16 --device cuda --json
    nvidia-smi --query-gpu=memory.used --format=csv,noheader
done

# Serving: what each way of deploying costs where adapters are copied to the device at every call.
"$root/graft" bench latency "$out/pair/onnx/model.onnx" "$out/pair/adapter" --tokens 1,128 --device cuda --json
"$root/graft" bench batched "$out/pair/onnx/model.onnx" "$out/pair/adapter" --batch 8 --tokens 1,64 --device cuda --json
"$root/graft" bench switch --sizes 0.27 --device cuda --json
