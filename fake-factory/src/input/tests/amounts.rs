//! Numbers, and amounts that are written as text, where a file gives them.

use super::{errors, errors_in};
use crate::input::units::{Bound, HumanDuration, Moment, Rate, Share, StartsAt};
use serde::Deserialize;

#[test]
fn numbers_are_finite_and_fit() {
    insta::assert_snapshot!(errors(
        "\
name: a
seed: 18446744073709551616
diners:
  - { name: a, patience: 1e3, share: .inf }
  - { name: b, patience: 0x1F, share: .nan }
  - { name: c, patience: -1, share: 1e999 }
  - { name: d, patience: 4294967296, share: inf }
  - { name: e, patience: 1_000, share: '1' }
  - { name: f, patience: 1.0, share: +-1 }
kitchens:
  hq: { inject: { status: { code: 70000 } } }
"
    ), @"
    error: expected a whole number, 0 or more, found `18446744073709551616`
     --> f.yaml:2:7
      |
    2 | seed: 18446744073709551616
      |       ^^^^^^^^^^^^^^^^^^^^

    error: expected a whole number, 0 or more, found `1e3`
     --> f.yaml:4:26
      |
    4 |   - { name: a, patience: 1e3, share: .inf }
      |                          ^^^

    error: expected a number, found `.inf`
     --> f.yaml:4:38
      |
    4 |   - { name: a, patience: 1e3, share: .inf }
      |                                      ^^^^

    error: expected a whole number, 0 or more, found `0x1F`
     --> f.yaml:5:26
      |
    5 |   - { name: b, patience: 0x1F, share: .nan }
      |                          ^^^^

    error: expected a number, found `.nan`
     --> f.yaml:5:39
      |
    5 |   - { name: b, patience: 0x1F, share: .nan }
      |                                       ^^^^

    error: expected a whole number, 0 or more, found `-1`
     --> f.yaml:6:26
      |
    6 |   - { name: c, patience: -1, share: 1e999 }
      |                          ^^

    error: expected a number, found `1e999`
     --> f.yaml:6:37
      |
    6 |   - { name: c, patience: -1, share: 1e999 }
      |                                     ^^^^^

    error: expected a whole number from 0 to 4294967295, found `4294967296`
     --> f.yaml:7:26
      |
    7 |   - { name: d, patience: 4294967296, share: inf }
      |                          ^^^^^^^^^^

    error: expected a number, found `inf`
     --> f.yaml:7:45
      |
    7 |   - { name: d, patience: 4294967296, share: inf }
      |                                             ^^^

    error: expected a whole number, 0 or more, found `1_000`
     --> f.yaml:8:26
      |
    8 |   - { name: e, patience: 1_000, share: '1' }
      |                          ^^^^^

    error: expected a number, found the text `1`
     --> f.yaml:8:40
      |
    8 |   - { name: e, patience: 1_000, share: '1' }
      |                                        ^^^

    error: expected a whole number, 0 or more, found `1.0`
     --> f.yaml:9:26
      |
    9 |   - { name: f, patience: 1.0, share: +-1 }
      |                          ^^^

    error: expected a number, found `+-1`
     --> f.yaml:9:38
      |
    9 |   - { name: f, patience: 1.0, share: +-1 }
      |                                      ^^^

    error: expected a whole number from 0 to 65535, found `70000`
      --> f.yaml:11:35
       |
    11 |   hq: { inject: { status: { code: 70000 } } }
       |                                   ^^^^^

    14 errors
    ");
}

#[test]
fn amounts_are_read_as_typed_and_their_errors_point() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read, not used")]
    struct Amounts {
        starts_at: StartsAt,
        replay: Vec<Moment>,
        patience: HumanDuration,
        share: Share,
        rate: Rate,
        lost: Bound,
    }
    insta::assert_snapshot!(errors_in::<Amounts>(
        "\
starts_at: 2024-08-08T09:50:00-06:00[America/Denver]
replay: [09:51, 10:02:40, 12m 40s, 0]
patience: 2h 46m
share: 30%
rate: 1.4/min
lost: { at_most: 1 }
"
    ), @"0 errors");
    insta::assert_snapshot!(errors_in::<Amounts>(
        "\
starts_at: 2024-08-08T09:50:00
replay: [09:51, 25:02]
patience: 90
share: 150%
rate: 20
lost: { at_mots: 1 }
"
    ), @"
    error: `2024-08-08T09:50:00` is no start: expected a date, a time and an offset, as in `2024-08-08T09:50:00-06:00`
     --> f.yaml:1:12
      |
    1 | starts_at: 2024-08-08T09:50:00
      |            ^^^^^^^^^^^^^^^^^^^

    error: `25:02` is no moment: expected an offset such as `12m 40s` or a clock time such as `10:02:40`
     --> f.yaml:2:17
      |
    2 | replay: [09:51, 25:02]
      |                 ^^^^^

    error: `90` is no duration: a duration needs a unit, as in `90s` or `2h 46m`
     --> f.yaml:3:11
      |
    3 | patience: 90
      |           ^^

    error: `150%` is no share: it lies between 0% and 100%
     --> f.yaml:4:8
      |
    4 | share: 150%
      |        ^^^^

    error: `20` is no rate: expected how many in how long, as in `1.4/min` or `20/s`
     --> f.yaml:5:7
      |
    5 | rate: 20
      |       ^^

    error: unknown field `at_mots`
     --> f.yaml:6:9
      |
    6 | lost: { at_mots: 1 }
      |         ^^^^^^^
      |
      = help: did you mean `at_most`?

    6 errors
    ");
}
