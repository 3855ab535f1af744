//! The C boundary for AArch64 AAPCS64: see the module above for the idea and the invariants.
//!
//! What a recovery point leaves on the stack, from the word that the slot holds upwards:
//!
//! ```text
//!   slot ─▶ +0 outer point, state, slot, –   +32 x29 x30   +48 x19 … x28   +128 d8 … d15   +192 caller's sp
//! ```
//!
//! x29 is a frame record meanwhile. Only the low halves of v8–v15 belong to the caller. On a normal
//! return the callee has preserved all saved registers itself: x19, which held the slot, is loaded
//! again.
//!
//! The "language specific data" of each protected call is the address where an exception lands.
//!
//! Not here: x86-64 (its own file); Apple's variant, whose variadic arguments all lie on the stack;
//! big-endian AArch64, where an `int` sits in the other half of its word.

use super::exceptions::personality;
use super::{AnyFunction, CFunction, CallOutcome, EXCEPTION, Recovery, RecoveryPoint, Then, WordOutcome};
use core::arch::naked_asm;
use core::ffi::{c_int, c_void};

/// Saves the registers of a recovery point, all but x30 where an unwinder is to find them. A string, as the templates
/// of `naked_asm!` are.
macro_rules! save_registers {
    () => {
        concat!(
            "sub sp, sp, #192\n",
            ".cfi_adjust_cfa_offset 192\n",
            "stp x29, x30, [sp, #32]\n",
            ".cfi_rel_offset x29, 32\n",
            "stp x19, x20, [sp, #48]\n",
            "stp x21, x22, [sp, #64]\n",
            "stp x23, x24, [sp, #80]\n",
            "stp x25, x26, [sp, #96]\n",
            "stp x27, x28, [sp, #112]\n",
            "stp d8, d9, [sp, #128]\n",
            "stp d10, d11, [sp, #144]\n",
            "stp d12, d13, [sp, #160]\n",
            "stp d14, d15, [sp, #176]\n",
            ".cfi_rel_offset x19, 48\n",
            ".cfi_rel_offset x20, 56\n",
            ".cfi_rel_offset x21, 64\n",
            ".cfi_rel_offset x22, 72\n",
            ".cfi_rel_offset x23, 80\n",
            ".cfi_rel_offset x24, 88\n",
            ".cfi_rel_offset x25, 96\n",
            ".cfi_rel_offset x26, 104\n",
            ".cfi_rel_offset x27, 112\n",
            ".cfi_rel_offset x28, 120\n",
            ".cfi_rel_offset d8, 128\n",
            ".cfi_rel_offset d9, 136\n",
            ".cfi_rel_offset d10, 144\n",
            ".cfi_rel_offset d11, 152\n",
            ".cfi_rel_offset d12, 160\n",
            ".cfi_rel_offset d13, 168\n",
            ".cfi_rel_offset d14, 176\n",
            ".cfi_rel_offset d15, 184\n",
        )
    };
}

/// The beginning of the protected calls that return to their caller: makes the recovery point and x19 its slot.
macro_rules! make_point {
    () => {
        concat!(
            ".cfi_startproc\n",
            ".cfi_personality 0x1b, {personality}\n",
            ".cfi_lsda 0x1b, .Lferrouslua_exception\n",
            save_registers!(),
            ".cfi_rel_offset x30, 40\n",
            "add x29, sp, #32\n",
            ".cfi_def_cfa x29, 160\n",
            "ldr x9, [x0]\n",
            "stp x9, x2, [sp]\n",
            "str x0, [sp, #16]\n",
            "mov x9, sp\n",
            "str x9, [x0]\n",
            "mov x19, x0\n",
        )
    };
}

/// The point outside is the newest again; x19 is the caller's.
macro_rules! drop_point {
    () => {
        concat!(
            "ldr x9, [sp]\n",
            "str x9, [x19]\n",
            "ldr x19, [sp, #48]\n",
        )
    };
}

/// Gives the stack back and returns.
macro_rules! leave {
    () => {
        concat!(
            "ldp x29, x30, [sp, #32]\n",
            "add sp, sp, #192\n",
            ".cfi_def_cfa sp, 0\n",
            ".cfi_restore x29\n",
            ".cfi_restore x30\n",
            "ret\n",
        )
    };
}

/// Calls `f(state)` behind a new recovery point, which is the newest of `slot` meanwhile.
///
/// # Safety
/// `slot` outlives the call; `f` may be called with `state`; CFRAMES holds for all that `f` calls.
#[unsafe(naked)]
pub unsafe extern "C" fn protected_call(
    slot: *const Recovery,
    f: CFunction,
    state: *mut c_void,
) -> CallOutcome {
    naked_asm!(
        make_point!(),
        "mov x9, x1",
        "mov x0, x2",
        "blr x9",
        drop_point!(),
        "mov w0, w0", // clears the high half: code 0
        ".cfi_remember_state",
        leave!(),
        ".cfi_restore_state",
        // Where an exception lands: it is in x0, and x19 is what it was at the call.
        ".Lferrouslua_exception:",
        "str x0, [x19, #8]",
        drop_point!(),
        "mov w1, #{exception}", // WordOutcome.code
        "lsl x0, x1, #32",      // CallOutcome
        leave!(),
        ".cfi_endproc",
        personality = sym personality,
        exception = const EXCEPTION,
    )
}

/// Calls `f(state, arg)` behind a new recovery point, as [`protected_call`] does. For hooks, and for
/// what calls readers and writers.
///
/// # Safety
/// As [`protected_call`]; `f` is a C function that may be called with these two words.
#[unsafe(naked)]
pub unsafe extern "C" fn protected_call2(
    slot: *const Recovery,
    f: AnyFunction,
    state: *mut c_void,
    arg: *mut c_void,
) -> WordOutcome {
    naked_asm!(
        make_point!(),
        "mov x9, x1",
        "mov x0, x2",
        "mov x1, x3",
        "blr x9",
        drop_point!(),
        "mov x1, #0",
        leave!(),
        ".cfi_endproc",
        personality = sym personality,
    )
}

/// As [`protected_call`], but goes on at `then`, with the state, the outcome and `word`; what that returns is returned.
///
/// PERF: for whoever calls it last of all, and so holds nothing over the call and saves no registers for it.
///
/// ```text
///   … +40 .Lferrouslua_then   +192 state  then   +208 word  caller's x30   +224 caller's sp
/// ```
///
/// # Safety
/// As [`protected_call`]; `then` takes what it is given.
#[unsafe(naked)]
pub unsafe extern "C" fn protected_call_then(
    slot: *const Recovery,
    f: CFunction,
    state: *mut c_void,
    then: Then,
    word: u64,
) -> c_int {
    naked_asm!(
        ".cfi_startproc",
        ".cfi_personality 0x1b, {personality}",
        ".cfi_lsda 0x1b, .Lferrouslua_exception_then",
        "sub sp, sp, #32",
        ".cfi_adjust_cfa_offset 32",
        "stp x2, x3, [sp]",
        "stp x4, x30, [sp, #16]",
        ".cfi_rel_offset x30, 24",
        "adr x30, .Lferrouslua_then",
        save_registers!(),
        "ldr x9, [x0]",
        "stp x9, x2, [sp]",
        "str x0, [sp, #16]",
        "mov x9, sp",
        "str x9, [x0]",
        "mov x9, x1",
        "mov x0, x2",
        "blr x9",
        "ldr x9, [sp]",
        "ldr x10, [sp, #16]",
        "str x9, [x10]",
        ".cfi_remember_state",
        "add sp, sp, #192", // the callee has preserved all saved registers itself
        ".cfi_adjust_cfa_offset -192",
        "mov w0, w0", // clears the high half: code 0
        // Where a throw returns to.
        ".Lferrouslua_then:",
        "mov x1, x0",
        "ldp x0, x9, [sp]",
        "ldp x2, x30, [sp, #16]",
        "add sp, sp, #32",
        ".cfi_adjust_cfa_offset -32",
        ".cfi_restore x30",
        "br x9",
        ".cfi_restore_state",
        // Where an exception lands: it is in x0, sp is what it was at the call, as are the saved registers.
        ".Lferrouslua_exception_then:",
        "ldr x9, [sp]",
        "ldr x10, [sp, #16]",
        "str x0, [x10, #8]",
        "str x9, [x10]",
        "add sp, sp, #192",
        ".cfi_adjust_cfa_offset -192",
        "mov w0, #{exception}",
        "lsl x0, x0, #32",
        "b .Lferrouslua_then",
        ".cfi_endproc",
        personality = sym personality,
        exception = const EXCEPTION,
    )
}

/// Makes the call whose recovery point this is return with `code` (which is not 0).
///
/// The code is put where every kind of protected call looks for it, so a throw need not know which
/// kind it ends.
///
/// # Safety
/// `point` is the newest recovery point of its slot, its call has not returned yet, and CFRAMES
/// holds from here to it.
#[unsafe(naked)]
pub unsafe extern "C" fn throw(point: *mut RecoveryPoint, code: u32) -> ! {
    naked_asm!(
        ".cfi_startproc",
        "mov sp, x0",
        ".cfi_def_cfa sp, 192",
        ".cfi_offset x29, -160",
        ".cfi_offset x30, -152",
        "ldr x9, [sp]",
        "ldr x10, [sp, #16]",
        "str x9, [x10]",
        "mov w1, w1",      // WordOutcome.code, zero-extended
        "lsl x0, x1, #32", // CallOutcome
        "ldp x19, x20, [sp, #48]",
        "ldp x21, x22, [sp, #64]",
        "ldp x23, x24, [sp, #80]",
        "ldp x25, x26, [sp, #96]",
        "ldp x27, x28, [sp, #112]",
        "ldp d8, d9, [sp, #128]",
        "ldp d10, d11, [sp, #144]",
        "ldp d12, d13, [sp, #160]",
        "ldp d14, d15, [sp, #176]",
        leave!(),
        ".cfi_endproc",
    )
}

/// The AAPCS64 `va_list`.
///
/// Each register area is named by its end and a negative offset from there that grows to 0; what
/// does not fit lies in 8-byte words in the caller's frame. As a parameter the structure is larger
/// than 16 bytes, so C passes a pointer to a copy of it.
#[repr(C)]
pub struct VaList {
    stack: *mut u8,
    gr_top: *mut u8,
    vr_top: *mut u8,
    gr_offs: c_int,
    vr_offs: c_int,
}

impl VaList {
    /// The next argument, of a type that C passes as `int`.
    ///
    /// # Safety
    /// The caller of the variadic function passed one more argument, and it has this type.
    pub unsafe fn next_int(&mut self) -> c_int {
        // SAFETY: the contract is the caller's; an int fills the low half of its word.
        unsafe { self.integer_word().cast::<c_int>().read() }
    }

    /// The next argument, a pointer or another 64-bit integer.
    ///
    /// # Safety
    /// As [`VaList::next_int`].
    pub unsafe fn next_ptr(&mut self) -> *mut c_void {
        // SAFETY: as next_int.
        unsafe { self.integer_word().cast::<*mut c_void>().read() }
    }

    /// The next argument, a `double`.
    ///
    /// # Safety
    /// As [`VaList::next_int`].
    pub unsafe fn next_double(&mut self) -> f64 {
        // SAFETY: a negative offset names a register that the entry saved; else one more word of
        // the caller's argument area exists by contract.
        unsafe {
            let place = if self.vr_offs < 0 {
                let place = self.vr_top.offset(self.vr_offs as isize);
                self.vr_offs += 16;
                place
            } else {
                self.stack_word()
            };
            place.cast::<f64>().read()
        }
    }

    unsafe fn integer_word(&mut self) -> *mut u8 {
        // SAFETY: as next_double.
        unsafe {
            if self.gr_offs < 0 {
                let place = self.gr_top.offset(self.gr_offs as isize);
                self.gr_offs += 8;
                place
            } else {
                self.stack_word()
            }
        }
    }

    unsafe fn stack_word(&mut self) -> *mut u8 {
        let place = self.stack;
        // SAFETY: one past the word just named is inside or at the end of the argument area.
        self.stack = unsafe { place.add(8) };
        place
    }
}

/// Defines the exported C function `R name(S *, const char *, ...)` in terms of a Rust worker
/// `unsafe extern "C" fn(*mut S, *const c_char, *mut VaList) -> R`.
///
/// ```text
///   sp+0 x29 x30   sp+16 va_list (32)   sp+48 x0…x7 (64)   sp+112 q0…q7 (128)   sp+240 arguments
/// ```
/// The two named arguments stay in x0 and x1 for the worker, and are not spilled. Whatever result
/// register the worker sets is passed on.
#[macro_export]
macro_rules! variadic_entry {
    ($(#[$meta:meta])* $vis:vis fn $name:ident(*mut $state:ty) $(-> $ret:ty)? => $worker:path) => {
        // The assembly below does not check the worker's type; this does.
        const _: unsafe extern "C" fn(
            *mut $state,
            *const ::core::ffi::c_char,
            *mut $crate::vm::boundary::VaList,
        ) $(-> $ret)? = $worker;

        $(#[$meta])*
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        $vis unsafe extern "C" fn $name(
            state: *mut $state,
            format: *const ::core::ffi::c_char,
        ) $(-> $ret)? {
            ::core::arch::naked_asm!(
                ".cfi_startproc",
                "stp x29, x30, [sp, #-240]!",
                ".cfi_def_cfa_offset 240",
                ".cfi_offset x29, -240",
                ".cfi_offset x30, -232",
                "mov x29, sp",
                "stp x2, x3, [sp, #64]",
                "stp x4, x5, [sp, #80]",
                "stp x6, x7, [sp, #96]",
                "stp q0, q1, [sp, #112]",
                "stp q2, q3, [sp, #144]",
                "stp q4, q5, [sp, #176]",
                "stp q6, q7, [sp, #208]",
                "add x8, sp, #240",
                "str x8, [sp, #16]", // stack
                "add x9, sp, #112",
                "str x9, [sp, #24]", // gr_top
                "str x8, [sp, #32]", // vr_top: the vector area ends where the arguments begin
                "mov w9, #-48",
                "str w9, [sp, #40]", // gr_offs: six registers left
                "mov w9, #-128",
                "str w9, [sp, #44]", // vr_offs: all eight left
                "add x2, sp, #16",
                "bl {worker}",
                "ldp x29, x30, [sp], #240",
                ".cfi_def_cfa_offset 0",
                ".cfi_restore x29",
                ".cfi_restore x30",
                "ret",
                ".cfi_endproc",
                worker = sym $worker,
            )
        }
    };
}
