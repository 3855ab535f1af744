//! Making tables and closures: of cells that are at hand if there are any, so that nothing is called; a
//! worker does it where there are none, or where the collector's next step is due.

use crate::heap::{Gc, Heap, Kind};
use crate::object::{LuaClosure, Table, UpVal, Value};
use crate::state::State;
use crate::vm::access;
use crate::vm::code::NEW_BY_WORKER;
use crate::vm::interp::Base;
use crate::vm::interp::loads::running;

/// The heap, if objects may be made without a step of the collector.
#[inline(always)]
unsafe fn calm_heap<'a>(l: *const State) -> Option<&'a Heap> {
    // SAFETY: l is the running State, whose Global outlives the handler.
    let heap = unsafe { &(*(*l).global).heap };
    if heap.step_due() { None } else { Some(heap) }
}

handler! {
    /// R(A) := a table with B array slots and C nodes, if the word says so (C = `NEW_BY_WORKER`: it does not)
    fn new_table(pc, base, k, l, dispatch) {
        if *pc.cast::<u16>().add(1) != 0 {
            return new_sized_table(pc, base, k, l, dispatch, none!());
        }
        if let Some(heap) = calm_heap(l)
            && let table = Table::empty_at_hand(heap)
            && !table.is_null()
        {
            *base.add(field_a!(pc)) = Value::table(Gc::from_ptr(table));
            next!(pc, base, k, l, dispatch)
        }
        return new_table_worker(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn new_sized_table(pc, base, k, l, dispatch) {
        let (len, nodes) = (field_b!(pc), field_c!(pc));
        if nodes != NEW_BY_WORKER
            && let Some(heap) = calm_heap(l)
        {
            let table = if nodes == 0 {
                Table::list_at_hand(heap, len)
            } else {
                Table::record_at_hand(heap, nodes)
            };
            if !table.is_null() {
                *base.add(field_a!(pc)) = Value::table(Gc::from_ptr(table));
                next!(pc, base, k, l, dispatch)
            }
        }
        return new_table_worker(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn new_table_worker(pc, base, k, l, dispatch) {
        worker!(access::new_table(l, pc), base, k, l, dispatch)
    }
}

handler! {
    /// Stores a run of R(A+1)… in the table R(A); `OPEN`: up to the top.
    fn set_list<const OPEN: bool>(pc, base, k, l, dispatch) {
        worker!(access::set_list(l, pc, OPEN), base, k, l, dispatch)
    }
}

/// The open upvalue of a slot, made if there is none; None: it takes more than that.
#[inline(always)]
unsafe fn open_upvalue(l: *mut State, heap: &Heap, slot: Base) -> Option<Gc<UpVal>> {
    // SAFETY: l is the running State, its open upvalues are linked from the highest slot down.
    unsafe {
        let mut above: Option<Gc<UpVal>> = None;
        let mut at = (*l).open_upvalues;
        while let Some(upvalue) = at {
            let v = upvalue.v.get();
            if v == slot {
                // One that is dead but not yet swept is the worker's.
                return if heap.is_dead(upvalue.header()) { None } else { Some(upvalue) };
            }
            if v < slot {
                break;
            }
            above = at;
            at = upvalue.next_open();
        }
        if !(*l).listed {
            return None; // the collector is to know first that this thread has open upvalues
        }
        let new = UpVal::new_open_at_hand(heap, slot, at)?;
        match above {
            Some(above) => above.set_next_open(Some(new)),
            None => (*l).open_upvalues = Some(new),
        }
        Some(new)
    }
}

handler! {
    /// R(A) := a closure of the function's d-th prototype, its B upvalues captured as the words behind
    /// say: B of the running closure's upvalues (A = 1) or of the registers
    ///
    /// PERF: the word says how many upvalues there are, so that the cell is not looked for by way of four loads one after the other.
    fn closure(pc, base, _k, l, dispatch) {
        let count = field_b!(pc);
        let size = LuaClosure::size_for(count);
        let heap = &super::global_of(dispatch).heap;
        if heap.step_due() {
            return closure_worker(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        let p = heap.object_cell(size).cast::<LuaClosure>();
        if p.is_null() {
            return closure_worker(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        // The cell is still free, but nobody takes it: upvalues are smaller. What is left in it,
        // or of open upvalues, when a worker takes over is found there or written again.
        let parent = running(base);
        let mut to = p.add(1).cast::<Gc<UpVal>>();
        let mut capture = pc.add(1);
        let end = capture.add(count);
        while capture != end {
            let upvalue = if field_a!(capture) != 0 {
                *parent.upvalues_ptr().add(field_b!(capture))
            } else {
                match open_upvalue(l, heap, base.add(field_b!(capture))) {
                    Some(upvalue) => upvalue,
                    None => return closure_worker(pc, base, core::ptr::null(), l, dispatch, none!()),
                }
            };
            // NOBARRIER: the closure is new, so it is white.
            to.write(upvalue);
            to = to.add(1);
            capture = capture.add(1);
        }
        let proto = *parent.proto.protos.as_ptr().add(field_d!(pc) as usize);
        heap.take_object_cell_shown(p.cast(), size, Kind::LuaClosure);
        LuaClosure::fill(p, proto, parent.env.get());
        *base.add(field_a!(pc)) = Value::lua_closure(Gc::from_ptr(p));
        go!(end, base, (*(*l).ci).k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn closure_worker(pc, base, k, l, dispatch) {
        worker!(access::closure(l, pc), base, k, l, dispatch)
    }
}
