"""Writes the small ONNX models that the tests of model hosts feed on.

Usage (Python 3.11, packages of tools/digits/requirements.txt):
    python tools/test-models/make.py [folder, adapters/conformance/models unless given]

The same bytes come out every time: nothing here depends on time, machine or order of a hash.
"""

import sys
from pathlib import Path

import numpy as np
from onnx import ModelProto, SparseTensorProto, StringStringEntryProto, TensorProto, checker, helper, numpy_helper

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
IR_VERSION = 8
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64

# The Open Inference Protocol's name of each tensor type, as the file names say it.
IDENTITIES = {
    "bool": TensorProto.BOOL,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "fp16": TensorProto.FLOAT16,
    "fp32": TensorProto.FLOAT,
    "fp64": TensorProto.DOUBLE,
    "string": TensorProto.STRING,
    "bfloat16": TensorProto.BFLOAT16,
    "complex64": TensorProto.COMPLEX64,
}


def tensor(name, shape=("rows", 2), element=FLOAT):
    return helper.make_tensor_value_info(name, element, shape)


def constant(name, values, dtype):
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def node(operator, inputs, outputs, **attributes):
    return helper.make_node(operator, inputs, outputs, **attributes)


def model(name, nodes, inputs, outputs, initializers=(), functions=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    made = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION, functions=list(functions))
    made.producer_name = "hybrid-ai-platform"
    return made


def add_one():
    return model("add-one", [node("Add", ["x", "one"], ["y"])], [tensor("x")], [tensor("y")], [constant("one", 1, np.float32)])


def identity(name, element):
    return model(f"identity-{name}", [node("Identity", ["x"], ["y"])], [tensor("x", ("rows",), element)], [tensor("y", ("rows",), element)])


def scalar():
    return model("scalar", [node("Add", ["x", "x"], ["y"])], [tensor("x", ())], [tensor("y", ())])


def two_inputs():
    nodes = [node("ReduceSum", ["a", "axis"], ["sum"], keepdims=0), node("Identity", ["b"], ["tag"])]
    inputs, outputs = [tensor("a"), tensor("b", ("rows",), INT64)], [tensor("sum", ("rows",)), tensor("tag", ("rows",), INT64)]
    return model("two-inputs", nodes, inputs, outputs, [constant("axis", [1], np.int64)])


def loop_while(name, condition_nodes, initializers):
    """A Loop that carries one value unchanged, so that it runs for ever without growing."""
    body = helper.make_graph(
        [node("Identity", ["again"], ["still"]), node("Identity", ["carried"], ["kept"])],
        "body",
        [tensor("turn", (), INT64), tensor("again", (), TensorProto.BOOL), tensor("carried", ("rows", 1))],
        [tensor("still", (), TensorProto.BOOL), tensor("kept", ("rows", 1))],
    )
    nodes = [*condition_nodes, node("Loop", ["", "start", "x"], ["y"], body=body)]
    return model(name, nodes, [tensor("x", ("rows", 1))], [tensor("y", ("rows", 1))], initializers)


def loops_forever():
    return loop_while("loops-forever", [], [constant("start", True, np.bool_)])


def loops_when_positive():
    nodes = [node("Gather", ["x", "first"], ["row"]), node("Squeeze", ["row"], ["value"]), node("Greater", ["value", "zero"], ["start"])]
    return loop_while("loops-when-positive", nodes, [constant("first", 0, np.int64), constant("zero", 0, np.float32)])


def fails_at_run():
    return model("fails-at-run", [node("Gather", ["x", "beyond"], ["y"], axis=1)], [tensor("x")], [tensor("y")], [constant("beyond", [7, 7], np.int64)])


def wrong_shape():
    """The shape is computed from the values, so that shape inference cannot see that three columns come instead of two."""
    nodes = [
        node("Concat", ["x", "x", "x"], ["wide"], axis=1),
        node("Mul", ["x", "zero"], ["nothing"]),
        node("ReduceSum", ["nothing"], ["none"], keepdims=0),
        node("Cast", ["none"], ["offset"], to=INT64),
        node("Add", ["target", "offset"], ["shape"]),
        node("Reshape", ["wide", "shape"], ["y"]),
    ]
    return model("wrong-shape", nodes, [tensor("x")], [tensor("y")], [constant("zero", 0, np.float32), constant("target", [-1, 3], np.int64)])


def non_finite():
    return model("non-finite", [node("Sqrt", ["x"], ["root"]), node("Reciprocal", ["root"], ["y"])], [tensor("x")], [tensor("y")])


def external(name, location="weights.bin"):
    made = TensorProto(name=name, data_type=FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    entries = {"location": location, "offset": "0", "length": "8"}
    made.external_data.extend(StringStringEntryProto(key=key, value=value) for key, value in entries.items())
    return made


def external_data():
    return model("external-data", [node("Add", ["x", "weights"], ["y"])], [tensor("x")], [tensor("y")], [external("weights")])


def external_data_elsewhere():
    return model("external-data-elsewhere", [node("Add", ["x", "weights"], ["y"])], [tensor("x")], [tensor("y")], [external("weights", "../models/weights.bin")])


def external_data_in_attribute():
    nodes = [node("Constant", [], ["weights"], value=external("weights")), node("Add", ["x", "weights"], ["y"])]
    return model("external-data-in-attribute", nodes, [tensor("x")], [tensor("y")])


def external_data_in_subgraph():
    def branch(name, initializers, added):
        return helper.make_graph([node("Add", ["x", added], [f"{name}-y"])], name, [], [tensor(f"{name}-y")], initializers)

    branches = {
        "then_branch": branch("then", [external("weights")], "weights"),
        "else_branch": branch("else", [constant("nothing", [0, 0], np.float32)], "nothing"),
    }
    nodes = [node("ReduceSum", ["x"], ["sum"], keepdims=0), node("Greater", ["sum", "zero"], ["yes"]), node("If", ["yes"], ["y"], **branches)]
    return model("external-data-in-subgraph", nodes, [tensor("x")], [tensor("y")], [constant("zero", 0, np.float32)])


def external_data_in_function():
    body = [node("Constant", [], ["weights"], value=external("weights")), node("Add", ["a", "weights"], ["b"])]
    function = helper.make_function("hybrid.test", "AddWeights", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    made = model("external-data-in-function", [node("AddWeights", ["x"], ["y"], domain="hybrid.test")], [tensor("x")], [tensor("y")], functions=[function])
    made.opset_import.append(helper.make_opsetid("hybrid.test", 1))
    return made


def external_data_in_sparse_initializer():
    made = model("external-data-in-sparse-initializer", [node("Add", ["x", "weights"], ["y"])], [tensor("x")], [tensor("y")])
    made.graph.sparse_initializer.append(SparseTensorProto(values=external("weights"), indices=constant("places", [0, 1], np.int64), dims=[2]))
    return made


def sequence_output():
    sequence = helper.make_tensor_sequence_value_info("y", FLOAT, ("rows", 2))
    return model("sequence-output", [node("SequenceConstruct", ["x", "x"], ["y"])], [tensor("x")], [sequence])


def sequence_input():
    sequence = helper.make_tensor_sequence_value_info("x", FLOAT, ("rows", 2))
    return model("sequence-input", [node("SequenceAt", ["x", "first"], ["y"])], [sequence], [tensor("y")], [constant("first", 0, np.int64)])


def optional_output():
    value = helper.make_optional_type_proto(helper.make_tensor_type_proto(FLOAT, ("rows", 2)))
    return model("optional-output", [node("Optional", ["x"], ["y"])], [tensor("x")], [helper.make_value_info("y", value)])


def map_output():
    pair = helper.make_map_type_proto(INT64, helper.make_tensor_type_proto(FLOAT, ()))
    output = helper.make_value_info("y", helper.make_sequence_type_proto(pair))
    return model("map-output", [node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])], [tensor("x")], [output])


MAKERS = [
    add_one, scalar, two_inputs, loops_forever, loops_when_positive, fails_at_run, wrong_shape, non_finite,
    external_data, external_data_elsewhere, external_data_in_attribute, external_data_in_subgraph, external_data_in_function,
    external_data_in_sparse_initializer, sequence_output, sequence_input, optional_output, map_output,
]  # fmt: skip


def bytes_of(made: ModelProto) -> bytes:
    return made.SerializeToString(deterministic=True)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made = [maker() for maker in MAKERS] + [identity(name, element) for name, element in IDENTITIES.items()]
    for each in made:
        if not each.graph.name.startswith("external-data"):
            checker.check_model(each)
        (folder / f"{each.graph.name}.onnx").write_bytes(bytes_of(each))
    whole = bytes_of(add_one())
    (folder / "truncated.onnx").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "weights.bin").write_bytes(np.array([10, 20], dtype="<f4").tobytes())
    (folder / "not-onnx.txt").write_text("This is a text about a model, not a model.\n")
    print(f"{len(made) + 1} models in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "adapters/conformance/models")
