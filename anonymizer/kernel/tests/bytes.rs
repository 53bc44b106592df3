//! What needs no Python: the hash, and reading bytes that are no BSON, without a fault and without an end that never comes.

use understudy_kernel::blake2b::digest;
use understudy_kernel::bson::{documents, text, Elements};

/// A generator of our own, so that the crate needs no other for its tests (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_hash_is_that_of_the_standard() {
    // RFC 7693, appendix A, and BLAKE2's own vector for no input (blake2-kat.json).
    assert!(hex(&digest(&[b"abc"])).starts_with("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"));
    assert!(hex(&digest(&[])).starts_with("786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"));
}

#[test]
fn a_text_in_parts_hashes_like_the_whole() {
    let text: Vec<u8> = (0..1000).map(|at| at as u8).collect();
    for size in [1, 127, 128, 129, 255, 256, 257, 1000] {
        for cut in [0, 1, size / 2, size] {
            assert_eq!(digest(&[&text[..size]]), digest(&[&text[..cut], &text[cut..size]]));
        }
    }
}

fn read(bytes: &[u8], depth: usize) -> usize {
    let Ok(mut elements) = Elements::of(bytes) else {
        return 0;
    };
    let mut read_so_far = 0;
    while let Ok(Some(element)) = elements.next() {
        read_so_far += 1 + element.value.len();
        assert!(text(element.value).map_or(0, str::len) <= element.value.len());
        if depth < 50 && matches!(element.kind, 3 | 4) {
            read(element.value, depth + 1);
        }
    }
    assert!(read_so_far <= bytes.len() * 2);
    read_so_far
}

#[test]
fn bytes_that_were_changed_are_read_to_an_end_within_themselves() {
    let sample: &[u8] = b"\x3d\0\0\0\x02name\0\x04\0\0\0Ann\0\x03in\0\x13\0\0\0\x04a\0\x0b\0\0\0\x100\0\x01\0\0\0\0\0\
        \x05b\0\x02\0\0\0\0xy\x0br\0a\0i\0\x0at\0\0";
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..200_000 {
        let mut bytes = [sample, sample].concat();
        for _ in 0..1 + random.below(5) {
            let at = random.below(bytes.len());
            bytes[at] = random.next() as u8;
        }
        bytes.truncate(random.below(bytes.len() + 1));
        let cut: usize = documents(&bytes).map(|document| { read(document, 0); document.len() }).sum();
        assert_eq!(cut, bytes.len());
    }
}

#[test]
fn bytes_of_no_sense_at_all_are_read_to_an_end_too() {
    let mut random = Random(7);
    for _ in 0..100_000 {
        let size = random.below(80);
        let bytes: Vec<u8> = (0..size).map(|_| (random.next() as u8) & if random.below(2) == 0 { 0x0f } else { 0xff }).collect();
        for document in documents(&bytes) {
            read(document, 0);
        }
    }
}
