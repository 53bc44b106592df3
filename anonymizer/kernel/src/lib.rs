//! The anonymizer's walk over BSON: every path and type checked, the common masks done here, all else copied as bytes.
//!
//! Python is the reference. Whatever is not plain (bytes that decoding would change, a path or type that no rule names,
//! a value that its mask refuses) is handed back to it, a document at a time, so that there is one place that says what
//! happens then. See docs/adr/0009.
#![forbid(unsafe_code)]

pub mod blake2b;
mod boundary;
pub mod bson;
mod calls;
mod cases;
mod masks;
mod names;
mod plain;
mod plan;
mod reading;
mod rewriting;
mod walk;

use pyo3::prelude::*;

/// Make the module. A panic is an error in Python; what it would print might hold a value, so it prints nothing.
#[pymodule]
fn understudy_kernel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    std::panic::set_hook(Box::new(|_| {}));
    module.add("SOURCES", env!("KERNEL_SOURCES"))?;
    module.add_class::<boundary::Kernel>()
}
