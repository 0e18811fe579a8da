"""Uses NVIDIA's client for the Open Inference Protocol, as it comes, against a running platform.

Prints one JSON object: what the client saw. Without the protocol's binary extension tensors are asked for and sent as JSON.
"""

import json
import os
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

url = os.environ["PLATFORM_URL"].removeprefix("http://")
headers = {"Authorization": f"Bearer {os.environ['PLATFORM_KEY']}"}
client = triton.InferenceServerClient(url=url)


def infer(model, name, array, datatype, output="y", version=""):
    tensor = triton.InferInput(name, list(array.shape), datatype)
    tensor.set_data_from_numpy(array, binary_data=False)
    wanted = [triton.InferRequestedOutput(output, binary_data=False)]
    return client.infer(model, [tensor], model_version=version, outputs=wanted, headers=headers, request_id="mine")


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return {"status": error.status(), "message": error.message()}
    return None


digits = np.array(json.load(sys.stdin)["images"], dtype=np.float32)
labels = infer("digits", "image", digits, "FP32", "label")
exact = np.array([9007199254740991, -9007199254740991], dtype=np.int64)
texts = np.array([b"one", "zwei".encode(), "drei ßß".encode()], dtype=np.object_)
flags = np.array([True, False, True], dtype=bool)

print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "server": client.get_server_metadata(),
            "model_ready": client.is_model_ready("digits", headers=headers),
            "version_ready": client.is_model_ready("digits", "1", headers=headers),
            "unknown_ready": client.is_model_ready("nothing", headers=headers),
            "metadata": client.get_model_metadata("digits", headers=headers),
            "labels": labels.as_numpy("label").tolist(),
            "id": labels.get_response()["id"],
            "versioned": infer("digits", "image", digits[:1], "FP32", "label", "1").as_numpy("label").tolist(),
            "exact": infer("exact", "x", exact, "INT64").as_numpy("y").tolist(),
            "texts": [text.decode() if isinstance(text, bytes) else text for text in infer("texts", "x", texts, "BYTES").as_numpy("y").tolist()],
            "flags": infer("flags", "x", flags, "BOOL").as_numpy("y").tolist(),
            "unknown_model": refusal(lambda: infer("nothing", "x", exact, "INT64")),
            "wrong_shape": refusal(lambda: infer("digits", "image", digits[:, :3], "FP32", "label")),
            "no_key": refusal(lambda: client.get_model_metadata("digits")),
        }
    )
)
