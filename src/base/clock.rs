//! The clock that deadlines are set by.
//!
//! Not here: the calendar and the processor's time (`stdlib::os`).

/// Nanoseconds since some moment before the process began; never goes back.
pub fn nanoseconds() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: now is a place for the answer. This clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    (now.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(now.tv_nsec as u64)
}
