//! What masks draw from: a keyed hash of the value, another one for each attempt.

use crate::blake2b::{Keyed, DIGEST};

/// A keyed hash under the key of one domain.
pub struct Drawing(Keyed);

impl Drawing {
    /// Take the key of a domain.
    pub fn new(key: &[u8]) -> Option<Drawing> {
        Keyed::new(key).map(Drawing)
    }

    /// Give 64 bytes that depend on key, value and attempt.
    pub fn draw(&self, value: &[u8], attempt: u32) -> [u8; DIGEST] {
        if attempt == 0 {
            self.0.digest(&[value])
        } else {
            self.0.digest(&[value, format!("\0again {attempt}").as_bytes()])
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
            made.extend_from_slice(&self.0.digest(&[&found, &block.to_le_bytes()]));
        }
        made.truncate(size);
        made
    }
}
