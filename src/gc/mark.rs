//! Marking: from the roots, gray object by gray object.
//!
//! A push on a work list may be dropped for want of memory; the object stays gray, and `drain`
//! finds it by a walk through the heap. So marking never fails.
//!
//! Not here: what is done when all is marked (`atomic`).

use crate::heap::{Gc, GcHeader, Heap, Kind, Phase, mark};
use crate::object::{Table, UpVal, Value};
use crate::state::{Global, Parting, State};

use super::{finalize, refs, weak};

/// Entries of a big table that are looked through at once.
const SLICE: usize = 2 << 10;
/// So many objects are left to the atomic step to traverse once more.
const FEW: usize = 64;

/// Begins a cycle: the roots are gray.
pub fn start(global: &Global) {
    let heap = &global.heap;
    debug_assert!(matches!(heap.phase.get(), Phase::Pause | Phase::Finalize) && global.gc.parting.get() == Parting::Over);
    heap.gray.clear();
    heap.gray_again.clear();
    heap.gray_big.clear();
    heap.weak.clear();
    heap.slice.set(None);
    heap.looked_again.set(usize::MAX);
    heap.phase.set(Phase::Propagate);
    roots(global);
}

pub fn roots(global: &Global) {
    let heap = &global.heap;
    if let Some(main) = global.main_thread.get() {
        heap.shade(main.header());
    }
    shade_value(heap, global.registry.get());
    for metatable in &global.type_metatables {
        if let Some(t) = metatable.get() {
            heap.shade(t.header());
        }
    }
}

#[inline(always)]
pub fn shade_value(heap: &Heap, v: Value) {
    if let Some(object) = v.as_object() {
        heap.shade(object);
    }
}

/// Forgets a cycle that has not come to its atomic step: everything is white again.
pub fn abandon(global: &Global) {
    let heap = &global.heap;
    heap.blocks.for_each(&mut |object| {
        heap.whiten(object);
        if object.kind() == Kind::Table {
            object.clear_bits(mark::WEAK_KEYS | mark::WEAK_VALUES | mark::NOTED);
        }
    });
    finalize::forget_scan(global);
    heap.phase.set(Phase::Pause);
}

/// After a full cycle next to nothing is kept for the next one's work lists: a list of gray objects as short as it begins,
/// for without any a cycle at a cap on memory would have to look for each of them.
pub fn trim_stacks(global: &Global) {
    release_stacks(global);
    global.heap.gray.reserve_first(&global.heap);
}

/// The state is closed.
pub fn release_stacks(global: &Global) {
    let heap = &global.heap;
    for stack in [&heap.gray, &heap.gray_again, &heap.gray_big] {
        stack.release(heap);
    }
    heap.weak.release(heap);
}

/// Traversal of gray objects; `atomic` says that the mutator will not change what is met before the marks are
/// used, so that nothing need be looked at again.
pub struct Marker<'g> {
    pub global: &'g Global,
    pub heap: &'g Heap,
    pub atomic: bool,
    /// Big tables are not traversed whole.
    in_slices: bool,
    /// What is shaded: all that is white, or only what is dead.
    whites: u8,
    /// What is met now was dead, and lives on because a finalizer is to see it.
    resurrects: bool,
}

impl<'g> Marker<'g> {
    pub fn new(global: &'g Global, atomic: bool) -> Marker<'g> {
        let heap = &global.heap;
        Marker { global, heap, atomic, in_slices: !atomic, whites: mark::WHITES, resurrects: false }
    }

    /// One that follows only what was dead when marking ended (`parting`): nothing else can be reached from there
    /// that need be marked.
    pub fn resurrecting(global: &'g Global) -> Marker<'g> {
        let heap = &global.heap;
        Marker { global, heap, atomic: true, in_slices: true, whites: heap.other_white(), resurrects: true }
    }

    #[inline(always)]
    pub fn shade(&self, object: Gc<GcHeader>) {
        if object.mark.get() & self.whites != 0 {
            self.heap.shade_white(object);
        }
    }

    #[inline(always)]
    fn shade_value(&self, v: Value) {
        if let Some(object) = v.as_object() {
            self.shade(object);
        }
    }

    /// Traverses a gray object, or a slice of a big one. Returns the bytes looked through; None:
    /// no object is known to be gray. What a slice has found goes before the next slice, so that
    /// the work list does not grow as long as the table.
    pub fn propagate(&self) -> Option<usize> {
        if let Some(object) = self.heap.gray.pop() {
            return Some(self.traverse(object));
        }
        match self.heap.slice.get() {
            Some(table) => Some(self.slice(table.cast())),
            None => Some(self.traverse(self.heap.gray_big.pop()?)),
        }
    }

    /// Before the atomic step: what the program has made gray again until now is to be traversed between its steps, so
    /// that only what it changes meanwhile is left; that again, while it is much and becomes ever less. False: not now.
    pub fn look_again(&self) -> bool {
        let (count, before) = (self.heap.gray_again.len(), self.heap.looked_again.get());
        if before != usize::MAX && (count <= FEW || count > before / 2) {
            return false;
        }
        self.heap.looked_again.set(count);
        // What is pushed back meanwhile is above these.
        for _ in 0..count {
            let Some(object) = self.heap.gray_again.pop() else { break };
            self.heap.gray.push(self.heap, object);
        }
        !self.heap.gray.is_empty()
    }

    /// Traverses until nothing is gray that could be black. Returns the bytes looked through.
    pub fn drain(&self) -> usize {
        let mut done = 0;
        loop {
            while let Some(bytes) = self.propagate() {
                done += bytes;
            }
            if !self.heap.gray.take_overflow() & !self.heap.gray_big.take_overflow() {
                return done;
            }
            self.rescan();
        }
    }

    /// Traverses every gray object that there is, listed or not, and what it leads to as far as the list has room:
    /// a chain of objects is followed to its end however they lie, and takes no walk for each.
    pub fn rescan(&self) {
        self.heap.blocks.for_each(&mut |object| {
            if object.is_gray() {
                self.traverse(object);
                while self.propagate().is_some() {}
            }
        });
    }

    fn traverse(&self, object: Gc<GcHeader>) -> usize {
        match object.kind() {
            Kind::Table => return self.table(object.cast()),
            Kind::Thread => return self.thread(object.cast()),
            Kind::UpVal if object.cast::<UpVal>().is_open() => {}
            Kind::UpVal if object.is_white() => return 0, // closed since it was met, after the atomic step
            Kind::Userdata if self.resurrects => object.set_bits(mark::BLACK | mark::FINALIZED),
            _ => object.set_bits(mark::BLACK),
        }
        refs::for_each(object, &mut |child| self.shade(child));
        refs::size(object)
    }

    /// A quiet thread is done: before its stack changes it is made gray again (`State::touch`). Any
    /// other stays gray, and the atomic step looks at it again.
    ///
    /// Slots above a thread's frame may be stale, and will be part of a frame again; so the last
    /// traversal clears them.
    fn thread(&self, l: Gc<State>) -> usize {
        let quiet = l.is_quiet();
        let mut done = refs::size(l.header());
        if quiet || self.atomic {
            done += clear_dead_slots(&l);
        }
        if quiet {
            l.header().set_bits(mark::BLACK);
        } else if !self.atomic {
            self.heap.gray_again.push(self.heap, l.header());
        }
        refs::for_each(l.header(), &mut |child| self.shade(child));
        done
    }

    /// A weak table stays gray, and is left to `weak`; what it holds strongly is marked already.
    fn table(&self, t: Gc<Table>) -> usize {
        let header = t.header();
        let in_slices = t.is_big() && self.in_slices;
        if in_slices && self.heap.slice.get().is_some() {
            self.heap.gray_big.push(self.heap, header); // its turn will come
            return size_of::<Table>();
        }
        if let Some(metatable) = t.metatable.get() {
            self.shade(metatable.header());
        }
        let weak = weak::mode(self.global, &t);
        header.clear_bits(mark::WEAK_KEYS | mark::WEAK_VALUES | mark::NOTED | mark::BLACK);
        if weak == 0 {
            header.set_bits(mark::BLACK);
        } else {
            weak::meet(self, header, weak);
            if weak == mark::WEAK_KEYS | mark::WEAK_VALUES {
                return size_of::<Table>();
            }
        }
        if in_slices {
            self.heap.slice.set(Some(header));
            self.heap.slice_at.set(0);
            self.heap.slice_restarts.set(0);
            return size_of::<Table>();
        }
        self.entries(&t, weak, 0, usize::MAX);
        t.object_size()
    }

    /// The next entries of the big table. New ones are seen by the forward barrier, or when a weak table
    /// is scanned.
    fn slice(&self, t: Gc<Table>) -> usize {
        let begin = self.heap.slice_at.get();
        let end = begin + SLICE;
        let is_last = end >= t.array_len() + t.node_count();
        self.heap.slice.set(if is_last { None } else { self.heap.slice.get() });
        self.heap.slice_at.set(if is_last { 0 } else { end });
        self.entries(&t, t.header().mark.get(), begin, end);
        SLICE * size_of::<Value>() * 2
    }

    /// Shades what the entries `begin..end` hold strongly, array part first, and makes keys
    /// without a value dead keys. `weak`: the mark's bits for that.
    pub fn entries(&self, t: &Table, weak: u8, begin: usize, end: usize) {
        let len = t.array_len();
        if weak & mark::WEAK_VALUES == 0 {
            for slot in &t.array_slots()[begin.min(len)..end.min(len)] {
                self.shade_value(slot.get());
            }
        }
        let count = t.node_count();
        for i in begin.saturating_sub(len).min(count)..end.saturating_sub(len).min(count) {
            // SAFETY: i is below the node count; nobody else looks at the node now (ALIAS).
            let node = unsafe { &mut *t.node_ptr().add(i) };
            if node.value.is_nil() {
                t.forget_key(node);
                continue;
            }
            if weak & mark::WEAK_KEYS == 0 {
                self.shade_value(node.key);
            }
            if weak & mark::WEAK_VALUES == 0 {
                self.shade_value(node.value);
            }
        }
    }
}

/// Returns the bytes cleared.
fn clear_dead_slots(l: &State) -> usize {
    let mut slot = refs::live_end(l);
    let end = l.stack.wrapping_add(l.stack_size());
    let cleared = (end as usize).saturating_sub(slot as usize);
    while slot < end {
        // SAFETY: STACK: a slot of the array, above everything in use.
        unsafe {
            slot.write(Value::NIL);
            slot = slot.add(1);
        }
    }
    cleared
}
