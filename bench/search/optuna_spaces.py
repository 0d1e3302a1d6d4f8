"""What the live peers share: a message out, and a trial's values from a space as our problems describe it."""
import json


def say(message):
    print(json.dumps(message), flush=True)


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
