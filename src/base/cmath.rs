//! Functions of numbers: the C library's own, so that every last bit is the reference's.

use core::ffi::c_int;

unsafe extern "C" {
    pub safe fn acos(x: f64) -> f64;
    pub safe fn asin(x: f64) -> f64;
    pub safe fn atan(x: f64) -> f64;
    pub safe fn atan2(y: f64, x: f64) -> f64;
    pub safe fn cos(x: f64) -> f64;
    pub safe fn cosh(x: f64) -> f64;
    pub safe fn exp(x: f64) -> f64;
    pub safe fn fmod(x: f64, y: f64) -> f64;
    pub safe fn ldexp(x: f64, e: c_int) -> f64;
    pub safe fn log(x: f64) -> f64;
    pub safe fn log10(x: f64) -> f64;
    pub safe fn pow(x: f64, y: f64) -> f64;
    pub safe fn sin(x: f64) -> f64;
    pub safe fn sinh(x: f64) -> f64;
    pub safe fn tan(x: f64) -> f64;
    pub safe fn tanh(x: f64) -> f64;
    pub fn frexp(x: f64, e: *mut c_int) -> f64;
    pub fn modf(x: f64, whole: *mut f64) -> f64;
}

const RADIANS_PER_DEGREE: f64 = core::f64::consts::PI / 180.0;

/// An angle of so many radians, in degrees.
pub fn degrees(radians: f64) -> f64 {
    radians / RADIANS_PER_DEGREE
}

/// An angle of so many degrees, in radians.
pub fn radians(degrees: f64) -> f64 {
    degrees * RADIANS_PER_DEGREE
}

/// The next number of C's generator, 0 and above and below 1. COMPAT: `rand() % RAND_MAX`, so that the result is
/// below 1 even for the greatest.
pub fn random() -> f64 {
    // SAFETY: rand keeps its state to itself.
    let n = unsafe { libc::rand() } % libc::RAND_MAX;
    n as f64 / libc::RAND_MAX as f64
}
