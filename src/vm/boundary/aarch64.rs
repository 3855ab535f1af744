//! The C boundary for AArch64 AAPCS64: see the module above for the idea and the invariants.
//!
//! What a recovery point leaves on the stack, from the word that the slot holds upwards:
//!
//! ```text
//!   slot ─▶ +0 x29 x30   +16 x19 x20 … +80 x27 x28   +96 d8 d9 … +144 d14 d15   +160 caller's sp
//! ```
//!
//! x29 is a frame record meanwhile. Only the low halves of v8–v15 belong to the caller.
//!
//! Not here: x86-64 (its own file); Apple's variant, whose variadic arguments all lie on the stack;
//! big-endian AArch64, where an `int` sits in the other half of its word.

use super::{AnyFunction, CFunction, CallOutcome, WordOutcome};
use core::arch::naked_asm;
use core::ffi::{c_int, c_void};

/// Calls `f(arg)` behind a new recovery point, whose stack pointer it stores in `*recovery`.
///
/// # Safety
/// `recovery` is writable; `f` may be called with `arg`; CFRAMES holds for all that `f` calls.
#[unsafe(naked)]
pub unsafe extern "C" fn protected_call(
    recovery: *mut *mut c_void,
    f: CFunction,
    arg: *mut c_void,
) -> CallOutcome {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-160]!",
        ".cfi_def_cfa_offset 160",
        ".cfi_offset x29, -160",
        ".cfi_offset x30, -152",
        "mov x29, sp",
        ".cfi_def_cfa_register x29",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "str x29, [x0]",
        "mov x9, x1",
        "mov x0, x2",
        "blr x9",
        "mov w0, w0", // clears the high half: code 0
        "ldp x29, x30, [sp], #160",
        ".cfi_def_cfa sp, 0",
        ".cfi_restore x29",
        ".cfi_restore x30",
        "ret",
        ".cfi_endproc",
    )
}

/// Calls `f(a, b, c, d)` behind a new recovery point, as [`protected_call`] does. For readers,
/// writers, hooks and allocators; a function of fewer parameters ignores the rest.
///
/// # Safety
/// As [`protected_call`]; `f` is a C function of at most four integer or pointer parameters, and
/// the first of `a`…`d` are what it may be called with.
#[unsafe(naked)]
pub unsafe extern "C" fn protected_call4(
    recovery: *mut *mut c_void,
    f: AnyFunction,
    a: *mut c_void,
    b: *mut c_void,
    c: *mut c_void,
    d: *mut c_void,
) -> WordOutcome {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-160]!",
        ".cfi_def_cfa_offset 160",
        ".cfi_offset x29, -160",
        ".cfi_offset x30, -152",
        "mov x29, sp",
        ".cfi_def_cfa_register x29",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "str x29, [x0]",
        "mov x9, x1",
        "mov x0, x2",
        "mov x1, x3",
        "mov x2, x4",
        "mov x3, x5",
        "blr x9",
        "mov x1, #0",
        "ldp x29, x30, [sp], #160",
        ".cfi_def_cfa sp, 0",
        ".cfi_restore x29",
        ".cfi_restore x30",
        "ret",
        ".cfi_endproc",
    )
}

/// Makes the call whose recovery point is `recovery` return with `code` (which is not 0).
///
/// The code is put where both kinds of protected call report it, so a throw need not know which
/// kind it ends.
///
/// # Safety
/// `recovery` is the word that a protected call stored, that call has not returned yet, and
/// CFRAMES holds from here to it.
#[unsafe(naked)]
pub unsafe extern "C" fn throw(recovery: *mut c_void, code: u32) -> ! {
    naked_asm!(
        ".cfi_startproc",
        "mov sp, x0",
        ".cfi_def_cfa sp, 160",
        ".cfi_offset x29, -160",
        ".cfi_offset x30, -152",
        "mov w1, w1",      // WordOutcome.code, zero-extended
        "lsl x0, x1, #32", // CallOutcome
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #160",
        ".cfi_def_cfa sp, 0",
        ".cfi_restore x29",
        ".cfi_restore x30",
        "ret",
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
