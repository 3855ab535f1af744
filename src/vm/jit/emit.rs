//! Machine code for a region of a function.
//!
//! The code is entered as a handler is, and left by a jump to one. Between the two:
//!
//! ```text
//!   rdi  the function's first word    rsi  base        rdx  its constants
//!   rcx  the State                    r8   dispatch
//!   xmm2… xmm12 numbers, rbx rbp r12… tables: of the registers that `plan` chose
//!   rax r9 r10 r11, xmm0 xmm1 xmm13…  for the instruction at hand
//! ```
//!
//! Every instruction stores its results in the slots of the frame as the interpreter does, so at each word the stack is
//! whole; machine registers hold copies. Whatever is not as guessed is found out before anything is changed, and leads
//! to the interpreter at that very word. What allocates, throws or calls is called as the interpreter's handler (`outcalls`), for which
//! the frame's pc is what it is for any handler.
//!
//! No number of a script's choice stands in the code: constants are read from where they lie.
//!
//! Not here: where it goes (`ways`), each instruction (`steps` and on), what to compile (`plan`).

use crate::object::Value;
use crate::object::value::TAG_TABLE;
use crate::state::{Global, Switchboard};
use crate::state::native_loops::{NativeLoops, Plain};

use super::asides::Aside;
use super::asm::*;
use super::facts::Use;
use super::frames::{MAX_RETURNS, ReturnLabel};
use super::function::Function;
use super::known::Known;
use super::plan::{MAX_STEPS, Plan};
use super::shared::Shared;
use super::ways::*;

/// The machine registers for numbers and for tables; those before are for the instruction at hand.
pub const NUMBER_REGISTERS: &[u8] = &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
pub const TABLE_REGISTERS: &[u8] = &[RBX.0, RBP.0, R12.0, R13.0, R14.0, R15.0];

/// The frame of the region's function, where calls are made or functions left; then it is no table's.
pub(super) const OWN_FRAME: Gpr = R15;

pub(super) const CODE: Gpr = RDI;
pub(super) const BASE: Gpr = RSI;
pub(super) const K: Gpr = RDX;
pub(super) const STATE: Gpr = RCX;
pub(super) const DISPATCH: Gpr = R8;
/// For the instruction at hand.
pub(super) const SCRATCH: Gpr = R11;
pub(super) const INDEX: Gpr = R9;
pub(super) const TABLE: Gpr = R10;
pub(super) const X0: Xmm = Xmm(0);
pub(super) const X1: Xmm = Xmm(1);
pub(super) const X2: Xmm = Xmm(13);
pub(super) const X3: Xmm = Xmm(14);
pub(super) const X4: Xmm = Xmm(15);

/// All zero bytes are a valid Emitter, but for the assembler: `reset` first. Of each array a short region needs the beginning: they
/// lie so that this is in few pages.
#[repr(C)]
pub struct Emitter {
    pub plan: Plan,
    pub(super) labels: [Label; MAX_STEPS],
    pub(super) stub_count: usize,
    pub(super) exit_count: usize,
    pub entries: [EntryPoint; MAX_BACK],
    pub entry_count: usize,
    /// The registers of the caller's that hold tables meanwhile.
    pub(super) saved: [u8; TABLE_REGISTERS.len()],
    pub(super) saved_count: usize,
    pub(super) overflow: bool,
    pub(super) known: Known,
    /// The step at hand.
    pub(super) at: usize,
    pub(super) around: Surroundings,
    /// Steps before this one are done already.
    pub(super) done: usize,
    pub(super) detour_count: usize,
    /// All steps are written.
    pub(super) is_behind_steps: bool,
    /// Where the detour of the step at hand begins, if it has one.
    pub(super) detour: Option<Label>,
    pub returns: [ReturnLabel; MAX_RETURNS],
    pub return_count: usize,
    /// Where a function is entered, and where by a call in its own region.
    pub function_entry: Label,
    pub(super) own_entry: Label,
    /// Where a handler that was called goes on elsewhere, and where it ends the interpreter's run.
    pub(super) elsewhere: Label,
    pub(super) ended: Label,
    pub(super) shared: Shared,
    pub(super) exits: [Exit; MAX_EXITS],
    pub asm: Asm,
    pub(super) stubs: [Stub; MAX_STUBS],
    pub(super) detours: [Detour; MAX_STEPS],
    pub(super) aside_count: usize,
    pub(super) asides: [Aside; 2 * MAX_STEPS],
}

/// Addresses that code of a region refers to.
#[derive(Clone, Copy)]
pub struct Surroundings {
    /// Where a region counts how often it was left.
    pub patience: *const i32,
    /// What is jumped to when that comes to an end; by whether it was at a loop's head.
    pub give_up: [usize; 2],
    /// Where lookups by `__index` are remembered, metatables and strings of one byte lie.
    pub global: *const Global,
    /// What leads back from handlers, and what they return then; the Global's own board.
    pub back: *const Switchboard,
    pub back_code: i32,
    pub plain_board: *const Switchboard,
    /// Where the region is kept, its number and its generation, and where that stands.
    pub loops: *const NativeLoops,
    pub region: usize,
    pub generation: (u32, *const u32),
    /// What goes on where there is no machine code any more.
    pub plain: Plain,
}

pub(super) fn slot(at_slot: usize) -> Mem {
    at(BASE, at_slot * size_of::<Value>())
}

/// Where a value in memory has its tag.
const TAG_AT: i32 = 6;

impl Emitter {
    /// Writes the code of the planned region; None if it does not fit.
    pub fn region(&mut self, f: Function, around: Surroundings) -> Option<&[u8]> {
        self.asm.reset();
        (self.stub_count, self.exit_count, self.entry_count, self.saved_count) = (0, 0, 0, 0);
        self.overflow = false;
        self.around = around;
        self.done = 0;
        (self.detour_count, self.aside_count) = (0, 0);
        self.is_behind_steps = false;
        self.detour = None;
        self.return_count = 0;
        self.shared = Shared::NONE;
        (self.function_entry, self.own_entry) = (self.asm.label(), self.asm.label());
        (self.elsewhere, self.ended) = (self.asm.label(), self.asm.label());
        let has_frames = self.plan.has_frames;
        let of_tables = self.plan.gpr.iter().fold(0u32, |used, &register| used | 1 << register);
        let is_used = |&&register: &&u8| of_tables >> register & 1 != 0 || self.plan.is_counter(register) || has_frames && register == OWN_FRAME.0;
        for &register in TABLE_REGISTERS.iter().filter(is_used) {
            self.saved[self.saved_count] = register;
            self.saved_count += 1;
        }
        // No step that does not lead is jumped to: a label that is never placed would show it.
        let nowhere = self.asm.label();
        for at in 0..self.plan.count {
            self.labels[at] = if self.plan.leads[at] { self.asm.label() } else { nowhere };
        }
        let mut is_live = false;
        for at in 0..self.plan.count {
            self.at = at;
            if self.plan.leads[at] {
                if is_live {
                    self.fall_to(at);
                }
                is_live = self.plan.reached[at];
                self.known = self.plan.known[at];
                // Who jumped to what is not written would show, too.
                if is_live {
                    self.asm.place(self.labels[at]);
                }
            }
            if is_live && at >= self.done {
                let before = self.known;
                is_live = self.instruction(f);
                self.end_detour(before);
            }
        }
        if is_live {
            let out = self.exit(To::Outside(self.plan.end), Reason::Way);
            self.asm.jump(out);
        }
        self.is_behind_steps = true;
        self.write_entries(f);
        if self.plan.is_function {
            self.write_function_entry();
        }
        for at in 0..self.aside_count {
            self.write_aside(self.asides[at]);
        }
        for at in 0..self.detour_count {
            self.write_detour(self.detours[at]);
        }
        for at in 0..self.stub_count {
            self.write_stub(self.stubs[at]);
        }
        self.write_resumes();
        self.write_ways_from_handlers();
        self.write_exits(f);
        self.write_shared();
        if self.overflow { None } else { self.asm.finish() }
    }

    /// The constant of the function at hand.
    pub(super) fn k(&self, index: usize) -> Value {
        self.plan.constant(self.at, index)
    }

    /// Where that is. May clobber SCRATCH.
    pub(super) fn constant(&mut self, index: usize) -> Mem {
        let instance = self.plan.instance(self.at);
        if instance.depth == 0 {
            return at(K, index * size_of::<Value>());
        }
        // PERF: mostly near enough.
        let address = instance.k as usize + index * size_of::<Value>();
        self.near(K, self.plan.instances[0].k as usize, address)
    }

    /// What lies at an address, by way of a register that holds one. May clobber SCRATCH.
    fn near(&mut self, register: Gpr, held: usize, address: usize) -> Mem {
        if let Ok(disp) = i32::try_from(address as isize - held as isize) {
            return Mem { base: register, index: None, disp };
        }
        self.asm.constant(SCRATCH, address as u64);
        at(SCRATCH, 0)
    }

    /// Loads the field d of the word at hand, as it is then.
    pub(super) fn load_d(&mut self, to: Gpr) {
        let (instance, pc) = (self.plan.instance(self.at), self.plan.pcs[self.at] as usize);
        if instance.depth == 0 {
            return self.asm.load_32(to, at(CODE, pc * 8 + 4));
        }
        let field = self.near(CODE, self.plan.instances[0].code as usize, instance.code as usize + pc * 8 + 4);
        self.asm.load_32(to, field);
    }

    /// Makes known what is wanted at a step, or leaves for the interpreter there.
    pub(super) fn convert(&mut self, wanted: Known, at: usize) {
        let missing = wanted.beyond(&self.known);
        let reason = if self.plan.is_head[at] { Reason::Head } else { Reason::Side };
        let out = if missing.is_nothing() { Label(0) } else { self.exit(To::Step(at), reason) };
        for at in missing.numbers.iter() {
            self.check_number(at, X0, out);
        }
        for at in missing.tables.iter() {
            self.check_table(at, out);
        }
        self.convert_counters(missing.counters, out);
    }

    /// Loads a slot that is to hold a number into its register, or `scratch`.
    pub(super) fn check_number(&mut self, at: usize, scratch: Xmm, out: Label) -> Xmm {
        let register = self.number_register(at).unwrap_or(scratch);
        self.asm.load_double(register, slot(at));
        self.asm.compare_doubles(register, register);
        self.asm.jump_if(Cond::Unordered, out);
        self.known.numbers.add(at);
        register
    }

    /// Loads a slot that is to hold a table into its register, or `TABLE`.
    pub(super) fn check_table(&mut self, at: usize, out: Label) -> Gpr {
        let register = self.table_register(at).unwrap_or(TABLE);
        self.asm.load(register, slot(at));
        self.untag_table(register, out);
        if register != TABLE {
            self.known.tables.add(at);
        }
        register
    }

    /// Takes the tag of a table away, or leaves if there is another. Clobbers SCRATCH.
    pub(super) fn untag_table(&mut self, register: Gpr, out: Label) {
        self.untag(register, TAG_TABLE, out);
    }

    /// Takes a tag away, or leaves if there is another. Clobbers SCRATCH.
    pub(super) fn untag(&mut self, register: Gpr, tag: u64, out: Label) {
        self.asm.constant(SCRATCH, tag);
        self.asm.op(GprOp::Xor, register, SCRATCH);
        self.asm.copy(SCRATCH, register);
        self.asm.shift_right(SCRATCH, 48);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Loads what has a tag, without that, or leaves if there is another. PERF: the tag is looked at where the value lies.
    pub(super) fn load_untagged(&mut self, to: Gpr, from: Mem, tag: u64, out: Label) {
        debug_assert!(to != from.base);
        self.asm.compare_16(Mem { disp: from.disp + TAG_AT, ..from }, (tag >> 48) as u16);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.constant(to, tag);
        self.asm.op_mem(GprOp::Xor, to, from);
    }

    pub(super) fn number_register(&self, at: usize) -> Option<Xmm> {
        let register = self.plan.xmm[at];
        (register != 0).then_some(Xmm(register))
    }

    pub(super) fn table_register(&self, at: usize) -> Option<Gpr> {
        let register = self.plan.gpr[at];
        (register != 0).then_some(Gpr(register))
    }

    /// The machine register that holds the number in a slot, `scratch` if none was chosen.
    pub(super) fn number(&mut self, at: usize, scratch: Xmm) -> Xmm {
        if !self.known.numbers.has(at) {
            let out = self.bail();
            return self.check_number(at, scratch, out);
        }
        match self.number_register(at) {
            Some(register) => register,
            None => {
                self.asm.load_double(scratch, slot(at));
                scratch
            }
        }
    }

    /// The number in a register or constant.
    pub(super) fn operand(&mut self, is_k: bool, at: usize, scratch: Xmm) -> Xmm {
        if is_k {
            let constant = self.constant(at);
            self.asm.load_double(scratch, constant);
            return scratch;
        }
        self.number(at, scratch)
    }

    /// Where the number in a register or constant is: in a machine register, or in memory. Leaves if it is no number. May clobber X1 and SCRATCH.
    pub(super) fn place_of(&mut self, (is_k, at): (bool, usize)) -> Result<Xmm, Mem> {
        if is_k {
            return Err(self.constant(at));
        }
        if self.known.numbers.has(at) {
            return self.number_register(at).ok_or(slot(at));
        }
        Ok(self.number(at, X1))
    }

    /// The machine register that holds the address of the table in a slot. Clobbers SCRATCH.
    pub(super) fn table(&mut self, at: usize) -> Gpr {
        match self.table_register(at) {
            Some(register) if self.known.tables.has(at) => register,
            _ => {
                let out = self.bail();
                self.check_table(at, out)
            }
        }
    }

    /// Stores a number in a slot.
    pub(super) fn store_number(&mut self, at: usize, number: Xmm) {
        if let Some(register) = self.number_register(at) {
            self.asm.copy_double(register, number);
        }
        self.asm.store_double(slot(at), number);
        self.known.forget(at);
        self.known.numbers.add(at);
    }

    /// Stores what a machine register holds, of which nothing is known, in a slot.
    pub(super) fn store_any(&mut self, at: usize, value: Gpr) {
        self.asm.store(slot(at), value);
        self.known.forget(at);
    }

    /// Stores what a register for doubles holds, of which nothing is known, in a slot.
    pub(super) fn store_loaded(&mut self, at: usize, value: Xmm) {
        self.asm.store_double(slot(at), value);
        self.known.forget(at);
    }

    /// Whether the instruction at hand is to store a number, because of what follows.
    pub(super) fn wants_number(&self) -> bool {
        self.plan.wanted_after[self.at] == Some(Use::Number)
    }

    /// ... a table, for which there is a register.
    pub(super) fn wants_table(&self, at: usize) -> bool {
        self.plan.wanted_after[self.at] == Some(Use::Table) && self.plan.gpr[at] != 0
    }
}
