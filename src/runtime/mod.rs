//! What the libraries and the C API share: checked arguments, loading, text of values.

pub mod args;
pub mod gc_control;
pub mod load;
pub mod load_file;
pub mod register;
pub mod tostring;
pub mod userdata;
