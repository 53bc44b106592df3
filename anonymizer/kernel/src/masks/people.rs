//! Names, e-mail addresses and streets.

use super::{cased_like, is_lower, is_upper, never_itself, put_decimal, Drawing, Made, Words};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Give another name of as many words.
pub fn name(drawing: &Drawing, words: &Words, value: &[u8], out: &mut Vec<u8>) -> Made {
    let folded = value.to_ascii_lowercase();
    let count = value.iter().filter(|byte| **byte == b' ').count() + 1;
    let family_first = value.contains(&b',');
    never_itself(value, out, |attempt, out| {
        let start = out.len();
        let drawn = drawing.draw(&folded, attempt);
        let first = &words.first_names[usize::from(drawn[0] & 127)];
        let last = &words.last_names[usize::from(drawn[1] & 127)];
        if count == 1 {
            out.extend_from_slice(first);
        } else {
            if family_first {
                out.extend_from_slice(last);
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(first);
            for at in 0..count - 2 {
                out.push(b' ');
                out.extend_from_slice(&words.first_names[usize::from(drawn[2 + at % 32] & 127)]);
            }
            if !family_first {
                out.push(b' ');
                out.extend_from_slice(last);
            }
        }
        cased_like(&mut out[start..], value);
        Made::Done
    })
}

/// Give an address at a reserved domain.
pub fn email(drawing: &Drawing, words: &Words, host: &[u8], value: &[u8], out: &mut Vec<u8>) -> Made {
    let (small, capitals) = (is_lower(value), is_upper(value));
    let mixed = !small && !capitals;
    let keep_case = mixed && value.iter().any(u8::is_ascii_uppercase);
    let drawn_from = if mixed { value.to_vec() } else { value.to_ascii_lowercase() };
    let joint = joint(value);
    never_itself(value, out, |attempt, out| {
        let start = out.len();
        let drawn = drawing.draw(&drawn_from, attempt);
        out.extend_from_slice(&words.first_names[usize::from(drawn[0] & 127)]);
        out.extend(joint);
        out.extend_from_slice(&words.last_names[usize::from(drawn[1] & 127)]);
        out.extend(joint);
        for byte in &drawn[2..9] {
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
        if !keep_case {
            out[start..].make_ascii_lowercase();
        }
        out.push(b'@');
        out.extend_from_slice(host);
        if capitals {
            out[start..].make_ascii_uppercase();
        }
        Made::Done
    })
}

/// Give the sign that joins the words of an address: a dot before any other sign.
fn joint(address: &[u8]) -> Option<u8> {
    let words = address.split(|byte| *byte == b'@').next().unwrap_or(address);
    b"._-".iter().copied().find(|sign| words.contains(sign))
}

/// Give a made-up street, and a made-up town for each further line.
pub fn street(drawing: &Drawing, words: &Words, value: &[u8], out: &mut Vec<u8>) -> Made {
    let folded = value.to_ascii_lowercase();
    let lines = value.iter().filter(|byte| **byte == b'\n').count();
    let last = value.iter().rev().find(|byte| !is_space(**byte));
    let number_last =
        last.is_some_and(u8::is_ascii_digit) && !value[0].is_ascii_digit() && lines == 0;
    never_itself(value, out, |attempt, out| {
        let start = out.len();
        let drawn = drawing.draw(&folded, attempt);
        let number = 1 + u64::from(u16::from_be_bytes([drawn[3], drawn[4]])) % 999;
        if !number_last {
            put_decimal(number, out);
            out.push(b' ');
        }
        put_place(words, drawn[0], drawn[1], out);
        out.push(b' ');
        out.extend_from_slice(&words.street_kinds[usize::from(drawn[2] & 15)]);
        if number_last {
            out.push(b' ');
            put_decimal(number, out);
        }
        for line in 0..lines.min(8) {
            out.push(b'\n');
            put_place(words, drawn[6 + 2 * line], drawn[7 + 2 * line], out);
            out.extend_from_slice(format!(" 00{:03}", drawn[30 + line]).as_bytes());
        }
        cased_like(&mut out[start..], value);
        Made::Done
    })
}

fn put_place(words: &Words, start: u8, end: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&words.place_starts[usize::from(start & 31)]);
    out.extend_from_slice(&words.place_ends[usize::from(end & 31)]);
}

/// Tell what Python's `str.rstrip` takes away, of ASCII.
fn is_space(byte: u8) -> bool {
    matches!(byte, 0x09..=0x0d | 0x1c..=0x20)
}
