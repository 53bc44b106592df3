//! Reading BSON: elements of a document, with every length checked before it is believed.

use crate::names::{Name, WORD};

pub const DOUBLE: u8 = 0x01;
pub const STRING: u8 = 0x02;
pub const OBJECT: u8 = 0x03;
pub const ARRAY: u8 = 0x04;
pub const BINARY: u8 = 0x05;
pub const OBJECT_ID: u8 = 0x07;
pub const BOOL: u8 = 0x08;
pub const DATE: u8 = 0x09;
pub const NULL: u8 = 0x0a;
pub const REGEX: u8 = 0x0b;
pub const CODE: u8 = 0x0d;
pub const INT: u8 = 0x10;
pub const TIMESTAMP: u8 = 0x11;
pub const LONG: u8 = 0x12;
pub const DECIMAL: u8 = 0x13;
pub const MAX_KEY: u8 = 0x7f;
pub const MIN_KEY: u8 = 0xff;

pub const EMPTY: [u8; 5] = [5, 0, 0, 0, 0];

/// One element: where its value lies is all that is known of it, not yet that the value is what its type says.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    /// Where it begins in its document.
    pub at: usize,
    pub kind: u8,
    pub key: &'a [u8],
    pub value: &'a [u8],
}

/// What is no BSON, or of a type that decoding would change.
#[derive(Debug)]
pub struct Malformed;

/// Walks over the elements of one document.
pub struct Elements<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Elements<'a> {
    /// Begin with a document whose own length must be that of its bytes.
    pub fn of(bytes: &'a [u8]) -> Result<Elements<'a>, Malformed> {
        let fits = bytes.len() >= EMPTY.len()
            && length(bytes) == Some(bytes.len())
            && bytes.last() == Some(&0);
        if fits {
            Ok(Elements { bytes, at: 4 })
        } else {
            Err(Malformed)
        }
    }

    /// Give the next element, or None at the document's end.
    #[inline]
    pub fn next(&mut self) -> Result<Option<Element<'a>>, Malformed> {
        Ok(self.next_foretold(None)?.map(|(element, _)| element))
    }

    /// Give the next element, and whether its key is the one foretold, which is then not looked for in its bytes.
    #[inline(always)]
    pub fn next_foretold(&mut self, foretold: Option<&Name>) -> Result<Option<(Element<'a>, bool)>, Malformed> {
        let end = self.bytes.len() - 1;
        let kind = *self.bytes.get(self.at).ok_or(Malformed)?;
        if kind == 0 {
            return if self.at == end { Ok(None) } else { Err(Malformed) };
        }
        let rest = self.bytes.get(self.at + 1..end).ok_or(Malformed)?;
        let (key_size, is_foretold) = match foretold {
            Some(name) if name.begins(rest) => (name.size(), true),
            _ => (rest.iter().position(|byte| *byte == 0).ok_or(Malformed)?, false),
        };
        let (key, tail) = rest.split_at_checked(key_size).ok_or(Malformed)?;
        let tail = tail.get(1..).ok_or(Malformed)?;
        let size = value_size(kind, tail).ok_or(Malformed)?;
        let value = tail.get(..size).ok_or(Malformed)?;
        let at = self.at;
        self.at += 1 + key_size + 1 + size;
        Ok(Some((Element { at, kind, key, value }, is_foretold)))
    }
}

impl Element<'_> {
    /// Give how many bytes come before its value.
    #[inline]
    pub fn head(&self) -> usize {
        1 + self.key.len() + 1
    }
}

/// Read a length; None where there is none or it is negative.
#[inline]
pub fn length(bytes: &[u8]) -> Option<usize> {
    let found = i32::from_le_bytes(bytes.get(..4)?.try_into().ok()?);
    usize::try_from(found).ok()
}

#[inline]
fn value_size(kind: u8, bytes: &[u8]) -> Option<usize> {
    match kind {
        DOUBLE | DATE | TIMESTAMP | LONG => Some(8),
        STRING | CODE => length(bytes).map(|size| 4 + size),
        OBJECT | ARRAY => length(bytes),
        BINARY => length(bytes).map(|size| 5 + size),
        OBJECT_ID => Some(12),
        BOOL => Some(1),
        NULL | MAX_KEY | MIN_KEY => Some(0),
        INT => Some(4),
        DECIMAL => Some(16),
        REGEX => {
            let pattern = bytes.iter().position(|byte| *byte == 0)? + 1;
            Some(pattern + bytes[pattern..].iter().position(|byte| *byte == 0)? + 1)
        }
        _ => None, // undefined, symbol, dbPointer, code with scope: decoding changes them
    }
}

/// Give the text of a string, if it is one: its length right, its end there, its bytes UTF-8.
#[inline]
pub fn text(value: &[u8]) -> Option<&str> {
    let held = value.get(4..)?;
    match held.split_last() {
        Some((0, text)) => std::str::from_utf8(text).ok(),
        _ => None,
    }
}

/// Tell whether a string is one, as `text` does; most are short and ASCII, which is seen in a few steps.
#[inline]
pub fn is_text(value: &[u8]) -> bool {
    match value.get(4..) {
        // The length of a text shorter than a word has no high bit either, and makes a word of it.
        Some([text @ .., 0]) => {
            is_ascii(if text.len() < WORD { value } else { text }) || std::str::from_utf8(text).is_ok()
        }
        _ => false,
    }
}

/// Tell whether no byte has its highest bit set, a word at a time, the last one over bytes that were seen already.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let Some(last) = bytes.last_chunk::<WORD>() else {
        return false;
    };
    let words = bytes.chunks_exact(WORD).filter_map(|chunk| chunk.first_chunk::<WORD>());
    words.fold(u64::from_le_bytes(*last), |all, word| all | u64::from_le_bytes(*word)) & HIGH == 0
}

/// Write a string's value.
#[inline]
pub fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(&(text.len() as i32 + 1).to_le_bytes());
    out.extend_from_slice(text);
    out.push(0);
}

/// Cut a batch into documents; what is left over that cannot be one comes as one.
pub fn documents(batch: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = batch;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let size = length(rest).filter(|size| *size >= EMPTY.len() && *size <= rest.len());
        let (document, others) = rest.split_at(size.unwrap_or(rest.len()));
        rest = others;
        Some(document)
    })
}
