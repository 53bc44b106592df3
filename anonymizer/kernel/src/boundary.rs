//! What Python sees: a kernel for one collection, made from its rules, given batches.

use std::panic::{catch_unwind, AssertUnwindSafe};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::calls;
use crate::masks::Words;
use crate::plan::Plan;
use crate::reading::{self, PlaceSpec};
use crate::walk::{Stop, Walk};
use crate::bson;

/// The rules of one collection, at work.
#[pyclass(frozen, module = "understudy_kernel")]
pub struct Kernel {
    plan: Plan,
}

/// Where a document's bytes lie: in what was written, in the batch itself, or with Python.
enum Place {
    Written(usize, usize),
    Handed(usize, usize),
}

#[pymethods]
impl Kernel {
    #[new]
    #[pyo3(signature = (*, words, places, copies, begin, encode))]
    fn new(
        words: Words,
        places: Vec<PlaceSpec>,
        copies: bool,
        begin: PyObject,
        encode: PyObject,
    ) -> PyResult<Kernel> {
        let plan = reading::plan(words, places, copies, calls::Python { begin, encode })?;
        Ok(Kernel { plan })
    }

    /// Treat a batch.
    ///
    /// Gives how many documents it has and, if all of them were treated here, their bytes in one piece. Otherwise that is
    /// None, and there are a list with None for each document that is Python's, and those by place and bytes as they came.
    fn treat<'py>(&self, py: Python<'py>, batch: &Bound<'py, PyBytes>) -> PyResult<Treated<'py>> {
        let bytes = batch.as_bytes();
        let (places, written) = py
            .allow_threads(|| catch_unwind(AssertUnwindSafe(|| walk(&self.plan, bytes))))
            .map_err(|_| PyRuntimeError::new_err("the kernel stopped at a fault of its own"))??;
        if !places.iter().any(|place| matches!(place, Place::Handed(..))) {
            let whole = if self.plan.copies { batch.clone() } else { PyBytes::new(py, &written) };
            return Ok((places.len(), Some(whole), PyList::empty(py), Vec::new()));
        }
        let source = if self.plan.copies { bytes } else { &written };
        let documents = PyList::empty(py);
        let mut handed = Vec::new();
        for (at, place) in places.iter().enumerate() {
            match place {
                Place::Written(from, to) => documents.append(PyBytes::new(py, &source[*from..*to]))?,
                Place::Handed(from, to) => {
                    documents.append(py.None())?;
                    handed.push((at, PyBytes::new(py, &bytes[*from..*to])));
                }
            }
        }
        Ok((places.len(), None, documents, handed))
    }
}

type Treated<'py> = (usize, Option<Bound<'py, PyBytes>>, Bound<'py, PyList>, Vec<(usize, Bound<'py, PyBytes>)>);

fn walk(plan: &Plan, batch: &[u8]) -> PyResult<(Vec<Place>, Vec<u8>)> {
    let mut walk = Walk::new(plan, batch.len());
    let mut places = Vec::with_capacity(batch.len() / 256);
    let mut from = 0;
    for document in bson::documents(batch) {
        let to = from + document.len();
        let start = walk.written();
        places.push(match walk.treat(document) {
            Ok(()) if plan.copies => Place::Written(from, to),
            Ok(()) => Place::Written(start, walk.written()),
            Err(Stop::Hand) => Place::Handed(from, to),
            Err(Stop::Fail(error)) => return Err(error),
        });
        from = to;
    }
    Ok((places, walk.into_bytes()))
}
