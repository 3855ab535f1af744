//! The virtual machine.

pub mod boundary;
