//! The debug interface (manual §3.8).
//!
//! A `lua_Debug` names a call by its frame's index (`i_ci`); 0 stands for a call that a tail call
//! replaced. What is told about a call comes from `vm::debug`; here it is put where C expects it.
//!
//! Text handed out: chunk names and variable names are Lua strings, valid as long as the function
//! they belong to; the rest is static.

use core::ffi::{CStr, c_char, c_int};
use core::mem;
use core::ptr;

use crate::base::chunk_id;
use crate::capi::check::check;
use crate::capi::index::{push, value_at};
use crate::capi::types::*;
use crate::capi::{bytes_of, finish, state};
use crate::object::Value;
use crate::state::{HookFn, State};
use crate::vm::debug::info::Subject;
use crate::vm::debug::locals::{self, Variable};
use crate::vm::debug::names::Name;
use crate::vm::hooks;

/// Finds the call at a level (0 is the running function, 1 its caller) for lua_getinfo and others;
/// 0 if there is none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getstack(
    L: *mut lua_State,
    level: c_int,
    ar: *mut lua_Debug,
) -> c_int {
    check!(lua_getstack(L): given(ar));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let found = match usize::try_from(level) {
        Ok(level) => l.frame_at_level(level),
        Err(_) => Some(None), // COMPAT: a level below 0 is taken for a lost call
    };
    let Some(frame) = found else { return 0 };
    // SAFETY: HOST: writable.
    unsafe { (*ar).i_ci = frame.unwrap_or(0) as c_int };
    1
}

/// Fills in what the letters of what ask for: n names, S source, l current line, u upvalues; f
/// pushes the function, L a table of the lines that have code. A leading > pops the function to
/// tell of; else it is the call in ar. 0 if a letter is unknown.
/// [-(0|1), +(0|1|2), m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getinfo(
    L: *mut lua_State,
    what: *const c_char,
    ar: *mut lua_Debug,
) -> c_int {
    check!(lua_getinfo(L): question(what, ar));
    // SAFETY: HOST: ar is writable; its fields may be uninitialised, so it is never read whole.
    unsafe {
        let (l, what) = (state(L), bytes_of(what));
        let (subject, options) = match what.split_first() {
            Some((b'>', rest)) => (Subject::Function(l.pop()), rest),
            _ => (subject_of(ar), what),
        };
        let function = subject.function(l); // popped, but nothing is collected before it is pushed
        let told = fill(l, subject, options, ar);
        if told.pushes {
            push_asked(l, subject, function, options);
        }
        told.known as c_int
    }
}

unsafe fn subject_of(ar: *const lua_Debug) -> Subject {
    // SAFETY: HOST: lua_getstack or a hook set the field.
    match unsafe { (*ar).i_ci } {
        0 => Subject::LostCall,
        index => Subject::Frame(index as usize),
    }
}

/// Options `f` and `L`, which are asked for rarely.
#[inline(never)]
fn push_asked(l: &mut State, subject: Subject, function: Value, options: &[u8]) {
    if options.contains(&b'f') {
        push(l, function);
    }
    if options.contains(&b'L') {
        let lines = subject.active_lines(l);
        let lines: Value = finish(l, lines);
        push(l, lines);
    }
}

/// What `fill` found among the options.
struct Told {
    /// All of them are known.
    known: bool,
    /// Values are to be pushed.
    pushes: bool,
}

/// # Safety
/// HOST: `ar` is writable.
#[inline(always)]
unsafe fn fill(l: &mut State, subject: Subject, options: &[u8], ar: *mut lua_Debug) -> Told {
    // COMPAT: of a lost call everything is told, whatever is asked for.
    let lost = matches!(subject, Subject::LostCall);
    let options = if lost { b"Slun" } else { options };
    let mut told = Told { known: true, pushes: lost };
    for option in options {
        // SAFETY: HOST.
        unsafe {
            match option {
                b'S' => fill_source(l, subject, ar),
                b'l' => (*ar).currentline = subject.current_line(l),
                b'u' => (*ar).nups = subject.upvalue_count(l) as c_int,
                b'n' => fill_name(l, subject, ar),
                b'f' | b'L' => told.pushes = true,
                _ => told.known = false,
            }
        }
    }
    told
}

unsafe fn fill_source(l: &State, subject: Subject, ar: *mut lua_Debug) {
    let source = subject.source(l);
    let short = source.short(l);
    // SAFETY: HOST: writable; the short name has room for its NUL.
    unsafe {
        (*ar).source = source.name().as_ptr().cast();
        (*ar).what = c_text(source.what).as_ptr();
        (*ar).linedefined = source.line_defined;
        (*ar).lastlinedefined = source.last_line_defined;
        (&raw mut (*ar).short_src).cast::<[u8; chunk_id::SIZE]>().write(*short.as_array());
    }
}

unsafe fn fill_name(l: &State, subject: Subject, ar: *mut lua_Debug) {
    let (kind, name) = match subject.name(l) {
        Some((kind, name)) => (c_text(kind), name_pointer(name)),
        // COMPAT: a lost call's name is empty, any other's missing.
        None if matches!(subject, Subject::LostCall) => (c"", c"".as_ptr()),
        None => (c"", ptr::null()),
    };
    // SAFETY: HOST: writable.
    unsafe {
        (*ar).namewhat = kind.as_ptr();
        (*ar).name = name;
    }
}

fn name_pointer(name: Name) -> *const c_char {
    match name {
        Name::Known(s) => s.data().cast(),
        Name::Unknown => c"?".as_ptr(),
    }
}

/// The words `what` and `namewhat` can be, as C text.
fn c_text(word: &str) -> &'static CStr {
    match word {
        "Lua" => c"Lua",
        "C" => c"C",
        "main" => c"main",
        "tail" => c"tail",
        "global" => c"global",
        "local" => c"local",
        "field" => c"field",
        "method" => c"method",
        "upvalue" => c"upvalue",
        "metamethod" => c"metamethod",
        _ => c"",
    }
}

fn variable_pointer(variable: Variable) -> *const c_char {
    match variable {
        Variable::Declared(s) => s.data().cast(),
        Variable::Temporary => c"(*temporary)".as_ptr(),
        Variable::OfC => c"".as_ptr(),
    }
}

/// Pushes the n-th local of the call in ar and returns its name; NULL, and nothing pushed, if there
/// is none.
/// [-0, +(0|1), -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getlocal(
    L: *mut lua_State,
    ar: *const lua_Debug,
    n: c_int,
) -> *const c_char {
    check!(lua_getlocal(L): call_of(ar));
    // SAFETY: HOST.
    let (l, frame) = unsafe { (state(L), (*ar).i_ci as usize) };
    match locals::get_local(l, frame, n) {
        Some((variable, value)) if frame != 0 => {
            push(l, value);
            variable_pointer(variable)
        }
        _ => ptr::null(),
    }
}

/// Pops a value and stores it in the n-th local of the call in ar, returning its name; NULL if there
/// is none (the value is popped all the same).
/// [-1, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setlocal(
    L: *mut lua_State,
    ar: *const lua_Debug,
    n: c_int,
) -> *const c_char {
    check!(lua_setlocal(L): call_of(ar), values(1));
    // SAFETY: HOST.
    let (l, frame) = unsafe { (state(L), (*ar).i_ci as usize) };
    let value = l.from_top(1);
    let set = if frame == 0 { None } else { locals::set_local(l, frame, n, value) };
    l.drop_values(1);
    set.map_or(ptr::null(), variable_pointer)
}

/// Pushes the n-th upvalue of the function at funcindex and returns its name ("" for a C function's);
/// NULL, and nothing pushed, if there is none.
/// [-0, +(0|1), -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getupvalue(
    L: *mut lua_State,
    funcindex: c_int,
    n: c_int,
) -> *const c_char {
    check!(lua_getupvalue(L): acceptable(funcindex));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match locals::get_upvalue(value_at(l, funcindex), n) {
        Some((variable, value)) => {
            push(l, value);
            variable_pointer(variable)
        }
        None => ptr::null(),
    }
}

/// Pops a value and stores it in the n-th upvalue of the function at funcindex, returning its name;
/// NULL, and nothing popped, if there is none.
/// [-(0|1), +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setupvalue(
    L: *mut lua_State,
    funcindex: c_int,
    n: c_int,
) -> *const c_char {
    check!(lua_setupvalue(L): acceptable(funcindex), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match locals::set_upvalue(l, value_at(l, funcindex), n, l.from_top(1)) {
        Some(variable) => {
            l.drop_values(1);
            variable_pointer(variable)
        }
        None => ptr::null(),
    }
}

/// Makes func the thread's hook for the events in mask (LUA_MASKCALL and its like), LUA_MASKCOUNT
/// every count instructions; no hook if func is NULL or mask 0. May be called from a signal
/// handler, and by any thread while the State lives. Returns 1.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_sethook(
    L: *mut lua_State,
    func: lua_Hook,
    mask: c_int,
    count: c_int,
) -> c_int {
    check!(lua_sethook(L));
    let (func, mask) = if mask == 0 { (None, 0) } else { (func, mask) };
    // SAFETY: HOST. A hook takes its lua_Debug by an untyped pointer where its layout is not known.
    unsafe {
        let hook = mem::transmute::<lua_Hook, Option<HookFn>>(func);
        hooks::set_hook(L, hook, if hook.is_none() { 0 } else { mask as u8 }, count);
    }
    1
}

/// The thread's hook, NULL if there is none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gethook(L: *mut lua_State) -> lua_Hook {
    check!(lua_gethook(L));
    // SAFETY: HOST; as in lua_sethook.
    unsafe { mem::transmute::<Option<HookFn>, lua_Hook>(state(L).hook.function()) }
}

/// The events the thread's hook is called for.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gethookmask(L: *mut lua_State) -> c_int {
    check!(lua_gethookmask(L));
    // SAFETY: HOST.
    unsafe { state(L) }.hook_mask.get() as c_int
}

/// The count the thread's hook was set with.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gethookcount(L: *mut lua_State) -> c_int {
    check!(lua_gethookcount(L));
    // SAFETY: HOST.
    unsafe { state(L) }.hook.interval()
}
