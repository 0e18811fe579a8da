Feature: Moving
  What a platform keeps can be taken out and brought to another one.

  Background:
    Given a tenant "acme"
    And "acme" serves the model file "add-one" at "adder"

  Scenario: What was taken out is known when it is brought
    When the platform takes out what each table begins with
    And brings it to where it was
    Then nothing was written

  Scenario: A tenant comes from elsewhere
    Given the caller is "the platform"
    When the caller sends "PUT" to "/v1/identity-transfer/tables/directory" with:
      """
      {
        "items": [
          {
            "pk": "elsewhere#tenant", "sk": "state#tenant", "kind": "state", "version": 1,
            "list": "platform#tenants", "rank": "elsewhere",
            "state": { "id": "elsewhere", "name": "Elsewhere", "status": "active", "createdAt": "2026-11-01T00:00:00.000Z" }
          }
        ]
      }
      """
    Then the answer is 200
    When the caller reads "/v1/tenants/elsewhere"
    Then the answer has:
      | name | Elsewhere |

  Scenario: The trail tells who has taken what
    When the platform takes out what each table begins with
    Then the audit trail of the platform tells of "GET /v1/identity-transfer/tables/{table}"

  Scenario: Objects go by URLs
    When the platform takes out an object of "models.artifacts"
    And brings it to where it was
    Then the object is the same

  Scenario: Nobody but the platform brings items
    Given the caller is "acme"
    When the caller sends "PUT" to "/v1/models-transfer/tables/registry" with:
      """
      { "items": [{ "pk": "a", "sk": "b" }] }
      """
    Then the answer is 403
    And the answer has:
      | code | platform-required |

  Scenario Outline: Nobody but the platform takes anything out
    Given the caller is "acme"
    When the caller reads "<path>"
    Then the answer is 403
    And the answer has:
      | code | platform-required |

    Examples:
      | path                                                         |
      | /v1/identity-transfer/tables/directory                       |
      | /v1/billing-transfer/objects/exports/url?key=a&method=GET    |

  Scenario: A table that does not exist is none to take out
    Given the caller is "the platform"
    When the caller reads "/v1/billing-transfer/tables/rollups"
    Then the answer is 422
