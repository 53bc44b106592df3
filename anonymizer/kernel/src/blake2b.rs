//! Keyed BLAKE2b with 64 bytes of digest (RFC 7693): RustCrypto's, with the block of the key compressed once.

use blake2::digest::core_api::{Block, Buffer, UpdateCore, VariableOutputCore};
use blake2::digest::Output;
use blake2::Blake2bVarCore;

pub const DIGEST: usize = 64;

/// A hash under one key.
pub struct Keyed {
    first: Blake2bVarCore,
    key_block: Block<Blake2bVarCore>,
    after_key: Blake2bVarCore,
}

impl Keyed {
    /// Take a key of at most 64 bytes.
    pub fn new(key: &[u8]) -> Option<Keyed> {
        if key.is_empty() || key.len() > DIGEST {
            return None;
        }
        let first = Blake2bVarCore::new_with_params(&[], &[], key.len(), DIGEST);
        let mut key_block = Block::<Blake2bVarCore>::default();
        key_block[..key.len()].copy_from_slice(key);
        let mut after_key = first.clone();
        after_key.update_blocks(&[key_block]);
        Some(Keyed { first, key_block, after_key })
    }

    /// Hash a text given in parts.
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; DIGEST] {
        let mut buffer = Buffer::<Blake2bVarCore>::default();
        let mut core = self.after_key.clone();
        if parts.iter().all(|part| part.is_empty()) {
            core = self.first.clone(); // the block of the key is the last one then, which is compressed in another way
            buffer.digest_blocks(&self.key_block, |blocks| core.update_blocks(blocks));
        }
        for part in parts {
            buffer.digest_blocks(part, |blocks| core.update_blocks(blocks));
        }
        let mut digest = Output::<Blake2bVarCore>::default();
        core.finalize_variable_core(&mut buffer, &mut digest);
        digest.into()
    }
}
