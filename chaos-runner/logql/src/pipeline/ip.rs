//! Addresses in lines and labels: what `ip("…")` looks for, and how addresses are found in a text. It follows Loki's
//! `pkg/logql/log/ip.go`.

use std::net::IpAddr;

/// Of which characters an address of version 4 is made, and one of version 6.
const CHARACTERS: [fn(&u8) -> bool; 2] = [
    |byte| byte.is_ascii_digit() || *byte == b'.',
    |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'),
];

/// Which addresses are looked for: those from one to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    first: IpAddr,
    last: IpAddr,
}

impl Addresses {
    /// Reads `192.168.4.5`, `192.168.4.0-192.168.4.20` or `192.168.0.0/16`, and the same of version 6.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is no address, range or network, as in `192.168.4.5`, `192.168.4.5-192.168.4.20` or `192.168.4.0/24`"
            )
        };
        let address = |text: &str| text.trim().parse::<IpAddr>().map_err(|_| wrong());
        if let Some((first, last)) = text.split_once('-') {
            let (first, last) = (address(first)?, address(last)?);
            let is_range = first.is_ipv4() == last.is_ipv4() && first <= last;
            return is_range.then_some(Self { first, last }).ok_or_else(wrong);
        }
        match text.split_once('/') {
            None => address(text).map(|only| Self {
                first: only,
                last: only,
            }),
            Some((network, bits)) => {
                let bits = bits.parse().map_err(|_| wrong())?;
                Self::network(address(network)?, bits).ok_or_else(wrong)
            }
        }
    }

    /// Every address that has the same leading bits; nothing where there are not so many.
    fn network(address: IpAddr, bits: u32) -> Option<Self> {
        Some(match address {
            IpAddr::V4(v4) => {
                let host = u32::MAX.checked_shr(bits).unwrap_or(0);
                let first = v4.to_bits() & !host;
                (bits <= 32).then(|| Self {
                    first: IpAddr::V4(first.into()),
                    last: IpAddr::V4((first | host).into()),
                })?
            }
            IpAddr::V6(v6) => {
                let host = u128::MAX.checked_shr(bits).unwrap_or(0);
                let first = v6.to_bits() & !host;
                (bits <= 128).then(|| Self {
                    first: IpAddr::V6(first.into()),
                    last: IpAddr::V6((first | host).into()),
                })?
            }
        })
    }

    fn contain(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && (self.first..=self.last).contains(&address)
    }

    /// Whether one of the addresses stands somewhere in a text.
    pub(super) fn are_in(&self, text: &str) -> bool {
        CHARACTERS.iter().any(|is_part| {
            let runs = text.as_bytes().split(|byte| !is_part(byte));
            let found = runs.filter_map(|run| std::str::from_utf8(run).ok()?.parse().ok());
            found.into_iter().any(|address| self.contain(address))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(addresses: &str, text: &str) -> bool {
        Addresses::parse(addresses).is_ok_and(|addresses| addresses.are_in(text))
    }

    #[test]
    fn addresses_are_found_in_a_text() {
        assert!(holds("192.168.4.5", "from 192.168.4.5:8080 to [::1]"));
        assert!(!holds("192.168.4.5", "from 192.168.4.50"));
        assert!(holds("192.168.0.0/16", "192.168.255.255,x"));
        assert!(!holds("192.168.0.0/16", "192.169.0.0"));
        assert!(holds("0.0.0.0/0", "(8.8.8.8)"));
        assert!(holds("10.0.0.9-10.0.0.11", "a=10.0.0.10"));
        assert!(!holds("10.0.0.9-10.0.0.11", "a=10.0.0.12"));
        assert!(holds("2001:db8::/32", "peer [2001:db8::68]:80"));
        assert!(!holds("2001:db8::68", "peer 2001:db8::69"));
        assert!(!holds("::/0", "1.2.3.4"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "pizza",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4-::1",
            "1.2.3.9-1.2.3.4",
            "::/129",
        ] {
            assert!(Addresses::parse(text).is_err(), "{text}");
        }
    }
}
