//! The clock that deadlines are set by.
//!
//! Not here: the calendar and the processor's time (`stdlib::os`).

/// Nanoseconds since some moment before the process began; never goes back.
pub fn nanoseconds() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: now is a place for the answer. This clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    in_nanoseconds(now)
}

/// The same for who asks seldom: the C library's function, which need not ask the system, lies apart from all others that a program
/// without limits needs, and would bring 64 KB of it.
#[cfg(jit)]
pub fn nanoseconds_of_system() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: as above.
    unsafe { libc::syscall(libc::SYS_clock_gettime, libc::CLOCK_MONOTONIC, &raw mut now) };
    in_nanoseconds(now)
}

fn in_nanoseconds(time: libc::timespec) -> u64 {
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}
