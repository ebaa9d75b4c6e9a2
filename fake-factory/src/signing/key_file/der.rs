//! Enough of DER to say what kind of key a file holds before a library refuses it without a reason: elements by their tag, and no
//! more. It judges no key; whether one is sound, the cryptography library says.

/// The tags that stand in private keys.
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
/// The curve in a SEC1 key.
pub(super) const PARAMETERS: u8 = 0xa0;

/// The content of the element with `tag` that `bytes` start with, and what follows it.
pub(super) fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, short], rest) = bytes.split_first_chunk()?;
    if found != tag {
        return None;
    }
    if short < 0x80 {
        return rest.split_at_checked(usize::from(short));
    }
    // The long form: so many bytes of length. No key is as long as four of them can say.
    let count = usize::from(short & 0x7f);
    if !(1..=4).contains(&count) {
        return None;
    }
    let (digits, rest) = rest.split_at_checked(count)?;
    let length = digits
        .iter()
        .fold(0_u64, |length, digit| (length << 8) | u64::from(*digit));
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// How many bits a positive INTEGER with this content has.
pub(super) fn bits(content: &[u8]) -> usize {
    match content.iter().position(|byte| *byte != 0) {
        Some(first) => (content.len() - first) * 8 - content[first].leading_zeros() as usize,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_taken_off_in_both_forms_of_length() {
        assert_eq!(element(INTEGER, &[2, 1, 7, 9]), Some((&[7][..], &[9][..])));
        let mut long = vec![OCTET_STRING, 0x82, 0x01, 0x00];
        long.extend([5; 257]);
        assert_eq!(
            element(OCTET_STRING, &long),
            Some((&[5; 256][..], &[5][..]))
        );
    }

    #[test]
    fn what_is_cut_short_or_of_another_tag_is_none() {
        for bytes in [
            &[][..],
            &[2],
            &[2, 1],
            &[4, 1, 7],
            &[2, 0x80, 7],
            &[2, 0x81],
            &[2, 0x84, 255, 255, 255, 255],
            &[2, 0x85, 0, 0, 0, 0, 1, 7],
            &[2, 0xff, 7],
        ] {
            assert_eq!(element(INTEGER, bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn bits_are_counted_from_the_first_that_is_set() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0]), 0);
        assert_eq!(bits(&[0, 0x80, 0]), 16);
        assert_eq!(bits(&[1, 0]), 9);
    }
}
