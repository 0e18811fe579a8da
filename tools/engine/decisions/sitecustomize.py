"""Has ministack write down each decision about a request that comes with a role's credentials: one line of JSON in the file HYBRID_DECISIONS names.

Python imports a module of this name before anything else, from the first folder of PYTHONPATH.
"""

import json
import os

from ministack.core import iam_evaluator

_file = open(os.environ["HYBRID_DECISIONS"], "a", buffering=1)  # noqa: SIM115: open as long as the process lives
_evaluate = iam_evaluator.evaluate


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


iam_evaluator.evaluate = evaluate
