//! Tables that are made, and what constructors put in them.
//!
//! A table is made of free cells at hand, as the interpreter's handler does (`interp::make`); where there are none, or a step of the
//! collector is due, that does it. Names that are stored in it next get nodes of which it is foreseen which they are (`object::table`): a store looks
//! whether the table is as it will be then, mostly, and its handler does it if not.

use core::mem::offset_of;

use crate::heap::{Kind, cell_layout, heap_layout, mark};
use crate::object::value::{TAG_STRING, TAG_TABLE};
use crate::object::{MAX_FORESEEN, Node, Placement, Str, Table, Value, table_layout};
use crate::state::Global;
use crate::vm::code::{Insn, Op};

use super::asm::*;
use super::emit::*;
use super::facts::{self, Way};
use super::function::Function;
use super::plan::Plan;
use super::tables::{NIL_BYTE, NODE_KEY, NODE_VALUE};

/// The most constructors of a region with names that are foreseen.
pub(super) const MAX_RECIPES: usize = 24;

/// The names that a NEWTABLE is followed by, the words that store them, and where they will lie.
#[derive(Clone, Copy)]
pub struct Recipe {
    /// The step of the NEWTABLE.
    at: u16,
    /// How many nodes it makes, and how many names follow.
    nodes: u8,
    count: u8,
    keys: [u8; MAX_FORESEEN],
    words: [u16; MAX_FORESEEN],
    placements: [Placement; MAX_FORESEEN],
}

/// A store of a name that is foreseen: where, in a table of so many nodes, and the constant of the name whose chain it joins.
#[derive(Clone, Copy)]
pub struct Foreseen {
    nodes: usize,
    placement: Placement,
    owner: usize,
}

impl Recipe {
    const NONE: Recipe = Recipe {
        at: 0,
        nodes: 0,
        count: 0,
        keys: [0; MAX_FORESEEN],
        words: [0; MAX_FORESEEN],
        placements: [Placement::Other; MAX_FORESEEN],
    };

    fn words(&self) -> &[u16] {
        &self.words[..self.count as usize]
    }
}

impl Function<'_> {
    /// What the NEWTABLE at `pc` is followed by: stores of names, as far as its nodes are meant for them.
    fn recipe(&self, pc: usize) -> Recipe {
        let mut recipe = Recipe::NONE;
        let (table, nodes) = (self.insn(pc).a(), self.insn(pc).c());
        recipe.nodes = nodes as u8;
        let mut names = [Value::NIL; MAX_FORESEEN];
        let mut at = pc + 1;
        while at < self.code.len() && (recipe.count as usize) < nodes.min(MAX_FORESEEN) && self.goes_on_with(at, table) {
            let insn = self.insn(at);
            if matches!(insn.op(), Op::SetFieldR | Op::SetFieldK) && insn.a() == table {
                let place = recipe.count as usize;
                (recipe.keys[place], recipe.words[place]) = (insn.b() as u8, at as u16);
                names[place] = self.k[insn.b()];
                recipe.count += 1;
            }
            at += if insn.op() == Op::Closure { 1 + insn.b() } else { 1 };
        }
        if recipe.count > 0 {
            recipe.placements = Table::foresee(&self.global.heap, nodes, &names[..recipe.count as usize]);
        }
        recipe
    }

    /// Whether an instruction goes on at the next word, with what is in a register.
    fn goes_on_with(&self, pc: usize, register: usize) -> bool {
        let insn = self.insn(pc);
        let mut is_written = false;
        facts::writes(insn).each(|slot| is_written |= slot == register);
        let is_call = facts::calls(insn) && !facts::is_tail_call(insn);
        !is_written && (is_call || self.way(pc) == Way::On(1) || facts::left_to_handler(insn, None) > 0 && !facts::compares(insn.op()))
    }
}

impl Plan {
    /// Notes what the NEWTABLE at `pc`, the step `at`, is followed by.
    #[inline(never)]
    pub(super) fn note_recipe(&mut self, f: Function, pc: usize, at: usize) {
        let recipe = f.recipe(pc);
        if recipe.count > 0
            && let Some(place) = self.recipes.get_mut(self.recipe_count)
        {
            *place = Recipe { at: at as u16, ..recipe };
            self.recipe_count += 1;
        }
    }

    /// Where the name will lie that a step stores, if that is foreseen.
    pub(super) fn foreseen(&self, at: usize) -> Option<Foreseen> {
        let insn = self.insn(at);
        if !matches!(insn.op(), Op::SetFieldR | Op::SetFieldK) {
            return None;
        }
        let recipes = self.recipes[..self.recipe_count].iter();
        let mut own = recipes.filter(|recipe| self.of[recipe.at as usize] == self.of[at]);
        own.find_map(|recipe| {
            let number = recipe.words().iter().position(|&word| word == self.pcs[at])?;
            let placement = recipe.placements[number];
            let owner = match placement {
                Placement::Vacant { .. } => 0,
                Placement::Beside { owner, .. } => recipe.keys[owner as usize] as usize,
                Placement::Other => return None,
            };
            Some(Foreseen { nodes: recipe.nodes as usize, placement, owner })
        })
    }
}

/// A place in the Global's heap, that is so far behind the heap's beginning.
fn in_heap(offset: usize) -> Mem {
    let heap = offset_of!(Global, heap) as i32 - offset_of!(Global, switchboard) as i32;
    Mem { base: DISPATCH, index: None, disp: heap + offset as i32 }
}

impl Emitter {
    /// R(a) := a new table, as its word says
    pub(super) fn new_table(&mut self, a: usize) {
        let insn = self.plan.insn(self.at);
        let (len, count) = (insn.b(), insn.c());
        let out = self.bail();
        let size = len * size_of::<Value>() + count * size_of::<Node>();
        // All that can fail comes first: a step of the collector is due, or there is no cell.
        self.asm.compare_mem_small(in_heap(heap_layout::DEBT), 0);
        self.asm.jump_if(Cond::Greater, out);
        if size > 0 {
            self.find_cell(INDEX, heap_layout::arrays(size), out);
        }
        self.find_cell(TABLE, heap_layout::objects(size_of::<Table>()), out);
        if size > 0 {
            self.take_cell(INDEX, cell_layout::NEXT_ARRAY, heap_layout::arrays(size));
        }
        self.take_cell(TABLE, cell_layout::NEXT_OBJECT, heap_layout::objects(size_of::<Table>()));
        self.asm.add_to_mem(in_heap(heap_layout::DEBT), (size_of::<Table>() + size) as i32);
        if len > 0 {
            self.fill_with_nil(INDEX, len);
        } else {
            self.fill_nodes(INDEX, count);
        }
        self.fill_table(insn);
        self.keep_new_table(a);
    }

    /// The first of a class's free cells to a register; leaves if there is none.
    fn find_cell(&mut self, to: Gpr, class: usize, out: Label) {
        self.asm.load(to, in_heap(class));
        self.asm.compare_small(to, 0);
        self.asm.jump_if(Cond::Equal, out);
    }

    /// Takes it off the list. Clobbers RAX.
    fn take_cell(&mut self, cell: Gpr, next: usize, class: usize) {
        self.asm.load(RAX, at(cell, next));
        self.asm.store(in_heap(class), RAX);
    }

    /// Stores so many nils. Clobbers X0.
    fn fill_with_nil(&mut self, to: Gpr, len: usize) {
        const { assert!(Value::NIL.bits() == u64::MAX) };
        self.asm.ones(X0);
        for pair in 0..len / 2 {
            self.asm.store_both(at(to, pair * 16), X0);
        }
        if len % 2 != 0 {
            self.asm.store_double(at(to, (len - 1) * 8), X0);
        }
    }

    /// Stores so many empty nodes. Clobbers X0.
    fn fill_nodes(&mut self, to: Gpr, count: usize) {
        const { assert!(NODE_VALUE == 0 && NODE_KEY == 8 && table_layout::NODE_WORD == table_layout::NODE_NEXT + 4) };
        if count > 0 {
            self.asm.ones(X0);
        }
        for node in 0..count {
            let place = node * size_of::<Node>();
            self.asm.store_both(at(to, place), X0);
            if node == 0 {
                self.asm.store_small_32(at(to, table_layout::NODE_NEXT), 0);
                self.asm.store_small_32(at(to, table_layout::NODE_WORD), count as i32); // no node from there on is free
            } else {
                self.asm.store_small(at(to, place + table_layout::NODE_NEXT), 0);
            }
        }
    }

    /// Fills the table at TABLE, whose part, if it has one, is at INDEX. Clobbers RAX.
    fn fill_table(&mut self, insn: Insn) {
        const { assert!(table_layout::ABSENT == 2 && table_layout::NODE_MASK == 4 && table_layout::BORDER == table_layout::ARRAY_LEN + 4) };
        let (len, count) = (insn.b(), insn.c());
        // As a metatable, it lacks all events.
        self.asm.store_small_32(at(TABLE, 0), Kind::Table as i32 | (u16::MAX as i32) << 16);
        self.asm.load_byte(RAX, in_heap(heap_layout::WHITE));
        self.asm.store_byte_of(at(TABLE, table_layout::MARK), RAX);
        self.asm.store_small_32(at(TABLE, table_layout::NODE_MASK), count.max(1) as i32 - 1);
        self.asm.store_small(at(TABLE, table_layout::ARRAY_LEN), len as i32); // and the border: 0
        self.asm.store_small(at(TABLE, table_layout::METATABLE), 0);
        if len > 0 {
            self.asm.store(at(TABLE, table_layout::ARRAY), INDEX);
        } else {
            self.asm.store_small(at(TABLE, table_layout::ARRAY), align_of::<Value>() as i32);
        }
        if count == 0 {
            self.asm.constant(RAX, table_layout::no_nodes() as u64);
        }
        self.asm.store(at(TABLE, table_layout::NODES), if count > 0 { INDEX } else { RAX });
    }

    /// R(a) := the table at TABLE. Clobbers RAX.
    fn keep_new_table(&mut self, a: usize) {
        self.asm.constant(RAX, TAG_TABLE);
        self.asm.op(GprOp::Xor, RAX, TABLE);
        self.store_any(a, RAX);
        if self.wants_table(a)
            && let Some(register) = self.table_register(a)
        {
            self.asm.copy(register, TABLE);
            self.known.tables.add(a);
        }
    }

    /// Stores a name that is foreseen in the table R(a), of the instance whose registers begin at `base`.
    pub(super) fn store_foreseen(&mut self, insn: Insn, base: usize, foreseen: Foreseen) {
        let out = self.bail();
        let table = self.table(base + insn.a());
        self.asm.test_byte(at(table, table_layout::MARK), mark::BLACK | mark::READ_ONLY | mark::WATCHED);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.compare_mem_small(at(table, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.compare_mem_32_small(at(table, table_layout::NODE_MASK), foreseen.nodes as i8 - 1);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.load(RAX, at(table, table_layout::NODES));
        let place = |node: u8| node as usize * size_of::<Node>();
        let first = table_layout::NODE_WORD;
        let node = match foreseen.placement {
            Placement::Vacant { node } => {
                // The nodes of a table without any are no others: of such there is one, of which this word is 0.
                if foreseen.nodes == 1 {
                    self.asm.compare_mem_32_small(at(RAX, first), 1);
                    self.asm.jump_if(Cond::NotEqual, out);
                }
                self.check_new(place(node), out);
                node
            }
            Placement::Beside { main, last_free, node, .. } => {
                self.asm.compare_mem_32_small(at(RAX, first), last_free as i8);
                self.asm.jump_if(Cond::NotEqual, out);
                self.check_owner(place(main), foreseen.owner, main != 0, out);
                for passed in (node + 1..last_free).filter(|&passed| passed != main) {
                    self.asm.compare_mem_small(at(RAX, place(passed) + NODE_KEY as usize), NIL_BYTE);
                    self.asm.jump_if(Cond::Equal, out);
                }
                self.check_new(place(node), out);
                self.asm.store_small_32(at(RAX, first), node as i32);
                if main != 0 {
                    self.asm.add_to_mem_32(at(RAX, place(main) + table_layout::NODE_WORD), table_layout::ONE_MORE as i32);
                }
                let distance = place(node) as i32 - place(main) as i32;
                self.asm.store_small_32(at(RAX, place(main) + table_layout::NODE_NEXT), distance);
                node
            }
            Placement::Other => unreachable!("not foreseen"),
        };
        self.give_name(place(node), insn.b(), matches!(foreseen.placement, Placement::Beside { .. }));
        let value = if insn.op() == Op::SetFieldK { Err(insn.c()) } else { Ok(base + insn.c()) };
        self.store_value(value, at(RAX, place(node) + NODE_VALUE as usize));
        self.asm.store_16(at(table, table_layout::ABSENT), 0);
    }

    /// Leaves if the node so far behind RAX has, or had, a key.
    fn check_new(&mut self, place: usize, out: Label) {
        self.asm.compare_mem_small(at(RAX, place + NODE_KEY as usize), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Leaves unless the node so far behind RAX has a value for a name, and no other follows it; `counts`: its word counts such. Clobbers SCRATCH.
    fn check_owner(&mut self, place: usize, owner: usize, counts: bool, out: Label) {
        let constant = self.constant(owner);
        self.asm.load(SCRATCH, constant);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(RAX, place + NODE_KEY as usize));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.compare_mem_small(at(RAX, place + NODE_VALUE as usize), NIL_BYTE);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.compare_mem_32_small(at(RAX, place + table_layout::NODE_NEXT), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        if counts {
            self.asm.compare_mem_32(at(RAX, place + table_layout::NODE_WORD), table_layout::COUNT);
            self.asm.jump_if(Cond::NotBelow, out);
        }
    }

    /// Gives a name to the node so far behind RAX, which has none. Clobbers INDEX and SCRATCH.
    fn give_name(&mut self, place: usize, key: usize, is_stranger: bool) {
        let constant = self.constant(key);
        self.asm.load(SCRATCH, constant);
        self.asm.store(at(RAX, place + NODE_KEY as usize), SCRATCH);
        if place == 0 {
            return; // the first node's word tells of no name
        }
        self.asm.constant(INDEX, TAG_STRING);
        self.asm.op(GprOp::Xor, INDEX, SCRATCH);
        self.asm.load_32(INDEX, at(INDEX, Str::HASH));
        if is_stranger {
            self.asm.or_32(INDEX, table_layout::COUNT);
        } else {
            self.asm.and_32(INDEX, table_layout::HASH);
        }
        self.asm.store_32(at(RAX, place + table_layout::NODE_WORD), INDEX);
    }

    /// Stores what is in a slot, or else a constant. Clobbers X0 and SCRATCH.
    fn store_value(&mut self, value: Result<usize, usize>, to: Mem) {
        let from = match value {
            Ok(of) => match self.number_register(of).filter(|_| self.known.numbers.has(of)) {
                Some(held) => return self.asm.store_double(to, held),
                None => slot(of),
            },
            Err(constant) => self.constant(constant),
        };
        self.asm.load_double(X0, from);
        self.asm.store_double(to, X0);
    }

    /// Stores so many values behind R(a) in the array part of the table R(a), which has room for just these.
    pub(super) fn fill_list(&mut self, a: usize, count: usize) {
        let out = self.bail();
        let table = self.table(a);
        self.asm.test_byte(at(table, table_layout::MARK), mark::BLACK | mark::READ_ONLY | mark::WATCHED);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.compare_mem_32(at(table, table_layout::ARRAY_LEN), count as u32);
        self.asm.jump_if(Cond::NotEqual, out);
        for value in a + 1..=a + count {
            if !self.known.numbers.has(value) && !self.known.tables.has(value) {
                self.asm.compare_mem_small(slot(value), NIL_BYTE);
                self.asm.jump_if(Cond::Equal, out);
            }
        }
        self.asm.load(INDEX, at(table, table_layout::ARRAY));
        for i in 0..count {
            self.store_value(Ok(a + 1 + i), at(INDEX, i * size_of::<Value>()));
        }
        self.asm.store_small_32(at(table, table_layout::BORDER), count as i32);
    }
}
