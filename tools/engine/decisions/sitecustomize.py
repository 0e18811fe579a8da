"""What the tests need ministack to do beside what it does. Python imports a module of this name before any other, from PYTHONPATH.

Each decision about a request that comes with a role's credentials is written down: a line of JSON in the file that HYBRID_DECISIONS names.
Every request counts as one over TLS: here all of them are plain HTTP on loopback, and policies that demand TLS would refuse them all.
"""

import contextvars
import json
import os

from ministack.core import iam_evaluator

_file = open(os.environ["HYBRID_DECISIONS"], "a", buffering=1)  # noqa: SIM115: open as long as the process lives
_evaluate = iam_evaluator.evaluate
_enforce = iam_evaluator.enforce
_origin = iam_evaluator._request_origin
_principals = contextvars.ContextVar("principals")


class _Encrypted:
    def get(self):
        return _origin.get()[0], True

    def set(self, origin):
        return _origin.set(origin)


def evaluate(context, *policies):
    """Called for the role's policies, and once more for those of the resource."""
    _principals.get([]).append(context.principal_arn)
    return _evaluate(context, *policies)


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    principals = []
    token = _principals.set(principals)
    try:
        refused = _enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    finally:
        _principals.reset(token)
    # The account's root is asked for nothing.
    if principals:
        decision = {"principal": principals[0], "action": iam_action, "resource": resource_arn, "allowed": refused is None}
        _file.write(json.dumps(decision) + "\n")
    return refused


iam_evaluator._request_origin = _Encrypted()
iam_evaluator.evaluate = evaluate
iam_evaluator.enforce = enforce
