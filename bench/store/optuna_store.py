"""What Optuna's journal storage does with the same work; one JSON object of figures on standard output."""
import json
import logging
import resource
import sys
import time

import optuna
from optuna.storages import JournalFileStorage, JournalStorage

optuna.logging.set_verbosity(logging.ERROR)
mode, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0


def objective(trial):
    x = sum(trial.suggest_float(f"x{i}", 0, 1) for i in range(5))
    for step in range(1, 11):
        trial.report(x + 1 / step, step)
    return x


start = time.perf_counter()
if mode == "load":
    study = optuna.load_study(study_name="store", storage=JournalStorage(JournalFileStorage(path)))
    trials = study.get_trials(deepcopy=False)
    figures = {"trials": len(trials), "reports": sum(len(t.intermediate_values) for t in trials)}
elif mode == "trials":
    study = optuna.create_study(
        storage=JournalStorage(JournalFileStorage(path)), sampler=optuna.samplers.RandomSampler(seed=0)
    )
    start = time.perf_counter()
    study.optimize(objective, n_trials=count)
    figures = {"trials": count}
else:
    backend = JournalFileStorage(path)
    for i in range(count):
        backend.append_logs([{"op_code": 8, "worker_id": "w", "trial_id": i, "user_attr": {"x": i}}])
    figures = {"appends": count}
figures["seconds"] = time.perf_counter() - start
figures["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({**figures, "version": optuna.__version__}))
