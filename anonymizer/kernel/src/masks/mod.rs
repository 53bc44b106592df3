//! The common masks, byte for byte what Python gives; what Python knows better (other letters than ASCII's) it is asked.

mod cards;
mod dates;
mod drawing;
mod people;
mod phones;
mod texts;
mod tokens;
mod words;

pub use drawing::Drawing;
pub use words::Words;

use crate::blake2b::DIGEST;
use crate::plain::class;

const ATTEMPTS: u32 = 64; // as Python's: a space of two values fails to differ with a chance of 2^-64
const FEW_DIGITS: usize = 32;

/// What became of a value.
#[derive(PartialEq, Eq, Debug)]
pub enum Made {
    /// The pseudonym was written.
    Done,
    /// Nothing was written: the mask's Python knows this value.
    Ask,
    /// Nothing was written: the value cannot be treated.
    Refused,
}

/// A mask of the kernel's own.
pub enum Mask {
    Name(Drawing),
    Email(Drawing, Vec<u8>),
    Street(Drawing),
    Phone(Drawing, Option<Vec<u8>>),
    Card(Drawing),
    DateShift(Drawing, u64),
    Token(Drawing),
    Text(Drawing),
}

impl Mask {
    /// Write the pseudonym of a value, of the same type.
    pub fn apply(&self, words: &Words, kind: usize, value: &[u8], out: &mut Vec<u8>) -> Made {
        if kind != class::TEXT {
            return match self {
                Mask::Card(drawing) => cards::number(drawing, words, kind, value, out),
                Mask::DateShift(drawing, days) => dates::moment(drawing, *days, kind, value, out),
                Mask::Token(drawing) => tokens::other(drawing, kind, value, out),
                _ => Made::Ask,
            };
        }
        let Some(text) = value.get(4..value.len() - 1) else {
            return Made::Ask;
        };
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        let made = self.text(words, text, out);
        if made == Made::Done {
            let size = (out.len() - start - 4) as i32 + 1;
            out[start..start + 4].copy_from_slice(&size.to_le_bytes());
            out.push(0);
        } else {
            out.truncate(start);
        }
        made
    }

    /// Write the pseudonym of a text, without length and end.
    pub fn text(&self, words: &Words, text: &[u8], out: &mut Vec<u8>) -> Made {
        if text.is_empty() {
            return Made::Done;
        }
        if !text.is_ascii() && !matches!(self, Mask::Card(_) | Mask::Text(_)) {
            return Made::Ask;
        }
        match self {
            Mask::Name(drawing) => people::name(drawing, words, text, out),
            Mask::Email(drawing, host) => people::email(drawing, words, host, text, out),
            Mask::Street(drawing) => people::street(drawing, words, text, out),
            Mask::Phone(drawing, country) => phones::phone(drawing, words, country.as_deref(), text, out),
            Mask::Card(drawing) => cards::text(drawing, words, text, out),
            Mask::DateShift(drawing, days) => dates::text(drawing, *days, text, out),
            Mask::Token(drawing) => tokens::text(drawing, text, out),
            Mask::Text(drawing) => texts::text(drawing, words, text, out),
        }
    }
}

/// Make a pseudonym, again until it differs from the value.
fn never_itself<F>(value: &[u8], out: &mut Vec<u8>, mut make: F) -> Made
where
    F: FnMut(u32, &mut Vec<u8>) -> Made,
{
    let start = out.len();
    for attempt in 0..ATTEMPTS {
        let made = make(attempt, out);
        if made != Made::Done || &out[start..] != value {
            return made;
        }
        out.truncate(start);
    }
    Made::Refused
}

/// Read a whole number of BSON.
fn integer(kind: usize, value: &[u8]) -> i64 {
    if kind == class::INT {
        i64::from(i32::from_le_bytes(value.try_into().unwrap_or([0; 4])))
    } else {
        i64::from_le_bytes(value.try_into().unwrap_or([0; 8]))
    }
}

/// Write a whole number in the type it had.
fn put_integer(kind: usize, number: i64, out: &mut Vec<u8>) {
    if kind == class::INT {
        out.extend_from_slice(&(number as i32).to_le_bytes());
    } else {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

/// Write a number in decimal.
fn put_decimal(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Write the last digits of a number, with zeros before it where it has fewer.
fn put_digits(mut number: u64, size: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + size, b'0');
    for digit in out[start..].iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Read the first eight bytes of a digest as a number.
fn first_number(drawn: &[u8; DIGEST]) -> u64 {
    drawn.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// Read at most sixteen bytes as a number, the first one the smallest.
fn little_endian(bytes: &[u8]) -> u128 {
    let mut all = [0; 16];
    all[..bytes.len()].copy_from_slice(bytes);
    u128::from_le_bytes(all)
}

/// Tell whether a text has letters and all of them are small.
fn is_lower(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_lowercase) && !text.iter().any(u8::is_ascii_uppercase)
}

/// Tell whether a text has letters and all of them are capitals.
fn is_upper(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_uppercase) && !text.iter().any(u8::is_ascii_lowercase)
}

/// Write one text in capitals or small letters where a model is wholly so.
fn cased_like(made: &mut [u8], model: &[u8]) {
    if is_lower(model) {
        made.make_ascii_lowercase();
    } else if is_upper(model) {
        made.make_ascii_uppercase();
    }
}

/// The digits of a text, in a place that needs no allocation for one of usual length.
struct Digits {
    few: [u8; FEW_DIGITS],
    count: usize,
    many: Vec<u8>,
}

impl Digits {
    fn of(text: &[u8]) -> Digits {
        let mut digits = Digits { few: [0; FEW_DIGITS], count: 0, many: Vec::new() };
        if text.len() > FEW_DIGITS {
            digits.many = text.iter().copied().filter(u8::is_ascii_digit).collect();
            return digits;
        }
        for byte in text {
            digits.few[digits.count] = *byte; // the next one takes its place, if it is no digit
            digits.count += usize::from(byte.is_ascii_digit());
        }
        digits
    }
}

impl std::ops::Deref for Digits {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        if self.many.is_empty() {
            &self.few[..self.count]
        } else {
            &self.many
        }
    }
}

/// Put digits where a text has its own; where their count differs, only a plus before them stays.
fn place_digits(text: &[u8], old: usize, new: &[u8], out: &mut Vec<u8>) {
    if text.len() == new.len() && old == new.len() {
        out.extend_from_slice(new); // nothing but digits
        return;
    }
    if old != new.len() {
        if has_plus(text) {
            out.push(b'+');
        }
        out.extend_from_slice(new);
        return;
    }
    let mut next = new.iter();
    out.extend(text.iter().map(|byte| match byte {
        b'0'..=b'9' => *next.next().unwrap_or(byte),
        _ => *byte,
    }));
}

/// Tell whether a telephone number begins with a plus.
fn has_plus(text: &[u8]) -> bool {
    text.iter().find(|byte| !matches!(byte, b' ' | b'(')) == Some(&b'+')
}

