//! Collection at every safepoint: what a `checks` build does in place of pacing.
//!
//! Spans of safepoints take turns. In one each safepoint has a whole cycle, so that what nobody
//! anchored dies at once; in the next each has the least steps there are, two at most, so that the program runs
//! between all states that a cycle goes through. After either the heap is validated.
//!
//! A heap that has grown is not walked at every safepoint, or long programs would never end: the
//! longer, the larger it is. The first safepoints are never passed over.
//!
//! Not here: ordinary steps (`pace`).

use crate::heap::Gc;
use crate::state::{Global, State};

use super::{full, pace, validate};

/// Safepoints of one span.
const SPAN: usize = 64;
/// So many safepoints collect, whatever it costs.
const ALWAYS: usize = 2000;
/// Then one for every so many bytes of the heap does.
const BYTES_PER_TURN: usize = 8 << 10;

/// What happens at a safepoint. Calls nobody.
pub fn step(global: &Global, running: Gc<State>) {
    let gc = &global.gc;
    let count = gc.safepoints.get().wrapping_add(1);
    gc.safepoints.set(count);
    let passed = gc.passed_over.get();
    if count > ALWAYS && passed < global.heap.in_use() / BYTES_PER_TURN {
        gc.passed_over.set(passed + 1);
        return;
    }
    gc.passed_over.set(0);
    let turn = gc.turns.get().wrapping_add(1);
    gc.turns.set(turn);
    if turn / SPAN % 2 == 0 {
        full(global, running);
    } else {
        for _ in 0..steps_of(turn) {
            pace::least_step(global, running);
        }
        validate(global);
    }
}

/// How many least steps a safepoint has: none to two, so that they do not keep time with the steps of a program that waits for one of its own to end a cycle.
fn steps_of(turn: usize) -> u32 {
    ((turn as u32).wrapping_mul(0x9E37_79B1) >> 16) % 3
}
