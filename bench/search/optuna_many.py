"""Optuna as a live peer on learning curves and on several objectives: one JSON message a line, in and out.

{"curves": {"sampler", "pruner", "seed", "space", "epochs", "last"}} starts a study that spends so many epochs, `last` being a
full training: {"params"} begins a trial, each {"epoch"} asks for the value there, and {"done": true} is the end.
{"objectives": {"sampler", "seed", "space", "trials", "count"}} starts a study of so many objectives: to each {"params"} the list
of values is the reply; then {"done": true}. "version" gives {"version", "samplers", "pruners"}.
"""
import json
import sys
import warnings

import optuna

from optuna_spaces import say, suggest

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)

SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "tpe_mv": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "nsga2_20": lambda seed: optuna.samplers.NSGAIISampler(seed=seed, population_size=20),
}
if hasattr(optuna.samplers, "NSGAIIISampler"):
    SAMPLERS["nsga3"] = lambda seed: optuna.samplers.NSGAIIISampler(seed=seed)
# Older versions lack the GP sampler; it also needs a package that may not be there.
try:
    import torch

    optuna.samplers.GPSampler(seed=0)
    torch.set_num_threads(1)
    SAMPLERS["gp"] = lambda seed: optuna.samplers.GPSampler(seed=seed)
except (ImportError, AttributeError):
    pass

PRUNERS = {
    "none": lambda last: optuna.pruners.NopPruner(),
    "median": lambda last: optuna.pruners.MedianPruner(),
    "sha": lambda last: optuna.pruners.SuccessiveHalvingPruner(),
    "hyperband": lambda last: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=last),
}


def reply():
    return json.loads(sys.stdin.readline())


def curves(sampler, pruner, seed, space, epochs, last):
    study = optuna.create_study(
        # Hyperband draws the bracket of a trial from the study's name.
        study_name=f"{sampler} {pruner} {seed}",
        sampler=SAMPLERS[sampler](seed),
        pruner=PRUNERS[pruner](last),
    )
    spent = 0
    while spent < epochs:
        trial = study.ask()
        say({"params": suggest(trial, space)})
        state, value = optuna.trial.TrialState.COMPLETE, None
        for epoch in range(1, last + 1):
            say({"epoch": epoch})
            value = reply()
            spent += 1
            trial.report(value, epoch)
            if epoch < last and (spent >= epochs or trial.should_prune()):
                state = optuna.trial.TrialState.PRUNED
                break
        # Optuna takes the value of a pruned trial from its last report.
        study.tell(trial, None if state == optuna.trial.TrialState.PRUNED else value, state=state)
    say({"done": True})


def objectives(sampler, seed, space, trials, count):
    study = optuna.create_study(sampler=SAMPLERS[sampler](seed), directions=["minimize"] * count)
    for _ in range(trials):
        trial = study.ask()
        say({"params": suggest(trial, space)})
        study.tell(trial, reply())
    say({"done": True})


for line in iter(sys.stdin.readline, ""):
    request = json.loads(line)
    if request == "version":
        say({"version": optuna.__version__, "samplers": list(SAMPLERS), "pruners": list(PRUNERS)})
    elif "curves" in request:
        curves(**request["curves"])
    else:
        objectives(**request["objectives"])
