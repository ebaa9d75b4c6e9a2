//! How the values of flags are read: what is wrong with one is told with what was expected.

use super::ControlBind;
use fake_factory::VendorKey;
use fake_factory::input::units::whole_number;
use std::net::Ipv4Addr;

/// A switch that is given a value, as one in a variable is.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
        _ => Err("expected `true` or `false`".to_owned()),
    }
}

pub(super) fn bind(text: &str) -> Result<String, String> {
    let wrong = || "expected HOST:PORT, as in 127.0.0.1:4000".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    if host.is_empty() {
        return Err(wrong());
    }
    if let Some((scheme, _)) = text.split_once("://") {
        return Err(format!(
            "expected HOST:PORT without `{scheme}://`, as in 127.0.0.1:4000"
        ));
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]%".contains(&byte);
    if !host.bytes().all(is_name) {
        return Err(wrong());
    }
    // Fewer numbers than four are a short form, as `0` and `127.1`.
    let numbers = host.split('.').filter(|part| part.parse::<u64>().is_ok());
    if numbers.count() >= 4 && host.parse::<Ipv4Addr>().is_err() {
        return Err(format!("{host} is no IP address; {}", wrong()));
    }
    port.parse::<u16>()
        .map_err(|_| format!("the port is a number from 0 to 65535, not {port:?}"))?;
    Ok(text.to_owned())
}

pub(super) fn control_bind(text: &str) -> Result<ControlBind, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(ControlBind::None);
    }
    bind(text)
        .map(ControlBind::At)
        .map_err(|error| format!("{error}, or `none`"))
}

pub(super) fn seed(text: &str) -> Result<u64, String> {
    whole_number(text, 0).map_err(|error| error.to_string())
}

pub(super) fn vendor(text: &str) -> Result<VendorKey, String> {
    let (id, key) = text
        .split_once('=')
        .ok_or("expected ID=KEY, as in student=abcdefghijklmnop")?;
    if id.is_empty() || key.is_empty() {
        return Err("neither the id nor the key may be empty".to_owned());
    }
    // The key stands in the path of report URLs.
    if !key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    {
        return Err("a key is made of letters, digits and -._~".to_owned());
    }
    Ok(VendorKey {
        id: id.to_owned(),
        key: key.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bind_address_has_a_host_and_a_port() {
        assert!(bind("127.0.0.1:0").is_ok());
        assert!(bind("[::1]:4000").is_ok());
        assert!(bind("0:4000").is_ok());
        for wrong in [
            "",
            "4000",
            ":4000",
            "localhost:",
            "localhost:70000",
            "localhost:x",
            "300.1.1.1:80",
            "a b:80",
            "http://localhost:80",
        ] {
            assert!(bind(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_vendor_has_an_id_and_a_key_that_fits_a_url() {
        assert!(vendor("student=abc").is_ok());
        for wrong in ["student", "=abc", "student=", "student=a/b", "student=a b"] {
            assert!(vendor(wrong).is_err(), "{wrong}");
        }
    }
}
