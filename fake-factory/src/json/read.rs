//! Reads JSON as JavaScript does: bytes that are no UTF-8 become U+FFFD, and an object has the members first whose names are
//! integers. More than 127 levels are refused, as serde_json refuses them: every level more would take more of the stack.

use super::mend::mended;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// The value of a JSON text.
pub(crate) fn value(bytes: &[u8]) -> serde_json::Result<Value> {
    // Nearly every body is UTF-8, and that is told sooner than what to replace.
    let text =
        std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let read = |text: &str| serde_json::from_str(text).map(|Read(value)| value);
    // What can be mended is rare, and is looked for where something is wrong.
    read(&text).or_else(|error| mended(&text).map_or(Err(error), |text| read(&text)))
}

/// A value that is read by the rules of this module, and not by those of serde_json's own.
struct Read(Value);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Read)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Read(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut indexed = false;
        while let Some((name, Read(value))) = members.next_entry::<String, Read>()? {
            indexed |= index(&name).is_some();
            object.insert(name, value);
        }
        Ok(Value::Object(if indexed { sorted(object) } else { object }))
    }
}

/// The members whose names are integers in ascending order, and then the others as they were.
fn sorted(object: Map<String, Value>) -> Map<String, Value> {
    let mut members: Vec<_> = object.into_iter().collect();
    // Stable: the others keep their order.
    members.sort_by_key(|(name, _)| index(name).map_or((true, 0), |index| (false, index)));
    members.into_iter().collect()
}

/// The integer that a member is called, written as JavaScript writes it, where it is one of those that come first.
fn index(name: &str) -> Option<u32> {
    let first = name.bytes().next()?;
    if !first.is_ascii_digit() || (first == b'0' && name.len() > 1) {
        return None;
    }
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn again(sent: &[u8]) -> String {
        value(sent).expect("JSON").to_string()
    }

    #[test]
    fn members_with_integers_for_names_come_first() {
        for (sent, expected) in [
            (
                r#"{"2":1,"1":2,"b":3,"0":5}"#,
                r#"{"0":5,"1":2,"2":1,"b":3}"#,
            ),
            (
                r#"{"b":1,"a":2,"10":3,"9":4}"#,
                r#"{"9":4,"10":3,"b":1,"a":2}"#,
            ),
            (
                r#"[{"-1":1,"01":2,"+1":3,"1.0":4,"1":5}]"#,
                r#"[{"1":5,"-1":1,"01":2,"+1":3,"1.0":4}]"#,
            ),
            (
                r#"{"a":1,"4294967296":2,"4294967295":3}"#,
                r#"{"4294967295":3,"a":1,"4294967296":2}"#,
            ),
            (r#"{"b":1,"a":2,"b":3}"#, r#"{"b":3,"a":2}"#),
        ] {
            assert_eq!(again(sent.as_bytes()), expected);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(again(b"[\"\xff\xfe\"]"), "[\"\u{fffd}\u{fffd}\"]");
    }

    #[test]
    fn a_name_that_serde_json_keeps_for_itself_is_like_any_other() {
        let sent = r#"{"$serde_json::private::RawValue":"1"}"#;
        assert_eq!(again(sent.as_bytes()), sent);
    }

    #[test]
    fn what_serde_json_cannot_hold_is_refused() {
        let deep = format!("{}{}", "[".repeat(128), "]".repeat(128));
        for refused in ["[1] 2", "[1e400", "{", "", &deep] {
            assert!(value(refused.as_bytes()).is_err(), "{refused}");
        }
        let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
        assert_eq!(again(deep.as_bytes()), deep);
    }

    #[test]
    fn what_serde_json_alone_refuses_is_read() {
        let sent = br#"{"a":1e400,"b":"\ud83c \ud83c\udf55"}"#;
        assert_eq!(again(sent), "{\"a\":null,\"b\":\"\u{fffd} 🍕\"}");
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_serde_json_reads_it(text in r#"[\[\]{}",:0-9a-z.\\-]{0,24}"#) {
            let theirs = serde_json::from_str::<Value>(&text).ok();
            // Where they refuse it, it may be one of those that are mended.
            prop_assert!(theirs.is_none() || value(text.as_bytes()).ok() == theirs);
        }
    }
}
