#!/usr/bin/env bash
# Graft on one NVIDIA GPU against PyTorch + PEFT, on a Llama of hidden 2048 x 16 layers at batch 8 x 512. Not run yet.
#
#   gpu.sh PEERS OUT [STAGE...]        stages: pair train values serve; all of them where none is named
#
# PEERS holds llama_pair.py and peft_step.py; Python has torch (CUDA), transformers, peft, onnx, onnxscript.
#
# Graft runs in one of two ways. On a machine with CUDA 12 and Maven: nothing to set, it is built with -Pcuda. On one with CUDA 13 and no
# Maven: BUNDLE=FOLDER, where a Java runtime (jre/), ONNX Runtime's natives (native/) and its Java classes (lib/) are unpacked, and a
# ./graft that was built before, of which only the jars in cli/target/graft/lib are used.
set -euo pipefail
peers=$1
out=$2
shift 2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
mkdir -p "$out"
model=$out/pair/onnx/model.onnx

if [ -n "${BUNDLE:-}" ]; then
    nvidia=$(python3 -c "import nvidia; print(list(nvidia.__path__)[0])")
    export LD_LIBRARY_PATH=$nvidia/cu13/lib:$nvidia/cudnn/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    jars=$(find "$root/cli/target/graft/lib" -name '*.jar' ! -name 'onnxruntime-*' | tr '\n' ':')
    classes=$(echo "$BUNDLE"/lib/*.jar)
    graft() {
        "$BUNDLE/jre/bin/java" -XX:+UseSerialGC -Donnxruntime.native.path="$BUNDLE/native" -cp "$jars$classes" \
            dev.graft.cli.Main "$@"
    }
else
    (cd "$root" && mvn -q -B -Pcuda -DskipTests package)
    graft() { "$root/graft" "$@"; }
fi

memory() { nvidia-smi --query-gpu=name,memory.used,memory.total --format=csv,noheader; }

# The largest memory that the GPU has in use while a command runs, which is what ONNX Runtime's arena has taken; PyTorch's peak is what it has
# allocated, and its own reserve comes on top.
with_peak() {
    (while :; do nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits; sleep 0.2; done >"$out/memory" 2>/dev/null) &
    watcher=$!
    "$@" || echo "failed: $*"
    kill "$watcher"
    echo "peak on the device: $(sort -n "$out/memory" | tail -1) MiB"
}

pair() {
    python3 "$peers/llama_pair.py" "$out/pair" --hidden 2048 --layers 16 --heads 16 --ffn 5504 --vocab 32000
}

# Step times and memory, each tool in turn, twice.
train() {
    for _ in 1 2; do
        for format in bfloat16 float32; do
            with_peak python3 "$peers/peft_step.py" "$out/pair" --batch 8 --seq 512 --device cuda --dtype "$format"
            with_peak graft bench train "$model" --batch 8 --length 512 --rank 16 --device cuda --format "$format" \
                --updates-per-call 8 --json
        done
    done
    with_peak graft bench train "$model" --batch 8 --length 512 --rank 16 --device cuda --format float16 --json
}

# The same run on the processor and on the GPU in each format, and with one and eight updates a call: the losses must agree.
values() {
    sample=$root/samples/language-model
    for run in cpu cuda bf16 fp16 one; do
        case $run in
            cpu) options=(--device cpu) ;;
            cuda) options=(--device cuda --set updates_per_call=8) ;;
            bf16) options=(--device cuda --set bf16=true) ;;
            fp16) options=(--device cuda --set fp16=true) ;;
            one) options=(--device cuda --set updates_per_call=1) ;;
        esac
        echo "$run: $(graft train "$sample/train.yaml" --set output_dir="$out/run-$run" --set overwrite_output_dir=true \
            "${options[@]}" --quiet --json)"
    done
}

# What each way of deploying costs where adapters are copied to the device at every call.
serve() {
    graft bench latency "$model" "$out/pair/adapter" --tokens 1,128 --device cuda --json
    graft bench batched "$model" "$out/pair/adapter" --batch 8 --tokens 1,64 --device cuda --json
    graft bench switch --sizes 0.27 --device cuda --json
}

memory
for stage in "${@:-pair train values serve}"; do
    for each in $stage; do
        echo "== $each"
        "$each"
    done
done
memory
