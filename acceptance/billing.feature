Feature: Billing
  What was used, what it costs to the cent, and who owes it.

  Background:
    Given a tenant "acme"
    And "acme" serves the model file "add-one" at "adder"

  Scenario: Usage shows within a second, and only what was answered counts
    When the endpoint "adder" infers from 3 rows, 2 times
    And the endpoint "adder" infers from FP32 [1, 3] "[1, 2, 3]"
    Then inference is refused with 422
    When the endpoint "adder" infers from 1 row, 1 time
    Then the usage of "acme" is within a second:
      | inference.requests | 3 |
      | inference.rows     | 7 |

  # 49.00 a month; requests at 0.0004; rows free up to 1000, then 0.0005; compute time 1.00 once used, and 0.02 a second, which is under half a cent here.
  # Half a cent goes to the even neighbour: 10 rows over cost 0.005 and so 0.00, 30 rows 0.015 and so 0.02, 50 rows 0.025 and so 0.02.
  Scenario Outline: The Growth plan prices a month to the cent
    Given "acme" is subscribed to the Growth plan
    When the endpoint "adder" infers from <rows> rows, <times> times
    Then "acme" would be billed:
      | flat fee                  | 49.00            |
      | inference.requests        | <requests cost>  |
      | inference.rows            | <rows cost>      |
      | inference.compute_seconds | 1.00             |
      | total                     | <total>          |

    Examples:
      | rows | times | requests cost | rows cost | total |
      | 1000 | 1     | 0.00          | 0.00      | 50.00 |
      | 1010 | 1     | 0.00          | 0.00      | 50.00 |
      | 1030 | 1     | 0.00          | 0.02      | 50.02 |
      | 1050 | 1     | 0.00          | 0.02      | 50.02 |
      | 500  | 4     | 0.00          | 0.50      | 50.50 |
      | 40   | 25    | 0.01          | 0.00      | 50.01 |

  Scenario: Without use there is the flat fee alone
    Given "acme" is subscribed to the Growth plan
    Then "acme" would be billed:
      | flat fee                  | 49.00 |
      | inference.requests        | 0.00  |
      | inference.rows            | 0.00  |
      | inference.compute_seconds | 0.00  |
      | total                     | 49.00 |

  Scenario: A month is closed once, and what comes later is billed with the next
    Given a tenant "globex"
    And a tenant "initech"
    And "globex" serves the model file "add-one" at "adder"
    And "acme" is subscribed to the Growth plan
    When the endpoint "adder" infers from 501 rows, 3 times
    And the platform closes the-running period
    Then it is refused with 409 "period-not-over"
    When the platform closes the-next period
    Then it is refused with 409 "period-not-over"
    When the platform closes the running period by force
    Then the answer is 200
    And the answer has:
      | status | closed |
    # 1503 rows: 503 over 1000 at 0.0005 are 0.2515.
    And "acme" has one invoice, of the running period:
      | flat fee                  | 49.00 |
      | inference.requests        | 0.00  |
      | inference.rows            | 0.25  |
      | inference.compute_seconds | 1.00  |
      | total                     | 50.25 |
    And "globex" has no invoice
    And both exports of "acme" come to "50.25" in the same number of rows
    And its usage agrees with what was recorded
    When the platform closes the running period by force
    Then the same was answered twice
    When "globex" reads "/v1/invoices/{note invoice of acme}"
    Then it is refused with 404 "invoice-not-found"
    When "acme" reads "/v1/invoices/{note invoice of acme}"
    Then the answer is 200
    When the endpoint "adder" infers from 7 rows, 1 time
    Then "acme" would be billed:
      | total | 50.00 |
    When "acme" reads its preview
    Then the answer names the period after the running one

  Scenario Outline: A plan that cannot bill is refused
    Given the caller is "the platform"
    When the caller sends "PUT" to "/v1/billing/plans/bad-{unique}" with:
      """
      { "name": "Bad", "currency": "<currency>", "flatFee": "<fee>", "prices": [{ "meter": "<meter>", "model": "graduated", "tiers": [<tiers>] }] }
      """
    Then it is refused with 422 "invalid-plan"

    Examples:
      | what              | currency | fee       | meter              | tiers                                                                                                                       |
      | overlapping tiers | USD      | 0         | inference.rows     | { "upTo": "10", "unitPrice": "1" }, { "upTo": "5", "unitPrice": "1" }, { "upTo": null, "unitPrice": "1" }                   |
      | equal bounds      | USD      | 0         | inference.rows     | { "upTo": "10", "unitPrice": "1" }, { "upTo": "10", "unitPrice": "1" }, { "upTo": null, "unitPrice": "1" }                  |
      | an open middle    | USD      | 0         | inference.rows     | { "upTo": null, "unitPrice": "1" }, { "upTo": "5", "unitPrice": "1" }                                                       |
      | no end            | USD      | 0         | inference.rows     | { "upTo": "10", "unitPrice": "1" }                                                                                          |
      | no tier           | USD      | 0         | inference.rows     |                                                                                                                             |
      | another meter     | USD      | 0         | inference.thoughts | { "upTo": null, "unitPrice": "1" }                                                                                          |
      | another currency  | DOLLARS  | 0         | inference.rows     | { "upTo": null, "unitPrice": "1" }                                                                                          |
      | a negative fee    | USD      | -1        | inference.rows     | { "upTo": null, "unitPrice": "1" }                                                                                          |
      | a negative price  | USD      | 0         | inference.rows     | { "upTo": null, "unitPrice": "-1" }                                                                                         |
      | 13 decimals       | USD      | 0         | inference.rows     | { "upTo": null, "unitPrice": "0.0000000000001" }                                                                            |
      | an exponent       | USD      | 1e3       | inference.rows     | { "upTo": null, "unitPrice": "1" }                                                                                          |

  Scenario: Nobody is subscribed to a plan that is none
    Given the caller is "the platform"
    When the caller sends "PUT" to "/v1/billing/accounts/{tenant acme}/subscription" with:
      """
      { "plan": "none-{unique}" }
      """
    Then it is refused with 422 "unknown-plan"

  Scenario: A tenant cannot set its own price
    When the caller sends "PUT" to "/v1/billing/plans/mine" with:
      """
      { "name": "Mine", "currency": "USD", "flatFee": "0", "prices": [] }
      """
    Then it is refused with 403 "platform-required"
    When the caller sends "POST" to "/v1/billing/periods/2026-01/close" with:
      """
      {}
      """
    Then it is refused with 403 "platform-required"

  Scenario: Without a subscription there is nothing to preview
    When "acme" reads its preview
    Then it is refused with 404 "subscription-not-found"

  Scenario Outline: What is not a month is refused
    Given the caller is "the platform"
    When the caller sends "POST" to "/v1/billing/periods/<period>/close" with:
      """
      {}
      """
    Then the answer is 422

    Examples:
      | period  |
      | 2026-13 |
      | 2026    |
      | soon    |
