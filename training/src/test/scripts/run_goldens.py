#!/usr/bin/env python3
"""What transformers' Trainer does with a small linear model, as numbers for the tests of dev.graft.training.run.

    python run_goldens.py ../resources/dev/graft/training/run/goldens.json

Needs torch, transformers 5, accelerate and peft. The model is logits = x (W + B A)^T + bias with softmax and cross entropy; W
is frozen. Rows whose label is -100 do not count.
"""

import json
import sys
import tempfile

import numpy
import torch
from peft.optimizers import create_loraplus_optimizer
from torch.utils.data import Dataset, SequentialSampler
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments, get_scheduler

FEATURES, CLASSES, RANK, ROWS = 4, 3, 2, 14


def floats(tensor):
    return [float(value) for value in tensor.detach().reshape(-1).tolist()]


def initial():
    generator = torch.Generator().manual_seed(5)
    draw = lambda *shape: torch.randn(*shape, generator=generator)
    truth = draw(CLASSES, FEATURES)
    x, eval_x = draw(ROWS, FEATURES), draw(9, FEATURES)
    # noisy, so that learning the rows by heart makes it worse on others
    labels = (x @ truth.T + 1.5 * draw(ROWS, CLASSES)).argmax(-1)
    labels[3] = labels[8] = -100
    return {
        "weight": draw(CLASSES, FEATURES),
        "lora_A": draw(RANK, FEATURES) * 0.5,
        "lora_B": draw(CLASSES, RANK) * 0.5,
        "bias": draw(CLASSES) * 0.1,
        "x": x,
        "labels": labels,
        "eval_x": eval_x,
        "eval_labels": (eval_x @ truth.T).argmax(-1),
    }


class Rows(Dataset):
    def __init__(self, x, labels):
        self.x, self.labels = x, labels

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return {"x": self.x[index], "labels": self.labels[index]}


class Model(torch.nn.Module):
    def __init__(self, values):
        super().__init__()
        self.register_buffer("weight", values["weight"].clone())
        # in dictionaries, as PEFT's layers have them, so that its LoRA+ sorts them into its groups
        self.lora_A = torch.nn.ParameterDict({"default": torch.nn.Parameter(values["lora_A"].clone())})
        self.lora_B = torch.nn.ParameterDict({"default": torch.nn.Parameter(values["lora_B"].clone())})
        self.bias = torch.nn.Parameter(values["bias"].clone())

    def forward(self, x, labels=None, num_items_in_batch=None, **kwargs):
        whole = self.weight + self.lora_B["default"] @ self.lora_A["default"]
        logits = x @ whole.T + self.bias
        loss = torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum")
        items = num_items_in_batch if num_items_in_batch is not None else (labels != -100).sum()
        return {"loss": loss / items, "logits": logits}

    def flat(self):
        return floats(torch.cat([self.lora_A["default"].reshape(-1), self.lora_B["default"].reshape(-1), self.bias]))


class Ordered(Trainer):
    def _get_train_sampler(self, *args, **kwargs):
        return SequentialSampler(self.train_dataset)


class Recorder(TrainerCallback):
    def __init__(self):
        self.parameters = []

    def on_step_end(self, args, state, control, model=None, **kwargs):
        self.parameters.append(model.flat())


def metrics(prediction):
    """Accuracy and macro F1, counted by hand."""
    got, wanted = prediction.predictions.argmax(-1), prediction.label_ids
    scores = []
    for label in sorted(set(got.tolist()) | set(wanted.tolist())):
        both = int(numpy.sum((got == label) & (wanted == label)))
        scores.append(2 * both / (int(numpy.sum(got == label)) + int(numpy.sum(wanted == label))))
    return {"accuracy": float(numpy.mean(got == wanted)), "f1_macro": sum(scores) / len(scores)}


def run(values, loraplus=None, patience=None, **arguments):
    model = Model(values)
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder:
        args = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=2,
            per_device_eval_batch_size=4,
            logging_steps=1,
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
            remove_unused_columns=False,
            label_names=["labels"],
            optim="adamw_torch",
            **arguments,
        )
        optimizer = None
        if loraplus:
            optimizer = create_loraplus_optimizer(model, torch.optim.AdamW, lr=args.learning_rate, **loraplus)
        trainer = Ordered(
            model=model,
            args=args,
            train_dataset=Rows(values["x"], values["labels"]),
            eval_dataset=Rows(values["eval_x"], values["eval_labels"]),
            compute_metrics=metrics,
            optimizers=(optimizer, None),
            callbacks=[recorder] + ([EarlyStoppingCallback(patience)] if patience else []),
        )
        trainer.train()
        history = trainer.state.log_history
        logs = [line for line in history if "loss" in line]
        evaluations = [line for line in history if "eval_loss" in line]
        return {
            "total": trainer.state.max_steps,
            "steps": len(recorder.parameters),
            "loss": [line["loss"] for line in logs],
            "learning_rate": [line["learning_rate"] for line in logs],
            "grad_norm": [line["grad_norm"] for line in logs],
            "epoch": [line["epoch"] for line in logs],
            "parameters": recorder.parameters,
            "final": model.flat(),
            "eval_step": [line["step"] for line in evaluations],
            "eval_loss": [line["eval_loss"] for line in evaluations],
            "eval_accuracy": [line["eval_accuracy"] for line in evaluations],
            "eval_f1_macro": [line["eval_f1_macro"] for line in evaluations],
            "best_step": trainer.state.best_global_step,
        }


def schedules():
    """The factors of get_scheduler at every step."""
    rows = []
    for kind in ["constant", "constant_with_warmup", "linear", "cosine"]:
        for warmup, total in [(0, 7), (3, 10), (10, 10), (1, 1), (37, 123)]:
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            schedule = get_scheduler(kind, optimizer, num_warmup_steps=warmup, num_training_steps=total)
            factors = []
            for _ in range(total):
                factors.append(float(schedule.get_last_lr()[0]))
                optimizer.step()
                schedule.step()
            rows.append({"kind": kind, "warmup": warmup, "total": total, "factors": factors})
    return rows


def warmups():
    """TrainingArguments.get_warmup_steps for ratios."""
    cases = [(0.1, 10), (0.1, 11), (0.03, 100), (0.5, 3), (0.07, 1000)]
    steps = lambda ratio, total: TrainingArguments(output_dir="x", warmup_steps=ratio).get_warmup_steps(total)
    return [{"ratio": ratio, "total": total, "steps": steps(ratio, total)} for ratio, total in cases]


def main():
    values = initial()
    goldens = {
        "values": {name: floats(tensor) for name, tensor in values.items()},
        "schedules": schedules(),
        "warmups": warmups(),
        "cosine": run(
            values,
            num_train_epochs=3,
            gradient_accumulation_steps=3,
            learning_rate=0.05,
            lr_scheduler_type="cosine",
            warmup_steps=0.2,
            weight_decay=0.1,
            max_grad_norm=0.3,
        ),
        "loraplus": run(
            values,
            loraplus={"loraplus_lr_ratio": 4.0, "loraplus_weight_decay": 0.2},
            max_steps=5,
            gradient_accumulation_steps=2,
            learning_rate=0.02,
            lr_scheduler_type="linear",
            warmup_steps=2,
            max_grad_norm=0.0,
        ),
        "early": run(
            values,
            patience=2,
            num_train_epochs=10,
            learning_rate=0.1,
            lr_scheduler_type="constant",
            eval_strategy="steps",
            eval_steps=2,
            save_strategy="steps",
            save_steps=2,
            load_best_model_at_end=True,
            metric_for_best_model="loss",
        ),
        "accuracy": run(
            values,
            num_train_epochs=1.5,
            learning_rate=0.1,
            lr_scheduler_type="linear",
            eval_strategy="steps",
            eval_steps=1,
            save_strategy="steps",
            save_steps=1,
            load_best_model_at_end=True,
            metric_for_best_model="accuracy",
            greater_is_better=True,
        ),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(goldens, file)
        file.write("\n")


main()
