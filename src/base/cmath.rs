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
    #[link_name = "pow"]
    safe fn any_pow(x: f64, y: f64) -> f64;
    pub safe fn sin(x: f64) -> f64;
    pub safe fn sinh(x: f64) -> f64;
    pub safe fn tan(x: f64) -> f64;
    pub safe fn tanh(x: f64) -> f64;
    pub fn frexp(x: f64, e: *mut c_int) -> f64;
    pub fn modf(x: f64, whole: *mut f64) -> f64;
}

/// C's `pow`. PERF: where the result is a number exactly and easily found, without the C library, whose result is the same
/// one then: the powers of 2 and 10, and squares of numbers with half as many digits as a number has.
///
/// Not inlined: where an argument is a constant, the compiler makes something else of the library's `pow` (`is`).
#[inline(never)]
pub extern "C" fn pow(x: f64, y: f64) -> f64 {
    if is(y, 2.0) {
        let exponent = x.to_bits() >> MANTISSA & 0x7FF;
        if x.to_bits() << 37 == 0 && (1023 - 500..1023 + 500).contains(&exponent) {
            return x * x;
        }
    } else if is(x, 2.0) || is(x, 10.0) {
        return power_of(x, y);
    }
    any_pow(x, y)
}

/// Powers of 2 and 10. PERF: apart, so that all else is a jump to the C library.
#[inline(never)]
extern "C" fn power_of(x: f64, y: f64) -> f64 {
    if is(x, 2.0) && (-1022.0..=1023.0).contains(&y) {
        // SAFETY: it is in the range of that.
        let n = unsafe { y.to_int_unchecked::<i32>() };
        if n as f64 == y {
            return f64::from_bits(((1023 + n) as u64) << MANTISSA);
        }
    } else if is(x, 10.0) && (0.0..POWERS_OF_TEN.len() as f64).contains(&y) {
        // SAFETY: as above.
        let n = unsafe { y.to_int_unchecked::<i32>() };
        if n as f64 == y {
            return POWERS_OF_TEN[n as usize];
        }
    }
    any_pow(x, y)
}

/// Whether `x` is this number, above 0, without the compiler taking the one for the other: it knows `pow`, too, and its own
/// square or power of 2 is not the C library's.
#[inline(always)]
fn is(x: f64, number: f64) -> bool {
    x.to_bits() << 1 == number.to_bits() << 1 && x > 0.0
}

/// Bits of a number below its exponent.
const MANTISSA: u32 = 52;

/// As far as they are numbers: 5^22 has 52 bits.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
];

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

#[cfg(test)]
mod tests {
    use super::*;
    use core::hint::black_box;

    #[test]
    fn powers_are_those_of_the_c_library() {
        let mut state = 42u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let special = [
            0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 10.0, 0.5, 1022.0, -1022.0, 1023.0, -1023.0, 1024.0, -1074.0, 22.0, 23.0, -3.0,
            67108863.0, 67108864.0, 134217727.0, 134217729.0, 1e300, 1e-300, 5e-324, 4e9, -4e9,
            f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN,
        ];
        let mut number = || {
            let bits = random();
            match bits >> 60 {
                0..4 => f64::from_bits(random()),
                4..6 => (random() % 2200) as f64 - 1100.0,
                6..8 => (random() % (1 << 28)) as f64 / 8.0,
                8..12 => f64::from_bits(random() & !0 << (bits % 64)),
                _ => special[bits as usize % special.len()],
            }
        };
        let equal = |x: f64, y: f64| {
            let libm: extern "C" fn(f64, f64) -> f64 = black_box(any_pow);
            let (x, y) = black_box((x, y));
            let (ours, theirs) = (pow(x, y), libm(x, y));
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "{x:e} ^ {y:e}: {ours:e} {theirs:e}");
        };
        for _ in 0..200_000 {
            let (x, y) = (number(), number());
            equal(x, y);
            equal(x, 2.0);
            equal(2.0, y);
            equal(10.0, y);
        }
        for n in -1100..1100 {
            equal(2.0, n as f64);
            equal(2.0, n as f64 + 0.5);
            equal(10.0, n as f64);
        }
    }
}
