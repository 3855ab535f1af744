//! The standard libraries (manual chapter 5).
