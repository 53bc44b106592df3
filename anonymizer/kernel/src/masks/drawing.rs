//! What masks draw from: a keyed hash of the value, another one for each attempt.

use crate::blake2b::{digest, DIGEST};

const KEY: usize = 32;

/// A keyed hash under the key of one domain: that of the key and, behind it, the value.
pub struct Drawing([u8; KEY]);

impl Drawing {
    /// Take the key of a domain; all have one length, or one key's end could be another one's value.
    pub fn new(key: &[u8]) -> Option<Drawing> {
        key.try_into().ok().map(Drawing)
    }

    /// Give 64 bytes that depend on key, value and attempt.
    pub fn draw(&self, value: &[u8], attempt: u32) -> [u8; DIGEST] {
        if attempt == 0 {
            digest(&[&self.0, value])
        } else {
            digest(&[&self.0, value, format!("\0again {attempt}").as_bytes()])
        }
    }

    /// Give any number of bytes that depend on key, value and attempt.
    pub fn stream(&self, value: &[u8], size: usize, attempt: u32) -> Vec<u8> {
        let found = self.draw(value, attempt);
        if size <= DIGEST {
            return found[..size].to_vec();
        }
        let mut made = Vec::with_capacity(size + DIGEST);
        for block in 0..=(size / DIGEST) as u64 {
            made.extend_from_slice(&digest(&[&self.0, &found, &block.to_le_bytes()]));
        }
        made.truncate(size);
        made
    }
}
