//! The page: every file that is served, one by one.

/// A file of the page.
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) path: &'static str,
    /// Its media type.
    pub(crate) mime: &'static str,
    /// Its content.
    pub(crate) bytes: &'static [u8],
}

macro_rules! asset {
    ($path:literal, $file:literal, $mime:literal) => {
        Asset {
            path: $path,
            mime: $mime,
            bytes: include_bytes!(concat!("../page/", $file)),
        }
    };
}

/// All of them.
const ASSETS: &[Asset] = &[asset!("/", "index.html", "text/html; charset=utf-8")];

impl Asset {
    /// The one at a path, which is compared as it was sent: no escapes, no dots.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.path == path)
    }

    /// What changes with the content (64-bit FNV-1a, quoted as HTTP wants it).
    pub(crate) fn etag(&self) -> String {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let hash = self.bytes.iter().fold(OFFSET, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
        });
        format!("\"{hash:016x}\"")
    }
}
