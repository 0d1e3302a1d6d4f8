"""Optuna as a live peer: one JSON request a line on standard input, one JSON answer a line on standard output.

{"run": {"sampler", "seed", "space", "trials"}} starts a search: each answer is {"params"}, to which a line with the
value is the reply; then {"ms"}, the processor time per suggestion. {"speed": {"sampler", "trials"}} measures the
processor time per suggestion of ten parameters after so many random trials: {"ms"}. "version" gives {"version", "samplers"}: those
that this Optuna has ("tpe" as it is by default, "tpe_mv" joint and grouped).
"""
import json
import random
import sys
import time
import warnings

import optuna
from optuna.distributions import FloatDistribution

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "tpe_mv": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True),
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


def suggest(trial, space):
    params = {}
    for name, p in space.items():
        when = p.get("when")
        if when and params.get(when["param"]) not in when["in"]:
            continue
        if p["type"] == "categorical":
            params[name] = trial.suggest_categorical(name, p["choices"])
        elif p["type"] == "int":
            params[name] = trial.suggest_int(name, p["low"], p["high"], log=p.get("log", False))
        else:
            params[name] = trial.suggest_float(name, p["low"], p["high"], log=p.get("log", False))
    return params


def say(answer):
    print(json.dumps(answer), flush=True)


def run(sampler, seed, space, trials):
    study = optuna.create_study(sampler=SAMPLERS[sampler](seed))
    times = []
    for _ in range(trials):
        start = time.process_time()
        trial = study.ask()
        params = suggest(trial, space)
        times.append(time.process_time() - start)
        say({"params": params})
        study.tell(trial, float(sys.stdin.readline()))
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
