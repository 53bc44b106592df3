//! Card numbers: test cards of the same length, grouping and kind, with Luhn's check digit.

use super::{first_number, integer, never_itself, place_digits, put_digits, put_integer};
use super::{Digits, Drawing, Made, Words};
use crate::plain::class;

const SHORT: usize = 12;

/// Give a test card's number for one that is text.
pub fn text(drawing: &Drawing, words: &Words, value: &[u8], out: &mut Vec<u8>) -> Made {
    let digits = Digits::of(value);
    if digits.is_empty() {
        let zeros: &[u8] = if value == b"0000" { b"00000" } else { b"0000" };
        out.extend_from_slice(zeros);
        return Made::Done;
    }
    never_itself(value, out, |attempt, out| {
        if digits.len() == value.len() {
            put_card(drawing, words, &digits, attempt, out);
        } else {
            let mut made = Vec::with_capacity(digits.len());
            put_card(drawing, words, &digits, attempt, &mut made);
            place_digits(value, digits.len(), &made, out);
        }
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
        let mut made = Vec::with_capacity(digits.len());
        put_card(drawing, words, &digits, attempt, &mut made);
        match String::from_utf8(made).map(|text| text.parse::<i64>()) {
            Ok(Ok(new)) => put_integer(kind, new, out),
            _ => return Made::Ask,
        }
        Made::Done
    })
}

fn put_card(drawing: &Drawing, words: &Words, digits: &[u8], attempt: u32, out: &mut Vec<u8>) {
    let number = first_number(&drawing.draw(digits, attempt));
    if digits.len() < SHORT {
        return put_digits(number, digits.len(), out);
    }
    let start = out.len();
    let prefix = &words.test_prefixes[usize::from(digits[0] - b'0')];
    out.extend_from_slice(prefix);
    put_digits(number, digits.len() - prefix.len() - 1, out);
    out.push(check_digit(&out[start..]));
}

/// Give Luhn's check digit (ISO/IEC 7812-1) for the digits before it.
fn check_digit(body: &[u8]) -> u8 {
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0u32;
    for pair in body.rchunks(2) {
        let (doubled, plain) = (pair[pair.len() - 1], if pair.len() == 2 { pair[0] } else { b'0' });
        sum += u32::from(DOUBLED[usize::from(doubled - b'0')]) + u32::from(plain - b'0');
    }
    b'0' + ((10 - sum % 10) % 10) as u8
}
