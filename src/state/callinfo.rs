//! Call frames.
//!
//! ```text
//!   func        base                      top
//!    │ f │ extra…│ p1 p2 … locals temps …  │
//! ```
//!
//! `base[-1]` is always the running closure: a vararg function, whose extra arguments stay between
//! `func` and `base`, has it copied there.
//!
//! Frames lie in one array that may move when it grows (STKPTR holds for them too): keep a frame by
//! its index over anything that may call.

use crate::object::Value;
use crate::state::State;
use crate::state::native::Continuation;

/// As many results as there are.
pub const MULTRET: i32 = -1;

/// The result completes the calling Lua frame's instruction: the call was a metamethod's.
pub const META_RESULT: i32 = -2;

/// What the debug library shows of a builtin's frame that keeps more in its slots than the reference does:
/// the slot, counted from 1, in which the value of this number lies.
pub type View = fn(&State, &CallInfo, usize) -> Option<usize>;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct CallInfo {
    pub func: *mut Value,
    pub base: *mut Value,
    /// End of the frame's slots: what the frame may use without a stack check.
    pub top: *mut Value,
    /// Where the frame goes on: in a Lua function's executable form the instruction after the one
    /// being executed; for other frames one of the VM's marks.
    pub pc: *const u64,
    /// The constants of a Lua function; the coroutine that a builtin has resumed; of one that waits for a protected
    /// call, `saved_errfunc`; else a builtin's `View`, or a few bits that it keeps.
    pub k: *const Value,
    /// Results the caller wants, or `MULTRET`, or `META_RESULT`.
    pub nresults: i32,
    /// A waiting builtin: the slot of the function it had called, counted from base. A Lua frame
    /// in a metamethod: what `vm::complete` needs to go on.
    pub pending: u32,
    // PERF: these three are a word, so that a call sets them by one aligned store.
    pub flags: FrameFlags,
    /// Of a Lua function: the number of the return point (`Switchboard::points`) where it goes on in machine code, if it comes to the
    /// word that the point is of; 0: none.
    pub resume: u16,
    /// Tail calls lost under this frame. A builtin that asks for a call: the results it wants.
    pub tail_calls: u32,
    /// What to call when a builtin's request is done. Of a builtin that gives way to another coroutine, which needs none, the turn that
    /// is kept (`keep_turn`).
    pub then: Option<Continuation>,
}

const _: () = assert!(size_of::<CallInfo>() == 64);

/// Properties of a frame, as bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(transparent)]
pub struct FrameFlags(pub u16);

impl FrameFlags {
    pub const NONE: FrameFlags = FrameFlags(0);
    /// A Lua function's frame.
    pub const LUA: FrameFlags = FrameFlags(1);
    /// Entered from Rust or C: its return ends that run of the interpreter.
    pub const FRESH: FrameFlags = FrameFlags(1 << 1);
    /// A builtin that waits for a call whose errors it catches.
    pub const CATCHES: FrameFlags = FrameFlags(1 << 2);
    /// A message handler's frame: its result replaces the error value.
    pub const HANDLER: FrameFlags = FrameFlags(1 << 3);
    /// A builtin that waits for a coroutine it resumed.
    pub const RESUMES: FrameFlags = FrameFlags(1 << 4);
    /// A foreign C function's frame.
    pub const FOREIGN: FrameFlags = FrameFlags(1 << 5);
    /// A frame of the VM's own, which no level counts: the border of a nested run, the room a hook
    /// or a message handler works in.
    pub const HIDDEN: FrameFlags = FrameFlags(1 << 6);
    /// A protected call began with hooks allowed.
    pub const HOOKS_ALLOWED: FrameFlags = FrameFlags(1 << 7);
    /// A builtin that waits for a call whose results are already where its own are to be, but for
    /// the first, `true`, which takes the builtin's own slot.
    pub const IN_PLACE: FrameFlags = FrameFlags(1 << 8);
    /// The same of one whose results are to be one slot below: the handler of an `xpcall` lies there, and `true` takes the place of that.
    pub const IN_NEXT: FrameFlags = FrameFlags(1 << 15);
    /// A builtin that waits for an unprotected call with one result, which is its own: the flag of `IN_NEXT`, which means this where
    /// nothing is caught.
    pub const IN_OWN: FrameFlags = FrameFlags::IN_NEXT;
    /// A builtin that resumed a coroutine, whose results are `true` and what the coroutine yields.
    pub const GIVES_STATUS: FrameFlags = FrameFlags(1 << 9);
    /// ... or only what it yields.
    pub const GIVES_VALUES: FrameFlags = FrameFlags(1 << 10);
    /// A foreign function that has called `lua_yield`. In builds with the feature `checks` only.
    pub const YIELDS: FrameFlags = FrameFlags(1 << 11);
    /// A builtin that asks for one unprotected call after another, each with one result, and as many arguments as
    /// the one before: it goes on waiting while its continuation runs. Not in builds with the feature `checks`.
    pub const ASKS_ON: FrameFlags = FrameFlags(1 << 12);
    /// A builtin's frame with a `View` in `k`. Scripts can neither see nor change its other slots.
    pub const HAS_VIEW: FrameFlags = FrameFlags(1 << 13);

    /// A Lua function's frame that machine code has made, to which a return in machine code goes back: `then` is the address of
    /// where its address stands (`NativeLoops::new_return`).
    pub const COMPILED_CALL: FrameFlags = FrameFlags(1 << 14);

    #[inline(always)]
    pub fn has(self, flag: FrameFlags) -> bool {
        self.0 & flag.0 != 0
    }

    #[inline(always)]
    pub fn with(self, flag: FrameFlags) -> FrameFlags {
        FrameFlags(self.0 | flag.0)
    }

    #[inline(always)]
    pub fn without(self, flag: FrameFlags) -> FrameFlags {
        FrameFlags(self.0 & !flag.0)
    }
}

impl CallInfo {
    /// Makes of fresh memory `count` frames that are not in use. PERF: which coroutine a builtin waits for is guessed by what its
    /// frame held before (`fast::coroutine`); and a line hook that a signal sets asks for the pc of a frame that has none yet.
    /// Nothing else of such a frame is looked at.
    ///
    /// # Safety
    /// There is memory for them at `first`.
    #[inline(always)]
    pub unsafe fn prepare(first: *mut CallInfo, count: usize) {
        for i in 0..count {
            // SAFETY: the caller's promise.
            unsafe {
                (&raw mut (*first.add(i)).k).write(core::ptr::null());
                (&raw mut (*first.add(i)).pc).write(core::ptr::null());
            }
        }
    }

    #[inline(always)]
    pub fn is_lua(&self) -> bool {
        self.flags.has(FrameFlags::LUA)
    }

    /// The State's `errfunc` before the protected call that this frame waits for; while the call is asked for,
    /// the slot of its message handler.
    #[inline(always)]
    pub fn saved_errfunc(&self) -> i32 {
        self.k as usize as i32
    }

    #[inline(always)]
    pub fn save_errfunc(&mut self, errfunc: i32) {
        self.k = errfunc as usize as *const Value;
    }

    /// A builtin's frame is shown by this from now on.
    #[inline]
    pub fn set_view(&mut self, view: View) {
        self.flags = self.flags.with(FrameFlags::HAS_VIEW);
        self.k = view as *const Value;
    }

    pub fn view(&self) -> Option<View> {
        if !self.flags.has(FrameFlags::HAS_VIEW) {
            return None;
        }
        // SAFETY: `set_view` has put it there; a frame with a view waits for no protected call or
        // coroutine, and keeps no bits.
        Some(unsafe { core::mem::transmute::<*const Value, View>(self.k) })
    }

    /// What a builtin remembers that needs no slot. Not with a view, nor when it resumes a coroutine.
    #[inline]
    pub fn keep(&mut self, bits: u64) {
        self.k = core::ptr::without_provenance(bits as usize);
    }

    #[inline]
    pub fn kept(&self) -> u64 {
        self.k.addr() as u64
    }

    /// Keeps where the thread's last jump back led (`Switchboard::last_turn`) while another coroutine runs: a word of code, or null.
    #[inline(always)]
    pub fn keep_turn(&mut self, turn: *const u64) {
        // SAFETY: a field of our own. It is never called in such a frame: `vm::frames` goes by the flags there.
        unsafe { (&raw mut self.then).cast::<*const u64>().write(turn) }
    }

    /// What was kept; anything else that is no word of code, if nothing was.
    #[inline(always)]
    pub fn kept_turn(&self) -> *const u64 {
        // SAFETY: as above; a function's address has the size of any other.
        unsafe { (&raw const self.then).cast::<*const u64>().read() }
    }

    /// The running function (nil in a thread's bottom frame).
    #[inline(always)]
    pub fn function(&self) -> Value {
        // SAFETY: STACK: func is a slot of the frame's own stack.
        unsafe { *self.func }
    }
}
