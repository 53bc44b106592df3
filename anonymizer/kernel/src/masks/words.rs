//! The words and number ranges of pseudonyms. They come from Python when a kernel is made, so that there is one list.

use std::collections::{BTreeMap, BTreeSet};

use pyo3::prelude::*;

type List = Vec<Vec<u8>>;

/// Tables as Python has them; all of it is ASCII.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Words {
    pub first_names: List,
    pub last_names: List,
    pub place_starts: List,
    pub place_ends: List,
    pub street_kinds: List,
    pub lorem: Vec<u8>,
    pub lorem_starts: Vec<usize>,
    pub fictitious: BTreeMap<Vec<u8>, List>,
    pub two_digit_codes: BTreeSet<Vec<u8>>,
    pub test_prefixes: List,
}

impl Words {
    /// Tell whether the tables have the sizes by which masks pick from them.
    pub fn are_whole(&self) -> bool {
        let sizes = [
            (self.first_names.len(), 128),
            (self.last_names.len(), 128),
            (self.place_starts.len(), 32),
            (self.place_ends.len(), 32),
            (self.street_kinds.len(), 16),
            (self.test_prefixes.len(), 10),
        ];
        let shapes_there = self.fictitious.values().all(|shapes| !shapes.is_empty());
        let starts_fit = self.lorem_starts.iter().all(|start| *start < self.lorem.len());
        let prefixes_fit = self.test_prefixes.iter().all(|prefix| prefix.len() == 6 && prefix.iter().all(u8::is_ascii_digit));
        sizes.iter().all(|(size, wanted)| size == wanted)
            && shapes_there
            && starts_fit
            && prefixes_fit
            && !self.lorem_starts.is_empty()
            && self.lorem.is_ascii()
    }
}
