//! What the libraries and the C API share: checked arguments, loading, text of values.

pub mod args;
pub mod register;
pub mod tostring;
