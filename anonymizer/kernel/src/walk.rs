//! The one walk over a document: every path and type checked, masks put in, all else copied.

use std::collections::HashSet;

use pyo3::PyErr;

use crate::bson::{self, Element, Elements, Malformed};
use crate::calls::Answer;
use crate::masks::Made;
use crate::names::Index;
use crate::plain::{all_plain, class_of, too_deep, Keys};
use crate::plan::{Action, Native, Place, Plan, Way};
use crate::rewriting::{Rewritten, Spot};

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

/// Walks over documents, one after the other.
pub struct Walk<'a> {
    plan: &'a Plan,
    whole: Option<&'a [u8]>,
    made: Rewritten<'a>,
}

impl<'a> Walk<'a> {
    /// Begin with room for a batch.
    pub fn new(plan: &'a Plan, room: usize) -> Walk<'a> {
        Walk { plan, whole: None, made: Rewritten::new(if plan.copies { None } else { Some(room + room / 8) }) }
    }

    /// Treat a document. What was written of one that is not finished is taken back.
    pub fn treat(&mut self, document: &'a [u8]) -> Walked {
        self.whole = Some(document);
        self.made.begin(document);
        let root = &self.plan.places[0];
        let done = if root.keys.is_some() { Err(Stop::Hand) } else { self.document(root, document, 0, 0) };
        self.made.end(done.is_ok());
        done
    }

    /// Give how much was written so far.
    pub fn written(&self) -> usize {
        self.made.out.len()
    }

    /// Give all that was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.made.out
    }

    fn document(&mut self, place: &'a Place, bytes: &'a [u8], base: usize, depth: usize) -> Walked {
        let mut elements = Elements::of(bytes)?;
        let start = self.made.place_of(base);
        let mut seen = Seen::default();
        let mut made_keys = place.keys.as_ref().map(|_| HashSet::new());
        let mut expected = 0;
        let mut first = true;
        while let Some((element, is_expected)) = elements.next_foretold(place.name(expected))? {
            let child = if is_expected { Some(expected) } else { place.child(element.key, expected) };
            if depth == 0 && element.key == ID && !first || depth > 0 && element.key == REFERENCE {
                return Err(Stop::Hand); // Python puts keys into another order here
            }
            first = false;
            if !seen.take(child, element.key) {
                return Err(Stop::Hand);
            }
            let choice = child.map(|at| &place.children[at].choice).or(place.any.as_ref()).ok_or(Stop::Hand)?;
            expected = child.map_or(expected, |at| at + 1);
            let spot = self.made.spot(base, &element);
            if let (Some(mask), Some(made_keys)) = (&place.keys, &mut made_keys) {
                let key = self.key(mask, child.is_some(), &element, spot)?;
                if !made_keys.insert(key) {
                    return Err(Stop::Hand);
                }
            }
            let chosen = choice.place_in(bytes).ok_or(Stop::Hand)?;
            if self.value(&self.plan.places[chosen], &element, spot, depth)? {
                self.made.leave_out(spot, &element);
            }
        }
        self.made.close(start, base, bytes.len());
        Ok(())
    }

    /// See to a key of a map, and give what it becomes: those that rules name stay.
    fn key(&mut self, mask: &'a Action, named: bool, element: &Element<'a>, spot: Spot) -> Result<Vec<u8>, Stop> {
        if named {
            return Ok(element.key.to_vec());
        }
        let key = self.masked_key(mask, element.key)?;
        self.made.replace(spot.begin + 1, element.key.len(), &key);
        Ok(key)
    }

    fn array(&mut self, place: &'a Place, bytes: &'a [u8], base: usize, depth: usize) -> Walked {
        let mut elements = Elements::of(bytes)?;
        let start = self.made.place_of(base);
        let mut index = Index::new();
        while let Some((element, is_next)) = elements.next_foretold(index.name())? {
            if !is_next {
                return Err(Stop::Hand);
            }
            index.go_on();
            let spot = self.made.spot(base, &element);
            if self.value(place, &element, spot, depth)? {
                return Err(Stop::Hand); // rules that drop an element of an array are refused when they are read
            }
        }
        self.made.close(start, base, bytes.len());
        Ok(())
    }

    /// See to a value; true if its field is dropped.
    fn value(&mut self, place: &'a Place, element: &Element<'a>, spot: Spot, depth: usize) -> Result<bool, Stop> {
        let class = class_of(element).ok_or(Stop::Hand)?;
        let holds = element.kind == bson::OBJECT || element.kind == bson::ARRAY;
        let base = spot.begin + element.head();
        match place.ways[class] {
            Way::None => return Err(Stop::Hand),
            Way::Empty if element.value != bson::EMPTY => return Err(Stop::Hand),
            Way::Into if too_deep(depth) => return Err(Stop::Hand),
            Way::Into if element.kind == bson::OBJECT => self.document(place, element.value, base, depth + 1)?,
            Way::Into => {
                let inner = place.element.ok_or(Stop::Hand)?;
                self.array(&self.plan.places[inner], element.value, base, depth + 1)?;
            }
            Way::Stays | Way::Mask if holds && !all_plain(element.kind, element.value, depth) => return Err(Stop::Hand),
            Way::Mask => return self.masked(place.action.as_ref().ok_or(Stop::Hand)?, class, element, spot),
            Way::Empty | Way::Stays => {}
        }
        Ok(false)
    }

    fn masked(&mut self, action: &Action, class: usize, element: &Element<'a>, spot: Spot) -> Result<bool, Stop> {
        let value = spot.begin + element.head();
        match &action.native {
            Some(Native::Drop) => return Ok(true),
            Some(Native::Constant(constant)) => {
                self.made.replace(value, element.value.len(), &constant.value);
                self.made.out[spot.made] = constant.kind;
                return Ok(false);
            }
            Some(Native::Mask(mask)) => {
                self.made.up_to(value);
                match mask.apply(&self.plan.words, class, element.value, &mut self.made.out) {
                    Made::Done => {
                        self.made.skip(value + element.value.len());
                        return Ok(false);
                    }
                    Made::Refused => return Err(Stop::Hand),
                    Made::Ask => {}
                }
            }
            None => {}
        }
        match action.calls.answer(&self.plan.python, element, &mut self.whole)? {
            Answer::Dropped => Ok(true),
            Answer::Value(kind, made) => {
                self.made.replace(value, element.value.len(), &made);
                self.made.out[spot.made] = kind;
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
        let element = Element { at: 0, kind: bson::STRING, key: &[], value: &value };
        match action.calls.answer(&self.plan.python, &element, &mut self.whole)? {
            Answer::Value(bson::STRING, value) => {
                let text = bson::text(&value).filter(|text| !text.contains('\0')).ok_or(Stop::Hand)?;
                Ok(text.as_bytes().to_vec())
            }
            _ => Err(Stop::Hand),
        }
    }
}

/// The keys that a document had so far: those that rules name by their number, others by themselves.
#[derive(Default)]
struct Seen<'a> {
    named: u128,
    others: Option<Keys<'a>>,
}

impl<'a> Seen<'a> {
    #[inline]
    fn take(&mut self, child: Option<usize>, key: &'a [u8]) -> bool {
        match child {
            Some(at) if at < 128 => {
                let bit = 1u128 << at;
                let new = self.named & bit == 0;
                self.named |= bit;
                new
            }
            _ => self.others.get_or_insert_with(Keys::new).take(key),
        }
    }
}
