"""Gradient boosting on the breast cancer data that scikit-learn brings: one line per fold, then the mean."""

import argparse
from statistics import fmean

from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.1)
parser.add_argument("--leaves", type=int, default=31)
parser.add_argument("--min-samples-leaf", type=int, default=20)
parser.add_argument("--l2", type=float, default=0)
parser.add_argument("--folds", type=int, default=5)
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()

inputs, labels = load_breast_cancer(return_X_y=True)
# The same folds in every trial, so that trials are judged on the same rows.
folds = StratifiedKFold(options.folds, shuffle=True, random_state=0)
scores = []
for fold, (trained, held) in enumerate(folds.split(inputs, labels), start=1):
    model = HistGradientBoostingClassifier(
        learning_rate=options.learning_rate,
        max_leaf_nodes=options.leaves,
        min_samples_leaf=options.min_samples_leaf,
        l2_regularization=options.l2,
        max_iter=60,
        random_state=options.seed % 2**31,
    )
    model.fit(inputs[trained], labels[trained])
    scores.append(model.score(inputs[held], labels[held]))
    print(f"fold={fold} accuracy={scores[-1]:.6f}")
print(f"accuracy={fmean(scores):.6f}")
