//! Tests of the C boundary: results, throws over several frames, registers, alignment, variadics.

use super::*;
use core::ffi::{CStr, c_char};
use core::ptr::null_mut;

/// What the C functions below get as their "state": a recovery slot and a place for notes.
#[repr(C)]
struct World {
    recovery: Recovery,
    depth: c_int,
    trace: [c_int; 8],
    point: *mut c_void,
}

impl World {
    fn new() -> World {
        World {
            recovery: Recovery::new(),
            depth: 0,
            trace: [0; 8],
            point: null_mut(),
        }
    }
}

fn call(world: &mut World, f: CFunction) -> CallOutcome {
    let world: *mut World = world;
    // SAFETY: the functions of these tests take a World and hold nothing to drop (CFRAMES).
    unsafe { protected_call(&raw const (*world).recovery, f, world.cast()) }
}

/// Throws to the newest recovery point of a world.
///
/// # Safety
/// As for `throw`.
unsafe fn throw_in(world: *mut World, code: u32) -> ! {
    // SAFETY: the caller's promise; a world's word names the newest point.
    unsafe { throw((*world).recovery.newest.get().cast(), code) }
}

extern "C" fn minus_seven(_: *mut c_void) -> c_int {
    -7
}

unsafe extern "C" fn dive_and_throw(l: *mut c_void) -> c_int {
    let world = l.cast::<World>();
    // SAFETY: l is the World that `call` passed.
    unsafe {
        if (*world).depth == 0 {
            throw_in(world, 0xDEAD_BEEF);
        }
        (*world).depth -= 1;
        let under = dive_and_throw(l);
        // Not reached, and keeps the call above from being a tail call.
        (*world).trace[0] += 1;
        under + 1
    }
}

unsafe extern "C" fn note_point_and_throw(l: *mut c_void) -> c_int {
    // SAFETY: l is the World that `call` passed.
    unsafe {
        let world = l.cast::<World>();
        (*world).point = (*world).recovery.newest.get();
        dive_and_throw(l)
    }
}

/// Catches one throw, then throws itself to the outer point.
unsafe extern "C" fn catch_and_rethrow(l: *mut c_void) -> c_int {
    // SAFETY: l is the World that `call` passed.
    unsafe {
        let world = &mut *l.cast::<World>();
        world.depth = 3;
        let inner = call(world, dive_and_throw);
        world.trace[1] = (inner.code() == 0xDEAD_BEEF) as c_int;
        world.trace[2] = call(world, minus_seven).value();
        throw_in(world, 5)
    }
}

#[test]
fn a_return_passes_the_int() {
    let outcome = call(&mut World::new(), minus_seven);
    assert!(outcome.returned());
    assert_eq!((outcome.code(), outcome.value()), (0, -7));
}

#[test]
fn a_throw_skips_all_frames() {
    let mut world = World::new();
    world.depth = 50;
    let outcome = call(&mut world, dive_and_throw);
    assert!(!outcome.returned());
    assert_eq!(outcome.code(), 0xDEAD_BEEF);
    assert_eq!(world.trace[0], 0);
}

#[test]
fn recovery_points_nest() {
    let mut world = World::new();
    let outcome = call(&mut world, catch_and_rethrow);
    assert_eq!(outcome.code(), 5);
    assert_eq!(world.trace[..3], [0, 1, -7]);
    assert!(world.recovery.newest.get().is_null());
}

#[test]
fn many_throws_do_not_drift() {
    let mut world = World::new();
    let mut first = null_mut();
    for round in 0..10_000 {
        world.depth = round % 5;
        let outcome = call(&mut world, note_point_and_throw);
        assert_eq!(outcome.code(), 0xDEAD_BEEF);
        if round == 0 {
            first = world.point;
        }
        assert_eq!(world.point, first, "the stack grew at round {round}");
    }
}

unsafe extern "C" fn two(a: u64, b: u64) -> u64 {
    a * 10 + b + (1 << 40)
}

unsafe extern "C" fn two_throws(world: *mut World, b: usize) {
    // SAFETY: the test passes its World.
    unsafe { throw_in(world, b as u32) }
}

#[test]
fn two_words_go_in_and_one_comes_out() {
    let slot = Recovery::new();
    // SAFETY: `two` takes two words.
    let outcome = unsafe {
        protected_call2(&slot, two as *const c_void, 1 as *mut c_void, 2 as *mut c_void)
    };
    assert_eq!(outcome, WordOutcome { value: 12 + (1 << 40), code: 0 });
    assert!(slot.newest.get().is_null());

    let mut world = World::new();
    let world: *mut World = &mut world;
    // SAFETY: as in `call`.
    let outcome = unsafe {
        let f = two_throws as *const c_void;
        protected_call2(&raw const (*world).recovery, f, world.cast(), 77 as *mut c_void)
    };
    assert_eq!(outcome.code, 77);
}

/// Notes the outcome and that the point is gone, and returns the word.
unsafe extern "C" fn note(l: *mut c_void, outcome: CallOutcome, word: u64) -> c_int {
    // SAFETY: l is the World that `call_then` passed.
    let world = unsafe { &mut *l.cast::<World>() };
    world.trace[5] = outcome.code() as c_int;
    world.trace[6] = outcome.value();
    world.trace[7] = world.recovery.newest.get().is_null() as c_int;
    word as c_int
}

fn call_then(world: &mut World, f: CFunction, word: u64) -> c_int {
    let world: *mut World = world;
    // SAFETY: as in `call`; `note` takes a World.
    unsafe { protected_call_then(&raw const (*world).recovery, f, world.cast(), note, word) }
}

#[test]
fn a_call_goes_on_elsewhere_however_it_ends() {
    let mut world = World::new();
    assert_eq!(call_then(&mut world, minus_seven, 11), 11);
    assert_eq!(world.trace[5..], [0, -7, 1]);
    world.depth = 50;
    assert_eq!(call_then(&mut world, dive_and_throw, 12), 12);
    assert_eq!(world.trace[5..], [0xDEAD_BEEF_u32 as c_int, 0, 1]);
    assert_eq!(call_then(&mut world, catch_and_rethrow, 13), 13);
    assert_eq!(world.trace[5..], [5, 0, 1]);
}

#[cfg(target_arch = "x86_64")]
mod registers {
    use super::*;
    use core::arch::naked_asm;

    /// Spoils every callee-saved register, then throws.
    #[unsafe(naked)]
    unsafe extern "C" fn spoil_and_throw(l: *mut c_void) -> c_int {
        naked_asm!(
            "mov rbx, 1", "mov rbp, 2", "mov r12, 3", "mov r13, 4", "mov r14, 5", "mov r15, 6",
            "mov rdi, [rdi]", // World.recovery
            "mov esi, 9",
            "sub rsp, 8",
            "jmp {throw}",
            throw = sym throw,
        )
    }

    /// Returns 1 if rsp was aligned as the ABI demands at the call.
    #[unsafe(naked)]
    unsafe extern "C" fn is_aligned(_l: *mut c_void) -> c_int {
        naked_asm!(
            "lea rdx, [rsp + 8]",
            "xor eax, eax",
            "test dl, 15",
            "sete al",
            "ret"
        )
    }

    /// Puts marks into all callee-saved registers, makes the call, returns 1 if the marks stayed
    /// and the stack pointer is where it was.
    #[unsafe(naked)]
    unsafe extern "C" fn check_registers(
        world: *mut World,
        f: CFunction,
        call: *const c_void,
    ) -> c_int {
        naked_asm!(
            "push rbx", "push rbp", "push r12", "push r13", "push r14", "push r15",
            "sub rsp, 8",
            "mov rbx, 101", "mov rbp, 102", "mov r12, 103", "mov r13, 104", "mov r14, 105",
            "mov r15, rsp",
            "mov rax, rdx",
            "mov rdx, rdi",
            "lea rcx, [rip + {then}]",
            "call rax",
            "xor ecx, ecx",
            "cmp rbx, 101", "jne 2f", "cmp rbp, 102", "jne 2f", "cmp r12, 103", "jne 2f",
            "cmp r13, 104", "jne 2f", "cmp r14, 105", "jne 2f", "cmp r15, rsp", "jne 2f",
            "mov ecx, 1",
            "2:",
            "mov eax, ecx",
            "mov rsp, r15",
            "add rsp, 8",
            "pop r15", "pop r14", "pop r13", "pop r12", "pop rbp", "pop rbx",
            "ret",
            then = sym note,
        )
    }

    #[test]
    fn saved_registers_survive_a_throw_and_a_return() {
        let mut world = World::new();
        // SAFETY: the naked functions above keep the C ABI towards this frame.
        unsafe {
            for call in [protected_call as *const c_void, protected_call_then as *const c_void] {
                assert_eq!(check_registers(&mut world, spoil_and_throw, call), 1);
                assert_eq!(check_registers(&mut world, minus_seven, call), 1);
            }
        }
    }

    #[test]
    fn the_stack_is_aligned_at_the_call() {
        assert_eq!(call(&mut World::new(), is_aligned).value(), 1);
        let mut world = World::new();
        call_then(&mut world, is_aligned, 0);
        assert_eq!(world.trace[6], 1);
    }
}

/// The variadics' "state": the worker writes what it read into it.
struct Seen {
    ints: Vec<i64>,
    doubles: Vec<f64>,
}

/// Reads `i`, `p` and `d` of the format; returns how many it read, in a full register.
unsafe extern "C" fn collect(seen: *mut Seen, format: *const c_char, list: *mut VaList) -> u64 {
    // SAFETY: the tests pass a Seen, a C string, and arguments as the string says.
    unsafe {
        let (seen, list) = (&mut *seen, &mut *list);
        let format = CStr::from_ptr(format).to_bytes();
        for what in format {
            match what {
                b'i' => seen.ints.push(list.next_int() as i64),
                b'p' => seen.ints.push(list.next_ptr() as i64),
                _ => seen.doubles.push(list.next_double()),
            }
        }
        format.len() as u64 + (1 << 40)
    }
}

crate::variadic_entry! {
    /// A variadic function for the tests only.
    fn ferrouslua_test_collect(*mut Seen) -> u64 => collect
}

mod declared {
    unsafe extern "C" {
        /// The same symbol as its callers see it.
        pub(super) fn ferrouslua_test_collect(
            seen: *mut super::c_void,
            format: *const super::c_char,
            ...
        ) -> u64;
    }
}
use declared::ferrouslua_test_collect as variadic;

#[test]
fn variadic_arguments_in_registers_only() {
    let mut seen = Seen {
        ints: vec![],
        doubles: vec![],
    };
    // SAFETY: the arguments are what the format says.
    let n = unsafe {
        variadic(
            (&raw mut seen).cast(),
            c"ipd".as_ptr(),
            -1 as c_int,
            usize::MAX - 1,
            0.5f64,
        )
    };
    assert_eq!(n, 3 + (1 << 40));
    assert_eq!(seen.ints, [-1, -2]);
    assert_eq!(seen.doubles, [0.5]);
}

#[test]
fn variadic_without_arguments_and_without_doubles() {
    let mut seen = Seen {
        ints: vec![],
        doubles: vec![],
    };
    // SAFETY: the arguments are what the format says.
    unsafe {
        assert_eq!(variadic((&raw mut seen).cast(), c"".as_ptr()), 1 << 40);
        assert_eq!(
            variadic((&raw mut seen).cast(), c"i".as_ptr(), c_int::MIN),
            1 + (1 << 40)
        );
    }
    assert_eq!(seen.ints, [c_int::MIN as i64]);
}

#[test]
fn variadic_arguments_on_the_stack_keep_their_order() {
    let mut seen = Seen {
        ints: vec![],
        doubles: vec![],
    };
    // SAFETY: the arguments are what the format says.
    let n = unsafe {
        #[rustfmt::skip]
        let n = variadic(
            (&raw mut seen).cast(), c"iiidddppddddpipdipddddid".as_ptr(),
            1 as c_int, -2 as c_int, 3 as c_int, 0.25f64, 1.25f64, 2.25f64, 4usize, 5usize,
            3.25f64, 4.25f64, 5.25f64, 6.25f64, 6usize, -7 as c_int, 8usize, 7.25f64,
            9 as c_int, usize::MAX, 8.25f64, 9.25f64, 10.25f64, 11.25f64, -11 as c_int, 12.25f64,
        );
        n
    };
    assert_eq!(n, 24 + (1 << 40));
    assert_eq!(seen.ints, [1, -2, 3, 4, 5, 6, -7, 8, 9, -1, -11]);
    let doubles: Vec<f64> = (0..13).map(|i| i as f64 + 0.25).collect();
    assert_eq!(seen.doubles, doubles);
}

/// As `luaL_error`: the worker of a variadic entry throws.
unsafe extern "C" fn throw_int(world: *mut World, _: *const c_char, list: *mut VaList) -> c_int {
    // SAFETY: the test passes its World and one int; nothing here has a destructor (CFRAMES).
    unsafe { throw_in(world, (*list).next_int() as u32) }
}

crate::variadic_entry! {
    /// A variadic function for the tests only.
    fn ferrouslua_test_throw(*mut World) -> c_int => throw_int
}

unsafe extern "C" fn raise(l: *mut c_void) -> c_int {
    unsafe extern "C" {
        fn ferrouslua_test_throw(world: *mut World, format: *const c_char, ...) -> c_int;
    }
    // SAFETY: l is the World that `call` passed.
    unsafe { ferrouslua_test_throw(l.cast(), c"%d".as_ptr(), 31 as c_int) }
}

#[test]
fn a_throw_leaves_a_variadic_entry() {
    assert_eq!(call(&mut World::new(), raise).code(), 31);
}
