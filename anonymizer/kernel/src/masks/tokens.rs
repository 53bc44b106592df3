//! Identifiers of all kinds, replaced by others of the same length over the same characters.

use super::{integer, is_upper, little_endian, never_itself, put_integer, Drawing, Made};
use crate::plain::class;

const HOPELESS: u32 = 8;
const HEX_FROM: usize = 8; // shorter words over a to f are words
const UUID_SUBTYPE: u8 = 4;
const REFUSED_SUBTYPES: [u8; 2] = [6, 7];
const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Replace a token that is text of ASCII.
pub fn text(drawing: &Drawing, value: &[u8], out: &mut Vec<u8>) -> Made {
    never_itself(value, out, |attempt, out| {
        let start = out.len();
        let stream = drawing.stream(value, value.len().max(16), attempt);
        if is_uuid(value) {
            put_uuid(value, &stream, out);
        } else if is_hex(value) {
            put_hex(&stream, out);
            out.truncate(start + value.len());
            if is_upper(value) {
                out[start..].make_ascii_uppercase();
            }
        } else if let Some(size) = base64_size(value) {
            put_base64(&stream[..size], out);
        } else {
            out.extend(value.iter().zip(&stream).map(|(sign, drawn)| match sign {
                b'0'..=b'9' => b'0' + drawn % 10,
                b'a'..=b'z' => b'a' + drawn % 26,
                b'A'..=b'Z' => b'A' + drawn % 26,
                _ => *sign,
            }));
            if attempt >= HOPELESS && &out[start..] == value {
                out[start..].fill(b'x'); // a text with nothing to replace
            }
        }
        Made::Done
    })
}

/// Replace a token that is a number, an ObjectId or binary.
pub fn other(drawing: &Drawing, kind: usize, value: &[u8], out: &mut Vec<u8>) -> Made {
    match kind {
        class::INT => number(drawing, kind, i128::from(i32::MAX), value, out),
        class::LONG => number(drawing, kind, i128::from(i64::MAX), value, out),
        class::OBJECT_ID => never_itself(value, out, |attempt, out| {
            out.extend_from_slice(&drawing.draw(value, attempt)[..12]);
            Made::Done
        }),
        class::BYTES | class::BINARY => binary(drawing, value, out),
        _ => Made::Ask,
    }
}

fn number(drawing: &Drawing, kind: usize, largest: i128, value: &[u8], out: &mut Vec<u8>) -> Made {
    let old = integer(kind, value);
    let text = old.to_string();
    let size = text.trim_start_matches('-').len() as u32;
    let low = if size > 1 { 10i128.pow(size - 1) } else { 0 };
    let high = (10i128.pow(size) - 1).min(largest);
    never_itself(value, out, |attempt, out| {
        let drawn = little_endian(&drawing.draw(text.as_bytes(), attempt)[..16]);
        let made = low + (drawn % (high - low + 1) as u128) as i128;
        put_integer(kind, (if old < 0 { -made } else { made }) as i64, out);
        Made::Done
    })
}

fn binary(drawing: &Drawing, value: &[u8], out: &mut Vec<u8>) -> Made {
    let (head, held) = value.split_at(5);
    let subtype = head[4];
    if REFUSED_SUBTYPES.contains(&subtype) {
        return Made::Refused;
    }
    out.extend_from_slice(head);
    if held.is_empty() {
        return Made::Done;
    }
    let start = out.len();
    let made = never_itself(held, out, |attempt, out| {
        out.extend_from_slice(&drawing.stream(held, held.len(), attempt));
        if subtype == UUID_SUBTYPE && held.len() == 16 {
            for (at, kept) in [(6, 0xf0), (8, 0xc0)] {
                out[start + at] = out[start + at] & !kept | held[at] & kept;
            }
        }
        Made::Done
    });
    if made != Made::Done {
        out.truncate(start - 5);
    }
    made
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, sign)| match at {
            8 | 13 | 18 | 23 => *sign == b'-',
            _ => sign.is_ascii_hexdigit(),
        })
}

/// Keep the version and variant of a UUID (RFC 9562), and the case it is written in.
fn put_uuid(value: &[u8], stream: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    for (at, byte) in stream[..16].iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
    for place in [14, 19] {
        out[start + place] = value[place].to_ascii_lowercase();
    }
    if is_upper(value) {
        out[start..].make_ascii_uppercase();
    }
}

fn is_hex(value: &[u8]) -> bool {
    let small = value.iter().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'));
    let capitals = value.iter().all(|sign| matches!(sign, b'0'..=b'9' | b'A'..=b'F'));
    value.len() >= HEX_FROM && (small || capitals) && !value.iter().all(u8::is_ascii_digit)
}

fn put_hex(stream: &[u8], out: &mut Vec<u8>) {
    for byte in stream {
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
}

/// Give the length of what a base64 text holds, or None where it shows no sign of being one.
fn base64_size(value: &[u8]) -> Option<usize> {
    let shows = value.iter().any(|sign| matches!(sign, b'+' | b'/' | b'='));
    let padding = value.iter().rev().take_while(|sign| **sign == b'=').count();
    let body = &value[..value.len() - padding];
    let fits = value.len() % 4 == 0 && shows && padding <= 2;
    let known = body.iter().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'+' | b'/'));
    (fits && known).then_some(value.len() / 4 * 3 - padding)
}

fn put_base64(bytes: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0usize, |sum, at| sum << 8 | usize::from(*chunk.get(at).unwrap_or(&0)));
        for place in 0..4 {
            let sign = BASE64[group >> (18 - 6 * place) & 63];
            out.push(if place <= chunk.len() { sign } else { b'=' });
        }
    }
}
