Feature: Identity
  Tenants and their keys: who may do what, and who may no longer.

  Background:
    Given a tenant "acme"

  Scenario: A key says who it is
    When "acme" reads "/v1/me"
    Then the answer is 200
    And the answer has:
      | tenantId | {tenant acme} |
      | roles    | ["admin"]     |

  Scenario: A key's text is shown once and kept nowhere
    When "acme" creates a key "reporting"
    Then the answer is 201
    And the key "reporting" is listed once and its text nowhere

  Scenario Outline: A role may do its part and no more
    Given "acme" serves the model file "add-one" at "adder"
    And "acme" has a key "the <role>" with the role "<role>"
    And the caller is "the <role>"
    When the endpoint "adder" infers from FP32 [1, 2] "[1, 2]"
    Then the answer is <infers>
    When the caller reads "/v1/models/adder"
    Then the answer is <reads models>
    When the caller reads "/v1/endpoints"
    Then the answer is <reads models>
    When the caller reads "/v2/models/adder"
    Then the answer is 200
    When the caller sends "POST" to "/v1/models" with:
      """
      { "name": "another" }
      """
    Then the answer is <writes models>
    When the caller sends "POST" to "/v1/api-keys" with:
      """
      { "name": "another", "roles": ["viewer"] }
      """
    Then the answer is <writes keys>
    When the caller reads "/v1/audit"
    Then the answer is <reads the trail>

    Examples:
      | role    | infers | reads models | writes models | writes keys | reads the trail |
      | invoker | 200    | 403          | 403           | 403         | 403             |
      | viewer  | 403    | 200          | 403           | 403         | 403             |
      | editor  | 200    | 200          | 201           | 403         | 403             |
      | admin   | 200    | 200          | 201           | 201         | 200             |

  Scenario: The platform's key is not a tenant's
    When "the platform" reads "/v1/models"
    Then it is refused with 403 "tenant-required"

  Scenario: A tenant's key is not the platform's
    When "acme" reads "/v1/tenants"
    Then it is refused with 403 "platform-required"

  Scenario: Without a key nothing is answered
    When "nobody" reads "/v1/models"
    Then it is refused with 401 "credentials-missing"
    And the header "www-authenticate" is "Bearer"

  Scenario: A key that was made up is refused
    Given a caller "the forger" with the key "hyb_{tenant acme}_01AAAAAAAAAAAAAAAAAAAAAAAA_secret"
    When "the forger" reads "/v1/me"
    Then it is refused with 401 "credentials-invalid"

  Scenario: A known key with another secret is refused
    Given a caller "the guesser" with the key of "acme" and another secret
    When "the guesser" reads "/v1/me"
    Then it is refused with 401 "credentials-invalid"

  Scenario: A revoked key is refused at once
    Given "acme" has a key "old" with the role "viewer"
    When "old" reads "/v1/models"
    Then the answer is 200
    When "acme" revokes the key "old"
    And "old" reads "/v1/models"
    Then it is refused with 401 "credentials-invalid"

  Scenario: An expired key is refused at once
    Given "acme" has a key "brief" that expires in 1 second
    Then "brief" is refused with 401 from the moment that it expires

  Scenario: A key that would have expired already is not made
    When the caller sends "POST" to "/v1/api-keys" with:
      """
      { "name": "late", "roles": ["viewer"], "expiresAt": "2020-01-01T00:00:00Z" }
      """
    Then the answer is 422

  Scenario: Suspending a tenant stops its inference, and resuming lets it work again
    Given "acme" serves the model file "add-one" at "adder"
    When the platform suspends "acme"
    Then "acme" can no longer infer at "adder" within 5 seconds
    When the platform resumes "acme"
    And the endpoint "adder" infers from FP32 [1, 2] "[1, 2]"
    Then the answer is 200

  Scenario: What belongs to another tenant is not there
    Given a tenant "globex"
    And "acme" serves the model file "add-one" at "adder"
    And "acme" has a key "acme's viewer" with the role "viewer"
    And the caller is "globex"
    Then each of these is not found:
      | GET    | /v1/models/adder                                          |
      | GET    | /v1/models/adder/versions                                 |
      | GET    | /v1/models/adder/versions/1                               |
      | GET    | /v1/models/adder/versions/1/artifact                      |
      | GET    | /v1/models/adder/history                                  |
      | DELETE | /v1/models/adder                                          |
      | DELETE | /v1/models/adder/versions/1                               |
      | GET    | /v1/endpoints/adder                                       |
      | DELETE | /v1/endpoints/adder                                       |
      | GET    | /v2/models/adder                                          |
      | GET    | /v2/models/adder/ready                                    |
      | POST   | /v2/models/adder/infer                                    |
      | DELETE | /v1/api-keys/{note id of acme's viewer}                   |
      | GET    | /v1/invoices/inv_{tenant acme}_2026-11                    |
      | GET    | /v1/billing/accounts/{tenant acme}/subscription           |

  Scenario: A key cannot be made for another tenant
    Given a tenant "globex"
    And the caller is "globex"
    When the caller sends "POST" to "/v1/api-keys" with:
      """
      { "name": "spy", "roles": ["admin"], "tenantId": "{tenant acme}" }
      """
    Then it is refused with 404 "tenant-not-found"

  Scenario: A creation that is sent again under its Idempotency-Key happens once
    When "acme" creates a key "once" under an Idempotency-Key
    And "acme" creates a key "once" under an Idempotency-Key
    Then the first answer shows the key and the second does not
    And the key "once" is listed once and its text nowhere

  Scenario: An Idempotency-Key is for one request only
    When "acme" creates a key "one" under an Idempotency-Key
    And "acme" creates a key "another" under an Idempotency-Key
    Then it is refused with 422 "idempotency-key-reused"

  Scenario: JSON that nests too deep is refused
    When the caller sends 10000 levels of JSON to "/v1/models" with "POST"
    Then it is refused with 422 "json-too-deep"

  Scenario: A body over the limit is refused
    When the caller sends more than 1 MiB of JSON to "/v1/models" with "POST"
    Then it is refused with 413 "body-too-large"

  Scenario: A body that is not JSON is refused
    When the caller sends "POST" to "/v1/api-keys" as "application/json":
      """
      { "name": "x", "roles":
      """
    Then it is refused with 400 "malformed-json"

  Scenario: Another type of content is refused
    When the caller sends "POST" to "/v1/api-keys" as "text/plain":
      """
      { "name": "x", "roles": ["viewer"] }
      """
    Then it is refused with 415 "unsupported-media-type"

  Scenario: Another method than a path takes is refused
    When the caller sends "PATCH" to "/v1/api-keys"
    Then it is refused with 405 "method-not-allowed"
    And the header "allow" is "POST, GET, HEAD"

  Scenario: A path that is none is not found
    When the caller reads "/v1/nothing-here"
    Then it is refused with 404 "route-not-found"
