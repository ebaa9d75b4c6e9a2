//! The variables of dashboards in expressions, as people copy them out of Grafana: `$source`, `${environment}`, `[[source]]`,
//! `$__rate_interval`. Rules of Grafana's have fewer, which the engine substitutes as its data sources do.

/// Replaces `$name`, `${name}`, `${name:format}` and `[[name]]` by the values of those names; a name that has no value stays as it
/// is. The value goes in as it is, whatever format is asked for.
pub(crate) fn substitute(text: &str, values: &[(&str, &str)]) -> String {
    let mut substituted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['$', '[']) {
        let (before, from) = rest.split_at(at);
        substituted.push_str(before);
        let found = variable(from).and_then(|(name, after)| {
            let mut values = values.iter();
            let (_, value) = values.find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        rest = match found {
            Some((value, after)) => {
                substituted.push_str(value);
                after
            }
            None => {
                let (sign, after) = from.split_at(1);
                substituted.push_str(sign);
                after
            }
        };
    }
    substituted.push_str(rest);
    substituted
}

/// The variable that `text` starts with, and what follows it.
fn variable(text: &str) -> Option<(&str, &str)> {
    if let Some(inside) = text.strip_prefix("${") {
        let (written, after) = inside.split_once('}')?;
        let name = written.split_once(':').map_or(written, |(name, _)| name);
        return Some((name, after));
    }
    if let Some(inside) = text.strip_prefix("[[") {
        return inside.split_once("]]");
    }
    let name = text.strip_prefix('$')?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    Some(name.split_at(end.unwrap_or(name.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_replaced_in_every_form() {
        let values = [("__interval", "1m"), ("source", "shop")];
        for (text, expected) in [
            (
                r#"rate(a{b="$source"}[$__interval])"#,
                r#"rate(a{b="shop"}[1m])"#,
            ),
            ("${source}-${source:regex}-[[source]]", "shop-shop-shop"),
            (
                "$__interval_ms $sources [5m] $",
                "$__interval_ms $sources [5m] $",
            ),
            ("${source", "${source"),
        ] {
            assert_eq!(substitute(text, &values), expected);
        }
    }
}
