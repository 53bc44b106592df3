//! Free text, replaced by text of the same length that says nothing.

use super::{little_endian, never_itself, Drawing, Made, Words};

/// Give filler of the same length, with line ends where they were and a capital where one began the text.
pub fn text(drawing: &Drawing, words: &Words, value: &[u8], out: &mut Vec<u8>) -> Made {
    let lines = || value.split(|byte| *byte == b'\n');
    if lines().any(|line| line.first().is_some_and(|byte| !byte.is_ascii())) {
        return Made::Ask; // whether that is a capital
    }
    never_itself(value, out, |attempt, out| {
        let drawn = drawing.draw(value, attempt);
        let starts = &words.lorem_starts;
        let mut start = starts[little_endian(&drawn[..4]) as usize % starts.len()];
        for (at, line) in lines().enumerate() {
            if at > 0 {
                out.push(b'\n');
            }
            let size = signs_of(line);
            put_filler(&words.lorem, start, size, line.first().is_some_and(u8::is_ascii_uppercase), out);
            start = starts[(start * 7 + size) % starts.len()];
        }
        Made::Done
    })
}

/// Count the signs of UTF-8.
fn signs_of(line: &[u8]) -> usize {
    line.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn put_filler(lorem: &[u8], start: usize, size: usize, capital: bool, out: &mut Vec<u8>) {
    let begin = out.len();
    out.extend_from_slice(&lorem[start..lorem.len().min(start + size)]);
    while out.len() - begin < size {
        let left = size - (out.len() - begin);
        out.extend_from_slice(&lorem[..left.min(lorem.len())]);
    }
    if capital && size > 0 {
        out[begin..=begin].make_ascii_uppercase();
    }
}
