"""Trains the two handwritten-digit classifiers of examples/digits and writes their held-out images.

Usage (Python 3.11, packages of requirements.txt beside this file):
    python tools/digits/train.py [folder, examples/digits unless given]

Input: scikit-learn's bundled digits, 1,797 images of 8x8 pixels with values 0 to 16. Output: v1.onnx (logistic
regression), v2.onnx (scaled pixels, one hidden layer), held-out.json. Both models take `image` FP32 [-1, 64] and
answer `label` INT64 [-1] and `probabilities` FP32 [-1, 10]. One seed splits and trains. The images of held-out.json
took no part in training, nor in choosing the settings, which five-fold cross-validation on the other images did.
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnx import ModelProto, checker
from onnx.helper import make_opsetid
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

SEED = 7
HELD_OUT = 360
OPSETS = {"": 17, "ai.onnx.ml": 1}
IR_VERSION = 8


def classifiers() -> dict[str, ClassifierMixin]:
    hidden_layer = MLPClassifier((256,), alpha=0.1, max_iter=500, random_state=SEED)
    return {"v1": LogisticRegression(max_iter=1000), "v2": make_pipeline(StandardScaler(), hidden_layer)}


def exported(name: str, classifier: ClassifierMixin) -> ModelProto:
    """Tensors in, tensors out: without `zipmap=False` the probabilities would be a sequence of maps, which no tensor protocol carries."""
    made = to_onnx(
        classifier,
        name=f"digits-{name}",
        initial_types=[("image", FloatTensorType([None, 64]))],
        options={"zipmap": False},
        target_opset=OPSETS,
    )
    made.ir_version = IR_VERSION
    # The exporter names a domain twice where two operators need it, and leaves the batch dimension without a name.
    del made.opset_import[:]
    made.opset_import.extend(make_opsetid(domain, version) for domain, version in OPSETS.items())
    for value in [*made.graph.input, *made.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = "images"
    output_names = [output.name for output in made.graph.output]
    if output_names != ["label", "probabilities"]:
        sys.exit(f"the exporter named the outputs {output_names}; label and probabilities are promised")
    checker.check_model(made)
    return made


def held_out_json(images: np.ndarray, labels: np.ndarray) -> str:
    """One image a line, so that a change shows as one."""
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in images.astype(int).tolist())
    return f'{{"images":[\n{rows}\n],\n"labels":{json.dumps(labels.tolist(), separators=(",", ":"))}}}\n'


def main(folder: Path) -> None:
    images, labels = load_digits(return_X_y=True)
    split = train_test_split(images, labels, test_size=HELD_OUT, stratify=labels, random_state=SEED)
    training, held_out, training_labels, held_out_labels = split
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "held-out.json").write_text(held_out_json(held_out, held_out_labels))
    for name, classifier in classifiers().items():
        classifier.fit(training.astype(np.float32), training_labels)
        made = exported(name, classifier).SerializeToString(deterministic=True)
        (folder / f"{name}.onnx").write_bytes(made)
        accuracy = classifier.score(held_out, held_out_labels)
        print(f"{name}: {accuracy:.4f} of {len(held_out)} held-out images, {len(made)} bytes")


if __name__ == "__main__":
    # One thread, because the order in which several add up floats is not the same on every machine.
    with threadpool_limits(1):
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "examples/digits")
