//! Rules that depend on a sibling's value: which alternative of a place holds in a document.

use crate::bson::{self, Element, Elements};
use crate::plain::{class, class_of};

/// A value of the rules, as the type and bytes that BSON gives it.
pub struct Scalar {
    pub kind: u8,
    pub value: Vec<u8>,
}

/// A sibling has one of these values.
pub struct Condition {
    pub key: Vec<u8>,
    pub values: Vec<Scalar>,
}

/// Places in the order in which they are tried; the last one has no condition.
pub struct Choice {
    pub alternatives: Vec<(Vec<Condition>, usize)>,
}

impl Choice {
    /// Give the place that holds in a document, which is looked at as it is in the source.
    #[inline]
    pub fn place_in(&self, document: &[u8]) -> Option<usize> {
        if let [(_, only)] = self.alternatives.as_slice() {
            return Some(*only);
        }
        let found = self.alternatives.iter().find(|(conditions, _)| conditions.iter().all(|one| one.holds(document)));
        found.map(|(_, place)| *place)
    }
}

impl Condition {
    fn holds(&self, document: &[u8]) -> bool {
        let Ok(mut elements) = Elements::of(document) else {
            return false;
        };
        while let Ok(Some(element)) = elements.next() {
            if element.key == self.key.as_slice() {
                return self.values.iter().any(|value| value.is(&element));
            }
        }
        false
    }
}

impl Scalar {
    /// Compare as rules mean it: numbers by their value whatever their type, and true is not 1.
    fn is(&self, element: &Element) -> bool {
        let own = Element { at: 0, kind: self.kind, key: &[], value: &self.value };
        match (number(&own), number(element)) {
            (Some(wanted), Some(found)) => wanted.is(found),
            (None, None) => {
                let known = matches!(class_of(element), Some(class::TEXT | class::BOOL | class::NULL));
                known && element.kind == self.kind && element.value == self.value.as_slice()
            }
            _ => false,
        }
    }
}

enum Number {
    Whole(i64),
    Broken(f64),
}

impl Number {
    fn is(&self, other: Number) -> bool {
        match (self, other) {
            (Number::Whole(one), Number::Whole(two)) => *one == two,
            (Number::Broken(one), Number::Broken(two)) => *one == two,
            (Number::Whole(whole), Number::Broken(broken)) => is_same(*whole, broken),
            (Number::Broken(broken), Number::Whole(whole)) => is_same(whole, *broken),
        }
    }
}

/// Compare exactly, as Python does; a cast alone would round.
fn is_same(whole: i64, broken: f64) -> bool {
    broken.fract() == 0.0 && broken.abs() < 1e19 && broken as i128 == i128::from(whole)
}

fn number(element: &Element) -> Option<Number> {
    match element.kind {
        bson::INT => Some(Number::Whole(i64::from(i32::from_le_bytes(element.value.try_into().ok()?)))),
        bson::LONG => Some(Number::Whole(i64::from_le_bytes(element.value.try_into().ok()?))),
        bson::DOUBLE => Some(Number::Broken(f64::from_le_bytes(element.value.try_into().ok()?))),
        _ => None,
    }
}
