//! A whole number, as flags take it.

use super::UnitError;

/// Reads a whole number from `least` on.
///
/// # Errors
/// When it is none, or one that is too small or too large.
pub fn whole_number(text: &str, least: u64) -> Result<u64, UnitError> {
    let number = text.trim().parse::<u64>().ok();
    number.filter(|number| *number >= least).ok_or_else(|| {
        UnitError(format!(
            "expected a whole number from {least} to {}",
            u64::MAX
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_whole_number_is_refused_with_what_was_expected() {
        assert_eq!(whole_number("18446744073709551615", 0), Ok(u64::MAX));
        for wrong in ["", "-1", "1.5", "0x10", "1e3", "18446744073709551616", "0"] {
            let error = whole_number(wrong, 1).expect_err(wrong).to_string();
            assert_eq!(
                error,
                "expected a whole number from 1 to 18446744073709551615"
            );
        }
    }
}
