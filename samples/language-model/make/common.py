"""What the sample's scripts share: places, batches, and how a text's loss and continuation are computed."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

HOME = Path(__file__).resolve().parent.parent
BUILD = Path(__file__).resolve().parent / "build"
END = "<|endoftext|>"
CONTEXT = 128
NEW_TOKENS = 90

torch.set_num_threads(1)


def tokenizer():
    return Tokenizer.from_file(str(HOME / "base" / "tokenizer.json"))


def read_texts(path):
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def write_texts(path, texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def encode(words, text):
    """A document's tokens with the end token after them: what the models learn and are measured on."""
    return words.encode(text).ids + [words.token_to_id(END)]


def padded(words, texts):
    """Tokens, mask and labels (-100 on padding) of a batch of documents, padded on the right."""
    rows = [encode(words, text) for text in texts]
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask, ids.masked_fill(mask == 0, -100)


@torch.no_grad()
def mean_loss(model, words, texts):
    """Negative log likelihood in nats per predicted token, over all tokens of all documents."""
    total, count = 0.0, 0
    for start in range(0, len(texts), 20):
        ids, mask, labels = padded(words, texts[start : start + 20])
        logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1].double()
        wanted = labels[:, 1:]
        total += torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="sum").item()
        count += (wanted != -100).sum().item()
    return total / count


@torch.no_grad()
def greedy(model, words, prompt):
    """Token ids of prompt and greedy continuation, and the smallest lead that the best token had over the second."""
    ids, lead = words.encode(prompt).ids, float("inf")
    for _ in range(NEW_TOKENS):
        logits = model(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long)).logits
        best = logits[0, -1].topk(2)
        lead = min(lead, (best.values[0] - best.values[1]).item())
        if best.indices[0] == words.token_to_id(END):
            break
        ids.append(best.indices[0].item())
    return ids, lead
