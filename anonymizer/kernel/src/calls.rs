//! Python's masks, called for a value: text as text, everything else as the one element of a document.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::bson::{self, Element, Elements};
use crate::walk::Stop;

/// What all calls of a collection share.
pub struct Python {
    /// `begin(document)`: the document that masks will ask about, before the first that asks.
    pub begin: PyObject,
    /// `encode(value)`: a document with the value as its one element, none for a field that is dropped.
    pub encode: PyObject,
}

/// The calls of one mask.
pub struct Calls {
    /// `text(str)`, where the mask takes text.
    pub text: Option<PyObject>,
    /// `element(document)`: takes and gives a document of one element; None where the value is refused.
    pub element: PyObject,
    /// Whether the mask asks about its document.
    pub asks: bool,
}

/// What Python made of a value.
pub enum Answer {
    Value(u8, Vec<u8>),
    Dropped,
}

impl Calls {
    /// Ask Python for the pseudonym of a value.
    pub fn answer(&self, shared: &Python, element: &Element, whole: &mut Option<&[u8]>) -> Result<Answer, Stop> {
        Python::with(|py| {
            if self.asks {
                if let Some(document) = whole.take() {
                    shared.begin.call1(py, (PyBytes::new(py, document),)).map_err(|error| judged(py, error))?;
                }
            }
            match (&self.text, element.kind) {
                (Some(text), bson::STRING) => self.text(py, shared, text, element),
                _ => self.element(py, element),
            }
        })
    }

    fn text(
        &self,
        py: pyo3::Python<'_>,
        shared: &Python,
        text: &PyObject,
        element: &Element,
    ) -> Result<Answer, Stop> {
        let value = bson::text(element.value).ok_or(Stop::Hand)?;
        let made = text.call1(py, (PyString::new(py, value),)).map_err(|error| judged(py, error))?;
        let made = made.into_bound(py);
        if let Ok(text) = made.downcast_exact::<PyString>() {
            let mut out = Vec::new();
            bson::put_text(&mut out, text.to_cow().map_err(|_| Stop::Hand)?.as_bytes());
            return Ok(Answer::Value(bson::STRING, out));
        }
        let document = shared.encode.call1(py, (made,)).map_err(|error| judged(py, error))?;
        answer_of(document.bind(py))
    }

    fn element(&self, py: pyo3::Python<'_>, element: &Element) -> Result<Answer, Stop> {
        let size = (4 + 2 + element.value.len() + 1) as i32;
        let mut document = Vec::with_capacity(size as usize);
        document.extend_from_slice(&size.to_le_bytes());
        document.extend_from_slice(&[element.kind, 0]);
        document.extend_from_slice(element.value);
        document.push(0);
        let made = self.element.call1(py, (PyBytes::new(py, &document),)).map_err(|error| judged(py, error))?;
        answer_of(made.bind(py))
    }
}

impl Python {
    fn with<T>(work: impl FnOnce(pyo3::Python<'_>) -> T) -> T {
        pyo3::Python::with_gil(work)
    }
}

/// Hand the document over where a mask refuses a value or fails: if it is a failure, it shows itself there again.
fn judged(py: pyo3::Python<'_>, error: PyErr) -> Stop {
    if error.is_instance_of::<PyException>(py) {
        Stop::Hand
    } else {
        Stop::Fail(error)
    }
}

fn answer_of(made: &Bound<'_, PyAny>) -> Result<Answer, Stop> {
    let Ok(document) = made.downcast::<PyBytes>() else {
        return Err(Stop::Hand); // None: refused
    };
    let mut elements = Elements::of(document.as_bytes()).map_err(|_| Stop::Hand)?;
    match elements.next() {
        Ok(Some(element)) => Ok(Answer::Value(element.kind, element.value.to_vec())),
        Ok(None) => Ok(Answer::Dropped),
        Err(_) => Err(Stop::Hand),
    }
}
