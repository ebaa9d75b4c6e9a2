//! What RE2 matches, refuses and takes, where the `regex` crate does otherwise.

use super::*;

fn matches(pattern: &str, text: &str) -> anyhow::Result<bool> {
    let translated = re2(pattern).map_err(anyhow::Error::msg)?;
    Ok(regex::Regex::new(&format!("^(?:{translated})$"))?.is_match(text))
}

#[test]
fn classes_are_of_ascii() -> anyhow::Result<()> {
    for (pattern, ours, others) in [
        (r"\w+", "cafe_1", "caf\u{e9}"),
        (r"\W", "\u{e9}", "e"),
        (r"\d", "5", "\u{665}"),
        (r"\D", "\u{665}", "5"),
        (r"[\w.]+", "a.b", "\u{e9}"),
        (r"[^\d]", "\u{665}", "5"),
        (r"a\sb", "a b", "a\u{a0}b"),
        (r".*\b1", "\u{e9}1", "a1"),
        (r"a\B.", "ab", "a\u{e9}"),
        ("\u{e9}\\B\u{e9}", "\u{e9}\u{e9}", "\u{e9}"),
    ] {
        assert!(matches(pattern, ours)?, "{pattern} {ours}");
        assert!(!matches(pattern, others)?, "{pattern} {others}");
    }
    Ok(())
}

#[test]
fn what_is_literal_to_re2_is_literal() -> anyhow::Result<()> {
    for (pattern, text) in [
        ("x{y}z{,2}a{01}", "x{y}z{,2}a{01}"),
        (r"x\b{start}", "x{start}"),
        (r"\Qa.b{\E+", "a.b{{"),
        (r"\Qa.", "a."),
        ("[]a]+", "]a]"),
        ("[^]a]", "b"),
        ("[[a]+", "[a"),
        ("[a&&b]+", "a&b"),
        ("[a~~b]+", "a~b"),
        (r"[\]\[\^\\]+", r"[]^\"),
        (r"\<a\>\_\-", "<a>_-"),
    ] {
        assert!(matches(pattern, text)?, "{pattern}");
    }
    Ok(())
}

#[test]
fn dashes_are_letters_of_a_class_unless_they_make_a_range() -> anyhow::Result<()> {
    for (pattern, ours, others) in [
        (r"[\w--]", "-", "+"),
        ("[+--]", ",", "."),
        ("[--9]", "5", ":"),
        ("[---]", "-", "."),
        ("[-a]", "-", "b"),
        ("[a-]", "-", "b"),
        ("[a-c-e]", "-", "d"),
        (r"[\d-z]", "-", "y"),
        (r"[\x41-\103]", "B", "D"),
        (r"[!-\]]", "[", "a"),
        ("[[:]", ":", "]"),
        ("[[:alpha:]-]", "-", "1"),
        ("[[:^alpha:]]", "1", "a"),
        ("[\u{e9}-\u{eb}]", "\u{ea}", "e"),
    ] {
        assert!(matches(pattern, ours)?, "{pattern} {ours}");
        assert!(!matches(pattern, others)?, "{pattern} {others}");
    }
    assert!(matches("[[:]x", "[x")?);
    Ok(())
}

#[test]
fn what_only_re2_takes_is_translated() -> anyhow::Result<()> {
    for (pattern, text) in [
        (r"\101\0\x41", "A\0A"),
        (r"\1011", "A1"),
        (r"\p{^Greek}\P{^Greek}\PL", "a\u{3b1}1"),
        ("(?ii:a)(?)b(?i-i)c", "Abc"),
        (r"\a\f\n\r\t\v", "\u{7}\u{c}\n\r\t\u{b}"),
        ("(?P<n>a)(?<m>b)", "ab"),
        (r"a*\Q\E*", "aa"),
        ("(a{0}){1000}", ""),
    ] {
        assert!(matches(pattern, text)?, "{pattern}");
    }
    Ok(())
}

#[test]
fn what_re2_refuses_is_refused_in_its_words() {
    let nested = "invalid nested repetition operator";
    let missing = "missing argument to repetition operator";
    let count = "invalid repeat count";
    let flags = "invalid or unsupported Perl syntax";
    let range = "invalid character class range";
    let escape = "invalid escape sequence";
    for (pattern, fault, shown) in [
        ("a**b", nested, "**"),
        ("a*??", nested, "*??"),
        ("a{2}{3}", nested, "{2}{3}"),
        ("a?+", nested, "?+"),
        ("a|*", missing, "*"),
        ("(+a)", missing, "+"),
        ("{2}", missing, "{2}"),
        ("a{1001}", count, "{1001}"),
        ("a{0,1001}?", count, "{0,1001}"),
        ("a{99999999999,}", count, "{99999999999,}"),
        ("a{3,2}", count, "{3,2}"),
        ("(a{2}b{500}){3}", count, "{3}"),
        ("(?x)a b", flags, "(?x"),
        ("(?u:a)", flags, "(?u"),
        ("(?=a)", flags, "(?="),
        ("(?i-:a)", flags, "(?i-:"),
        ("(?P=n)", flags, "(?P"),
        ("(?P<a.b>c)", "invalid named capture", "(?P<a.b>"),
        (r"\u0041", escape, r"\u"),
        (r"\U00000041", escape, r"\U"),
        (r"(a)\1", escape, r"\1"),
        (r"\8", escape, r"\8"),
        (r"\x{}", escape, r"\x{}"),
        (r"[\b]", escape, r"\b"),
        ("a\\", "trailing backslash at end of expression", ""),
        ("[a--9]", range, "a--"),
        (r"[\]-\[]", range, r"\]-\["),
        ("[[:foo:]]", range, "[:foo:]"),
        (r"\p{sc=Greek}", range, r"\p{sc=Greek}"),
        ("x[a", "missing closing ]", "[a"),
    ] {
        assert_eq!(
            re2(pattern),
            Err(format!("{fault}: `{shown}`")),
            "{pattern}"
        );
    }
}

#[test]
fn what_both_know_is_left_alone() {
    for pattern in [
        r"(?i:foo|ba+?r)\.x{2,3}",
        r"[[:alpha:]_a-z]+",
        r"\p{L}\P{Greek}(?s-m)a{1000}(?:b{10}){100,}",
        "^a$|b||()*",
    ] {
        assert_eq!(re2(pattern).as_deref(), Ok(pattern));
    }
}
