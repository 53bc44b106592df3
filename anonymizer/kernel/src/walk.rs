//! The one walk over a document: every path and type checked, masks put in, all else copied.

use std::collections::HashSet;

use pyo3::PyErr;

use crate::bson::{self, Element, Elements, Malformed};
use crate::calls::Answer;
use crate::cases::Choice;
use crate::masks::Made;
use crate::plain::{all_plain, class_of, too_deep, Index, Keys};
use crate::plan::{Action, Native, Place, Plan, Way};

const ID: &[u8] = b"_id";
const REFERENCE: &[u8] = b"$ref";

/// Why a document was not finished.
pub enum Stop {
    /// It is for Python, all of it.
    Hand,
    /// Python failed.
    Fail(PyErr),
}

impl From<Malformed> for Stop {
    fn from(_: Malformed) -> Stop {
        Stop::Hand
    }
}

type Walked = Result<(), Stop>;

/// Walks over documents, one after the other; what is made of them is written to `out`.
pub struct Walk<'a> {
    plan: &'a Plan,
    whole: Option<&'a [u8]>,
    out: Vec<u8>,
}

impl<'a> Walk<'a> {
    /// Begin with room for a batch.
    pub fn new(plan: &'a Plan, room: usize) -> Walk<'a> {
        let out = Vec::with_capacity(if plan.copies { 0 } else { room + room / 8 });
        Walk { plan, whole: None, out }
    }

    /// Treat a document. What was written of one that is not finished is taken back.
    pub fn treat(&mut self, document: &'a [u8]) -> Walked {
        let start = self.out.len();
        self.whole = Some(document);
        let root = &self.plan.places[0];
        let done = if root.keys.is_some() { Err(Stop::Hand) } else { self.document(root, document, 0) };
        if done.is_err() {
            self.out.truncate(start);
        }
        done
    }

    /// Give how much was written so far.
    pub fn written(&self) -> usize {
        self.out.len()
    }

    /// Give all that was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn document(&mut self, place: &'a Place, bytes: &'a [u8], depth: usize) -> Walked {
        let mut elements = Elements::of(bytes)?;
        let start = self.open();
        let mut seen = Seen::new();
        let mut made_keys = HashSet::new();
        let mut expected = 0;
        let mut first = true;
        while let Some(element) = elements.next()? {
            let child = place.child(element.key, expected);
            if depth == 0 && element.key == ID && !first || depth > 0 && element.key == REFERENCE {
                return Err(Stop::Hand); // Python puts keys into another order here
            }
            first = false;
            if !seen.take(child, element.key) {
                return Err(Stop::Hand);
            }
            let choice = child.map(|at| &place.children[at].1).or(place.any.as_ref()).ok_or(Stop::Hand)?;
            expected = child.map_or(expected, |at| at + 1);
            let begun = self.out.len();
            match &place.keys {
                Some(mask) if child.is_none() => {
                    let key = self.masked_key(mask, element.key)?;
                    self.head(element.kind, &key);
                    if !made_keys.insert(key) {
                        return Err(Stop::Hand);
                    }
                }
                Some(_) if !made_keys.insert(element.key.to_vec()) => return Err(Stop::Hand),
                _ => self.head(element.kind, element.key),
            }
            self.chosen(choice, bytes, &element, begun, depth)?;
        }
        self.close(start);
        Ok(())
    }

    fn chosen(&mut self, choice: &Choice, enclosing: &[u8], element: &Element<'a>, begun: usize, depth: usize) -> Walked {
        let place = choice.place_in(enclosing).ok_or(Stop::Hand)?;
        let dropped = self.value(&self.plan.places[place], element, begun, depth)?;
        if dropped {
            self.out.truncate(begun);
        }
        Ok(())
    }

    fn array(&mut self, place: &'a Place, bytes: &'a [u8], depth: usize) -> Walked {
        let mut elements = Elements::of(bytes)?;
        let start = self.open();
        let mut index = Index::new();
        while let Some(element) = elements.next()? {
            if !index.is_next(element.key) {
                return Err(Stop::Hand);
            }
            let begun = self.out.len();
            self.head(element.kind, element.key);
            if self.value(place, &element, begun, depth)? {
                return Err(Stop::Hand); // rules that drop an element of an array are refused when they are read
            }
        }
        self.close(start);
        Ok(())
    }

    /// Write what becomes of a value; true if its field is dropped.
    fn value(&mut self, place: &'a Place, element: &Element<'a>, begun: usize, depth: usize) -> Result<bool, Stop> {
        let class = class_of(element).ok_or(Stop::Hand)?;
        let holds = element.kind == bson::OBJECT || element.kind == bson::ARRAY;
        match place.ways[class] {
            Way::None => return Err(Stop::Hand),
            Way::Empty if element.value != bson::EMPTY => return Err(Stop::Hand),
            Way::Into if too_deep(depth) => return Err(Stop::Hand),
            Way::Into if element.kind == bson::OBJECT => self.document(place, element.value, depth + 1)?,
            Way::Into => {
                let inner = place.element.ok_or(Stop::Hand)?;
                self.array(&self.plan.places[inner], element.value, depth + 1)?;
            }
            Way::Stays | Way::Mask if holds && !all_plain(element.kind, element.value, depth) => return Err(Stop::Hand),
            Way::Mask => return self.masked(place.action.as_ref().ok_or(Stop::Hand)?, class, element, begun),
            Way::Empty | Way::Stays => self.put(element.value),
        }
        Ok(false)
    }

    fn masked(&mut self, action: &Action, class: usize, element: &Element<'a>, begun: usize) -> Result<bool, Stop> {
        match &action.native {
            Some(Native::Drop) => return Ok(true),
            Some(Native::Constant(constant)) => {
                self.out[begun] = constant.kind;
                self.put(&constant.value);
                return Ok(false);
            }
            Some(Native::Mask(mask)) => match mask.apply(&self.plan.words, class, element.value, &mut self.out) {
                Made::Done => return Ok(false),
                Made::Refused => return Err(Stop::Hand),
                Made::Ask => {}
            },
            None => {}
        }
        match action.calls.answer(&self.plan.python, element, &mut self.whole)? {
            Answer::Dropped => Ok(true),
            Answer::Value(kind, value) => {
                self.out[begun] = kind;
                self.put(&value);
                Ok(false)
            }
        }
    }

    /// Give what becomes of a key that is masked itself.
    fn masked_key(&mut self, action: &Action, key: &[u8]) -> Result<Vec<u8>, Stop> {
        let mut made = Vec::with_capacity(key.len() + 8);
        if let Some(Native::Mask(mask)) = &action.native {
            match mask.text(&self.plan.words, key, &mut made) {
                Made::Done => return Ok(made),
                Made::Refused => return Err(Stop::Hand),
                Made::Ask => {}
            }
        }
        let mut value = Vec::with_capacity(key.len() + 5);
        bson::put_text(&mut value, key);
        let element = Element { kind: bson::STRING, key: &[], value: &value };
        match action.calls.answer(&self.plan.python, &element, &mut self.whole)? {
            Answer::Value(bson::STRING, value) => {
                let text = bson::text(&value).filter(|text| !text.contains('\0')).ok_or(Stop::Hand)?;
                Ok(text.as_bytes().to_vec())
            }
            _ => Err(Stop::Hand),
        }
    }

    fn open(&mut self) -> usize {
        let start = self.out.len();
        self.put(&[0; 4]);
        start
    }

    fn close(&mut self, start: usize) {
        if !self.plan.copies {
            self.out.push(0);
            let size = (self.out.len() - start) as i32;
            self.out[start..start + 4].copy_from_slice(&size.to_le_bytes());
        }
    }

    #[inline]
    fn head(&mut self, kind: u8, key: &[u8]) {
        if !self.plan.copies {
            self.out.push(kind);
            self.out.extend_from_slice(key);
            self.out.push(0);
        }
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if !self.plan.copies {
            self.out.extend_from_slice(bytes);
        }
    }
}

/// The keys that a document had so far: those that rules name by their number, others by themselves.
struct Seen<'a> {
    named: u128,
    others: Keys<'a>,
}

impl<'a> Seen<'a> {
    fn new() -> Seen<'a> {
        Seen { named: 0, others: Keys::new() }
    }

    #[inline]
    fn take(&mut self, child: Option<usize>, key: &'a [u8]) -> bool {
        match child {
            Some(at) if at < 128 => {
                let bit = 1u128 << at;
                let new = self.named & bit == 0;
                self.named |= bit;
                new
            }
            _ => self.others.take(key),
        }
    }
}
