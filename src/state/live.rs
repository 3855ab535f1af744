//! Which addresses are those of live threads: in builds with the feature `checks`, which ask before they
//! look at what a host calls a `lua_State`. Threads are entered when made and taken out when freed.
//!
//! One list for all Globals of the process, so that an address alone can be looked up; and outside the
//! hosts' memory, which a lost State no longer names.
//!
//! Not here: who asks (`capi::check`).

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError, TryLockError};

use crate::state::State;

static LIVE: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

pub fn enter(l: *const State) {
    if cfg!(feature = "checks") {
        LIVE.lock().unwrap_or_else(PoisonError::into_inner).insert(l as usize);
    }
}

pub fn leave(l: *const State) {
    if cfg!(feature = "checks") {
        LIVE.lock().unwrap_or_else(PoisonError::into_inner).remove(&(l as usize));
    }
}

/// Whether a thread lives at this address. True as well while the list is in use, which a signal handler,
/// unlike another thread, could not wait for.
pub fn may_live(l: *const State) -> bool {
    match LIVE.try_lock() {
        Ok(live) => live.contains(&(l as usize)),
        Err(TryLockError::Poisoned(live)) => live.into_inner().contains(&(l as usize)),
        Err(TryLockError::WouldBlock) => true,
    }
}
