//! What the libraries and the C API share: checked arguments, loading, text of values.

pub mod args;
