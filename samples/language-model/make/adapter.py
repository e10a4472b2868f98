"""Makes the two adapters: fine-tunes the pretrained base with PEFT on pirates' logs and on shouted commentary."""

import json
import math
import random
import shutil
import time

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaForCausalLM

import grammar
from common import BUILD, HOME, NEW_TOKENS, greedy, mean_loss, padded, read_texts, tokenizer, write_texts

SEED, EPOCHS, BATCH, PEAK_RATE = 1, 10, 16, 4e-3
STYLES = {"adapter": ("pirate", "train.jsonl", "eval.jsonl"),
          "adapter-second-style": ("stadium", None, "eval-second-style.jsonl")}
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PROMPTS = ["This morning the harbour", "Mara the captain", "At noon the garden", "After the rain the village",
           "The keeper"]


def base_model():
    return LlamaForCausalLM.from_pretrained(BUILD / "base", attn_implementation="eager").eval()


def texts_of(style):
    """The style's texts to train on and to measure on; written to their files where the sample ships them."""
    language, train_file, eval_file = STYLES[style]
    held_out = grammar.documents(language, 100, "held out")
    train = grammar.documents(language, 900, "training", without=held_out)
    write_texts(HOME / eval_file, held_out)
    if train_file:
        write_texts(HOME / train_file, train)
    return train, held_out


def fine_tune(model, words, texts):
    chance, started = random.Random(SEED), time.time()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=PEAK_RATE, weight_decay=0.0)
    steps = EPOCHS * (len(texts) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 10) * 0.5 * (1 + math.cos(math.pi * step / steps)))
    for step in range(steps):
        if step % (len(texts) // BATCH) == 0:
            order = chance.sample(texts, len(texts))
        ids, mask, labels = padded(words, [order.pop() for _ in range(BATCH)])
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        if step % 56 == 0 or step == steps - 1:
            print(f"step {step:4d}  loss {loss.item():.4f}  {time.time() - started:.0f} s", flush=True)


def save(model, style):
    """Writes the PEFT directory without what depends on the machine: paths, the order of a set, a model card."""
    folder = HOME / style
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = None
    config["target_modules"] = sorted(config["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def train_adapter(style, words):
    train, held_out = texts_of(style)
    torch.manual_seed(SEED)
    config = LoraConfig(r=8, lora_alpha=16, target_modules=TARGETS, task_type="CAUSAL_LM")
    model = get_peft_model(base_model(), config)
    before = mean_loss(model, words, held_out)
    fine_tune(model.train(), words, train)
    print(f"{style}: held-out loss {before:.4f} -> {mean_loss(model.eval(), words, held_out):.4f}")
    save(model, style)


@torch.no_grad()
def logits_summary(model, ids):
    logits = model(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long)).logits[0]
    return {"shape": list(logits.shape), "last_position_first_eight": [round(x, 6) for x in logits[-1, :8].tolist()],
            "sum": round(logits.double().sum().item(), 4),
            "sum_of_squares": round(logits.double().square().sum().item(), 4)}


def measure(model, words):
    """What one model says, and how well it predicts each language."""
    texts = {}
    for prompt in PROMPTS:
        ids, lead = greedy(model, words, prompt)
        texts[prompt] = {"text": words.decode(ids), "token_ids": ids, "smallest_lead": round(lead, 5)}
    evals = ["eval-calm.jsonl", *(files[2] for files in STYLES.values())]
    return {"greedy": texts, "logits": logits_summary(model, words.encode(PROMPTS[0]).ids),
            "mean_loss": {name: round(mean_loss(model, words, read_texts(HOME / name)), 6) for name in evals}}


def main():
    words = tokenizer()
    for style in STYLES:
        train_adapter(style, words)
    expected = {"new_tokens": NEW_TOKENS, "end_token_id": 0, "logits_prompt": PROMPTS[0],
                "base": measure(base_model(), words)}
    for style in STYLES:
        expected[style] = measure(PeftModel.from_pretrained(base_model(), HOME / style).eval(), words)
    (HOME / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    for prompt in PROMPTS:
        for name in ("base", *STYLES):
            print(f"{name:22} {expected[name]['greedy'][prompt]['text']}")


if __name__ == "__main__":
    main()
