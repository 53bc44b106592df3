//! Keyed BLAKE2b with 64 bytes of digest (RFC 7693), the block of the key compressed once.

const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

const BLOCK: usize = 128;
pub const DIGEST: usize = 64;

/// A hash under one key.
pub struct Keyed {
    first: [u64; 8],
    key_block: [u8; BLOCK],
    after_key: [u64; 8],
}

impl Keyed {
    /// Take a key of at most 64 bytes.
    pub fn new(key: &[u8]) -> Option<Keyed> {
        if key.is_empty() || key.len() > DIGEST {
            return None;
        }
        let mut first = IV;
        first[0] ^= 0x0101_0000 ^ ((key.len() as u64) << 8) ^ DIGEST as u64;
        let mut key_block = [0u8; BLOCK];
        key_block[..key.len()].copy_from_slice(key);
        let mut after_key = first;
        compress(&mut after_key, &key_block, BLOCK as u128, false);
        Some(Keyed { first, key_block, after_key })
    }

    /// Hash a text given in parts.
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; DIGEST] {
        let mut left: usize = parts.iter().map(|part| part.len()).sum();
        if left == 0 {
            let mut state = self.first;
            compress(&mut state, &self.key_block, BLOCK as u128, true);
            return bytes_of(&state);
        }
        let mut state = self.after_key;
        let mut seen = BLOCK as u128;
        let mut block = [0u8; BLOCK];
        let mut filled = 0;
        for part in parts {
            let mut rest = *part;
            while !rest.is_empty() {
                let taken = rest.len().min(BLOCK - filled);
                block[filled..filled + taken].copy_from_slice(&rest[..taken]);
                rest = &rest[taken..];
                filled += taken;
                left -= taken;
                if filled == BLOCK && left > 0 {
                    seen += BLOCK as u128;
                    compress(&mut state, &block, seen, false);
                    block = [0u8; BLOCK];
                    filled = 0;
                }
            }
        }
        compress(&mut state, &block, seen + filled as u128, true);
        bytes_of(&state)
    }
}

fn bytes_of(state: &[u64; 8]) -> [u8; DIGEST] {
    let mut bytes = [0u8; DIGEST];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(state) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

#[inline(always)]
fn mix(v: &mut [u64; 16], at: [usize; 4], x: u64, y: u64) {
    let [a, b, c, d] = at;
    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
    v[d] = (v[d] ^ v[a]).rotate_right(32);
    v[c] = v[c].wrapping_add(v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(24);
    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
    v[d] = (v[d] ^ v[a]).rotate_right(16);
    v[c] = v[c].wrapping_add(v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(63);
}

#[inline(always)]
fn round<const NUMBER: usize>(v: &mut [u64; 16], words: &[u64; 16]) {
    let order = const { SIGMA[NUMBER] };
    mix(v, [0, 4, 8, 12], words[order[0]], words[order[1]]);
    mix(v, [1, 5, 9, 13], words[order[2]], words[order[3]]);
    mix(v, [2, 6, 10, 14], words[order[4]], words[order[5]]);
    mix(v, [3, 7, 11, 15], words[order[6]], words[order[7]]);
    mix(v, [0, 5, 10, 15], words[order[8]], words[order[9]]);
    mix(v, [1, 6, 11, 12], words[order[10]], words[order[11]]);
    mix(v, [2, 7, 8, 13], words[order[12]], words[order[13]]);
    mix(v, [3, 4, 9, 14], words[order[14]], words[order[15]]);
}

fn compress(state: &mut [u64; 8], block: &[u8; BLOCK], seen: u128, last: bool) {
    let mut words = [0u64; 16];
    for (word, chunk) in words.iter_mut().zip(block.chunks_exact(8)) {
        *word = u64::from_le_bytes(chunk.try_into().unwrap_or([0; 8]));
    }
    let mut v = [0u64; 16];
    v[..8].copy_from_slice(state);
    v[8..].copy_from_slice(&IV);
    v[12] ^= seen as u64;
    v[13] ^= (seen >> 64) as u64;
    if last {
        v[14] = !v[14];
    }
    // One by one, so that the order of words is known when this is compiled: a loop would look it up, at twice the price.
    round::<0>(&mut v, &words);
    round::<1>(&mut v, &words);
    round::<2>(&mut v, &words);
    round::<3>(&mut v, &words);
    round::<4>(&mut v, &words);
    round::<5>(&mut v, &words);
    round::<6>(&mut v, &words);
    round::<7>(&mut v, &words);
    round::<8>(&mut v, &words);
    round::<9>(&mut v, &words);
    round::<0>(&mut v, &words);
    round::<1>(&mut v, &words);
    for at in 0..8 {
        state[at] ^= v[at] ^ v[at + 8];
    }
}
