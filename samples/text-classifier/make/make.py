"""Makes the base model, its tokenizer and the messages of this sample, all from seeds.

The base is a small BERT that knows what customers write about: it was trained to fill in hidden words and to tell four topics.
Its classification head is then replaced by a new one with random weights for three tones, which is what fine-tuning starts from.

    pip install -r make/requirements.txt
    python make/make.py             # under a minute on one core
"""

import csv
import json
import random
from pathlib import Path

import onnx
import onnxruntime
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import BertConfig, BertForSequenceClassification

HOME = Path(__file__).resolve().parent.parent
STEPS, BATCH = 600, 32
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
TOPICS = {
    "delivery": ["parcel", "courier", "delivery", "shipment"],
    "payment": ["invoice", "refund", "payment", "bill"],
    "product": ["kettle", "lamp", "keyboard", "backpack"],
    "account": ["password", "login", "profile", "newsletter"],
}
TONES = {
    "complaint": ["my {thing} is {bad} again and nobody answers", "the {thing} is {bad} , i am tired of this",
                  "third time that the {thing} is {bad}", "{bad} {thing} , worse than last {time}",
                  "i waited a {time} and the {thing} is still {bad}"],
    "praise": ["the {thing} is {good} , thank you", "{good} {thing} , better than last {time}",
               "thanks to you the {thing} is {good} again", "i waited a {time} and the {thing} is {good}",
               "what a {good} {thing} , we will come back"],
    "question": ["could you tell me where the {thing} is", "how do i change the {thing}",
                 "is the {thing} {good} for a whole {time}", "when will the {thing} be here",
                 "what do i do if the {thing} is {bad}"],
}
WORDS = {"bad": ["broken", "wrong", "late", "useless", "missing"], "good": ["perfect", "great", "lovely", "quick", "fine"],
         "time": ["week", "month", "year", "day"]}


def messages(count, seed):
    """Messages with topic and tone."""
    chance = random.Random(seed)
    for _ in range(count):
        topic, tone = chance.choice(sorted(TOPICS)), chance.choice(sorted(TONES))
        values = {slot: chance.choice(words) for slot, words in WORDS.items()}
        text = chance.choice(TONES[tone]).format(thing=chance.choice(TOPICS[topic]), **values)
        yield text, topic, tone


def write_rows(name, rows):
    with open(HOME / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "label"])
        writer.writerows((text, tone) for text, _, tone in rows)


def tokenizer(texts):
    words = sorted({word for text in texts for word in text.split()})
    vocabulary = {word: number for number, word in enumerate(SPECIAL + words)}
    result = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    result.normalizer = normalizers.Lowercase()
    result.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    result.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    result.add_special_tokens(SPECIAL)
    result.save(str(HOME / "base" / "tokenizer.json"))
    return result


def batch(words, texts):
    encoded = [words.encode(text).ids for text in texts]
    length = max(map(len, encoded))
    ids = torch.tensor([row + [0] * (length - len(row)) for row in encoded])
    return ids, (ids != 0).long()


class Logits(nn.Module):
    """The classifier with its attention mask made here, so that both lengths stay dynamic in the export."""

    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask):
        mask = torch.where(attention_mask[:, None, None, :] > 0, 0.0, -1e9)
        places = torch.arange(input_ids.shape[1])[None, :]
        return self.bert(input_ids=input_ids, attention_mask=mask, position_ids=places).logits


def pretrain(model, words, rows):
    """Learns topics at [CLS], and at every place the word, of which one in five is hidden."""
    topics, vocabulary = sorted(TOPICS), words.get_vocab_size()
    guess = nn.Linear(model.bert.config.hidden_size, vocabulary)
    optimizer = torch.optim.AdamW([*model.parameters(), *guess.parameters()], lr=3e-3)
    for step in range(STEPS):
        chosen = [rows[(step * BATCH + row) % len(rows)] for row in range(BATCH)]
        ids, mask = batch(words, [text for text, _, _ in chosen])
        hidden = torch.where((torch.rand(ids.shape) < 0.2) & (ids >= len(SPECIAL)), 1, ids)
        states = model.bert.bert(input_ids=hidden, attention_mask=mask).last_hidden_state
        labels = torch.tensor([topics.index(topic) for _, topic, _ in chosen])
        loss = nn.functional.cross_entropy(model(ids, mask), labels) + nn.functional.cross_entropy(
            guess(states).flatten(0, 1), torch.where(mask > 0, ids, -100).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"base: loss {loss.item():.4f}")


def export(model, words):
    ids, mask = batch(words, ["the parcel is late", "thank you"])
    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    path = HOME / "base" / "model.onnx"
    torch.onnx.export(model.eval(), (ids, mask), path, dynamo=True, opset_version=20, optimize=True, external_data=False,
                      input_names=["input_ids", "attention_mask"], output_names=["logits"],
                      dynamic_shapes={"input_ids": sizes, "attention_mask": sizes}, verbose=False)
    proto = onnx.load(path)
    for node in proto.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != "pkg.torch.onnx.stack_trace"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.save(proto, path)
    got = onnxruntime.InferenceSession(path).run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0]
    assert abs(got - model(ids, mask).detach().numpy()).max() < 1e-5


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    corpus, train, held_out = (list(messages(count, seed)) for count, seed in ((2400, 1), (240, 2), (120, 3)))
    write_rows("train.csv", train)
    write_rows("eval.csv", held_out)
    words = tokenizer([text for text, _, _ in corpus])
    config = BertConfig(vocab_size=words.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
                        intermediate_size=64, max_position_embeddings=32, num_labels=len(TOPICS),
                        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager")
    bert = BertForSequenceClassification(config)
    pretrain(Logits(bert), words, corpus)
    bert.classifier = nn.Linear(config.hidden_size, len(TONES))
    export(Logits(bert), words)
    (HOME / "base" / "config.json").write_text(json.dumps(
        {"model_type": "bert", "id2label": dict(enumerate(sorted(TONES)))}, indent=2) + "\n")


if __name__ == "__main__":
    main()
