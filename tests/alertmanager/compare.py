"""The same configurations and alerts, given to a real Alertmanager and to our engine; what they send must be the same."""

import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How long a timeline is, in seconds: shorter than the 30 s after which an Alertmanager clears empty groups.
UNTIL = 27.0
# How much earlier and later than it should a webhook may arrive: less than a group's interval. Alerts are given at half seconds and
# groups look at them at whole ones, so that neither overtakes the other.
EARLY_MAX, LATE_WEBHOOK_MAX = 0.3, 1.8
# Webhooks of the last seconds may be under way when it ends.
COMPARED_UNTIL = UNTIL - 2.0
# An alert that was given later than this after its moment may fall on the other side of a tick: all is done again.
LATE_MAX = 0.3
ATTEMPTS = 3
ROUTED = 200
TREES = 12


class Hooks(BaseHTTPRequestHandler):
    """Writes down what arrives."""

    def do_POST(self):
        at = time.time()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((at, self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class HookServer(ThreadingHTTPServer):
    """Takes the webhooks of all groups at once: with the queue of 5 that is usual, some would be dialled again a second later."""

    request_queue_size = 256


def hand_written():
    """Cases as (receivers with whether they tell of what is resolved, route, inhibition rules, [(second, labels, fires)])."""
    base = {"group_wait": "1500ms", "group_interval": "3s", "repeat_interval": "1h", "group_by": ["alertname"]}
    a, b, c = ({"alertname": name} for name in "ABC")
    a1, a2 = ({"alertname": "A", "n": number} for number in "12")
    many = []
    add = lambda route, timeline, receivers=None, inhibit=(): many.append((receivers or {"r": True}, {**base, "receiver": "r", **route}, list(inhibit), [(int(at) + 0.5, labels, fires) for at, labels, fires in timeline]))
    add({}, [(0.5, a, True), (4, a, False)])
    add({}, [(0.5, a, True), (1, a, False)])
    add({}, [(0.5, a1, True), (2.5, a2, True), (8, a1, False), (11.5, a2, False)])
    add({}, [(0.5, a, True), (2, a, False), (3, a, True)])
    add({}, [(0.5, a1, True), (2, a2, True), (3, a2, False), (12, a1, False)])
    add({"repeat_interval": "4500ms"}, [(0.5, a, True)])
    add({"group_by": ["..."]}, [(0.5, a1, True), (0.5, a2, True), (6, a1, False)])
    add({"group_by": []}, [(0.5, a, True), (0.7, b, True), (6, a, False)])
    add({"group_wait": "0s", "group_interval": "3500ms"}, [(0.5, a, True), (2, b, True), (5, a, False)])
    add({}, [(0.5, a1, True), (0.5, a2, True), (5, a1, False), (11, a2, False)], {"r": False})
    add({}, [(0.5, a, True), (5, a, False), (9, a, True)], {"r": False})
    add({}, [(0.5, a, True), (5, a, False), (6, a, True), (14, a, False), (15, a, True)])
    # A resolved alert that nobody heard of makes a group all the same.
    add({"group_wait": "2500ms", "group_interval": "6s"}, [(0.5, a, False), (4, a, True)])
    child = lambda **more: {"matchers": ['team="x"'], **more}
    team = lambda labels: {**labels, "team": "x"}
    add({"routes": [child(receiver="s", **{"continue": True}), child(receiver="t", group_wait="2500ms"), child(receiver="u")]}, [(0.5, team(a), True), (5, b, True), (9, team(a), False)], {"r": True, "s": True, "t": True, "u": True})
    # Routes that are alike share what they said. At the same moment they would race, and no Alertmanager says who wins.
    add({"routes": [child(**{"continue": True}), child(group_wait="2500ms")]}, [(0.5, team(a), True), (6, team(a), False)])
    add({"routes": [child(receiver="s", group_by=["n"], routes=[{"match_re": {"n": "1|2"}, "group_wait": "2500ms"}])]}, [(0.5, team(a1), True), (0.5, team(a), True), (7, team(a1), False)], {"r": True, "s": True})
    rule = {"source_matchers": ['severity="page"'], "target_matchers": ['service="o"'], "equal": ["site"]}
    page = lambda labels, **more: {**labels, "severity": "page", **more}
    order = lambda labels, **more: {**labels, "service": "o", **more}
    add({}, [(0.5, page(a), True), (0.5, order(b), True), (6, page(a), False), (14, order(b), False)], None, [rule])
    add({}, [(0.5, page(a, site="1"), True), (0.5, order(b, site="2"), True), (0.5, order(c, site="1"), True)], None, [rule])
    add({}, [(0.5, page(order(a)), True), (0.5, page(order(b)), True), (0.5, order(c), True)], None, [rule])
    # What is resolved while it is kept quiet is resolved for nobody, and nothing new when it comes back.
    add({}, [(0.5, order(b), True), (3, page(a), True), (5, order(b), False), (9, page(a), False), (11.2, order(b), True), (17, order(b), False)], None, [rule])
    old = {"source_match": {"severity": "page"}, "target_match_re": {"service": "o|p"}}
    add({}, [(0.5, order(b), True), (0.7, page(a), True), (8, page(a), False)], None, [old])
    # The minute turns within the timeline.
    quiet = lambda **more: {"routes": [{"matchers": ['alertname=~".+"'], **more}]}
    alerts = [(0.5, a, True), (3, b, True), (16, b, False)]
    add(quiet(mute_time_intervals=["this-minute"]), alerts)
    add(quiet(active_time_intervals=["this-minute"]), alerts)
    add(quiet(active_time_intervals=["this-minute", "next-minute"], mute_time_intervals=["next-minute"]), alerts)
    return many


def drawn(draw):
    """A tree of routes and a timeline, at random."""
    names, values = ["team", "tier", "n"], ["x", "y", "z"]
    receivers = {f"r{number}": draw.random() < 0.7 for number in range(4)}

    def matcher():
        name, value, other = draw.choice(names), draw.choice(values), draw.choice(values)
        return draw.choice([f'{name}="{value}"', f'{name}!="{value}"', f'{name}=~"{value}|{other}"', f'{name}!~"{value}.*"', f"{name}=~{value}"])

    def route(depth):
        made = {}
        if depth == 0 or draw.random() < 0.7:
            made["receiver"] = draw.choice(list(receivers))
        if depth == 0 or draw.random() < 0.4:
            made["group_by"] = draw.choice([["alertname"], ["alertname", "team"], ["..."], [], ["tier"]])
        if depth == 0 or draw.random() < 0.3:
            made["group_wait"] = draw.choice(["1500ms", "2500ms"])
        if depth == 0 or draw.random() < 0.3:
            made["group_interval"] = "4s"
        if depth == 0 or draw.random() < 0.3:
            made["repeat_interval"] = draw.choice(["1h", "1h", "6s"])
        if depth > 0:
            made["matchers"] = [matcher() for _ in range(draw.randint(1, 2))]
            made["continue"] = draw.random() < 0.4
        if depth < 3:
            children = [route(depth + 1) for _ in range(draw.randint(0, 3))]
            # Siblings that are alike race: see above.
            made["routes"] = list({json.dumps(sorted(child["matchers"])): child for child in children}.values())
        return made

    label_sets = [{"alertname": draw.choice("AB"), **{name: draw.choice(values) for name in names if draw.random() < 0.8}} for _ in range(6)]
    timeline = []
    for labels in sorted({tuple(sorted(labels.items())) for labels in label_sets}):
        at, fires = draw.randint(0, 6) + 0.5, True
        while at < 20:
            timeline.append((at, dict(labels), fires))
            at, fires = at + draw.randint(1, 8), not fires
    inhibit = [{"source_matchers": [matcher()], "target_matchers": [matcher()], "equal": draw.choice([[], ["alertname"], ["team"]])}] if draw.random() < 0.5 else []
    return receivers, route(0), inhibit, sorted(timeline, key=lambda item: (item[0], sorted(item[1].items())))


def configuration(cases, hook, minute):
    """All cases as one configuration: each below a route of its own."""
    at = lambda moment: moment.strftime("%H:%M")
    end = lambda moment: "24:00" if at(moment) == "00:00" else at(moment)
    interval = lambda name, start: {"name": name, "time_intervals": [{"times": [{"start_time": at(start), "end_time": end(start + timedelta(minutes=1))}]}]}
    config = {
        "route": {"receiver": "nobody", "routes": []},
        "receivers": [{"name": "nobody"}],
        "inhibit_rules": [],
        "time_intervals": [interval("this-minute", minute), interval("next-minute", minute + timedelta(minutes=1))],
    }
    for number, (receivers, route, inhibit, _) in enumerate(cases):
        name = lambda receiver: f"{number}-{receiver}"

        def renamed(node):
            node = dict(node)
            if "receiver" in node:
                node["receiver"] = name(node["receiver"])
            node["routes"] = [renamed(child) for child in node.get("routes", [])]
            return node

        config["route"]["routes"].append({**renamed(route), "matchers": [f'case="{number}"']})
        for receiver, resolved in receivers.items():
            config["receivers"].append({"name": name(receiver), "webhook_configs": [{"url": f"{hook}/{name(receiver)}/0", "send_resolved": resolved}]})
        for rule in inhibit:
            config["inhibit_rules"].append({**rule, "equal": rule.get("equal", []) + ["case"]})
    return config


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return reply.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(dispatch, config, question):
    done = subprocess.run([dispatch, config], input=json.dumps(question), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"our engine refuses the configuration:\n{done.stderr}")
    return json.loads(done.stdout)


def hold_routes(dispatch, amtool, config, path, draw):
    """Which receivers take an alert, by amtool and by us."""
    names, values = ["team", "tier", "n", "severity", "service"], ["x", "y", "z", "1", "page", "o"]
    count = len(config["route"]["routes"])
    sets = [{"case": str(draw.randrange(count + 1)), "alertname": draw.choice("AB"), **{name: draw.choice(values) for name in names if draw.random() < 0.6}} for _ in range(ROUTED)]
    question = {"starts_at": "2024-08-08T00:00:00Z", "until": 0, "alerts": [], "routed": sets}
    ours = ask(dispatch, path, question)["routed"]
    wrong = 0
    for labels, mine in zip(sets, ours):
        told = subprocess.run([amtool, "config", "routes", "test", f"--config.file={path}", *(f"{name}={value}" for name, value in labels.items())], capture_output=True, text=True)
        theirs = told.stdout.strip().split(",")
        if theirs != mine:
            wrong += 1
            print(f"{labels}: amtool says {theirs}, we say {mine}")
    print(f"{ROUTED} label sets through {count} trees: {wrong} differ")
    return wrong == 0


def give(url, cases, began):
    """Gives the alerts at their moments and returns when each was given, and how late one was at most."""
    timeline = [(at, {**labels, "case": str(number)}, fires) for number, case in enumerate(cases) for at, labels, fires in case[3]]
    timeline.sort(key=lambda item: item[0])
    given, late, since = [], 0.0, {}
    for moment in sorted({item[0] for item in timeline}):
        time.sleep(max(0.0, began + moment - time.time()))
        now = datetime.now(timezone.utc)
        body = []
        for at, labels, fires in (item for item in timeline if item[0] == moment):
            key = tuple(sorted(labels.items()))
            start = since.setdefault(key, now) if fires else since.pop(key, now)
            alert = {"labels": labels, "startsAt": start.isoformat()}
            alert["endsAt"] = (now + timedelta(hours=1) if fires else now).isoformat()
            body.append(alert)
        call(f"{url}/api/v2/alerts", body)
        done = time.time() - began
        late = max(late, done - moment)
        given += [{"at": done, "labels": alert["labels"], "firing": fires} for alert, (_, _, fires) in zip(body, (item for item in timeline if item[0] == moment))]
    return given, late


def attempt(dispatch, server, work, cases, hooks):
    hook = f"http://127.0.0.1:{hooks.server_address[1]}"
    # The minute turns between the fifth and the twentieth second of the timeline.
    while not 41 <= datetime.now(timezone.utc).second <= 54:
        time.sleep(0.2)
    minute = datetime.now(timezone.utc).replace(second=0, microsecond=0)
    path = f"{work}/alertmanager.yml"
    with open(path, "w") as file:
        json.dump(configuration(cases, hook, minute), file)
    hooks.seen.clear()
    port = free_port()
    with open(f"{work}/log", "w") as log:
        process = subprocess.Popen([server, f"--config.file={path}", f"--storage.path={work}/data-{port}", f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="], stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                call(f"{url}/-/ready")
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit(f"the Alertmanager does not start:\n{open(f'{work}/log').read()}")
        # A quarter of a second after a whole one: no group looks when the minute turns.
        began = int(time.time()) + 1.25
        given, late = give(url, cases, began)
        time.sleep(max(0.0, began + UNTIL - time.time()))
        seen = [(at - began, path.strip("/"), body) for at, path, body in list(hooks.seen)]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    question = {"starts_at": datetime.fromtimestamp(began, timezone.utc).isoformat(), "until": UNTIL, "alerts": given, "routed": []}
    return ask(dispatch, path, question)["sent"], seen, late


def said(status, alerts):
    return status, tuple(sorted(json.dumps(labels, sort_keys=True) for labels in alerts))


def compare(ours, seen):
    """What differs, receiver by receiver: each notification of one side is the next of the same words on the other, in time."""
    mine, theirs = {}, {}
    for sent in ours:
        mine.setdefault(sent["receiver"], []).append((sent["at"], said(sent["status"], sent["alerts"])))
    for at, receiver, body in seen:
        theirs.setdefault(receiver, []).append((at, said(body["status"], [alert["labels"] for alert in body["alerts"]])))
    wrong = []
    for receiver in sorted(set(mine) | set(theirs)):
        rest = sorted(theirs.get(receiver, []))
        for at, words in sorted(mine.get(receiver, [])):
            if at > COMPARED_UNTIL:
                continue
            match = next((other for other in rest if other[1] == words and -EARLY_MAX <= other[0] - at <= LATE_WEBHOOK_MAX), None)
            if match is None:
                wrong.append(f"{receiver}: only we send at {at:.2f}: {words}")
            else:
                rest.remove(match)
        early = [(at, words) for at, words in rest if at <= COMPARED_UNTIL]
        wrong += [f"{receiver}: only Alertmanager sends at {at:.2f}: {words}" for at, words in early]
    return wrong


def main():
    dispatch, server, amtool, work, seed = sys.argv[1:6]
    draw = random.Random(int(seed))
    cases = hand_written() + [drawn(draw) for _ in range(TREES)]
    hooks = HookServer(("127.0.0.1", 0), Hooks)
    hooks.seen = []
    threading.Thread(target=hooks.serve_forever, daemon=True).start()
    sound = True
    if amtool:
        path = f"{work}/routes.yml"
        config = configuration(cases, "http://127.0.0.1:1", datetime.now(timezone.utc))
        with open(path, "w") as file:
            json.dump(config, file)
        sound = hold_routes(dispatch, amtool, config, path, draw)
    wrong = ["the machine was too busy to give alerts at their moments"]
    for _ in range(ATTEMPTS):
        ours, seen, late = attempt(dispatch, server, work, cases, hooks)
        wrong = compare(ours, seen)
        print(f"{len(cases)} configurations, {len(seen)} notifications of Alertmanager, {len(ours)} of ours: {len(wrong)} differ; alerts at most {late:.2f} s late")
        if not wrong or late <= LATE_MAX:
            break
    for line in wrong:
        print(line)
    sys.exit(0 if sound and not wrong else 1)


main()
