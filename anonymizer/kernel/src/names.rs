//! Keys that are foretold: those of rules in their order, and of arrays, compared in one step.

pub const WORD: usize = size_of::<u64>();
const MOST_DIGITS: usize = WORD - 1;

/// A key with its end, as it stands in a document: its first bytes as a number, and those behind them.
pub struct Name {
    size: usize,
    word: u64,
    mask: u64,
    others: Vec<u8>,
}

impl Name {
    /// Take a key; None for what no document can have as one.
    pub fn new(key: &[u8]) -> Option<Name> {
        let first = key.len().min(WORD);
        let mut word = [0; WORD];
        word[..first].copy_from_slice(&key[..first]);
        let others = if key.len() < WORD { Vec::new() } else { [&key[WORD..], &[0]].concat() };
        (!key.contains(&0)).then_some(Name { size: key.len(), word: u64::from_le_bytes(word), mask: mask(key.len()), others })
    }

    /// Give the size of the key, without its end.
    #[inline]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Tell whether bytes begin with the key and its end.
    #[inline(always)]
    pub fn begins(&self, bytes: &[u8]) -> bool {
        match bytes.split_first_chunk::<WORD>() {
            Some((first, behind)) => {
                (u64::from_le_bytes(*first) ^ self.word) & self.mask == 0
                    && (self.size < WORD || behind.starts_with(&self.others))
            }
            None => self.begins_few(bytes),
        }
    }

    #[cold]
    fn begins_few(&self, bytes: &[u8]) -> bool {
        let mut word = [0; WORD];
        word[..bytes.len()].copy_from_slice(bytes);
        self.size < bytes.len() && (u64::from_le_bytes(word) ^ self.word) & self.mask == 0
    }
}

/// Give the bits of a key's first bytes, its end among them.
fn mask(size: usize) -> u64 {
    u64::MAX >> (8 * (WORD - (size + 1).min(WORD)))
}

/// The keys of an array: 0, 1, 2 and so on, as decimal text.
pub struct Index {
    at: usize,
    name: Name,
}

impl Index {
    /// Begin at 0.
    pub fn new() -> Index {
        let name = Name { size: 1, word: u64::from(b'0'), mask: mask(1), others: Vec::new() };
        Index { at: 0, name }
    }

    /// Give the key that is to come; None where there are more elements than a document can hold.
    #[inline]
    pub fn name(&self) -> Option<&Name> {
        (self.name.size <= MOST_DIGITS).then_some(&self.name)
    }

    /// Go on to the next one.
    #[inline]
    pub fn go_on(&mut self) {
        self.at += 1;
        if self.at % 10 == 0 {
            self.write();
        } else {
            self.name.word += 1 << (8 * (self.name.size - 1)); // the last digit
        }
    }

    fn write(&mut self) {
        let digits = self.at.to_string();
        let first = digits.len().min(WORD);
        let mut word = [0; WORD];
        word[..first].copy_from_slice(&digits.as_bytes()[..first]);
        (self.name.size, self.name.word, self.name.mask) = (digits.len(), u64::from_le_bytes(word), mask(digits.len()));
    }
}
