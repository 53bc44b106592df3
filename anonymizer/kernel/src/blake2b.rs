//! BLAKE2b with 64 bytes of digest (RFC 7693): RustCrypto's.

use blake2::{Blake2b512, Digest};

pub const DIGEST: usize = 64;

/// Hash a text given in parts.
pub fn digest(parts: &[&[u8]]) -> [u8; DIGEST] {
    let mut hash = Blake2b512::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}
