"""Makes the files for tests/bench/rules, runs both programs on them in turn, and prints the table."""

import json
import os
import statistics
import subprocess
import sys
import time

RULES = [
    {"record": "job:orders:rate5m", "expr": "sum by (job) (rate(orders_total[5m1s]))"},
    {"record": "job:failed:ratio", "expr": 'sum by (job) (rate(orders_total{code="500"}[5m1s])) / sum by (job) (rate(orders_total[5m1s]))'},
    {"alert": "Failing", "expr": "job:failed:ratio > 0.2", "for": "2m", "labels": {"severity": "page"}},
    {"alert": "Silent", "expr": "sum by (job, inst) (increase(orders_total[10m1s])) < 1", "for": "5m"},
    {"alert": "Slow", "expr": "max by (job) (max_over_time(orders_total[2m1s]) - min_over_time(orders_total[2m1s])) > 500", "for": "1m"},
]


def files(folder, count):
    series = [
        {
            "series": f'orders_total{{job="job-{n % 5}", inst="{n}", code="{500 if n % 2 else 200}"}}',
            "values": f"{1000 + n}+{1 + n % 7}x720",
        }
        for n in range(count)
    ]
    steps = [{"expr": "ALERTS", "eval_time": "3h", "exp_samples": []}]
    test = {
        "rule_files": ["rules.json"],
        "evaluation_interval": "15s",
        "tests": [{"interval": "15s", "input_series": series, "promql_expr_test": steps}],
    }
    with open(os.path.join(folder, "test.json"), "w") as out:
        json.dump(test, out)
    with open(os.path.join(folder, "rules.json"), "w") as out:
        json.dump({"groups": [{"name": "g", "rules": RULES}]}, out)


def run(command, folder):
    """Wall seconds, processor seconds, and the most memory in MiB."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    pairs, folder, binary = int(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])
    print("| series | promtool, wall / processor | ours, wall / processor | ratio, wall / processor | memory, promtool / ours |")
    print("|---:|---:|---:|---:|---:|")
    for count in (10, 100, 1000):
        files(folder, count)
        theirs, ours = [], []
        for _ in range(pairs):
            theirs.append(run(["promtool", "test", "rules", "test.json"], folder))
            ours.append(run([binary, "replay", "test.json", "rules.json"], folder))
        t, o = ([statistics.median(column) for column in zip(*runs)] for runs in (theirs, ours))
        print(
            f"| {count:,} | {t[0]:.3f} s / {t[1]:.3f} s | {o[0]:.3f} s / {o[1]:.3f} s "
            f"| {t[0] / o[0]:.0f} / {t[1] / o[1]:.0f} | {t[2]:.0f} MiB / {o[2]:.0f} MiB |"
        )


main()
