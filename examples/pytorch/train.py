"""
Trains a dense network on 8×8 digits with PyTorch. Sweetspot starts it once per trial; by hand: python3 train.py --config digits.yaml
What it owes to Sweetspot is one printed line per epoch. Being told to stop is SIGTERM; keeping a checkpoint in
SWEETSPOT_FOLDER lets an interrupted trial go on where it stopped.
"""

import argparse
import gzip
import json
import os
from pathlib import Path

import torch
import yaml
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--config", type=Path, default=Path("digits.yaml"))
config = yaml.safe_load(parser.parse_args().config.read_text(encoding="utf-8"))
torch.manual_seed(int(os.environ.get("SWEETSPOT_SEED", 0)))
torch.set_num_threads(1)

with gzip.open(config["data"], "rt") as file:
    rows = torch.tensor([[float(cell) for cell in line.split(",")] for line in file.readlines()[1:]])
inputs, labels = rows[:, :64] / 16, rows[:, 64].long()
held = len(rows) // 4
trained = len(rows) - held

sizes = [64, *config["model"]["units"]]
layers = []
for before, after in zip(sizes, sizes[1:]):
    layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(config["model"]["dropout"])]
model = nn.Sequential(*layers, nn.Linear(sizes[-1], 10))

# YAML 1.1, which PyYAML reads, takes 1e-3 for a text.
rate = float(config["optimizer"]["learningRate"])
optimizer = {
    "sgd": lambda: torch.optim.SGD(model.parameters(), rate, momentum=config["optimizer"]["momentum"]),
    "adam": lambda: torch.optim.Adam(model.parameters(), rate),
    "adamw": lambda: torch.optim.AdamW(model.parameters(), rate),
}[config["optimizer"]["name"]]()

checkpoint = Path(os.environ.get("SWEETSPOT_FOLDER", ".")) / "checkpoint.pt"
saved = torch.load(checkpoint) if "SWEETSPOT_FOLDER" in os.environ and checkpoint.exists() else None
lines = []
if saved:
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    torch.set_rng_state(saved["random"])
    lines = saved["lines"]
    # A second attempt reports its steps again.
    print("\n".join(lines))

loss_of = nn.CrossEntropyLoss()
for epoch in range(len(lines) + 1, config["training"]["epochs"] + 1):
    model.train()
    for batch in torch.randperm(trained).split(config["training"]["batchSize"]):
        optimizer.zero_grad()
        loss_of(model(inputs[batch]), labels[batch]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        scores = model(inputs[trained:])
        val_loss = loss_of(scores, labels[trained:]).item()
        val_accuracy = (scores.argmax(1) == labels[trained:]).float().mean().item()
    lines.append("::sweetspot " + json.dumps({"step": epoch, "val_loss": val_loss, "val_accuracy": val_accuracy}))
    print(lines[-1], flush=True)
    if "SWEETSPOT_FOLDER" in os.environ:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        partial = checkpoint.with_suffix(".partial")
        torch.save({**state, "random": torch.get_rng_state(), "lines": lines}, partial)
        partial.replace(checkpoint)
