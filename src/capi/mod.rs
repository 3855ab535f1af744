//! The C API (manual chapters 3 and 4): `extern "C"` functions and nothing else.
