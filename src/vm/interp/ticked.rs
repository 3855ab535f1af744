//! What every instruction does first while hooks want the count event alone: it counts, then goes on in
//! the plain handler.
//!
//! The thread's countdown may run where the thread has no hook, because another thread has one: it means
//! nothing there. The instruction that would end a count is left to `hooked`, uncounted.
//!
//! Not here: the event itself (`interp::hooked`), the counting of limits (`interp::counted`), which is done
//! by other handlers than these.

use super::{PLAIN, hooked};

number_handler! {
    fn ticked<>(pc, base, k, l, dispatch, acc) {
        let left = (*l).hook.next_count();
        if left == 0 {
            return hooked::count_event(pc, base, k, l, dispatch, none!());
        }
        (*l).hook.set_count(left);
        return PLAIN.0[*pc.cast::<u8>() as usize](pc, base, k, l, dispatch, acc);
    }
}
