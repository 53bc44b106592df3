//! The rules of one collection as the walk reads them.

use std::collections::HashMap;

use crate::calls::Calls;
use crate::cases::{Choice, Scalar};
use crate::masks::{Mask, Words};
use crate::names::Name;
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

/// A field that rules name, and what they say of it.
pub struct Child {
    pub key: Vec<u8>,
    pub name: Option<Name>,
    pub choice: Choice,
}

/// A place in the tree of rules.
pub struct Place {
    pub ways: [Way; class::COUNT],
    pub action: Option<Action>,
    pub children: Vec<Child>,
    pub many: HashMap<Vec<u8>, usize>,
    pub any: Option<Choice>,
    pub keys: Option<Action>,
    pub element: Option<usize>,
}

impl Place {
    /// Give the key of a child, if there is such a child.
    #[inline]
    pub fn name(&self, child: usize) -> Option<&Name> {
        self.children.get(child)?.name.as_ref()
    }

    /// Find the child under a key; those that follow `expected` are the likeliest.
    #[inline]
    pub fn child(&self, key: &[u8], expected: usize) -> Option<usize> {
        if self.children.len() > FEW {
            return self.many.get(key).copied();
        }
        let (before, behind) = self.children.split_at(expected.min(self.children.len()));
        let at = behind.iter().position(|child| child.key == key).map(|at| before.len() + at);
        at.or_else(|| before.iter().position(|child| child.key == key))
    }
}

/// The rules of one collection. The first place is the document itself.
pub struct Plan {
    pub places: Vec<Place>,
    pub words: Words,
    pub copies: bool,
    pub python: crate::calls::Python,
}
