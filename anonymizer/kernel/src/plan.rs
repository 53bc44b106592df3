//! The rules of one collection as the walk reads them.

use std::collections::HashMap;

use crate::calls::Calls;
use crate::cases::{Choice, Scalar};
use crate::masks::{Mask, Words};
use crate::plain::class;

const FEW: usize = 8;

/// What a place does with a class of value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// No rule takes it.
    None,
    /// It stays as it is.
    Stays,
    /// It passes if it is an empty document or array.
    Empty,
    /// It is a document or array that rules lead into.
    Into,
    /// A mask makes something else of it.
    Mask,
}

/// What makes something else of a value, where Python need not be asked.
pub enum Native {
    Mask(Mask),
    Constant(Scalar),
    Drop,
}

/// A mask: the kernel's own where it has one, and Python's, which knows all values.
pub struct Action {
    pub native: Option<Native>,
    pub calls: Calls,
}

/// A place in the tree of rules.
pub struct Place {
    pub ways: [Way; class::COUNT],
    pub action: Option<Action>,
    pub children: Vec<(Vec<u8>, Choice)>,
    pub many: HashMap<Vec<u8>, usize>,
    pub any: Option<Choice>,
    pub keys: Option<Action>,
    pub element: Option<usize>,
}

impl Place {
    /// Find the child under a key; `expected` is where it stands if documents have their keys in the rules' order.
    #[inline]
    pub fn child(&self, key: &[u8], expected: usize) -> Option<usize> {
        if self.children.get(expected).is_some_and(|(name, _)| name == key) {
            return Some(expected);
        }
        if self.children.len() > FEW {
            return self.many.get(key).copied();
        }
        self.children.iter().position(|(name, _)| name == key)
    }
}

/// The rules of one collection. The first place is the document itself.
pub struct Plan {
    pub places: Vec<Place>,
    pub words: Words,
    pub copies: bool,
    pub python: crate::calls::Python,
}
