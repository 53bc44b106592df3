//! Telephone numbers, from ranges set aside for fiction.

use super::{first_number, has_plus, never_itself, place_digits, put_digits, Digits, Drawing, Made, Words};

const SHORT: usize = 7;

/// Give a number nobody can be reached at, country and format kept.
pub fn phone(drawing: &Drawing, words: &Words, country: Option<&[u8]>, value: &[u8], out: &mut Vec<u8>) -> Made {
    let digits = Digits::of(value);
    if digits.is_empty() {
        let zeros: &[u8] = if value == b"0000000" { b"00000000" } else { b"0000000" };
        out.extend_from_slice(zeros);
        return Made::Done;
    }
    let abroad = digits.starts_with(b"00") && !value.contains(&b'+');
    never_itself(value, out, |attempt, out| {
        let start = out.len();
        let number = first_number(&drawing.draw(&digits, attempt));
        let made = fictitious(words, value, &digits, number, country, abroad);
        place_digits(value, digits.len(), &made, out);
        if may_be_reachable(&out[start..], abroad) {
            out.truncate(start);
            return Made::Ask;
        }
        Made::Done
    })
}

fn fictitious(
    words: &Words,
    value: &[u8],
    digits: &[u8],
    number: u64,
    country: Option<&[u8]>,
    abroad: bool,
) -> Vec<u8> {
    let mut made = Vec::with_capacity(digits.len() + 4);
    if abroad || has_plus(value) {
        let lead = if abroad { 2 } else { 0 };
        let code = country_code(words, &digits[lead..]);
        made.extend_from_slice(&digits[..lead]);
        made.extend_from_slice(code);
        put_national(words, code, digits.len() - lead - code.len(), number, &mut made);
        return made;
    }
    if let Some(code) = country.filter(|_| digits.len() >= SHORT) {
        let trunk = usize::from(digits[0] == b'0');
        made.extend_from_slice(&digits[..trunk]);
        put_national(words, code, digits.len() - trunk, number, &mut made);
        return made;
    }
    let zeros = digits.len().saturating_sub(4).min(3);
    made.resize(zeros, b'0');
    put_digits(number, digits.len() - zeros, &mut made);
    made
}

/// Split the calling code off an international number (ITU-T E.164).
fn country_code<'a>(words: &Words, digits: &'a [u8]) -> &'a [u8] {
    let two = &digits[..digits.len().min(2)];
    match digits.first() {
        Some(b'1' | b'7') => &digits[..1],
        _ if words.two_digit_codes.contains(two) => two,
        _ => &digits[..digits.len().min(3)],
    }
}

fn put_national(words: &Words, code: &[u8], size: usize, number: u64, made: &mut Vec<u8>) {
    let Some(shapes) = words.fictitious.get(code) else {
        made.extend_from_slice(b"00");
        put_digits(number, size.max(4) - 2, made);
        return;
    };
    let count = shapes.len() as u64;
    let shape = &shapes[(number % count) as usize];
    let free = shape.iter().filter(|sign| **sign == b'#').count();
    made.extend_from_slice(&shape[..shape.len() - free]);
    put_digits(number / count, free, made);
}

/// Tell whether separators could make a number in use out of a pseudonym; Python then says what to do about it.
///
/// It is true more often than that is so, and never false where it is.
fn may_be_reachable(made: &[u8], abroad: bool) -> bool {
    let first_plus = made.iter().position(|byte| *byte == b'+');
    let pluses = made.iter().filter(|byte| **byte == b'+').count();
    if pluses > 1 || (first_plus.is_some() && !has_plus(made)) {
        return true;
    }
    let lead = if abroad { made.iter().position(|byte| *byte == b'0') } else { None };
    (0..made.len()).any(|at| {
        let before = at.checked_sub(1).map(|at| made[at]);
        let rest = &made[at..];
        (Some(at) != lead && dialled_abroad(before, rest)) || north_american(before, rest)
    })
}

fn dialled_abroad(before: Option<u8>, rest: &[u8]) -> bool {
    !before.is_some_and(|byte| is_word(byte) || byte == b'+')
        && rest.starts_with(b"00")
        && rest.get(2).is_some_and(|byte| matches!(byte, b'1'..=b'9'))
        && rest[3..].iter().take(3).any(|byte| !byte.is_ascii_digit())
}

fn north_american(before: Option<u8>, rest: &[u8]) -> bool {
    if before.is_some_and(|byte| is_word(byte) || matches!(byte, b'.' | b'+' | b'-')) {
        return false;
    }
    match rest {
        [b'(', b'2'..=b'9', x, y, b')', tail @ ..] if is_pair(*x, *y) => {
            exchange(tail) || (tail.first() == Some(&b' ') && exchange(&tail[1..]))
        }
        [b'2'..=b'9', x, y, b'-' | b'.', tail @ ..] if is_pair(*x, *y) => exchange(tail),
        _ => false,
    }
}

fn is_pair(one: u8, other: u8) -> bool {
    one.is_ascii_digit() && other.is_ascii_digit()
}

/// Tell whether an exchange and a line follow that are not the fictitious 555-01xx.
fn exchange(tail: &[u8]) -> bool {
    match tail {
        [a @ b'2'..=b'9', b, c, b'-' | b'.', line @ ..] if is_pair(*b, *c) => {
            let fictitious = [*a, *b, *c] == *b"555" && line.starts_with(b"01");
            line.len() >= 4 && line[..4].iter().all(u8::is_ascii_digit) && !fictitious
        }
        _ => false,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
