Feature: Models
  Registered models, their versions and the aliases that point to them.

  Background:
    Given a tenant "acme"

  Scenario: A version is what was uploaded, with the signature that is in it
    Given a model "adder"
    When the model file "add-one" is uploaded to "adder"
    Then the answer is 201
    And the answer names the digest and size of the model file "add-one"
    And the answer has:
      | version           | 1      |
      | inputs.0.name     | x      |
      | inputs.0.datatype | FP32   |
      | inputs.0.shape    | [-1,2] |
      | outputs.0.name    | y      |
    When version "1" of "adder" is downloaded
    Then the answer is 200
    And the bytes are those of the model file "add-one"

  Scenario: A part of an artifact can be had
    Given a model "adder" with the versions "add-one"
    When the bytes 0 to 9 of version "1" of "adder" are downloaded
    Then the answer is 206
    And the header "content-length" is "10"

  Scenario: A model that is too large for one request is uploaded to a URL of its own
    Given a model "adder"
    When an upload to "adder" is begun
    Then the answer is 201
    When the model file "add-one" is put to the URL of the upload
    And the upload is made a version of "adder" with the digest of the model file "add-one"
    Then the answer is 201
    And the answer names the digest and size of the model file "add-one"
    And "adder" has the versions "1"
    When the upload is made a version of "adder"
    Then it is refused with 404 "upload-not-found"

  Scenario: An upload that has not arrived is no version, and neither is one that is no model
    Given a model "adder"
    When an upload to "adder" is begun
    And the upload is made a version of "adder"
    Then it is refused with 404 "upload-not-found"
    When the model file "not-onnx.txt" is put to the URL of the upload
    And the upload is made a version of "adder"
    Then it is refused with 422 "not-an-onnx-model"
    And "adder" has the versions ""

  Scenario: An upload is the tenant's who began it
    Given a model "adder"
    And a tenant "zeta"
    And the caller is "zeta"
    And a model "adder"
    When the caller is "acme"
    And an upload to "adder" is begun
    And the model file "add-one" is put to the URL of the upload
    And the caller is "zeta"
    And the upload is made a version of "adder"
    Then it is refused with 404 "upload-not-found"

  Scenario: The same bytes again are a new version
    Given a model "adder" with the versions "add-one, add-one"
    Then "adder" has the versions "1, 2"

  Scenario Outline: A stated digest is held against what came
    Given a model "adder"
    When the model file "add-one" is uploaded to "adder" with its "<algorithm>" digest
    Then the answer is 201

    Examples:
      | algorithm |
      | sha-256   |
      | sha-512   |

  Scenario: An upload that is not what its digest states is refused and leaves nothing
    Given a model "adder"
    When the model file "add-one" is uploaded to "adder" with the digest of another
    Then it is refused with 422 "digest-mismatch"
    And "adder" has the versions ""

  Scenario Outline: What cannot be served is not registered
    Given a model "broken"
    When the model file "<file>" is uploaded to "broken"
    Then it is refused with 422 "<code>"
    And "broken" has the versions ""

    Examples:
      | file                                | code                    |
      | not-onnx.txt                        | not-an-onnx-model       |
      | truncated                           | not-an-onnx-model       |
      | external-data                       | external-data           |
      | external-data-elsewhere             | external-data           |
      | external-data-in-attribute          | external-data           |
      | external-data-in-subgraph           | external-data           |
      | external-data-in-function           | external-data           |
      | external-data-in-sparse-initializer | external-data           |
      | sequence-output                     | non-tensor-signature    |
      | sequence-input                      | non-tensor-signature    |
      | optional-output                     | non-tensor-signature    |
      | map-output                          | non-tensor-signature    |
      | identity-bfloat16                   | unsupported-tensor-type |

  Scenario: An upload that breaks off leaves nothing, and the next one works
    Given a model "adder"
    When an upload to "adder" breaks off half-way
    Then "adder" has the versions ""
    When the model file "add-one" is uploaded to "adder"
    Then the answer is 201
    And "adder" has the versions "1"

  Scenario: An upload that says no type of content is refused
    Given a model "adder"
    When the caller sends "POST" to "/v1/models/adder/versions" as "application/json":
      """
      {}
      """
    Then it is refused with 415 "unsupported-media-type"

  Scenario: An upload that is sent again under its Idempotency-Key is one version
    Given a model "adder"
    When the model file "add-one" is uploaded to "adder" under the Idempotency-Key "first"
    And the model file "add-one" is uploaded to "adder" under the Idempotency-Key "first"
    Then the same was answered twice
    And "adder" has the versions "1"

  Scenario: Other bytes under a used Idempotency-Key are refused
    Given a model "adder"
    When the model file "add-one" is uploaded to "adder" under the Idempotency-Key "first"
    And the model file "scalar" is uploaded to "adder" under the Idempotency-Key "first"
    Then it is refused with 422 "idempotency-key-reused"
    And "adder" has the versions "1"

  # A cloud's gateway hands a request over once it is whole.
  @laptop
  Scenario: While an upload is in progress its Idempotency-Key is taken
    Given a model "adder"
    When an upload to "adder" is sent again while it is in progress
    Then it is refused with 409 "idempotency-in-progress"
    And "adder" has the versions "1"

  Scenario Outline: What is unknown is not found
    Given a model "adder" with the versions "add-one"
    When the caller reads "<path>"
    Then it is refused with 404 "<code>"

    Examples:
      | path                                  | code               |
      | /v1/models/nothing                    | model-not-found    |
      | /v1/models/nothing/versions           | model-not-found    |
      | /v1/models/nothing/history            | model-not-found    |
      | /v1/models/adder/versions/9           | version-not-found  |
      | /v1/models/adder/versions/9/artifact  | version-not-found  |
      | /v1/models/adder/aliases/champion     | alias-not-found    |
      | /v1/endpoints/nothing                 | endpoint-not-found |

  Scenario: An alias cannot point to what is not there
    Given a model "adder" with the versions "add-one"
    When the alias "champion" of "adder" is assigned version "7"
    Then it is refused with 404 "version-not-found"

  Scenario Outline: A name that paths cannot hold is refused
    When the caller sends "POST" to "/v1/models" with:
      """
      { "name": "<name>" }
      """
    Then it is refused with 422 "invalid-request"

    Examples:
      | name       |
      | ../secrets |
      | a b        |
      | a/b        |
      |            |

  Scenario: A name is taken once
    Given a model "adder"
    When the caller sends "POST" to "/v1/models" with:
      """
      { "name": "adder" }
      """
    Then it is refused with 409 "model-exists"

  Scenario: The history tells how an alias moved and where it pointed
    Given a model "adder" with the versions "add-one, add-one"
    And the alias "champion" of "adder" points to version "1"
    And the time is noted
    And the alias "champion" of "adder" points to version "2"
    And the alias "challenger" of "adder" points to version "1"
    Then the history of "adder" is:
      | alias-assigned | champion   | 1 |
      | alias-assigned | champion   | 2 |
      | alias-assigned | challenger | 1 |
    And the aliases of "adder" at the noted time were '{"champion": "1"}'
    When the caller reads "/v1/models/adder"
    Then the answer has:
      | aliases.champion   | 2 |
      | aliases.challenger | 1 |

  Scenario: Assigning what is assigned already is no event
    Given a model "adder" with the versions "add-one"
    And the alias "champion" of "adder" points to version "1"
    When the alias "champion" of "adder" is assigned version "1"
    Then the answer is 200
    And the history of "adder" is:
      | alias-assigned | champion | 1 |

  Scenario: A removed alias is gone, and its history is not
    Given a model "adder" with the versions "add-one"
    And the alias "champion" of "adder" points to version "1"
    When the caller sends "DELETE" to "/v1/models/adder/aliases/champion"
    Then the answer is 204
    And the history of "adder" is:
      | alias-assigned | champion | 1 |
      | alias-removed  | champion | 1 |

  Scenario: Who writes by what is no longer so is told
    Given a model "adder" with the versions "add-one, add-one, add-one"
    And the alias "champion" of "adder" points to version "1"
    And the state of the alias "champion" of "adder" is noted
    When the alias "champion" of "adder" is assigned version "2" if it is as noted
    Then the answer is 200
    When the alias "champion" of "adder" is assigned version "3" if it is as noted
    Then the answer is 412

  Scenario: Of two writers with the same state in mind exactly one wins
    Given a model "adder" with the versions "add-one, add-one, add-one"
    And the alias "champion" of "adder" points to version "1"
    Then of two writers at once exactly one moves the alias "champion" of "adder", 20 times

  Scenario: Two aliases of one model never conflict
    Given a model "adder" with the versions "add-one, add-one, add-one"
    Then writers of the aliases "champion" and "challenger" of "adder" never hinder each other, 20 times

  Scenario: What serves cannot be deleted, and what does not can
    Given "acme" serves the model file "add-one" at "adder"
    And the model file "add-one" is uploaded to "adder"
    When the caller sends "DELETE" to "/v1/models/adder/versions/1"
    Then it is refused with 409 "version-in-use"
    And the answer has:
      | endpoints | ["adder"] |
    When the caller sends "DELETE" to "/v1/models/adder"
    Then it is refused with 409 "model-in-use"
    And the answer has:
      | endpoints | ["adder"] |
    When the caller sends "DELETE" to "/v1/models/adder/versions/2"
    Then the answer is 204
    And "adder" has the versions "1"

  Scenario: A model that nobody uses can be deleted
    Given a model "adder" with the versions "add-one"
    When the caller sends "DELETE" to "/v1/models/adder"
    Then the answer is 204
    When the caller reads "/v1/models/adder"
    Then it is refused with 404 "model-not-found"

  Scenario: A list comes in pages
    Given a model "a"
    And a model "b"
    And a model "c"
    When the caller reads "/v1/models?limit=2"
    Then the list has 2 entries
    Given the member "next" of the answer is noted as "cursor"
    When the caller reads "/v1/models?limit=2&cursor={note cursor}"
    Then the list has 1 entry
    And the answer has:
      | data.0.name | c    |
      | next        | null |
