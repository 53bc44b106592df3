//! Rules as native.py hands them over, turned into a plan; whatever does not fit is an error, and Python does the work.

use std::collections::HashMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::bson::Elements;
use crate::calls::{Calls, Python};
use crate::cases::{Choice, Condition, Scalar};
use crate::masks::{Drawing, Mask, Words};
use crate::names::Name;
use crate::plan::{Action, Child, Native, Place, Plan, Way};

type Conditions = Vec<(Vec<u8>, Vec<Vec<u8>>)>;
type Alternatives = Vec<(Conditions, usize)>;

/// A place: its ways as signs in the order of classes, its mask, and what lies beneath it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct PlaceSpec {
    ways: String,
    action: Option<ActionSpec>,
    children: Vec<(Vec<u8>, Alternatives)>,
    any: Alternatives,
    keys: Option<ActionSpec>,
    element: Option<usize>,
}

/// A mask: its name where the kernel has one of its own, with key and parameter, and Python's functions.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct ActionSpec {
    mask: String,
    key: Vec<u8>,
    parameter: Vec<u8>,
    text: Option<PyObject>,
    element: PyObject,
    asks: bool,
}

/// Turn what Python handed over into a plan.
pub fn plan(words: Words, places: Vec<PlaceSpec>, copies: bool, python: Python) -> PyResult<Plan> {
    let count = places.len();
    let places: Vec<Place> = places.into_iter().map(|place| place.read(count)).collect::<PyResult<_>>()?;
    if places.is_empty() || !words.are_whole() {
        return Err(unfit("tables"));
    }
    Ok(Plan { places, words, copies, python })
}

impl PlaceSpec {
    fn read(self, count: usize) -> PyResult<Place> {
        let ways: Vec<Way> = self.ways.chars().map(way).collect::<PyResult<_>>()?;
        let named = self.children.iter().enumerate();
        let many: HashMap<Vec<u8>, usize> = named.map(|(at, (key, _))| (key.clone(), at)).collect();
        let children = self.children.into_iter().map(|(key, found)| {
            Ok(Child { name: Name::new(&key), key, choice: choice(found, count)? })
        });
        Ok(Place {
            ways: ways.try_into().map_err(|_| unfit("ways"))?,
            action: self.action.map(ActionSpec::read).transpose()?,
            children: children.collect::<PyResult<_>>()?,
            many,
            any: if self.any.is_empty() { None } else { Some(choice(self.any, count)?) },
            keys: self.keys.map(ActionSpec::read).transpose()?,
            element: self.element.filter(|element| *element < count),
        })
    }
}

impl ActionSpec {
    fn read(self) -> PyResult<Action> {
        let native = native(&self.mask, &self.key, &self.parameter)?;
        Ok(Action { native, calls: Calls { text: self.text, element: self.element, asks: self.asks } })
    }
}

fn native(name: &str, key: &[u8], parameter: &[u8]) -> PyResult<Option<Native>> {
    match name {
        "" => return Ok(None),
        "drop" => return Ok(Some(Native::Drop)),
        "constant" => return Ok(Some(Native::Constant(scalar(parameter)?))),
        _ => {}
    }
    let drawing = Drawing::new(key).ok_or_else(|| unfit("key"))?;
    let days = || std::str::from_utf8(parameter).ok().and_then(|text| text.parse().ok());
    let mask = match name {
        "name" => Mask::Name(drawing),
        "email" => Mask::Email(drawing, parameter.to_vec()),
        "street" => Mask::Street(drawing),
        "phone" => Mask::Phone(drawing, Some(parameter.to_vec()).filter(|code| !code.is_empty())),
        "card" => Mask::Card(drawing),
        "date_shift" => Mask::DateShift(drawing, days().filter(|days| (1..=36_500).contains(days)).ok_or_else(|| unfit("days"))?),
        "token" => Mask::Token(drawing),
        "text" => Mask::Text(drawing),
        _ => return Err(unfit("mask")),
    };
    Ok(Some(Native::Mask(mask)))
}

fn way(sign: char) -> PyResult<Way> {
    match sign {
        '-' => Ok(Way::None),
        '=' => Ok(Way::Stays),
        '0' => Ok(Way::Empty),
        '>' => Ok(Way::Into),
        '!' => Ok(Way::Mask),
        _ => Err(unfit("way")),
    }
}

fn choice(found: Alternatives, count: usize) -> PyResult<Choice> {
    let read = |(conditions, place): (Conditions, usize)| {
        if place >= count {
            return Err(unfit("place"));
        }
        let conditions = conditions.into_iter().map(|(key, values)| {
            Ok(Condition { key, values: values.iter().map(|value| scalar(value)).collect::<PyResult<_>>()? })
        });
        Ok((conditions.collect::<PyResult<_>>()?, place))
    };
    Ok(Choice { alternatives: found.into_iter().map(read).collect::<PyResult<_>>()? })
}

/// Read the one element of a document.
fn scalar(document: &[u8]) -> PyResult<Scalar> {
    let element = Elements::of(document).and_then(|mut elements| elements.next());
    match element {
        Ok(Some(element)) => Ok(Scalar { kind: element.kind, value: element.value.to_vec() }),
        _ => Err(unfit("value")),
    }
}

fn unfit(what: &str) -> PyErr {
    PyValueError::new_err(format!("the kernel was handed {what} that it does not know"))
}
