//! "Did you mean": the one candidate that a misspelt word is close to.

/// How alike two words must be, where 1 is the same.
const LIKENESS_MIN: f64 = 0.75;

/// The candidate that `word` was most likely meant to be, where one is close enough.
#[must_use]
pub fn suggest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (likeness(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The help for a word that is none of those that are known: the one that was likely meant, else all of them. None where none is.
#[must_use]
pub fn one_of<'c>(word: &str, known: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(meant) = suggest(word, known.iter().copied()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    let all: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    (!all.is_empty()).then(|| format!("expected one of: {}", all.join(", ")))
}

fn likeness(a: &str, b: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(a, b);
    // `start` for `starts_at`: a part of the word, which edits alone judge harshly.
    let part = if a.len() >= 3 && (b.starts_with(a) || a.starts_with(b)) && !b.is_empty() {
        0.8
    } else {
        0.0
    };
    edits.max(part).max(if edits > 0.5 {
        strsim::jaro_winkler(a, b) - 0.1
    } else {
        0.0
    })
}

#[cfg(test)]
mod tests {
    use super::{one_of, suggest};

    #[test]
    fn finds_the_close_one_only() {
        assert_eq!(
            suggest("pacience", ["name", "patience", "arrivals"]),
            Some("patience")
        );
        assert_eq!(
            suggest("start", ["starts_at", "duration"]),
            Some("starts_at")
        );
        assert_eq!(
            suggest("PizzaFailing", ["PizzaCreationFailing", "X"]),
            Some("PizzaCreationFailing")
        );
        assert_eq!(suggest("banana", ["name", "patience"]), None);
    }

    #[test]
    fn helps_by_the_close_one_else_by_all() {
        assert_eq!(
            one_of("phnoe", ["phone", "mail"]).as_deref(),
            Some("did you mean `phone`?")
        );
        assert_eq!(
            one_of("x", ["phone", "mail"]).as_deref(),
            Some("expected one of: `phone`, `mail`")
        );
        assert_eq!(one_of("phone", []), None);
    }
}
