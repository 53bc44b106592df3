//! What is written of documents: their bytes in as few pieces as can be, with others in the places of those masked.

use crate::bson::Element;

/// Documents, one after the other, with what was put in and left out.
///
/// Of the document at hand, the bytes from `copied` on have not been copied yet: they are when something after them is
/// put in or left out, or at its end.
pub struct Rewritten<'a> {
    pub out: Vec<u8>,
    writes: bool,
    source: &'a [u8],
    copied: usize,
    start: usize,
}

/// Where an element lies: `begin` in the document's bytes, and `made` in what is written.
#[derive(Clone, Copy)]
pub struct Spot {
    pub begin: usize,
    pub made: usize,
}

impl<'a> Rewritten<'a> {
    /// Begin with room for some bytes; without any, nothing is written.
    pub fn new(room: Option<usize>) -> Rewritten<'a> {
        Rewritten { out: Vec::with_capacity(room.unwrap_or(0)), writes: room.is_some(), source: &[], copied: 0, start: 0 }
    }

    /// Begin with a document.
    pub fn begin(&mut self, document: &'a [u8]) {
        (self.source, self.copied, self.start) = (document, 0, self.out.len());
    }

    /// End a document: write the rest of it, or take back what was written.
    pub fn end(&mut self, done: bool) {
        if done {
            self.up_to(self.source.len());
        } else {
            self.out.truncate(self.start);
        }
    }

    /// Give where an element lies, in a document or array that itself begins at `base`.
    #[inline]
    pub fn spot(&self, base: usize, element: &Element) -> Spot {
        let begin = base + element.at;
        Spot { begin, made: self.place_of(begin) }
    }

    /// Give where bytes that were not copied yet will lie in what is written.
    #[inline]
    pub fn place_of(&self, at: usize) -> usize {
        self.out.len() + at - self.copied
    }

    /// Copy what comes before a place.
    #[inline]
    pub fn up_to(&mut self, end: usize) {
        if self.writes {
            self.out.extend_from_slice(&self.source[self.copied..end]);
            self.copied = end;
        }
    }

    /// Go on behind bytes in whose place others were written.
    #[inline]
    pub fn skip(&mut self, end: usize) {
        self.copied = end;
    }

    /// Write other bytes for some of the document's.
    pub fn replace(&mut self, at: usize, size: usize, bytes: &[u8]) {
        self.up_to(at);
        self.out.extend_from_slice(bytes);
        self.skip(at + size);
    }

    /// Leave out an element, of which the key may have been written already.
    pub fn leave_out(&mut self, spot: Spot, element: &Element) {
        if self.copied < spot.begin {
            self.up_to(spot.begin);
        }
        self.out.truncate(spot.made);
        self.skip(spot.begin + element.head() + element.value.len());
    }

    /// Put right the length of a document or array in which something became longer or shorter.
    #[inline]
    pub fn close(&mut self, start: usize, base: usize, size: usize) {
        let made = self.place_of(base + size) - start;
        if made != size {
            self.out[start..start + 4].copy_from_slice(&(made as i32).to_le_bytes());
        }
    }
}
