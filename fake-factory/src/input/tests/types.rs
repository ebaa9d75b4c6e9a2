//! Types from files: what each kind of wrong value, field and word is told.

use super::{Inject, Menu, Plans, errors, errors_in, reading, right};
use crate::input::Source;

#[test]
fn every_error_of_a_file_is_told_where_it_stands() {
    insta::assert_snapshot!(errors_in::<Plans>("\
headquarters:
  idempotent: maybe
  faults:
- name: a
  starts: 10:99
  inject: { status: { cod: 500 } }
- nam: b
  requests: 130%
  inject: { stats: {}, latency: {} }
- name: c
  inject: outage
"), @"
    error: invalid YAML: while parsing a block mapping, did not find expected key
     --> f.yaml:4:3
      |
    4 | - name: a
      |   ^

    1 error
    ");
}

#[test]
fn a_variant_whose_content_can_be_left_out_may_stand_alone() {
    insta::assert_snapshot!(errors_in::<Plans>("hq: { faults: [{ name: a, inject: bad_jwt, ends: on_report }] }"), @"0 errors");
}

#[test]
fn json_is_yaml() {
    let source = Source::new(
        "f.json",
        r#"{"hq": {"faults": [{"name": "a", "starts": "12m", "inject": {"latency": {"fixed": "3s"}}}]}}"#,
    );
    let reading = reading::<Plans>(source.text());
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    let plans = reading.value.expect("a value");
    let name = &plans["hq"].faults[0].name;
    let span = name.span.expect("a place");
    assert_eq!(&source.text()[span.range()], "\"a\"");
}

#[test]
fn text_is_what_was_typed_whatever_it_looks_like() {
    for text in [
        "500",
        "true",
        "2024-08-08",
        "10:00",
        "1e3",
        "0x1F",
        "!!str null",
    ] {
        let typed = text.trim_start_matches("!!str ");
        assert_eq!(right(&format!("name: {text}")).name, typed);
    }
}

#[test]
fn a_right_file_is_read_and_so_is_the_same_in_json() {
    for text in [
        "name: 10:00\nseed: 7\ndiners:\n  - { name: lunch, patience: 30, share: 1 }\nkitchens:\n  hq: { inject: { status: { code: 500 } } }\n  b: { inject: hang }\n",
        r#"{"name":"10:00","seed":7,"diners":[{"name":"lunch","patience":30,"share":1}],"kitchens":{"hq":{"inject":{"status":{"code":500}}},"b":{"inject":"hang"}}}"#,
    ] {
        let menu = right(text);
        assert_eq!((menu.name.as_str(), menu.seed), ("10:00", Some(7)));
        let lunch = &menu.diners[0];
        assert_eq!((lunch.name.as_str(), lunch.patience), ("lunch", 30));
        assert!((lunch.share - 1.0).abs() < f64::EPSILON && !lunch.canary);
        assert!(
            matches!(&menu.kitchens["hq"].inject, Inject::Status(status) if status.code == 500)
        );
        assert!(matches!(menu.kitchens["b"].inject, Inject::Hang));
    }
}

#[test]
fn all_that_a_mapping_lacks_is_told_at_once() {
    insta::assert_snapshot!(errors("diners:\n  - share: 1\n  - {}\nkitchens:\n  hq:\n"), @"
    error: missing `name`
     --> f.yaml:1:1
      |
    1 | diners:
      | ^^^^^^

    error: missing `name`
     --> f.yaml:2:5
      |
    2 |   - share: 1
      |     ^^^^^

    error: missing `patience`
     --> f.yaml:2:5
      |
    2 |   - share: 1
      |     ^^^^^

    error: missing `name`
     --> f.yaml:3:5
      |
    3 |   - {}
      |     ^^

    error: missing `patience`
     --> f.yaml:3:5
      |
    3 |   - {}
      |     ^^

    error: missing `inject`
     --> f.yaml:5:3
      |
    5 |   hq:
      |   ^^

    6 errors
    ");
}

#[test]
fn words_close_to_one_that_is_known_are_told_which() {
    insta::assert_snapshot!(errors(
        "nmae: a\nname: b\ndiners:\n  - { name: lunch, patience: 1, colour: red }\nkitchens:\n  hq: { inject: { sttus: { code: 1 } } }\n  b: { inject: banana }\n"
    ), @"
    error: unknown field `nmae`
     --> f.yaml:1:1
      |
    1 | nmae: a
      | ^^^^
      |
      = help: did you mean `name`?

    error: unknown field `colour`
     --> f.yaml:4:33
      |
    4 |   - { name: lunch, patience: 1, colour: red }
      |                                 ^^^^^^
      |
      = help: expected one of `name`, `patience`, `share`, `canary`

    error: unknown word `sttus`
     --> f.yaml:6:19
      |
    6 |   hq: { inject: { sttus: { code: 1 } } }
      |                   ^^^^^
      |
      = help: did you mean `status`?

    error: unknown word `banana`
     --> f.yaml:7:16
      |
    7 |   b: { inject: banana }
      |                ^^^^^^
      |
      = help: expected one of `hang`, `delay`, `status`, `range`

    4 errors
    ");
}

#[test]
fn an_enum_takes_one_known_word_with_or_without_a_value_as_it_says() {
    insta::assert_snapshot!(errors(
        "\
name: a
kitchens:
  two: { inject: { delay: 1, status: { code: 500 } } }
  none: { inject: {} }
  bare: { inject: delay }
  valued: { inject: { hang: 3 } }
  list: { inject: [hang] }
  short: { inject: { range: [1] } }
  long: { inject: { range: [1, 2, 3] } }
  empty: { inject: }
"
    ), @"
    error: expected one of `delay`, `status`, found 2 of them
     --> f.yaml:3:30
      |
    3 |   two: { inject: { delay: 1, status: { code: 500 } } }
      |                              ^^^^^^
      |
      = help: keep one

    error: expected one of `hang`, `delay`, `status`, `range`, found a mapping
     --> f.yaml:4:19
      |
    4 |   none: { inject: {} }
      |                   ^^

    error: `delay` needs a whole number, 0 or more below it
     --> f.yaml:5:19
      |
    5 |   bare: { inject: delay }
      |                   ^^^^^
      |
      = help: write `{ delay: … }`

    error: nothing belongs below this word
     --> f.yaml:6:29
      |
    6 |   valued: { inject: { hang: 3 } }
      |                             ^
      |
      = help: leave it empty

    error: expected one of `hang`, `delay`, `status`, `range`, found a list
     --> f.yaml:7:19
      |
    7 |   list: { inject: [hang] }
      |                   ^^^^^^

    error: expected a list of 2, found one of 1
     --> f.yaml:8:29
      |
    8 |   short: { inject: { range: [1] } }
      |                             ^^^

    error: expected a list of 2, found one of 3
     --> f.yaml:9:28
      |
    9 |   long: { inject: { range: [1, 2, 3] } }
      |                            ^^^^^^^^^

    error: expected one of `hang`, `delay`, `status`, `range`, found nothing
      --> f.yaml:10:12
       |
    10 |   empty: { inject: }
       |            ^^^^^^

    8 errors
    ");
}

#[test]
fn a_field_that_was_wrong_is_not_told_to_be_missing() {
    let reading = reading::<Menu>(
        "name: a\nkitchens:\n  hq: { inject: { status: { code: abc } } }\n  b: { inject: hang }\n",
    );
    assert_eq!(reading.diagnostics.len(), 1, "{:?}", reading.diagnostics);
    assert!(!reading.is_whole("kitchens"));
    assert!(reading.is_whole("diners"));
    assert_eq!(reading.value.map_or(0, |menu| menu.kitchens.len()), 2);
}
