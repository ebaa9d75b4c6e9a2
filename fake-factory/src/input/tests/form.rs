//! Text that is no YAML, and text that makes places hard to tell.

use super::errors;

#[test]
fn broken_form_has_a_place() {
    insta::assert_snapshot!(errors("name: a\ndiners:\n\t- name: b\n"), @"
    error: invalid YAML: tabs disallowed within this context (block indentation)
     --> f.yaml:3:2
      |
    3 |     - name: b
      |     ^
      |
      = help: YAML is indented with spaces, not with tabs

    1 error
    ");
    insta::assert_snapshot!(errors("name: [a, b\nseed: 3\n"), @"
    error: invalid YAML: illegal placement of ':' indicator
     --> f.yaml:2:5
      |
    2 | seed: 3
      |     ^
      |
     ::: f.yaml:1:7
      |
    1 | name: [a, b
      |       - this `[` is still open

    1 error
    ");
    insta::assert_snapshot!(errors("diners: [{ name: a\n"), @"
    error: invalid YAML: unclosed bracket '{'
     --> f.yaml:1:10
      |
    1 | diners: [{ name: a
      |         -^
      |         |
      |         this `[` is still open

    1 error
    ");
    insta::assert_snapshot!(errors("name: \"a\n"), @"
    error: invalid YAML: invalid indentation in multiline quoted scalar
     --> f.yaml:2:1
      |
    2 |
      | ^

    1 error
    ");
    insta::assert_snapshot!(errors("name: *nobody\n"), @"
    error: invalid YAML: while parsing node, found unknown anchor
     --> f.yaml:1:7
      |
    1 | name: *nobody
      |       ^

    1 error
    ");
    insta::assert_snapshot!(errors("name: a\n  seed: 3\n"), @"
    error: invalid YAML: mapping values are not allowed in this context
     --> f.yaml:2:7
      |
    2 |   seed: 3
      |       ^

    1 error
    ");
    insta::assert_snapshot!(errors("a: &a [*a]\n"), @"
    error: an alias within the value that it stands for
     --> f.yaml:1:8
      |
    1 | a: &a [*a]
      |        ^^

    1 error
    ");
}

#[test]
fn tabs_wide_characters_windows_line_ends_and_long_lines_keep_the_place() {
    insta::assert_snapshot!(errors("\u{feff}name: a\r\nseed: {\"é\":\t\"ü\"}\r\n"), @r#"
    error: expected a whole number, 0 or more, found a mapping
     --> f.yaml:2:7
      |
    2 | seed: {"é":    "ü"}
      |       ^^^^^^^^^^^^^

    1 error
    "#);
    insta::assert_snapshot!(errors("name: a\rseed: b\r"), @"
    error: expected a whole number, 0 or more, found `b`
     --> f.yaml:1:15
      |
    1 | name: a␍seed: b
      |               ^

    1 error
    ");
    insta::assert_snapshot!(errors("name: \"\u{1b}[31m\"\n\"\\e[31m\": \u{7}\n"), @r#"
    error: invalid YAML: unexpected character: `\u{1b}'
     --> f.yaml:1:8
      |
    1 | name: "␛[31m"
      |        ^

    1 error
    "#);
    let long = |dishes: usize| {
        let [name, blanks] = ["x".repeat(dishes), " ".repeat(dishes)];
        errors(&format!("{{name: {name}, seed: abc, diners: [{blanks}]}}"))
    };
    insta::assert_snapshot!(long(100), @"
    error: expected a whole number, 0 or more, found `abc`
     --> f.yaml:1:116
      |
    1 | {name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, seed: abc, diners: [    ...
      |                                                                                                                    ^^^

    1 error
    ");
    insta::assert_snapshot!(long(1_000), @"
    error: expected a whole number, 0 or more, found `abc`
     --> f.yaml:1:1016
      |
     ::: 
    1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, seed: abc, diners: [                                                                  …
      |                                          ^^^

    1 error
    ");
}
