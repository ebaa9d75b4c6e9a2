//! The charsets in which Express takes JSON: the forms of Unicode. It knows bytes and their names, and nothing of JSON.

use bytes::Bytes;

/// How a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset {
    /// The bytes of a code unit.
    unit: usize,
    /// Which byte of a unit comes first, where the name says it.
    order: Option<Order>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Big,
    Little,
}

impl Charset {
    pub(super) const UTF_8: Self = Charset {
        unit: 1,
        order: None,
    };

    /// The charset of this name, if it is one of them.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (unit, order) = match name.to_ascii_lowercase().as_str() {
            "utf-8" => (1, None),
            "utf-16" => (2, None),
            "utf-16le" => (2, Some(Order::Little)),
            "utf-16be" => (2, Some(Order::Big)),
            "utf-32" => (4, None),
            "utf-32le" => (4, Some(Order::Little)),
            "utf-32be" => (4, Some(Order::Big)),
            _ => return None,
        };
        Some(Charset { unit, order })
    }

    /// What `bytes` say, in UTF-8.
    pub(super) fn to_utf8(self, bytes: Bytes) -> Bytes {
        if self.unit == 1 {
            return bytes;
        }
        let units = bytes.chunks_exact(self.unit);
        // JSON begins with a letter of ASCII, or with the mark that is there to tell.
        let is_big = matches!(*bytes, [0, ..] | [0xfe, 0xff, ..]);
        let guess = if is_big { Order::Big } else { Order::Little };
        let order = self.order.unwrap_or(guess);
        let numbers = units.map(|unit| {
            let add = |number: u32, byte: &u8| (number << 8) | u32::from(*byte);
            match order {
                Order::Big => unit.iter().fold(0, add),
                Order::Little => unit.iter().rev().fold(0, add),
            }
        });
        let text: String = if self.unit == 2 {
            let units: Vec<u16> = numbers.map(|number| number as u16).collect();
            String::from_utf16_lossy(&units)
        } else {
            let letter = |number| char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            numbers.map(letter).collect()
        };
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> String {
        let charset = Charset::parse(name).expect("known");
        String::from_utf8(charset.to_utf8(Bytes::copy_from_slice(bytes)).into()).expect("UTF-8")
    }

    #[test]
    fn every_form_of_unicode_is_read() {
        let text = r#"{"a":"é🍕"}"#;
        let wide = |big: bool| -> Vec<u8> {
            let order = |unit: u16| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            };
            text.encode_utf16().flat_map(order).collect()
        };
        let widest = |big: bool| -> Vec<u8> {
            let order = |letter: char| {
                let number = u32::from(letter);
                if big {
                    number.to_be_bytes()
                } else {
                    number.to_le_bytes()
                }
            };
            text.chars().flat_map(order).collect()
        };
        for (names, little, big) in [
            (["utf-16le", "UTF-16BE", "utf-16"], wide(false), wide(true)),
            (
                ["utf-32le", "utf-32be", "Utf-32"],
                widest(false),
                widest(true),
            ),
        ] {
            assert_eq!(read(names[0], &little), text);
            assert_eq!(read(names[1], &big), text);
            assert_eq!(read(names[2], &little), text);
            assert_eq!(read(names[2], &big), text);
        }
        assert_eq!(read("utf-8", text.as_bytes()), text);
        assert_eq!(read("utf-16", b"\xff\xfe{\0}\0"), "\u{feff}{}");
        assert_eq!(read("utf-16", b"\xfe\xff\0{\0}"), "\u{feff}{}");
        assert_eq!(read("utf-16", b"{\0\0\xd8}\0}"), "{\u{fffd}}");
        assert_eq!(Charset::parse("latin1"), None);
    }
}
