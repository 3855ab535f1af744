//! What every handler is made of.

/// Defines a handler. The body's unsafe operations rest on the interpreter's invariants: pc is in
/// live, verified code; its operands are below the frame's `max_stack` or the constants' count.
macro_rules! handler {
    ($(#[$meta:meta])* fn $name:ident $(<$(const $g:ident : $t:ty),*>)?
        ($pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) $body:block) => {
        $(#[$meta])*
        #[allow(unused_variables, unused_unsafe, clippy::needless_return, reason = "one signature for all")]
        pub(in $crate::vm::interp) unsafe extern "C" fn $name $(<$(const $g: $t),*>)? (
            $pc: $crate::vm::interp::Pc,
            $base: $crate::vm::interp::Base,
            $k: $crate::vm::interp::Constants,
            $l: *mut $crate::state::State,
            $dispatch: *const $crate::vm::interp::Dispatch,
            _: $crate::vm::interp::Acc,
        ) -> u64 {
            // SAFETY: STACK, STKPTR: base and k are the newest frame's, read back after anything
            // that may move them; the code was verified when it was loaded.
            unsafe { $body }
        }
    };
}

/// Defines a handler that looks at `acc`.
macro_rules! number_handler {
    ($(#[$meta:meta])* fn $name:ident <$(const $g:ident : $t:ty),*>
        ($pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident, $acc:ident) $body:block) => {
        $(#[$meta])*
        #[allow(unused_variables, clippy::needless_return, reason = "one signature for all")]
        pub(in $crate::vm::interp) unsafe extern "C" fn $name <$(const $g: $t),*> (
            $pc: $crate::vm::interp::Pc,
            $base: $crate::vm::interp::Base,
            $k: $crate::vm::interp::Constants,
            $l: *mut $crate::state::State,
            $dispatch: *const $crate::vm::interp::Dispatch,
            $acc: $crate::vm::interp::Acc,
        ) -> u64 {
            // SAFETY: as for `handler`; `acc` is read only in the forms that are given one.
            unsafe { $body }
        }
    };
}

/// Defines the rest of a handler, for what its fast path does not cover. PERF: a handler of its own,
/// so that the fast path saves no registers.
macro_rules! slow_handler {
    ($(#[$meta:meta])* fn $name:ident $(<$(const $g:ident : $t:ty),*>)?
        ($pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) $body:block) => {
        handler! {
            $(#[$meta])*
            #[cold]
            #[inline(never)]
            fn $name $(<$(const $g: $t),*>)? ($pc, $base, $k, $l, $dispatch) $body
        }
    };
}

/// Leaves the instruction to its slow handler.
macro_rules! slow {
    ($handler:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {
        return $handler($pc, $base, $k, $l, $dispatch, none!())
    };
}

/// No result passed on.
macro_rules! none {
    () => {
        $crate::vm::interp::NO_ACC
    };
}

/// Goes on at a word, passing `$acc` on: a jump to its handler.
#[cfg(not(trampoline))]
macro_rules! go_with {
    ($acc:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        let pc: $crate::vm::interp::Pc = $pc;
        let handler = (*$dispatch).0[*pc.cast::<u8>() as usize];
        return handler(pc, $base, $k, $l, $dispatch, $acc);
    }};
}

/// Goes on at a word, where calls are not made jumps: its handler is called once this one is left,
/// and what is passed on is read back.
#[cfg(trampoline)]
macro_rules! go_with {
    ($acc:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {
        return $crate::vm::interp::trampoline::leave($pc, $base, $k, $l)
    };
}

/// Goes on at a word.
macro_rules! go {
    ($pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {
        go_with!(none!(), $pc, $base, $k, $l, $dispatch)
    };
}

/// Goes on at the next word.
macro_rules! next {
    ($pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {
        go!($pc.add(1), $base, $k, $l, $dispatch)
    };
}

/// Goes on at the next word, which may take the number just stored in R(A) from here.
macro_rules! next_number {
    ($number:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {
        go_with!(core::mem::MaybeUninit::new($number), $pc.add(1), $base, $k, $l, $dispatch)
    };
}

/// Leaves the block for the machine code in which the newest frame, `$ci`, goes on, if it has noted some.
macro_rules! resume {
    ($ci:expr, $l:expr, $dispatch:expr) => {
        #[cfg(jit)]
        {
            if (*$ci).resume != 0 {
                return $crate::vm::interp::native_loop::resume_frame(
                    (*$ci).pc,
                    (*$ci).base,
                    (*$ci).k,
                    $l,
                    $dispatch,
                    none!(),
                );
            }
        }
    };
}

/// Goes on where the newest frame of `$l` says, wherever that is.
macro_rules! go_on {
    ($l:expr, $dispatch:expr) => {{
        let ci = (*$l).ci;
        resume!(ci, $l, $dispatch);
        let (pc, base) = ((*ci).pc, (*ci).base);
        go_with!($crate::vm::interp::passed_on(pc, base), pc, base, (*ci).k, $l, $dispatch)
    }};
}

/// Calls a worker and goes on where the State it returns says.
macro_rules! worker {
    ($call:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        let state: *mut $crate::state::State = $call;
        if state.is_null() {
            return (*(*$l).global).exit_code.get();
        }
        go_on!(state, $dispatch)
    }};
}

macro_rules! field_a {
    ($pc:expr) => {
        *$pc.cast::<u8>().add(1) as usize
    };
}
macro_rules! field_b {
    ($pc:expr) => {
        *$pc.cast::<u8>().add(2) as usize
    };
}
macro_rules! field_c {
    ($pc:expr) => {
        *$pc.cast::<u8>().add(3) as usize
    };
}
macro_rules! field_bc {
    ($pc:expr) => {
        *$pc.cast::<u16>().add(1) as usize
    };
}
macro_rules! field_d {
    ($pc:expr) => {
        *$pc.cast::<u32>().add(1)
    };
}

/// The word a jump goes to.
macro_rules! target {
    ($pc:expr) => {
        $pc.offset(field_d!($pc) as i32 as isize)
    };
}

/// Goes on where a test's jump leads.
///
/// PERF: all that follows waits for pc, and a pc that is computed from what the word says waits for that to be loaded:
/// where there are many jumps, that is what the time goes to. What is compared is foretold, and nothing waits for it. So
/// the distances that most such jumps have are told by comparisons; and the compiler is not told that they are equal.
macro_rules! jump {
    ($pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        use $crate::vm::interp::frame::{opaque, opaque_number};
        let distance = field_d!($pc) as i32 as isize;
        if distance == 3 {
            go!(opaque($pc.add(3).cast_mut()), $base, $k, $l, $dispatch)
        }
        let distance = opaque_number(distance);
        if distance == 4 {
            go!(opaque($pc.add(4).cast_mut()), $base, $k, $l, $dispatch)
        }
        let distance = opaque_number(distance);
        if distance == 5 {
            go!(opaque($pc.add(5).cast_mut()), $base, $k, $l, $dispatch)
        }
        let distance = opaque_number(distance);
        if distance <= 0 {
            turn!($pc, $base, $k, $l, $dispatch)
        }
        go!($pc.offset(distance), $base, $k, $l, $dispatch)
    }};
}

/// Goes on where a jump back leads.
///
/// PERF: it mostly leads where the last one led, in whatever loop that was. As above: nothing waits for the word.
macro_rules! turn {
    ($pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {
        turn_with!(none!(), $pc, $base, $k, $l, $dispatch)
    };
}

/// The same, passing `$acc` on.
macro_rules! turn_with {
    ($acc:expr, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let last = &(*$dispatch.cast::<$crate::state::Switchboard>()).last_turn;
        let to = target!($pc);
        let guess = last.get();
        let guessed = $crate::vm::interp::frame::opaque(guess.cast_mut());
        if guess != to {
            core::hint::cold_path();
            last.set(to);
            go_with!($acc, to, $base, $k, $l, $dispatch)
        }
        go_with!($acc, guessed, $base, $k, $l, $dispatch)
    }};
}

/// A register, or a constant when `$is_k`.
macro_rules! operand {
    ($is_k:expr, $index:expr, $base:expr, $k:expr) => {
        if $is_k { *$k.add($index) } else { *$base.add($index) }
    };
}

/// A number operand: a register (`R`), a constant (`K`), or the result of the instruction before (`X`).
macro_rules! number_operand {
    ($kind:expr, $index:expr, $base:expr, $k:expr, $acc:expr) => {
        match $kind {
            $crate::vm::interp::arith::R => (*$base.add($index)).as_f64(),
            $crate::vm::interp::arith::K => (*$k.add($index)).as_f64(),
            _ => $acc.assume_init(),
        }
    };
}
