Feature: Observability
  What happened, who did it, and who was not allowed to.

  Background:
    Given a tenant "acme"

  Scenario: The trail of a model tells every change
    Given a model "adder" with the versions "add-one"
    And the alias "champion" of "adder" points to version "1"
    When the caller sends "DELETE" to "/v1/models/adder/aliases/champion"
    Then the audit trail of "acme" about "model/adder" is, oldest first:
      | model-created      | model/adder                | success |
      | version-registered | model/adder/version/1      | success |
      | alias-assigned     | model/adder/alias/champion | success |
      | alias-removed      | model/adder/alias/champion | success |

  Scenario: A denied access is told
    Given "acme" has a key "intern" with the role "viewer"
    And the caller is "intern"
    When the caller sends "POST" to "/v1/models" with:
      """
      { "name": "mine" }
      """
    Then it is refused with 403 "permission-denied"
    And the audit trail of "acme" has 1 entry with "outcome=denied&by=key:{note id of intern}"

  Scenario: A refused key that was revoked is told
    Given "acme" has a key "old" with the role "viewer"
    When "acme" revokes the key "old"
    And "old" reads "/v1/models"
    Then it is refused with 401 "credentials-invalid"
    And the audit trail of "acme" has 1 entry with "outcome=denied&by=key:{note id of old}"

  Scenario: A trail is read a page at a time
    Given a model "a"
    And a model "b"
    Then the audit trail of "acme" has 2 entries with "action=model-created"
    When the caller reads "/v1/audit?action=model-created&limit=1"
    Then the list has 1 entry
    And the answer has:
      | data.0.resource | model/b |
    Given the member "next" of the answer is noted as "cursor"
    When the caller reads "/v1/audit?action=model-created&limit=1&cursor={note cursor}"
    Then the answer has:
      | data.0.resource | model/a |

  Scenario: A tenant's trail is its own
    Given a tenant "globex"
    And a model "adder"
    Then the audit trail of "acme" has 1 entry with "resource=model/adder"
    When "globex" reads "/v1/audit?resource=model/adder"
    Then the list is empty

  Scenario: What could be delivered is no dead letter
    When the caller reads "/v1/dead-letters"
    Then the list is empty
    When the caller sends "POST" to "/v1/dead-letters/nothing/redrive"
    Then the answer is 404

  Scenario: A trace goes on through the platform
    When the caller reads "/v1/models" with the traceparent "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    Then the answer continues the trace "4bf92f3577b34da6a3ce929d0e0e4736"

  Scenario Outline: Health and documentation are for everyone
    When "nobody" reads "<path>"
    Then the answer is 200

    Examples:
      | path          |
      | /health/live  |
      | /health/ready |
      | /docs         |

  Scenario: The API describes itself
    When "nobody" reads "/openapi.json"
    Then the document names these operations:
      | POST | /v1/tenants                            |
      | POST | /v1/models/{name}/versions             |
      | PUT  | /v1/models/{name}/aliases/{alias}      |
      | POST | /v2/models/{endpoint}/infer            |
      | POST | /v1/billing/periods/{period}/close     |
      | GET  | /v1/audit                              |
