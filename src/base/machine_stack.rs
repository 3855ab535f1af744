//! How much machine stack is left on the thread that runs.
//!
//! Calls through foreign C functions recurse on the machine stack, and so does the parser. Both are
//! bounded in number as the reference bounds them, but on a thread with a small stack the bytes end
//! before the number does; so nested runs, and levels of syntax, past the first few ask here.
//!
//! Not here: what is done about it (`vm::call`, `syntax`).

use core::cell::Cell;
use core::mem::MaybeUninit;

/// Bytes that a C function and the library below it may still use after a nested run was allowed: a
/// `luaL_Buffer` or two, and the C library's own printing and scanning.
const RESERVE: usize = 32 << 10;

/// The stack on which was asked last. Stacks do not overlap, so an address within it is on the same.
#[derive(Default)]
pub struct MachineStack {
    low: Cell<usize>,
    high: Cell<usize>,
}

impl MachineStack {
    /// Whether another nested run could meet the end of the stack.
    pub fn is_nearly_full(&self) -> bool {
        self.has_less_than(RESERVE)
    }

    /// Whether fewer bytes are left. False on a stack that the system knows no bounds of, such as one
    /// that a host made for itself.
    pub fn has_less_than(&self, bytes: usize) -> bool {
        let marker = 0u8;
        let here = (&raw const marker).addr();
        if !(self.low.get()..self.high.get()).contains(&here) {
            let (low, high) = bounds().unwrap_or((0, 0));
            if !(low..high).contains(&here) {
                return false;
            }
            self.low.set(low);
            self.high.set(high);
        }
        here - self.low.get() < bytes
    }
}

/// The lowest address of this thread's stack, and the one behind its highest.
fn bounds() -> Option<(usize, usize)> {
    let mut attributes = MaybeUninit::uninit();
    let (mut low, mut size) = (core::ptr::null_mut(), 0);
    // SAFETY: the attributes are initialised by the first call when it succeeds, read by the second and
    // destroyed by the third; the out parameters are ours.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let known = libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut low, &raw mut size) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        known.then(|| (low.addr(), low.addr() + size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes down until the stack is said to be nearly full; returns the depth.
    #[inline(never)]
    fn descend(stack: &MachineStack, depth: usize) -> usize {
        let kilobyte = core::hint::black_box([0u8; 1024]);
        if stack.is_nearly_full() {
            return depth;
        }
        assert!(depth < 10_000, "an end was to be seen long ago");
        let reached = descend(stack, depth + 1);
        core::hint::black_box(&kilobyte);
        reached
    }

    #[test]
    fn the_end_is_seen_on_stacks_of_every_size() {
        let stack = MachineStack::default();
        let mut last = 0;
        for kib in [96, 256, 1024] {
            let reached = std::thread::scope(|scope| {
                let cells = (stack.low.get(), stack.high.get());
                let thread = std::thread::Builder::new().stack_size(kib << 10);
                let handle = thread.spawn_scoped(scope, move || {
                    // What another thread's stack was like must not matter.
                    let stack = MachineStack { low: Cell::new(cells.0), high: Cell::new(cells.1) };
                    let reached = descend(&stack, 0);
                    (reached, stack.low.get(), stack.high.get())
                });
                let (reached, low, high) = handle.unwrap().join().unwrap();
                stack.low.set(low);
                stack.high.set(high);
                reached
            });
            assert!(reached > last && reached <= kib, "{reached} levels of a kilobyte in {kib} KiB");
            last = reached;
        }
    }
}
