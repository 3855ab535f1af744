//! The standard libraries (manual chapter 5).
pub mod string;
