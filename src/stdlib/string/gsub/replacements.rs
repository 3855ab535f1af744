//! The matches that `gsub` has replaced, and the result that is made of them.
//!
//! Not here: what asks for replacements (`calls`).

use crate::base::filled::Filled;
use crate::heap::Gc;
use crate::object::{Str, Table, TableError, Value};
use crate::state::{State, Thrown};

use super::slot::{self, first_replacement, index, index_of, number_in, own};

/// Triples in the frame. PERF: most calls have no more, and need no table.
pub const IN_FRAME: usize = 8;
/// Triples that a table has keys for.
const MAX_REPLACED: usize = i32::MAX as usize / 3 - 1 + IN_FRAME;

/// Adds a triple to the replacements: in the frame, in place of the answer, which has been dropped.
pub fn remember(l: &mut State, start: usize, end: usize, with: Gc<Str>) -> Result<(), Thrown> {
    let replaced = number_in(l, slot::REPLACED);
    if replaced < IN_FRAME {
        l.ensure_stack(3)?;
        l.push(index(start));
        l.push(index(end));
        l.push(Value::string(with));
    } else {
        remember_in_table(l, replaced - IN_FRAME, start, end, with)?;
    }
    l.set_arg(slot::REPLACED, index(replaced + 1));
    Ok(())
}

/// PERF: the table is used as an array, which is made larger in time.
#[inline(never)]
fn remember_in_table(
    l: &mut State,
    replaced: usize,
    start: usize,
    end: usize,
    with: Gc<Str>,
) -> Result<(), Thrown> {
    let heap = l.heap();
    let table = match own(l, slot::REPLACEMENTS).as_table() {
        Some(table) => table,
        None => {
            let table = Table::new(heap)?;
            l.set_arg(slot::REPLACEMENTS, Value::table(table));
            table
        }
    };
    if replaced + IN_FRAME == MAX_REPLACED {
        return Err(l.table_error(TableError::Overflow));
    }
    if table.array_len() < 3 * (replaced + 1) {
        let room = 3 * (2 * replaced).max(8);
        table.resize_array(heap, room).map_err(|e| l.table_error(e))?;
    }
    if let [from, to, value] = &table.array_slots()[3 * replaced..3 * replaced + 3] {
        table.store(from, index(start));
        table.store(to, index(end));
        table.store(value, Value::string(with));
        table.barrier(heap, Value::string(with));
    }
    Ok(())
}

/// The triples, wherever they lie.
pub struct Replacements {
    in_frame: Filled<[Value; 3], IN_FRAME>,
    table: Option<Gc<Table>>,
    count_in_table: usize,
}

impl Replacements {
    pub fn of(l: &State, count: usize) -> Replacements {
        let count_in_frame = count.min(IN_FRAME);
        let mut in_frame = Filled::new();
        let first = first_replacement(l);
        for i in 0..count_in_frame {
            in_frame.push([1, 2, 3].map(|part| own(l, first + 3 * i + part)));
        }
        let table = own(l, slot::REPLACEMENTS).as_table();
        Replacements { in_frame, table, count_in_table: count - count_in_frame }
    }

    /// The pieces of the result: what lies between replaced matches, and what replaces them.
    #[inline]
    pub fn each_piece(&self, subject: &[u8], mut take: impl FnMut(&[u8])) {
        let slots = self.table.as_ref().map_or(&[][..], |table| table.array_slots());
        let in_table = slots.chunks_exact(3).take(self.count_in_table);
        let in_table = in_table.map(|triple| [triple[0].get(), triple[1].get(), triple[2].get()]);
        let in_frame = self.in_frame.iter().copied();
        let mut done = 0;
        for [start, end, with] in in_frame.chain(in_table) {
            let (start, end) = (index_of(start), index_of(end));
            take(&subject[done..start]);
            if let Some(with) = with.as_string() {
                take(with.as_bytes());
            }
            done = end;
        }
        take(&subject[done..]);
    }
}
