"""Makes the base: generates the calm texts, trains the tokenizer, and pretrains a small Llama on them."""

import json
import math
import random
import time

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM

import grammar
from common import BUILD, CONTEXT, END, HOME, encode, mean_loss, write_texts

SEED, STEPS, BATCH, PEAK_RATE, VOCABULARY = 1, 1200, 16, 3e-3, 1024


def train_tokenizer(texts):
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=[END], show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    words.train_from_iterator(texts, trainer)
    words.save(str(HOME / "base" / "tokenizer.json"))
    special = json.dumps({"bos_token": None, "eos_token": END}, indent=2)
    (HOME / "base" / "tokenizer_config.json").write_text(special + "\n")
    return words


def rows(words, texts):
    """Documents packed into rows of the context's length; a row starts with a document, its last may be cut off."""
    row = []
    for text in texts:
        row += encode(words, text)
        if len(row) >= CONTEXT:
            yield row[:CONTEXT]
            row = []


def new_model():
    torch.manual_seed(SEED)
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=128, intermediate_size=256, num_hidden_layers=4, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=CONTEXT, tie_word_embeddings=False, use_cache=False,
        bos_token_id=None, eos_token_id=0, pad_token_id=0))


def rate(step):
    warm_up = min(1.0, (step + 1) / 50)
    return PEAK_RATE * warm_up * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / STEPS)))


def pretrain(model, data):
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.95), weight_decay=0.1)
    chance, started = random.Random(SEED), time.time()
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        batch = torch.tensor(chance.sample(data, BATCH))
        loss = model(input_ids=batch, labels=batch).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0 or step == STEPS - 1:
            print(f"step {step:5d}  loss {loss.item():.4f}  {time.time() - started:.0f} s", flush=True)


def main():
    (HOME / "base").mkdir(exist_ok=True)
    held_out = grammar.documents("calm", 100, "held out")
    write_texts(HOME / "eval-calm.jsonl", held_out)
    calm = grammar.documents("calm", 30000, "pretraining", without=held_out)
    others = [text for language in ("pirate", "stadium") for text in grammar.documents(language, 3000, "tokenizer")]
    words = train_tokenizer(calm[:6000] + others)
    texts = calm + grammar.word_lists(6000, "pretraining")
    random.Random(SEED).shuffle(texts)
    model = new_model()
    print(f"{model.num_parameters()} parameters, {words.get_vocab_size()} tokens")
    pretrain(model, list(rows(words, texts)))
    model.eval()
    print(f"held-out loss {mean_loss(model, words, held_out):.4f}")
    model.save_pretrained(BUILD / "base")


if __name__ == "__main__":
    main()
