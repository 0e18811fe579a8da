"""Uses the KServe SDK's REST client, as it comes, against a running platform. Prints one JSON object: what the client saw."""

import asyncio
import json
import os
import sys

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

url = os.environ["PLATFORM_URL"]
headers = {"Authorization": f"Bearer {os.environ['PLATFORM_KEY']}"}


def request(model, name, array, datatype):
    tensor = InferInput(name=name, shape=list(array.shape), datatype=datatype)
    tensor.set_data_from_numpy(array, binary_data=False)
    return InferRequest(model_name=model, infer_inputs=[tensor], request_id="mine")


async def refusal(call):
    try:
        await call
    except httpx.HTTPStatusError as error:
        return {"status": error.response.status_code, "message": str(error)}
    return None


async def main():
    client = InferenceRESTClient(RESTConfig(protocol="v2", timeout=30))
    digits = np.array(json.load(sys.stdin)["images"], dtype=np.float32)
    exact = np.array([9007199254740991, -9007199254740991], dtype=np.int64)
    texts = np.array(["one", "zwei", "drei ßß"], dtype=np.object_)
    flags = np.array([True, False, True], dtype=bool)

    async def infer(model, name, array, datatype):
        return await client.infer(url, request(model, name, array, datatype), model_name=model, headers=dict(headers))

    async def output(model, array, datatype):
        return (await infer(model, "x", array, datatype)).outputs[0].data

    labels = await infer("digits", "image", digits, "FP32")
    seen = {
        "live": await client.is_server_live(url),
        "ready": await client.is_server_ready(url),
        "model_ready": await client.is_model_ready(url, "digits", headers=headers),
        "labels": next(one.data for one in labels.outputs if one.name == "label"),
        "id": labels.id,
        "exact": await output("exact", exact, "INT64"),
        "texts": await output("texts", texts, "BYTES"),
        "flags": await output("flags", flags, "BOOL"),
        "unknown_model": await refusal(infer("nothing", "x", exact, "INT64")),
        "wrong_shape": await refusal(infer("digits", "image", digits[:, :3], "FP32")),
        "no_key": await refusal(client.infer(url, request("digits", "image", digits, "FP32"), model_name="digits")),
    }
    print(json.dumps(seen))


asyncio.run(main())
