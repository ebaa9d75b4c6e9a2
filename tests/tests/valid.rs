//! Good input: files that use every word of the format are accepted, as are the scenarios of this repository, by the checks and
//! by the JSON Schema alike, and a scenario that was saved with its rule files can be judged again.

use chaos_runner::scenario::discover::{discover, same_names};
use chaos_runner::scenario::load::{Loaded, load, load_text};
use chaos_runner::scenario::schema::schema;
use fake_factory::input::{Reading, Source, read};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn schema_value() -> Value {
    serde_json::from_str(&schema()).expect("the schema is JSON")
}

fn loaded(path: &Path) -> Loaded {
    load(path).unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)))
}

/// The scenarios of the tests and of the repository.
fn valid_files() -> Vec<PathBuf> {
    let folders = [PathBuf::from("valid"), PathBuf::from("../scenarios")];
    discover(&folders).expect("there are scenarios")
}

/// A file as the plain values that a schema is about.
fn plain(path: &Path) -> Value {
    let source = Source::read(path).expect("the file can be read");
    let reading: Reading<Value> = read(&source);
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    reading.value.expect("the file has a value")
}

#[test]
fn every_scenario_is_accepted() {
    let scenarios: Vec<Loaded> = valid_files().iter().map(|path| loaded(path)).collect();
    let shipped = scenarios
        .iter()
        .filter(|loaded| loaded.path.starts_with("../scenarios"));
    assert!(same_names(shipped).is_empty());
}

#[test]
fn the_schema_accepts_every_scenario() {
    let validator = jsonschema::draft202012::new(&schema_value()).expect("the schema is one");
    for path in valid_files() {
        let value = plain(&path);
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

#[test]
fn the_schema_refuses_what_is_misspelt() {
    let validator = jsonschema::draft202012::new(&schema_value()).expect("the schema is one");
    for name in [
        "misspelt",
        "misspelt-section",
        "missing",
        "wrong-types",
        "a-list",
        "share-above-100",
    ] {
        let value = plain(&Path::new("broken").join(name).with_extension("yaml"));
        // A share above 100% is text: only the checks know what it means.
        let refused = name != "share-above-100";
        assert_eq!(!validator.is_valid(&value), refused, "{name}");
    }
}

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let committed = fs::read_to_string("../scenarios/scenario.schema.json").unwrap_or_default();
    assert!(
        committed == schema(),
        "scenarios/scenario.schema.json is not what the types say: run\n  cargo run -p chaos-runner -- schema > scenarios/scenario.schema.json"
    );
}

/// Every property and every word that the schema knows.
fn words(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => {
                        words.extend(properties.keys().cloned());
                    }
                    ("const", Value::String(word)) => words.extend([word.clone()]),
                    ("enum", Value::Array(all)) => {
                        words.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                self::words(value, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| self::words(item, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every key and every text of a file.
fn used(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            words.extend(fields.keys().cloned());
            fields.values().for_each(|value| used(value, words));
        }
        Value::Array(items) => items.iter().for_each(|item| used(item, words)),
        Value::String(text) => words.extend([text.clone()]),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn the_valid_files_use_every_word_of_the_format() {
    let mut known = BTreeSet::new();
    words(&schema_value(), &mut known);
    assert!(known.len() > 100, "the schema knows {} words", known.len());
    let mut seen = BTreeSet::new();
    for file in [
        "valid/everything.yaml",
        "valid/silence.yaml",
        "valid/faults.yaml",
        "valid/grafana.yaml",
    ] {
        used(&plain(Path::new(file)), &mut seen);
    }
    let unused: Vec<&String> = known.difference(&seen).collect();
    assert!(unused.is_empty(), "no valid file uses {unused:?}");
}

/// The paths and texts of the files that a scenario names.
fn saved(loaded: &Loaded) -> Vec<(String, String)> {
    let named = loaded.named_sources();
    named
        .map(|source| (source.path().to_owned(), source.text().to_owned()))
        .collect()
}

#[test]
fn a_saved_scenario_is_sound_without_its_files() {
    for path in ["valid/everything.yaml", "valid/silence.yaml"] {
        let first = loaded(Path::new(path));
        let files = saved(&first);
        assert!(files.len() > 1, "{path}");
        let again = load_text(path, first.source.text(), &files)
            .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
        assert_eq!(again.scenario.name, first.scenario.name);
        let without = load_text(path, first.source.text(), &[]);
        let told = without.expect_err("its files are missing").to_string();
        let missing = told.matches("was not saved with the scenario").count();
        assert_eq!(missing, files.len(), "{told}");
    }
}
