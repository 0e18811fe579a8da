"""What the tests need ministack to do beside what it does. Python imports a module of this name before any other, from PYTHONPATH.

Each decision about a request that comes with a role's credentials is written down: a line of JSON in the file that HYBRID_DECISIONS names.
Every request counts as one over TLS: here all of them are plain HTTP on loopback, and policies that demand TLS would refuse them all.
"""

import json
import os

from ministack.core import iam_evaluator

_file = open(os.environ["HYBRID_DECISIONS"], "a", buffering=1)  # noqa: SIM115: open as long as the process lives
_evaluate = iam_evaluator.evaluate
_origin = iam_evaluator._request_origin


class _Encrypted:
    def get(self):
        return _origin.get()[0], True

    def set(self, origin):
        return _origin.set(origin)


def evaluate(context, *policies):
    result = _evaluate(context, *policies)
    decision = {
        "principal": context.principal_arn,
        "action": context.action,
        "resource": context.resource_arn,
        "decision": result.decision,
    }
    _file.write(json.dumps(decision) + "\n")
    return result


iam_evaluator._request_origin = _Encrypted()
iam_evaluator.evaluate = evaluate
