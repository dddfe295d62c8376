//! The secret of one run, which only who saw its address knows.

use std::fmt;
use std::hint::black_box;

/// 32 random bytes, in hexadecimal digits. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new one.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let digits = bytes.map(|byte: u8| format!("{byte:02x}"));
        Ok(Self(digits.concat()))
    }

    /// For the address.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `Authorization` holds it. How long that takes depends on the length of what was sent alone.
    pub(crate) fn is_in(&self, authorization: &[u8]) -> bool {
        let Some(sent) = authorization.strip_prefix(b"Bearer ") else {
            return false;
        };
        let expected = self.0.as_bytes();
        let difference = sent
            .iter()
            .zip(expected.iter().cycle())
            .fold(0, |difference, (a, b)| black_box(difference | (a ^ b)));
        difference == 0 && sent.len() == expected.len()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Token;

    #[test]
    fn only_the_whole_token_is_it() {
        let token = Token::random().expect("random bytes");
        let right = format!("Bearer {}", token.reveal());
        assert!(token.is_in(right.as_bytes()));
        let other = Token::random().expect("random bytes");
        let digits = token.reveal();
        let flipped = if digits.starts_with('0') { "1" } else { "0" };
        for wrong in [
            String::new(),
            "Bearer ".to_owned(),
            digits.to_owned(),
            format!("bearer {digits}"),
            format!("Bearer  {digits}"),
            format!("Bearer {}", &digits[..63]),
            format!("Bearer {digits}{digits}"),
            format!("Bearer {flipped}{}", &digits[1..]),
            format!("Bearer {}", digits.to_uppercase()),
            format!("Bearer {}", other.reveal()),
        ] {
            assert!(!token.is_in(wrong.as_bytes()), "{wrong:?}");
        }
        assert!(!format!("{token:?}").contains(digits));
    }

    #[test]
    fn a_first_wrong_digit_takes_as_long_as_a_last_one() {
        const LENGTH: usize = 1 << 16;
        let token = Token("a".repeat(LENGTH));
        let sent = |at: usize| {
            let mut text = format!("Bearer {}", "a".repeat(LENGTH)).into_bytes();
            text["Bearer ".len() + at] = b'b';
            text
        };
        let fastest = |sent: &[u8]| -> Duration {
            let runs = (0..50).map(|_| {
                let start = Instant::now();
                assert!(!token.is_in(sent));
                start.elapsed()
            });
            runs.min().unwrap_or_default()
        };
        let (first, last) = (fastest(&sent(0)), fastest(&sent(LENGTH - 1)));
        assert!(first * 2 > last, "{first:?} against {last:?}");
    }
}
