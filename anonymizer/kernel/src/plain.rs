//! Whether a value is plain: decoding it in Python and encoding it again would give the same bytes.

use crate::bson::{self, Element, Elements};
use crate::names::Index;

const DEEPEST: usize = 150; // MongoDB takes 100 levels, or 180 inside the server; Python has a limit of its own
const REGEX_FLAGS: &[u8] = b"ilmsux";
const FEW: usize = 16;

/// The class that Python gives a value; the order is that of `CLASSES` in native.py.
pub mod class {
    pub const DOUBLE: usize = 0;
    pub const TEXT: usize = 1;
    pub const OBJECT: usize = 2;
    pub const ARRAY: usize = 3;
    pub const BYTES: usize = 4;
    pub const BINARY: usize = 5;
    pub const OBJECT_ID: usize = 6;
    pub const BOOL: usize = 7;
    pub const DATE: usize = 8;
    pub const FAR_DATE: usize = 9;
    pub const NULL: usize = 10;
    pub const REGEX: usize = 11;
    pub const CODE: usize = 12;
    pub const INT: usize = 13;
    pub const TIMESTAMP: usize = 14;
    pub const LONG: usize = 15;
    pub const DECIMAL: usize = 16;
    pub const MAX_KEY: usize = 17;
    pub const MIN_KEY: usize = 18;
    pub const COUNT: usize = 19;
}

/// The first and last millisecond of Python's calendar.
pub const FIRST_MILLISECOND: i64 = -62_135_596_800_000;
pub const LAST_MILLISECOND: i64 = 253_402_300_799_999;

/// Give the class of an element, or None where it is not plain; documents and arrays are not looked into.
#[inline]
pub fn class_of(element: &Element) -> Option<usize> {
    let value = element.value;
    match element.kind {
        bson::DOUBLE => Some(class::DOUBLE),
        bson::STRING => bson::is_text(value).then_some(class::TEXT),
        bson::OBJECT => Some(class::OBJECT),
        bson::ARRAY => Some(class::ARRAY),
        bson::BINARY => match value.get(4) {
            Some(0) => Some(class::BYTES),
            Some(2) | None => None, // the old subtype has a second length inside
            Some(3 | 4) if value.len() != 5 + 16 => None, // a UUID that is none does not decode
            Some(_) => Some(class::BINARY),
        },
        bson::OBJECT_ID => Some(class::OBJECT_ID),
        bson::BOOL => (value[0] < 2).then_some(class::BOOL),
        bson::DATE => {
            let at = i64::from_le_bytes(value.try_into().ok()?);
            let near = (FIRST_MILLISECOND..=LAST_MILLISECOND).contains(&at);
            Some(if near { class::DATE } else { class::FAR_DATE })
        }
        bson::NULL => Some(class::NULL),
        bson::REGEX => plain_regex(value).then_some(class::REGEX),
        bson::CODE => bson::text(value).map(|_| class::CODE),
        bson::INT => Some(class::INT),
        bson::TIMESTAMP => Some(class::TIMESTAMP),
        bson::LONG => Some(class::LONG),
        bson::DECIMAL => Some(class::DECIMAL),
        bson::MAX_KEY => Some(class::MAX_KEY),
        bson::MIN_KEY => Some(class::MIN_KEY),
        _ => None,
    }
}

fn plain_regex(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| *byte == 0);
    let (Some(pattern), Some(flags)) = (parts.next(), parts.next()) else {
        return false;
    };
    let mut known = REGEX_FLAGS.iter();
    std::str::from_utf8(pattern).is_ok() && flags.iter().all(|flag| known.any(|other| other == flag))
}

/// Tell whether everything within a document or array is plain.
pub fn all_plain(kind: u8, bytes: &[u8], depth: usize) -> bool {
    let Ok(mut elements) = Elements::of(bytes) else {
        return false;
    };
    let mut keys = Keys::new();
    let mut index = (kind == bson::ARRAY).then(Index::new);
    loop {
        match elements.next_foretold(index.as_ref().and_then(Index::name)) {
            Ok(None) => return true,
            Err(_) => return false,
            Ok(Some((element, is_next))) => {
                let key_fits = if let Some(index) = &mut index {
                    index.go_on();
                    is_next
                } else {
                    keys.take(element.key)
                };
                if !key_fits || class_of(&element).is_none() {
                    return false;
                }
                let holds = element.kind == bson::OBJECT || element.kind == bson::ARRAY;
                if holds && (too_deep(depth) || !all_plain(element.kind, element.value, depth + 1)) {
                    return false;
                }
            }
        }
    }
}

/// Tell whether a depth is more than the kernel goes into.
pub fn too_deep(depth: usize) -> bool {
    depth >= DEEPEST
}

/// The keys of one document so far; each may come once, and `$ref` makes a document a reference, which Python reorders.
pub struct Keys<'a> {
    few: [&'a [u8]; FEW],
    count: usize,
    many: Option<std::collections::HashSet<&'a [u8]>>,
}

impl<'a> Keys<'a> {
    /// Begin with none.
    pub fn new() -> Keys<'a> {
        Keys { few: [&[]; FEW], count: 0, many: None }
    }

    /// Take another key; false where it is not plain.
    #[inline]
    pub fn take(&mut self, key: &'a [u8]) -> bool {
        key != b"$ref" && std::str::from_utf8(key).is_ok() && self.add(key)
    }

    /// Take another key; false where it was there before.
    #[inline]
    pub fn add(&mut self, key: &'a [u8]) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(key);
        }
        if self.few[..self.count].contains(&key) {
            return false;
        }
        if self.count < FEW {
            self.few[self.count] = key;
            self.count += 1;
            return true;
        }
        let many = self.many.insert(self.few.iter().copied().collect());
        many.insert(key)
    }
}
