//! Double to integer as C's casts do it on x86-64, which scripts and hosts can see.
//!
//! Not here: `luaL_checkint` and the like, which are these and a wrapping `as i32`.

/// PUC's `lua_Integer` (a 64-bit `ptrdiff_t`) of a number, as x86-64's `cvttsd2si` has it:
/// truncated towards zero, and `i64::MIN` for NaN and for whatever does not fit.
///
/// COMPAT: on Debian's build `lua_tointeger` of 2^63, 1e300, inf and NaN is -2^63, and so
/// `("abc"):sub(1e300)` is `"abc"` and `("abc"):sub(1, 1e300)` is `""`. The same on every machine here.
#[inline(always)]
pub fn f64_to_integer(n: f64) -> i64 {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_mm_cvttsd_si64, _mm_set_sd};
        // SAFETY: x86-64 always has SSE2, which is all that these need.
        unsafe { _mm_cvttsd_si64(_mm_set_sd(n)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        const LIMIT: f64 = 9223372036854775808.0;
        if (-LIMIT..LIMIT).contains(&n) {
            n as i64
        } else {
            i64::MIN
        }
    }
}

/// C's `(int)` cast of a number on x86-64 (`lua_number2int`): truncated, `i32::MIN` if it does not fit.
///
/// COMPAT: not what `luaL_checkint` does, which takes the low 32 bits of [`f64_to_integer`]:
/// `string.rep("x", 2^32 + 1)` is `"x"`.
#[inline(always)]
pub fn f64_to_i32(n: f64) -> i32 {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_mm_cvttsd_si32, _mm_set_sd};
        // SAFETY: x86-64 always has SSE2, which is all that these need.
        unsafe { _mm_cvttsd_si32(_mm_set_sd(n)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        if n > -2147483649.0 && n < 2147483648.0 {
            n as i32
        } else {
            i32::MIN
        }
    }
}
