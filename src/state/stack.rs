//! The Lua stack and the frames on it: pushing, growing, looking around.
//!
//! Growing moves the stack and the frames: every pointer into them that is kept in the State, in a
//! frame or in an open upvalue is corrected here; any other is stale afterwards (STKPTR).

use core::ptr::NonNull;

use crate::heap::{Gc, mark};
use crate::object::{Proto, Str, Value};
use crate::state::short_source::ShortName;
use crate::state::state::SPARE;
use crate::state::{CallInfo, FrameFlags, State, Status, Thrown};

/// The most slots a stack may have, and the most frames. An error in a program that recurses
/// forever must come while the machine still has memory.
pub const MAX_STACK: usize = 16_000_000;
pub const MAX_FRAMES: usize = 1_100_000;
/// What an error handler may use beyond these limits.
const RESERVE: usize = 4_000;

impl CallInfo {
    /// The frame below all calls of a thread: what C code outside any function works in.
    pub fn bottom(func: *mut Value, top: *mut Value) -> CallInfo {
        CallInfo {
            func,
            base: func.wrapping_add(1),
            top,
            pc: core::ptr::null(),
            k: core::ptr::null(),
            nresults: 0,
            flags: FrameFlags::FOREIGN,
            resume: 0,
            tail_calls: 0,
            pending: 0,
            then: None,
        }
    }
}

impl State {
    // Values ------------------------------------------------------------------------------------

    /// Pushes within the frame's room (`ensure_stack`).
    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        debug_assert!(self.top < self.stack_limit.wrapping_add(SPARE));
        // SAFETY: STACK: the caller has room, and there are spare slots behind.
        unsafe {
            self.top.write(value);
            self.top = self.top.add(1);
        }
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Value {
        // SAFETY: STACK: the caller pushed the value.
        unsafe {
            self.top = self.top.sub(1);
            *self.top
        }
    }

    /// Drops the topmost `n` values.
    #[inline(always)]
    pub fn drop_values(&mut self, n: usize) {
        self.top = self.top.wrapping_sub(n);
    }

    /// The value `n` below the top: 1 is the topmost.
    #[inline(always)]
    pub fn from_top(&self, n: usize) -> Value {
        // SAFETY: STACK: the caller counts values of its own frame.
        unsafe { *self.top.sub(n) }
    }

    #[inline(always)]
    pub fn set_from_top(&mut self, n: usize, value: Value) {
        // SAFETY: STACK: as from_top.
        unsafe { *self.top.sub(n) = value }
    }

    /// Makes the topmost value the one that lies `n` below the top, moving the others up.
    pub fn insert_below(&mut self, n: usize) {
        // SAFETY: STACK: n values of the caller's own frame.
        let slots = unsafe { core::slice::from_raw_parts_mut(self.top.sub(n), n) };
        slots.rotate_right(1);
    }

    /// Values in the running frame.
    #[inline(always)]
    pub fn arg_count(&self) -> usize {
        // SAFETY: STACK: top and base are in the same stack, base first.
        unsafe { self.top.offset_from(self.frame().base) as usize }
    }

    /// The running frame's `n`-th value (1-based); `NONE` beyond the last.
    #[inline(always)]
    pub fn arg(&self, n: usize) -> Value {
        let slot = self.frame().base.wrapping_add(n - 1);
        // SAFETY: STACK: below top, so a slot of the frame.
        if slot < self.top { unsafe { *slot } } else { Value::NONE }
    }

    /// The `n`-th slot of any frame of this thread, in use or not; nil behind the stack's end.
    pub fn slot_of(&self, frame: &CallInfo, n: usize) -> Value {
        let slot = frame.base.wrapping_add(n - 1);
        // SAFETY: STACK: all slots below the array's end are initialised.
        if slot < self.stack.wrapping_add(self.stack_size()) { unsafe { *slot } } else { Value::NIL }
    }

    /// Sets the running frame's `n`-th value, which exists.
    #[inline(always)]
    pub fn set_arg(&mut self, n: usize, value: Value) {
        let slot = self.frame().base.wrapping_add(n - 1);
        debug_assert!(slot < self.top);
        // SAFETY: STACK: below top, so a slot of the frame.
        unsafe { *slot = value };
    }

    /// Makes the frame exactly `n` values long, with nils or by dropping.
    pub fn set_arg_count(&mut self, n: usize) {
        let wanted = self.frame().base.wrapping_add(n);
        while self.top < wanted {
            self.push(Value::NIL);
        }
        self.top = wanted;
    }

    /// Pushes an error value, for which there is always room.
    pub(in crate::state) fn push_error_value(&mut self, value: Value) {
        self.push(value);
    }

    // Room --------------------------------------------------------------------------------------

    /// Slots of the stack's array, the spare ones included.
    #[inline(always)]
    pub fn stack_size(&self) -> usize {
        (self.stack_limit as usize).wrapping_sub(self.stack as usize) / size_of::<Value>() + SPARE
    }

    /// Places in the frame array.
    #[inline(always)]
    pub fn ci_size(&self) -> usize {
        (self.ci_limit as usize).wrapping_sub(self.ci_base as usize) / size_of::<CallInfo>()
    }

    /// Whether there is room for `n` more values now. (The `checks` build says no, so that stacks
    /// move as often as they can.)
    #[inline(always)]
    pub fn has_room(&self, n: usize) -> bool {
        (self.stack_limit as usize).wrapping_sub(self.top as usize) / size_of::<Value>() > n
            && cfg!(not(feature = "checks"))
    }

    /// Room for `n` more values; "stack overflow" when that is too much.
    #[inline(always)]
    pub fn ensure_stack(&mut self, n: usize) -> Result<(), Thrown> {
        if self.has_room(n) {
            return Ok(());
        }
        self.grow_stack(n)
    }

    #[cold]
    #[inline(never)]
    pub fn grow_stack(&mut self, n: usize) -> Result<(), Thrown> {
        let used = self.stack_used();
        let need = used.saturating_add(n).saturating_add(SPARE + 1);
        if need > self.max_stack() {
            return Err(self.stack_overflow());
        }
        if need <= self.stack_size() && !self.moves_now(self.stack_size(), used) {
            return Ok(());
        }
        let size = need.max((self.stack_size() * 2).min(MAX_STACK));
        self.move_stack(if need <= self.stack_size() { self.stack_size() } else { size })
    }

    /// Whether a `checks` build moves an array of `size` slots that is large enough: always; but a
    /// very deep program would copy for ever.
    fn moves_now(&self, size: usize, used: usize) -> bool {
        cfg!(feature = "checks") && used.is_multiple_of((size >> 12).pow(2).max(1))
    }

    fn max_stack(&self) -> usize {
        if self.stack_size() > MAX_STACK { MAX_STACK + RESERVE } else { MAX_STACK }
    }

    #[cold]
    fn stack_overflow(&mut self) -> Thrown {
        let enlarged = self.stack_size() > MAX_STACK || self.ci_size() > MAX_FRAMES;
        if enlarged && self.runs_handler() {
            return Thrown::new(Status::Handler);
        }
        // Room for the handler and its own calls; if that fails, so be it: the error is the same.
        let room = if self.stack_size() > MAX_STACK { Ok(()) } else { self.move_stack(MAX_STACK + RESERVE) };
        match room {
            Ok(()) => self.runtime_error(&[b"stack overflow"]),
            Err(thrown) => thrown,
        }
    }

    /// Whether a message handler is running: enlarged stacks alone do not tell, for an overflow
    /// caught near the limit leaves them so.
    fn runs_handler(&self) -> bool {
        self.frames().iter().rev().any(|ci| ci.flags.has(FrameFlags::HANDLER))
    }

    pub fn stack_used(&self) -> usize {
        // SAFETY: STACK: top is in the stack.
        unsafe { self.top.offset_from(self.stack) as usize }
    }

    /// Puts the stack in a new array of `size` slots, at least as many as are in use.
    pub fn move_stack(&mut self, size: usize) -> Result<(), Thrown> {
        let heap = self.heap();
        let (old, old_size) = (self.stack, self.stack_size());
        let kept = old_size.min(size);
        let new = heap.alloc_array::<Value>(size)?.as_ptr();
        // SAFETY: two distinct arrays with at least `kept` slots; the rest is filled.
        unsafe {
            new.copy_from_nonoverlapping(old, kept);
            for i in kept..size {
                new.add(i).write(Value::NIL);
            }
            heap.free_array(NonNull::new_unchecked(old), old_size);
        }
        let moved = |p: *mut Value| new.wrapping_byte_add((p as usize).wrapping_sub(old as usize));
        self.stack = new;
        self.stack_limit = new.wrapping_add(size - SPARE);
        self.note_sizes();
        self.top = moved(self.top);
        for ci in self.frames_mut() {
            ci.func = moved(ci.func);
            ci.base = moved(ci.base);
            ci.top = moved(ci.top);
        }
        let mut open = self.open_upvalues;
        while let Some(upvalue) = open {
            upvalue.v.set(moved(upvalue.v.get()));
            open = upvalue.next_open();
        }
        Ok(())
    }

    // Frames ------------------------------------------------------------------------------------

    #[inline(always)]
    pub fn frame(&self) -> &CallInfo {
        // SAFETY: ci is the newest of the frames, all initialised up to it.
        unsafe { &*self.ci }
    }

    #[inline(always)]
    pub fn frame_mut(&mut self) -> &mut CallInfo {
        // SAFETY: as frame, and we hold the State exclusively.
        unsafe { &mut *self.ci }
    }

    /// All frames, the thread's bottom frame first.
    pub fn frames(&self) -> &[CallInfo] {
        // SAFETY: frames 0..=ci are initialised.
        unsafe { core::slice::from_raw_parts(self.ci_base, self.frame_index() + 1) }
    }

    pub fn frames_mut(&mut self) -> &mut [CallInfo] {
        // SAFETY: as frames, and we hold the State exclusively.
        unsafe { core::slice::from_raw_parts_mut(self.ci_base, self.frame_index() + 1) }
    }

    /// The running frame's index; 0 is the bottom frame.
    #[inline(always)]
    pub fn frame_index(&self) -> usize {
        // SAFETY: ci is in the array.
        unsafe { self.ci.offset_from(self.ci_base) as usize }
    }

    /// Makes room for a further frame and returns it, uninitialised; `ci` is not moved.
    #[inline(always)]
    pub fn next_frame(&mut self) -> Result<*mut CallInfo, Thrown> {
        let next = self.ci.wrapping_add(1);
        if next == self.ci_limit {
            self.grow_frames()?;
        } else if self.moves_now(self.ci_size(), self.frame_index()) {
            self.resize_frames(self.ci_size())?;
        }
        Ok(self.ci.wrapping_add(1))
    }

    #[cold]
    #[inline(never)]
    fn grow_frames(&mut self) -> Result<(), Thrown> {
        if self.ci_size() >= MAX_FRAMES + RESERVE {
            return Err(if self.runs_handler() {
                Thrown::new(Status::Handler)
            } else {
                self.runtime_error(&[b"stack overflow"])
            });
        }
        if self.ci_size() >= MAX_FRAMES {
            self.resize_frames(MAX_FRAMES + RESERVE)?;
            return Err(self.runtime_error(&[b"stack overflow"]));
        }
        self.resize_frames((self.ci_size() * 2 + 1).min(MAX_FRAMES))
    }

    /// # Errors
    /// Memory; the frames are then as they were.
    pub fn resize_frames(&mut self, size: usize) -> Result<(), Thrown> {
        debug_assert!(size > self.frame_index());
        let index = self.frame_index();
        let heap = self.heap();
        // SAFETY: ALLOC: the frame array with its count. A `checks` build moves it in any case.
        let new = unsafe {
            let old = NonNull::new_unchecked(self.ci_base);
            if cfg!(feature = "checks") {
                let new = heap.alloc_array::<CallInfo>(size)?;
                new.copy_from_nonoverlapping(old, index + 1);
                heap.free_array(old, self.ci_size());
                new
            } else {
                heap.resize_array(old, self.ci_size(), size)?
            }
        };
        // SAFETY: fresh memory behind the frames that were kept.
        unsafe {
            let kept = if cfg!(feature = "checks") { index + 1 } else { self.ci_size().min(size) };
            CallInfo::prepare(new.as_ptr().add(kept), size - kept);
        }
        self.ci_base = new.as_ptr();
        self.ci_limit = self.ci_base.wrapping_add(size);
        self.note_sizes();
        self.ci = self.ci_base.wrapping_add(index);
        Ok(())
    }

    fn exceeds_limits(&self) -> bool {
        self.ci_size() > MAX_FRAMES || self.stack_size() > MAX_STACK
    }

    /// The stack or the frame array has a new size. PERF: each protected call asks whether one is beyond the ordinary limits.
    fn note_sizes(&mut self) {
        self.overflown = self.exceeds_limits();
    }

    /// After an overflow has been handled: back to the ordinary limits.
    #[inline]
    pub fn forget_overflow(&mut self) {
        debug_assert_eq!(self.overflown, self.exceeds_limits());
        if self.overflown {
            self.shrink_to_limits();
        }
    }

    #[cold]
    fn shrink_to_limits(&mut self) {
        if self.ci_size() > MAX_FRAMES && self.frame_index() + 1 < MAX_FRAMES {
            // A refusal leaves the larger array, which is only less tidy.
            let _ = self.resize_frames(MAX_FRAMES);
        }
        if self.stack_size() > MAX_STACK && self.stack_used() + SPARE < MAX_STACK {
            let highest = self.frames().iter().map(|ci| ci.top as usize).max().unwrap_or(0);
            let in_use = highest.saturating_sub(self.stack as usize) / size_of::<Value>();
            if in_use + SPARE < MAX_STACK {
                let _ = self.move_stack(MAX_STACK);
            }
        }
    }

    // Strings -----------------------------------------------------------------------------------

    pub fn new_string(&mut self, bytes: &[u8]) -> Result<Gc<Str>, Thrown> {
        Ok(self.global().strings.make(self.heap(), bytes)?)
    }

    /// Makes a string and pushes it.
    pub fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Thrown> {
        let s = self.new_string(bytes)?;
        self.push(Value::string(s));
        Ok(())
    }

    /// A string of several pieces in a row.
    pub fn concat_bytes(&mut self, parts: &[&[u8]]) -> Result<Gc<Str>, Thrown> {
        let mut whole = crate::heap::Buffer::new(self.heap());
        for part in parts {
            whole.extend(part)?;
        }
        // Messages grow where each level of a recursion prefixes its position.
        self.global().spend_bytes(whole.len());
        self.new_string(&whole)
    }

    // Where we are ------------------------------------------------------------------------------

    /// The prototype of a Lua frame.
    pub fn frame_proto(&self, ci: &CallInfo) -> Option<Gc<Proto>> {
        if ci.is_lua() { ci.function().as_lua_closure().map(|f| f.proto) } else { None }
    }

    /// The index of the instruction a Lua frame is executing.
    pub fn frame_pc(&self, ci: &CallInfo) -> Option<usize> {
        let proto = self.frame_proto(ci)?;
        let begin = proto.exec.get() as usize;
        Some(((ci.pc as usize).wrapping_sub(begin) / size_of::<u64>()).saturating_sub(1))
    }

    /// The line a Lua frame is executing; None for other functions.
    pub fn frame_line(&self, ci: &CallInfo) -> Option<i32> {
        Some(self.frame_proto(ci)?.line_of(self.frame_pc(ci)?))
    }

    /// The frame `level` calls up, as the manual counts them: 0 is the running function, and calls
    /// lost by tail calls count. None: beyond the bottom. Some(None): a lost call.
    pub fn frame_at_level(&self, level: usize) -> Option<Option<usize>> {
        let mut left = level;
        for index in (1..=self.frame_index()).rev() {
            let ci = &self.frames()[index];
            if ci.flags.has(FrameFlags::HIDDEN) {
                continue;
            }
            if left == 0 {
                return Some(Some(index));
            }
            left -= 1;
            if ci.is_lua() {
                let lost = ci.tail_calls as usize;
                if left < lost {
                    return Some(None);
                }
                left -= lost;
            }
        }
        None
    }

    /// `luaL_where`: "chunk:line: " of the function at `level`, None where no line is known.
    pub fn position_at_level(&mut self, level: usize) -> Result<Option<Gc<Str>>, Thrown> {
        let Some(Some(index)) = self.frame_at_level(level) else { return Ok(None) };
        let ci = self.frames()[index];
        let (Some(proto), Some(line)) = (self.frame_proto(&ci), self.frame_line(&ci)) else {
            return Ok(None);
        };
        if line <= 0 {
            return Ok(None);
        }
        self.position(proto, line).map(Some)
    }

    /// "chunk:line: " for a prototype and a line.
    pub fn position(&mut self, proto: Gc<Proto>, line: i32) -> Result<Gc<Str>, Thrown> {
        let id = match proto.source {
            Some(source) => self.global().short_source.name_of(source),
            None => ShortName::of(b"=?"),
        };
        let mut digits = crate::base::chunk_id::Digits::new();
        self.concat_bytes(&[id.as_bytes(), b":", digits.of(line as i64), b": "])
    }

    /// Whether the collector regards this thread as unreachable (for checks).
    pub fn is_marked(&self) -> bool {
        self.handle().header().mark.get() & mark::WHITES == 0
    }
}
