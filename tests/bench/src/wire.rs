//! As much of HTTP/1.1 as it takes to know where a reply ends: the client shall cost little beside the server it measures.

/// The head of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// The bytes of the head and of the body that it announces.
    pub(crate) bytes: usize,
}

/// Reads the head of a reply; nothing while it has not come whole.
pub(crate) fn head(bytes: &[u8]) -> Option<Head> {
    const NAME: &[u8] = b"content-length:";
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let status = std::str::from_utf8(bytes.get(9..12)?).ok()?.parse().ok()?;
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let length = lines
        .find_map(|line| {
            let (name, value) = line.split_at_checked(NAME.len())?;
            let value = name.eq_ignore_ascii_case(NAME).then_some(value)?;
            std::str::from_utf8(value.trim_ascii())
                .ok()?
                .parse::<usize>()
                .ok()
        })
        .unwrap_or(0);
    Some(Head {
        status,
        bytes: end + length,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_ends_where_its_length_says() {
        let reply = b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nx: y\r\n\r\n{}";
        let whole = Head {
            status: 503,
            bytes: reply.len(),
        };
        assert_eq!(head(reply), Some(whole));
        assert_eq!(head(&reply[..reply.len() - 3]), None);
    }
}
