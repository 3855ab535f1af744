//! Code that many ways of a region have in common: it is written once, and called, or jumped to.
//!
//! Not here: what the ways do apart from that (`ways`, `outcalls`).

use super::asm::*;
use super::emit::*;
use super::instances::MAX_INSTANCES;
use super::plan::Iteration;
use super::ways::Reason;

/// Where such code begins, as far as it was asked for. All zero bytes are none.
pub(super) struct Shared {
    /// Makes the frames of an instance, and its registers; and takes them away.
    frames: [Option<Label>; MAX_INSTANCES],
    no_frames: [Option<Label>; MAX_INSTANCES],
    /// Calls the handler of the word at CODE.
    call: Option<Label>,
    /// Leaves for the interpreter at that word.
    leave: [Option<Label>; Reason::COUNT],
}

impl Shared {
    pub const NONE: Shared =
        Shared { frames: [None; MAX_INSTANCES], no_frames: [None; MAX_INSTANCES], call: None, leave: [None; Reason::COUNT] };
}

impl Emitter {
    fn shared(&mut self, which: impl Fn(&mut Shared) -> &mut Option<Label>) -> Label {
        if let Some(label) = *which(&mut self.shared) {
            return label;
        }
        let label = self.asm.label();
        *which(&mut self.shared) = Some(label);
        label
    }

    /// Makes the frames of an instance that has some, and its BASE and K. Clobbers RAX and INDEX.
    pub(super) fn make_frames(&mut self, number: u8) {
        let label = self.shared(|shared| &mut shared.frames[number as usize]);
        self.asm.call(label);
    }

    /// Takes them away, and makes BASE, CODE and K those of the region's function. Clobbers RAX.
    pub(super) fn drop_frames(&mut self, number: usize) {
        let label = self.shared(|shared| &mut shared.no_frames[number]);
        self.asm.call(label);
    }

    /// Calls the handler of the word at CODE; if it comes back in the same frame, CODE is where.
    pub(super) fn call_here(&mut self) {
        let label = self.shared(|shared| &mut shared.call);
        self.asm.call(label);
    }

    /// Leaves for the interpreter, which goes on at the word at CODE.
    pub(super) fn leave_for(&mut self, reason: Reason) {
        let label = self.shared(|shared| &mut shared.leave[reason as usize]);
        self.asm.jump(label);
    }

    /// Writes what was asked for.
    pub(super) fn write_shared(&mut self) {
        for reason in Reason::ALL {
            if let Some(label) = self.shared.leave[reason as usize] {
                self.asm.place(label);
                self.pop_saved();
                self.lose_patience_for(reason);
                self.go_by_word();
            }
        }
        if let Some(label) = self.shared.call {
            self.asm.place(label);
            self.call_word_in_call();
        }
        for number in 0..self.plan.instance_count {
            let instance = self.plan.instances[number];
            if let Some(label) = self.shared.frames[number] {
                self.asm.place(label);
                self.push_frames(&instance);
                self.asm.constant(K, instance.k as u64);
                self.asm.lea(BASE, slot(instance.base));
                self.asm.ret();
            }
            if let Some(label) = self.shared.no_frames[number] {
                self.asm.place(label);
                self.pop_frames(&instance);
                self.asm.constant(CODE, self.plan.instances[0].code as u64);
                self.asm.constant(K, self.plan.instances[0].k as u64);
                self.asm.ret();
            }
        }
    }

    /// Whether the handler of a step's word is the one that the board says.
    pub(super) fn is_by_board(&self, at: usize) -> bool {
        self.plan.iterations[at] == Iteration::None
    }
}
