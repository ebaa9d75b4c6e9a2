//! What YAML allows and we refuse, and what it says in two ways.

use super::{Menu, errors, reading, right};

#[test]
fn a_word_for_null_is_not_text_unless_quoted() {
    insta::assert_snapshot!(errors("name: null\n"), @"
    error: expected a text, found `null`
     --> f.yaml:1:7
      |
    1 | name: null
      |       ^^^^
      |
      = help: write it in quotes to mean the word

    1 error
    ");
    insta::assert_snapshot!(errors("name:\n"), @"
    error: expected a text, found nothing
     --> f.yaml:1:1
      |
    1 | name:
      | ^^^^

    1 error
    ");
    insta::assert_snapshot!(errors("name: a\ndiners:\nkitchens: ~\nseed: ~\n"), @"
    error: expected a list, found nothing
     --> f.yaml:2:1
      |
    2 | diners:
      | ^^^^^^

    1 error
    ");
    assert_eq!(right("name: 'null'").name, "null");
    assert_eq!(right("name: a\nseed: ~").seed, None);
}

#[test]
fn what_yaml_allows_and_we_refuse_is_told_with_everything_else() {
    insta::assert_snapshot!(errors(
        "\
name: a
name: b
seed: !random 3
diners:
  - &lunch { name: lunch, patience: 1 }
  - { <<: *lunch, patience: 2 }
  - *lunch
  - { name: x, patience: !!int '3', canary: !!binary aGk= }
  - !diner { name: y, patience: z }
kitchens:
  [a]: {}
  : {}
  ~: {}
"
    ), @"
    error: the key `name` stands here a second time
     --> f.yaml:2:1
      |
    2 | name: b
      | ^^^^
      |
     ::: f.yaml:1:1
      |
    1 | name: a
      | ---- the first one is here

    error: the tag `!random` means nothing here
     --> f.yaml:3:7
      |
    3 | seed: !random 3
      |       ^^^^^^^
      |
      = help: leave it out: what a value is follows from its place

    error: merge keys are not supported
     --> f.yaml:6:7
      |
    6 |   - { <<: *lunch, patience: 2 }
      |       ^^
      |
      = help: write the entries out, or use an alias for the whole value

    error: the tag `!!binary` means nothing here
     --> f.yaml:8:45
      |
    8 |   - { name: x, patience: !!int '3', canary: !!binary aGk= }
      |                                             ^^^^^^^^
      |
      = help: leave it out: what a value is follows from its place

    error: expected true or false, found `aGk=`
     --> f.yaml:8:54
      |
    8 |   - { name: x, patience: !!int '3', canary: !!binary aGk= }
      |                                                      ^^^^

    error: the tag `!diner` means nothing here
     --> f.yaml:9:5
      |
    9 |   - !diner { name: y, patience: z }
      |     ^^^^^^
      |
      = help: leave it out: what a value is follows from its place

    error: expected a whole number, 0 or more, found `z`
     --> f.yaml:9:33
      |
    9 |   - !diner { name: y, patience: z }
      |                                 ^

    error: a key must be a word, not a list or a mapping
      --> f.yaml:11:3
       |
    11 |   [a]: {}
       |   ^^^

    error: a key must be a word, found nothing
      --> f.yaml:12:3
       |
    12 |   : {}
       |   ^

    error: a key must be a word, found `~`
      --> f.yaml:13:3
       |
    13 |   ~: {}
       |   ^

    10 errors
    ");
}

#[test]
fn what_was_refused_makes_its_section_unreliable() {
    let reading = reading::<Menu>("name: a\ndiners: []\ndiners: []\nkitchens: { ~: {} }\n");
    assert!(!reading.is_whole("diners") && !reading.is_whole("kitchens"));
    assert!(reading.is_whole("name"));
    assert!(reading.value.is_some());
}

#[test]
fn a_file_holds_one_document() {
    insta::assert_snapshot!(errors("name: a\n---\nname: b\n"), @"
    error: a second document in one file
     --> f.yaml:2:1
      |
    2 | ---
      | ^^^
      |
      = help: keep one document a file

    1 error
    ");
    assert_eq!(right("%YAML 1.2\n---\nname: a\n...\n").name, "a");
    for empty in [
        "",
        "\n\n",
        "# nothing\n",
        "---\n",
        "\u{feff}",
        "~",
        "---\n...\n",
    ] {
        let told = errors(empty);
        assert!(
            told.starts_with(
                "error: the file is empty
"
            ),
            "{empty:?}: {told}"
        );
    }
    insta::assert_snapshot!(errors("[1, 2]"), @"
    error: expected a mapping, found a list
     --> f.yaml:1:1
      |
    1 | [1, 2]
      | ^^^^^^

    1 error
    ");
    insta::assert_snapshot!(errors("just text"), @"
    error: expected a mapping, found `just text`
     --> f.yaml:1:1
      |
    1 | just text
      | ^^^^^^^^^

    1 error
    ");
}
