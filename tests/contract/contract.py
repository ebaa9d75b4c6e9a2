"""What tests/contract/run needs besides schemathesis: where the factory listens, which server errors its description declares, and
how the run went."""

import json
import sys
import time
import urllib.request
import xml.etree.ElementTree

LISTENS_WITHIN_S = 30

# Checks that the real factory, and so this one, does not pass by design.
EXCLUDED = [
    "negative_data_rejection",  # it takes nearly anything: an order of the items "pizza" is fine
    "unsupported_method",  # a wrong method is 404, not 405
]


def address(path):
    """The URL in the line that the factory prints when it listens."""
    for _ in range(LISTENS_WITHIN_S * 10):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n") and (said := json.loads(line)).get("event") == "listening":
                    return said["url"]
        time.sleep(0.1)
    sys.exit(f"the factory did not listen within {LISTENS_WITHIN_S} s")


def get(url):
    with urllib.request.urlopen(url, timeout=10) as reply:
        return reply.read().decode()


def configuration(description):
    """The settings of schemathesis: of the server errors, those that an operation declares are no failure."""
    lines = [f"checks.{name}.enabled = false" for name in EXCLUDED]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            declared = [status for status in operation["responses"] if status.startswith("5")]
            if declared:
                expected = ["2xx", "3xx", "4xx", *declared]
                lines += [
                    "",
                    "[[operations]]",
                    f"include-name = {json.dumps(f'{method.upper()} {path}')}",
                    f"checks.not_a_server_error.expected-statuses = {json.dumps(expected)}",
                ]
    return "\n".join(lines) + "\n"


def count(path):
    """How many operations passed and failed, by the report of the run."""
    failed = {}
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        failed[case.get("name")] = failed.get(case.get("name"), False) or bad
    bad = sum(failed.values())
    return f"{len(failed) - bad} passed, {bad} failed"


def main():
    verb, argument = sys.argv[1:]
    if verb == "address":
        print(address(argument))
    elif verb == "get":
        sys.stdout.write(get(argument))
    elif verb == "configure":
        sys.stdout.write(configuration(json.loads(get(argument))))
    elif verb == "count":
        print(count(argument))


main()
