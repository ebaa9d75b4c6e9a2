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

# It stands where the id of a vendor may: its GET, which OPTIONS lists, asks whether there is a vendor of that name.
STANDS_FOR_AN_ID = {"allow_header_conformance.enabled": False}

# A plan may be well formed and make no sense, and then it is 400.
MAKES_SENSE = {"positive_data_acceptance.enabled": False}

# Checks that one operation does not pass by design, with what it may answer instead or that the check is off.
EXCEPTIONS = {
    "POST /api/vendor/code": STANDS_FOR_AN_ID,
    "POST /api/vendor/auth": STANDS_FOR_AN_ID,
    "POST /api/vendor/connect": STANDS_FOR_AN_ID,
    "PUT /api/vendor/connect": STANDS_FOR_AN_ID,
    # Nobody guesses the code of a fault: a wrong one is 400.
    "GET /api/support/{apiKey}/report/{fixCode}": {"positive_data_acceptance.expected-statuses": ["2xx", "400"]},
    "POST /control/faults": MAKES_SENSE,
    "PUT /control/faults/{name}": MAKES_SENSE,
    "PUT /control/scenario": MAKES_SENSE,
    # A number may have more than 64 bits, and then it is 400.
    "GET /control/ledger": {"positive_data_acceptance.enabled": False},
    # It stands where the name of a fault may.
    "POST /control/faults/stop": {"allow_header_conformance.enabled": False},
    # Nothing is sent where there is no such vendor: 200 without a content type.
    "PUT /api/admin/role": {"content_type_conformance.enabled": False, "response_schema_conformance.enabled": False},
    # What an admin set is sent as it is: text, JSON or nothing.
    "POST /api/log": {"content_type_conformance.enabled": False, "response_schema_conformance.enabled": False},
    "PUT /api/log": {"content_type_conformance.enabled": False, "response_schema_conformance.enabled": False},
}


def address(path, name):
    """The URL of this name in the line that the factory prints when it listens."""
    for _ in range(LISTENS_WITHIN_S * 10):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n") and (said := json.loads(line)).get("event") == "listening":
                    return said[name]
        time.sleep(0.1)
    sys.exit(f"the factory did not listen within {LISTENS_WITHIN_S} s")


def get(url, key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as reply:
        return reply.read().decode()


def configuration(description):
    """The settings of schemathesis: of the server errors, those that an operation declares are no failure."""
    lines = [f"checks.{name}.enabled = false" for name in EXCLUDED]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            declared = [status for status in operation["responses"] if status.startswith("5")]
            settings = {"not_a_server_error.expected-statuses": ["2xx", "3xx", "4xx", *declared]}
            settings |= EXCEPTIONS.get(name, {})
            lines += ["", "[[operations]]", f"include-name = {json.dumps(name)}"]
            lines += [f"checks.{setting} = {json.dumps(value)}" for setting, value in settings.items()]
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
    verb, argument, *more = sys.argv[1:]
    if verb == "address":
        print(address(argument, *more))
    elif verb == "get":
        sys.stdout.write(get(argument))
    elif verb == "configure":
        sys.stdout.write(configuration(json.loads(get(argument, *more))))
    elif verb == "count":
        print(count(argument))


main()
