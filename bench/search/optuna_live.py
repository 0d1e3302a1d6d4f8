"""Optuna as a live peer: one JSON request a line on standard input, one JSON answer a line on standard output.

{"run": {"sampler", "seed", "space", "trials", "workers"}} starts a search: to each {"params"} the reply is the list of
[number, value] of the trials that ended before there was room for the next one; then {"ms"}, the processor time per
suggestion. {"speed": {"sampler", "trials"}} measures the processor time per suggestion of ten parameters after so many
random trials: {"ms"}. "version" gives {"version", "samplers"}: those that this Optuna has ("tpe" as it is by default,
"tpe_mv" joint and grouped).
"""
import json
import random
import sys
import time
import warnings

import optuna
from optuna.distributions import FloatDistribution

from optuna_spaces import say, suggest

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed, **liar: optuna.samplers.TPESampler(seed=seed, **liar),
    "tpe_mv": lambda seed, **liar: optuna.samplers.TPESampler(
        seed=seed, multivariate=True, group=True, **liar
    ),
}
# Older versions lack the GP sampler; it and CMA-ES also need packages that may not be there.
try:
    import torch

    optuna.samplers.GPSampler(seed=0)
    torch.set_num_threads(1)
    SAMPLERS["gp"] = lambda seed: optuna.samplers.GPSampler(seed=seed)
except (ImportError, AttributeError):
    pass
try:
    import cmaes  # noqa: F401

    SAMPLERS["cmaes"] = lambda seed: optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)
except ImportError:
    pass


def run(sampler, seed, space, trials, workers):
    # Running trials count as bad ones, which is meant for several workers and not the default of older versions.
    liar = {"constant_liar": True} if workers > 1 and sampler in ("tpe", "tpe_mv") else {}
    study = optuna.create_study(sampler=SAMPLERS[sampler](seed, **liar))
    times = []
    for _ in range(trials):
        start = time.process_time()
        trial = study.ask()
        params = suggest(trial, space)
        times.append(time.process_time() - start)
        say({"params": params})
        for number, value in json.loads(sys.stdin.readline()):
            study.tell(number, value)
    say({"ms": 1000 * sorted(times)[len(times) // 2]})


def speed(sampler, trials):
    study = optuna.create_study(sampler=SAMPLERS[sampler](0))
    space = {f"p{i}": {"type": "float", "low": 0, "high": 1} for i in range(10)}
    distributions = {name: FloatDistribution(0, 1) for name in space}
    draw = random.Random(1)
    for _ in range(trials):
        params = {name: draw.uniform(0, 1) for name in space}
        value = sum((i + 1) * (x - 0.3) ** 2 for i, x in enumerate(params.values()))
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    times = []
    # Seconds each, with that many trials.
    asked = 5 if sampler == "gp" and trials >= 300 else 20
    for _ in range(asked):
        start = time.process_time()
        trial = study.ask()
        params = suggest(trial, space)
        times.append(time.process_time() - start)
        study.tell(trial, sum((i + 1) * (x - 0.3) ** 2 for i, x in enumerate(params.values())))
    say({"ms": 1000 * sorted(times)[asked // 2]})


for line in iter(sys.stdin.readline, ""):
    request = json.loads(line)
    if request == "version":
        say({"version": optuna.__version__, "samplers": list(SAMPLERS)})
    elif "run" in request:
        run(**request["run"])
    else:
        speed(**request["speed"])
