//! The C boundary for x86-64 System V: see the module above for the idea and the invariants.
//!
//! What a recovery point leaves on the stack, from the word that the slot holds upwards:
//!
//! ```text
//!   slot ─▶ +0 outer point  +8 state  +16 slot   +24 r15 r14 r13 r12 rbx   +64 rbp   +72 return pc
//! ```
//!
//! That makes rsp a multiple of 16 at the call, as the ABI wants. rbp is a frame pointer meanwhile, so
//! profilers that walk frames see through, and the CFI does the same for debuggers and unwinders. On a
//! normal return the callee has preserved all saved registers itself: rbx, which held the slot, is
//! loaded again, and `leave` does the rest.
//!
//! The "language specific data" of each protected call is the address where an exception lands.
//!
//! Not here: AArch64 (its own file).

use super::exceptions::personality;
use super::{AnyFunction, CFunction, CallOutcome, EXCEPTION, Recovery, RecoveryPoint, Then, WordOutcome};
use core::arch::naked_asm;
use core::ffi::{c_int, c_void};

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
        ".cfi_startproc",
        ".cfi_personality 0x1b, {personality}",
        ".cfi_lsda 0x1b, .Lferrouslua_exception",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        ".cfi_offset rbx, -24",
        ".cfi_offset r12, -32",
        ".cfi_offset r13, -40",
        ".cfi_offset r14, -48",
        ".cfi_offset r15, -56",
        "push rdi",
        "push rdx",
        "push qword ptr [rdi]",
        "mov rbx, rdi",
        "mov [rdi], rsp",
        "mov rdi, rdx",
        "call rsi",
        "mov rcx, [rbp - 64]",
        "mov [rbx], rcx",
        "mov rbx, [rbp - 8]",
        "mov eax, eax", // clears the high half: code 0
        ".cfi_remember_state",
        "leave",
        ".cfi_def_cfa rsp, 8",
        ".cfi_same_value rbp",
        "ret",
        ".cfi_restore_state",
        // Where an exception lands: it is in rax, and rbx and rbp are what they were at the call.
        ".Lferrouslua_exception:",
        "mov [rbx + 8], rax",
        "mov rcx, [rbp - 64]",
        "mov [rbx], rcx",
        "mov rbx, [rbp - 8]",
        "mov edx, {exception}", // WordOutcome.code
        "mov rax, rdx",
        "shl rax, 32", // CallOutcome
        "leave",
        ".cfi_def_cfa rsp, 8",
        ".cfi_same_value rbp",
        "ret",
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
        ".cfi_startproc",
        ".cfi_personality 0x1b, {personality}",
        ".cfi_lsda 0x1b, .Lferrouslua_exception",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        ".cfi_offset rbx, -24",
        ".cfi_offset r12, -32",
        ".cfi_offset r13, -40",
        ".cfi_offset r14, -48",
        ".cfi_offset r15, -56",
        "push rdi",
        "push rdx",
        "push qword ptr [rdi]",
        "mov rbx, rdi",
        "mov [rdi], rsp",
        "mov r11, rsi",
        "mov rdi, rdx",
        "mov rsi, rcx",
        "call r11",
        "mov rcx, [rbp - 64]",
        "mov [rbx], rcx",
        "mov rbx, [rbp - 8]",
        "xor edx, edx",
        "leave",
        ".cfi_def_cfa rsp, 8",
        ".cfi_same_value rbp",
        "ret",
        ".cfi_endproc",
        personality = sym personality,
    )
}

/// As [`protected_call`], but goes on at `then`, with the state, the outcome and `word`; what that returns is returned.
///
/// PERF: for whoever calls it last of all, and so holds nothing over the call and saves no registers for it.
///
/// ```text
///   … +72 .Lferrouslua_then   +80 state  +88 then  +96 word   +104 return pc
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
        "push r8",
        "push rcx",
        "push rdx",
        ".cfi_adjust_cfa_offset 24",
        "lea rax, [rip + .Lferrouslua_then]",
        "push rax",
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "push rdi",
        "push rdx",
        "push qword ptr [rdi]",
        ".cfi_adjust_cfa_offset 80",
        ".cfi_offset rbp, -48",
        ".cfi_offset rbx, -56",
        ".cfi_offset r12, -64",
        ".cfi_offset r13, -72",
        ".cfi_offset r14, -80",
        ".cfi_offset r15, -88",
        "mov [rdi], rsp",
        "mov rdi, rdx",
        "call rsi",
        "mov rcx, [rsp]",
        "mov rdx, [rsp + 16]",
        "mov [rdx], rcx",
        ".cfi_remember_state",
        "add rsp, 80", // the callee has preserved all saved registers itself
        ".cfi_adjust_cfa_offset -80",
        ".cfi_same_value rbp",
        ".cfi_same_value rbx",
        ".cfi_same_value r12",
        ".cfi_same_value r13",
        ".cfi_same_value r14",
        ".cfi_same_value r15",
        "mov eax, eax", // clears the high half: code 0
        // Where a throw returns to.
        ".Lferrouslua_then:",
        "pop rdi",
        "pop rcx",
        "pop rdx",
        ".cfi_adjust_cfa_offset -24",
        "mov rsi, rax",
        "jmp rcx",
        ".cfi_restore_state",
        // Where an exception lands: it is in rax, rsp is what it was at the call, as are the saved registers.
        ".Lferrouslua_exception_then:",
        "mov rcx, [rsp]",
        "mov rdx, [rsp + 16]",
        "mov [rdx + 8], rax",
        "mov [rdx], rcx",
        "add rsp, 80",
        ".cfi_adjust_cfa_offset -80",
        "mov eax, {exception}",
        "shl rax, 32",
        "jmp .Lferrouslua_then",
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
        ".cfi_def_cfa rdi, 80",
        ".cfi_offset rip, -8",
        ".cfi_offset rbp, -16",
        ".cfi_offset rbx, -24",
        ".cfi_offset r12, -32",
        ".cfi_offset r13, -40",
        ".cfi_offset r14, -48",
        ".cfi_offset r15, -56",
        "mov rcx, [rdi]",
        "mov rdx, [rdi + 16]",
        "mov [rdx], rcx",
        "mov edx, esi", // WordOutcome.code
        "mov rax, rdx",
        "shl rax, 32", // CallOutcome
        "mov r15, [rdi + 24]",
        "mov r14, [rdi + 32]",
        "mov r13, [rdi + 40]",
        "mov r12, [rdi + 48]",
        "mov rbx, [rdi + 56]",
        "mov rbp, [rdi + 64]",
        // Not `ret`: the processor's own list of return addresses is that of the frames skipped.
        "mov rcx, [rdi + 72]",
        "lea rsp, [rdi + 80]",
        "jmp rcx",
        ".cfi_endproc",
    )
}

/// The System V x86-64 `va_list` (the one element of its array type).
///
/// The register save area holds the six integer registers and then the eight vector registers in
/// 16 bytes each; the offsets say how far each part has been read. What does not fit lies in
/// 8-byte words in the caller's frame.
#[repr(C)]
pub struct VaList {
    gp_offset: u32,
    fp_offset: u32,
    overflow: *mut u8,
    registers: *mut u8,
}

const GP_END: u32 = 48;
const FP_END: u32 = 176;

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
        // SAFETY: the offset is below FP_END, so it lies in the save area; else one more word of
        // the caller's argument area exists by contract.
        unsafe {
            let place = if self.fp_offset < FP_END {
                let place = self.registers.add(self.fp_offset as usize);
                self.fp_offset += 16;
                place
            } else {
                self.overflow_word()
            };
            place.cast::<f64>().read()
        }
    }

    unsafe fn integer_word(&mut self) -> *mut u8 {
        // SAFETY: as next_double, with GP_END.
        unsafe {
            if self.gp_offset < GP_END {
                let place = self.registers.add(self.gp_offset as usize);
                self.gp_offset += 8;
                place
            } else {
                self.overflow_word()
            }
        }
    }

    unsafe fn overflow_word(&mut self) -> *mut u8 {
        let place = self.overflow;
        // SAFETY: one past the word just named is inside or at the end of the argument area.
        self.overflow = unsafe { place.add(8) };
        place
    }
}

/// Defines the exported C function `R name(S *, const char *, ...)` in terms of a Rust worker
/// `unsafe extern "C" fn(*mut S, *const c_char, *mut VaList) -> R`.
///
/// ```text
///   rbp-208 va_list (24)   rbp-176 rdi rsi rdx rcx r8 r9 (48)   rbp-128 xmm0…7 (128)   rbp
/// ```
/// The two named arguments stay in rdi and rsi for the worker; `al` is 0 when the caller passed no
/// vector register. Whatever result register the worker sets is passed on.
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
                "push rbp",
                ".cfi_def_cfa_offset 16",
                ".cfi_offset rbp, -16",
                "mov rbp, rsp",
                ".cfi_def_cfa_register rbp",
                "sub rsp, 208",
                "mov [rbp - 160], rdx",
                "mov [rbp - 152], rcx",
                "mov [rbp - 144], r8",
                "mov [rbp - 136], r9",
                "test al, al",
                "je 2f",
                "movaps [rbp - 128], xmm0",
                "movaps [rbp - 112], xmm1",
                "movaps [rbp - 96], xmm2",
                "movaps [rbp - 80], xmm3",
                "movaps [rbp - 64], xmm4",
                "movaps [rbp - 48], xmm5",
                "movaps [rbp - 32], xmm6",
                "movaps [rbp - 16], xmm7",
                "2:",
                "mov dword ptr [rbp - 208], 16", // gp_offset: rdi and rsi are taken
                "mov dword ptr [rbp - 204], 48", // fp_offset
                "lea rax, [rbp + 16]",
                "mov [rbp - 200], rax", // overflow
                "lea rax, [rbp - 176]",
                "mov [rbp - 192], rax", // registers
                "lea rdx, [rbp - 208]",
                "call {worker}",
                "leave",
                ".cfi_def_cfa rsp, 8",
                ".cfi_same_value rbp",
                "ret",
                ".cfi_endproc",
                worker = sym $worker,
            )
        }
    };
}
