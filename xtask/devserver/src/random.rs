use std::io;

use crate::Error;

/// Random bytes of the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    let filled = getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()));
    filled.map_err(Error::io("get random bytes from", "the operating system"))?;
    Ok(bytes)
}

/// 128 random bits in hexadecimal.
pub(crate) fn hex() -> Result<String, Error> {
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes()?)))
}
