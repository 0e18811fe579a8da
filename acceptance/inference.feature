Feature: Inference
  Deployed models answer by the Open Inference Protocol, and nothing that one does harms another.

  Background:
    Given a tenant "acme"

  Scenario: The server says what it is without a key
    When "nobody" reads "/v2"
    Then the answer is 200
    And the answer has:
      | name | hybrid-ai-platform |
    When "nobody" reads "/v2/health/live"
    Then the answer has:
      | live | true |
    When "nobody" reads "/v2/health/ready"
    Then the answer has:
      | ready | true |

  Scenario: A deployed model says what it takes and gives
    Given "acme" serves the model file "add-one" at "adder"
    When the caller reads "/v2/models/adder"
    Then the answer is 200
    And the answer has:
      | name              | adder  |
      | versions          | ["1"]  |
      | inputs.0.name     | x      |
      | inputs.0.datatype | FP32   |
      | inputs.0.shape    | [-1,2] |
      | outputs.0.name    | y      |
    When the caller reads "/v2/models/adder/ready"
    Then the answer has:
      | ready | true |
    When the caller reads "/v2/models/adder/versions/1/ready"
    Then the answer is 200

  Scenario: A model answers, also to nested data and with an id
    Given "acme" serves the model file "add-one" at "adder"
    When the endpoint "adder" infers from:
      """
      { "id": "mine", "inputs": [{ "name": "x", "datatype": "FP32", "shape": [2, 2], "data": [[1, 2], [3, 4]] }] }
      """
    Then the output "y" is "[2, 3, 4, 5]"
    And the answer has:
      | id              | mine  |
      | model_name      | adder |
      | model_version   | 1     |
      | outputs.0.shape | [2,2] |

  Scenario: Only the serving version can be asked for
    Given "acme" serves the model file "add-one" at "adder"
    When the caller reads "/v2/models/adder/versions/1"
    Then the answer is 200
    When the caller reads "/v2/models/adder/versions/2"
    Then inference is refused with 404

  Scenario: Whole numbers are exact up to the largest that JSON carries
    Given "acme" serves the model file "identity-int64" at "exact"
    When the endpoint "exact" infers from INT64 [2] "[9007199254740991, -9007199254740991]"
    Then the answer says literally "[9007199254740991,-9007199254740991]"

  Scenario Outline: Every type of tensor comes back as it went in
    Given "acme" serves the model file "identity-<file>" at "echo"
    When the endpoint "echo" infers from <datatype> [2] "<data>"
    Then the output "y" is "<data>"

    Examples:
      | file   | datatype | data             |
      | bool   | BOOL     | [true, false]    |
      | uint8  | UINT8    | [0, 255]         |
      | int8   | INT8     | [-128, 127]      |
      | uint16 | UINT16   | [0, 65535]       |
      | int32  | INT32    | [-1, 2147483647] |
      | fp16   | FP16     | [0.5, -2]        |
      | fp64   | FP64     | [0.1, 1e300]     |

  Scenario: Text comes back as it went in
    Given "acme" serves the model file "identity-string" at "echo"
    When the endpoint "echo" infers from:
      """
      { "inputs": [{ "name": "x", "datatype": "BYTES", "shape": [2], "data": ["", "grüße"] }] }
      """
    Then the answer says literally "grüße"

  Scenario Outline: A tensor that is not what the model takes is refused
    Given "acme" serves the model file "add-one" at "adder"
    When the endpoint "adder" infers from:
      """
      { "inputs": [<tensor>] }
      """
    Then inference is refused with 422

    Examples:
      | what               | tensor                                                                     |
      | another name       | { "name": "z", "datatype": "FP32", "shape": [1, 2], "data": [1, 2] }       |
      | another type       | { "name": "x", "datatype": "INT64", "shape": [1, 2], "data": [1, 2] }      |
      | another shape      | { "name": "x", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3] }    |
      | another rank       | { "name": "x", "datatype": "FP32", "shape": [2], "data": [1, 2] }          |
      | a negative length  | { "name": "x", "datatype": "FP32", "shape": [-1, 2], "data": [1, 2] }      |
      | too little data    | { "name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1] }          |
      | too much data      | { "name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2, 3] }    |
      | text for numbers   | { "name": "x", "datatype": "FP32", "shape": [1, 2], "data": ["1", "2"] }   |
      | no data            | { "name": "x", "datatype": "FP32", "shape": [1, 2] }                       |
      | too large for FP32 | { "name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1e39, 2] }    |
      | infinite           | { "name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1e999, 2] }   |
      | nothing            |                                                                            |

  Scenario: Whole numbers that JSON cannot carry exactly are refused
    Given "acme" serves the model file "identity-int64" at "exact"
    When the endpoint "exact" infers from:
      """
      { "inputs": [{ "name": "x", "datatype": "INT64", "shape": [1], "data": [9007199254740993] }] }
      """
    Then inference is refused with 422

  Scenario: A body that is not JSON is refused
    Given "acme" serves the model file "add-one" at "adder"
    When the endpoint "adder" infers from:
      """
      { "inputs": [{ "name": "x", "datatype": "FP32", "shape": [1, 2], "data": [NaN, 1] }] }
      """
    Then inference is refused with 422

  Scenario: JSON that nests too deep is refused
    Given "acme" serves the model file "add-one" at "adder"
    When the caller sends 10000 levels of JSON to "/v2/models/adder/infer" with "POST"
    Then inference is refused with 422

  @laptop
  Scenario: A body over the limit is refused
    Given "acme" serves the model file "add-one" at "adder"
    When the endpoint "adder" infers from more than 16 MiB
    Then inference is refused with 413

  Scenario: Another type of content is refused
    Given "acme" serves the model file "add-one" at "adder"
    When the caller sends "POST" to "/v2/models/adder/infer" as "text/plain":
      """
      { "inputs": [{ "name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2] }] }
      """
    Then inference is refused with 415

  Scenario: Another method than a path takes is refused
    When the caller sends "DELETE" to "/v2/models/adder/infer"
    Then inference is refused with 405

  Scenario: An endpoint that is none is not found
    When the endpoint "nothing" infers from FP32 [1, 2] "[1, 2]"
    Then inference is refused with 404

  Scenario Outline: A model that misbehaves is answered for, and not billed
    Given "acme" serves the model file "<file>" at "bad"
    When the endpoint "bad" infers from FP32 [1, 2] "<data>"
    Then inference is refused with 422
    And "acme" is metered for 0 requests

    Examples:
      | file         | data    | what it does                                |
      | fails-at-run | [1, 2]  | throws                                      |
      | wrong-shape  | [1, 2]  | returns another shape than it declared      |
      | non-finite   | [0, 4]  | returns infinity                            |
      | non-finite   | [-1, 4] | returns what is not a number                |

  Scenario: A model that never ends is stopped, and others do not notice
    Given a tenant "globex"
    And "acme" serves the model file "loops-when-positive" at "looper"
    And "globex" serves the model file "add-one" at "adder"
    When the endpoint "looper" runs for ever while "adder" of "globex" goes on
    Then inference is refused with 504
    And "adder" is not the slower for it
    And "acme" is metered for 0 requests
    When the endpoint "looper" infers from FP32 [1, 1] "[-1]"
    Then the output "y" is "[-1]"

  Scenario: An endpoint follows its alias
    Given a model "adder" with the versions "add-one, identity-fp32"
    And the alias "champion" of "adder" points to version "1"
    And the endpoint "live" follows the alias "champion" of "adder"
    Then "live" serves version "1"
    When the endpoint "live" infers from FP32 [1, 2] "[1, 2]"
    Then the answer is of version "1"
    Given the alias "champion" of "adder" points to version "2"
    Then "live" serves version "2"
    When the endpoint "live" infers from FP32 [2] "[1, 2]"
    Then the answer is of version "2"
    And the output "y" is "[1, 2]"

  @laptop
  Scenario: What served goes on serving where its successor fails
    Given a model "adder" with the versions "add-one, two-inputs"
    When version "1" of "adder" is deployed at "live"
    Then the answer is 202
    And "live" serves version "1"
    Given the bytes of the model file "two-inputs" are lost
    When version "2" of "adder" is deployed at "live"
    Then the answer is 202
    And the deployment at "live" fails with a reason, and version "1" goes on serving
    When the endpoint "live" infers from FP32 [1, 2] "[1, 2]"
    Then the answer is of version "1"

  Scenario Outline: What is not there cannot be deployed
    Given a model "adder" with the versions "add-one"
    When the caller sends "PUT" to "/v1/endpoints/live" with:
      """
      <target>
      """
    Then it is refused with <status> "<code>"

    Examples:
      | target                                               | status | code              |
      | { "model": "nothing", "version": "1" }               | 404    | model-not-found   |
      | { "model": "adder", "version": "9" }                 | 404    | version-not-found |
      | { "model": "adder", "alias": "champion" }            | 404    | alias-not-found   |
      | { "model": "adder" }                                 | 422    | invalid-request   |
      | { "model": "adder", "version": "1", "alias": "any" } | 422    | invalid-request   |

  Scenario: An endpoint that was removed answers no more
    Given "acme" serves the model file "add-one" at "adder"
    When the caller sends "DELETE" to "/v1/endpoints/adder"
    Then the answer is 204
    And the endpoint "adder" stops answering
