//! Card numbers: test cards of the same length, grouping and kind, with Luhn's check digit.

use super::{digits_of, integer, little_endian, never_itself, place_digits, put_digits, put_integer};
use super::{Drawing, Made, Words};
use crate::plain::class;

const SHORT: usize = 12;

/// Give a test card's number for one that is text.
pub fn text(drawing: &Drawing, words: &Words, value: &[u8], out: &mut Vec<u8>) -> Made {
    let digits = digits_of(value);
    if digits.is_empty() {
        let zeros: &[u8] = if value == b"0000" { b"00000" } else { b"0000" };
        out.extend_from_slice(zeros);
        return Made::Done;
    }
    never_itself(value, out, |attempt, out| {
        let made = card(drawing, words, &digits, attempt);
        place_digits(value, digits.len(), &made, out);
        Made::Done
    })
}

/// Give a test card's number for one that is a number.
pub fn number(drawing: &Drawing, words: &Words, kind: usize, value: &[u8], out: &mut Vec<u8>) -> Made {
    if kind != class::INT && kind != class::LONG {
        return Made::Ask;
    }
    let old = integer(kind, value);
    let digits = old.to_string().into_bytes();
    if old <= 0 || digits.len() < SHORT {
        return Made::Refused;
    }
    never_itself(value, out, |attempt, out| {
        let made = card(drawing, words, &digits, attempt);
        match String::from_utf8(made).map(|text| text.parse::<i64>()) {
            Ok(Ok(new)) => put_integer(kind, new, out),
            _ => return Made::Ask,
        }
        Made::Done
    })
}

fn card(drawing: &Drawing, words: &Words, digits: &[u8], attempt: u32) -> Vec<u8> {
    let number = little_endian(&drawing.draw(digits, attempt)[..12]);
    let size = digits.len();
    let mut made = Vec::with_capacity(size);
    if size < SHORT {
        put_digits(number, size, &mut made);
        return made;
    }
    made.extend_from_slice(words.test_prefixes.get(&digits[..1]).unwrap_or(&words.test_prefix));
    let left = size - made.len() - 1;
    put_digits(number, left, &mut made);
    made.push(check_digit(&made));
    made
}

/// Give Luhn's check digit (ISO/IEC 7812-1) for the digits before it.
fn check_digit(body: &[u8]) -> u8 {
    let mut sum = 0u32;
    for (at, digit) in body.iter().rev().enumerate() {
        let plain = u32::from(digit - b'0');
        sum += if at % 2 == 0 { plain * 2 / 10 + plain * 2 % 10 } else { plain };
    }
    b'0' + ((10 - sum % 10) % 10) as u8
}
