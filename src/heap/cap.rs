//! A cap on what a state holds from the host, in bytes of all blocks asked for and not given back.
//!
//! The heap asks before each request to the host. What would exceed the cap is refused as the host
//! would refuse it: want of memory, which every caller knows how to bear.
//!
//! Objects die at safepoints only, so nothing can be collected at the request itself. Instead a full
//! collection is *wanted* at the next safepoint, long before the cap is reached: when half of the
//! room to it is taken, then half of what is left after that collection, and so on. The nearer the
//! cap, the more often, but never more than some twenty times before it refuses.
//!
//! Not here: the collection (`vm::safepoint`).

use core::cell::Cell;

pub struct Cap {
    held: Cell<usize>,
    limit: Cell<usize>,
    /// Where a full collection is wanted next.
    mark: Cell<usize>,
    wanted: Cell<bool>,
}

/// No cap.
pub const UNCAPPED: usize = usize::MAX;

impl Cap {
    pub fn new(held: usize) -> Cap {
        Cap {
            held: Cell::new(held),
            limit: Cell::new(UNCAPPED),
            mark: Cell::new(UNCAPPED),
            wanted: Cell::new(false),
        }
    }

    /// Bytes held from the host.
    pub fn held(&self) -> usize {
        self.held.get()
    }

    pub fn limit(&self) -> usize {
        self.limit.get()
    }

    /// A cap from now on, be more held already or not.
    pub fn set_limit(&self, bytes: usize) {
        self.limit.set(bytes);
        self.set_mark();
    }

    /// Whether so many bytes more may be asked for.
    pub fn allows(&self, bytes: usize) -> bool {
        bytes <= self.limit.get().saturating_sub(self.held.get())
    }

    /// A request was granted. True if a full collection is wanted now.
    pub fn grow(&self, bytes: usize) -> bool {
        let held = self.held.get() + bytes;
        self.held.set(held);
        if held > self.mark.get() {
            self.mark.set(UNCAPPED); // until that collection
            self.wanted.set(true);
        }
        self.wanted.get()
    }

    pub fn shrink(&self, bytes: usize) {
        self.held.set(self.held.get() - bytes);
    }

    /// A request was refused.
    pub fn refuse(&self) {
        self.wanted.set(true);
    }

    pub fn is_wanted(&self) -> bool {
        self.wanted.get()
    }

    /// Whether a full collection is wanted; it is taken to be made.
    pub fn take_wanted(&self) -> bool {
        self.wanted.replace(false)
    }

    /// After a full collection.
    pub fn set_mark(&self) {
        self.wanted.set(false);
        let (held, limit) = (self.held.get(), self.limit.get());
        self.mark.set(match limit {
            UNCAPPED => UNCAPPED,
            _ => held + limit.saturating_sub(held) / 2,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_are_wanted_ever_nearer_to_the_cap() {
        let cap = Cap::new(1000);
        cap.set_limit(1_000_000);
        let mut wanted = 0;
        while cap.allows(100) {
            if cap.grow(100) && cap.take_wanted() {
                wanted += 1;
                cap.set_mark(); // nothing was freed
            }
        }
        assert!(cap.held() > 999_900 && cap.held() <= 1_000_000);
        assert!((10..=20).contains(&wanted), "{wanted} collections");
        assert!(!cap.allows(101));
        cap.shrink(500_000);
        assert!(cap.allows(500_000));
        cap.set_limit(UNCAPPED);
        assert!(cap.allows(usize::MAX / 2));
    }
}
