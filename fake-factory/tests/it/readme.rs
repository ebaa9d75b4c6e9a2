//! What the README says of the kinds of faults, held against the kinds.

use fake_factory::faults::inject::catalogue;

/// The rows of the table of kinds: the kind and its sentence.
fn rows() -> Vec<(&'static str, &'static str)> {
    let readme = include_str!("../../README.md");
    let (_, table) = readme
        .split_once("| Kind | What it does | For instance |\n|---|---|---|\n")
        .expect("the table of kinds");
    table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            let kind = cells.next().expect("a kind").trim_matches('`');
            (kind, cells.next().expect("what it does"))
        })
        .collect()
}

#[test]
fn the_table_of_kinds_is_the_catalogue() {
    let written: Vec<&str> = rows().iter().map(|(kind, _)| *kind).collect();
    let kinds: Vec<&str> = catalogue().iter().map(|info| info.kind).collect();
    assert_eq!(written, kinds);
}

#[test]
fn each_kind_is_told_in_words_of_the_catalogue() {
    for ((kind, told), info) in rows().iter().zip(catalogue()) {
        // The table may name the choices that a kind has, after the words of the catalogue.
        let plain = |text: &str| text.replace('`', "").to_lowercase();
        let opening: String = plain(info.sentence).chars().take(20).collect();
        assert!(plain(told).starts_with(&opening), "{kind}: {told}");
    }
}
