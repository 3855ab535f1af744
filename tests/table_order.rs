//! Tables show scripts the order of `next` and the border of `#`: both must be the reference's.
//!
//! Random programs of table operations are run twice: on `Table` directly, and as a Lua script by
//! the reference interpreter (`lua5.1`, or what `REFERENCE_LUA` names). Both write down the same
//! observations: the whole order, lengths, single steps of `next`, reads.

use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;
use std::fmt::Write as _;
use std::process::Command;

use ferrouslua::heap::{Gc, Heap};
use ferrouslua::object::{StringTable, Table, Value};

/// A `lua_Alloc` on Rust's allocator that insists on true sizes.
unsafe extern "C" fn checked_alloc(ud: *mut c_void, p: *mut c_void, old: usize, new: usize) -> *mut c_void {
    // SAFETY: ud is the Cell that the test passed to the heap.
    let total = unsafe { &*ud.cast::<Cell<isize>>() };
    total.set(total.get() + new as isize - old as isize);
    let layout = |n: usize| Layout::from_size_align(n, 16).expect("a size the test can have");
    // SAFETY: blocks come and go with the sizes the heap states; a wrong one shows in `total`.
    unsafe {
        match (p.is_null(), new) {
            (true, 0) => std::ptr::null_mut(),
            (true, _) => std::alloc::alloc(layout(new)).cast(),
            (false, 0) => {
                std::alloc::dealloc(p.cast(), layout(old));
                std::ptr::null_mut()
            }
            (false, _) => std::alloc::realloc(p.cast(), layout(old), new).cast(),
        }
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// All keys: their Lua source and the Value, by id.
struct Keys {
    sources: Vec<String>,
    values: Vec<Value>,
}

impl Keys {
    fn new(heap: &Heap, strings: &StringTable) -> Keys {
        let mut keys = Keys { sources: Vec::new(), values: Vec::new() };
        for i in 1..=300 {
            keys.number(i as f64);
        }
        for i in 0..60 {
            keys.number(-(i as f64));
            keys.number(i as f64 * 0.37 + 0.01);
            keys.number(2f64.powi(i));
            keys.number(1e6 + i as f64 * 1000.0);
            keys.number(-1e15 / (i + 3) as f64);
        }
        keys.number(f64::INFINITY);
        keys.number(f64::NEG_INFINITY);
        keys.number(5e-324);
        for b in [false, true] {
            keys.sources.push(b.to_string());
            keys.values.push(Value::boolean(b));
        }
        for i in 0..200 {
            keys.string(heap, strings, &format!("k{i}"));
            keys.string(heap, strings, &"xyz".repeat(i % 60 + 1).replacen('y', &i.to_string(), 2));
        }
        keys.string(heap, strings, "");
        keys
    }

    fn number(&mut self, n: f64) {
        if self.values.iter().any(|v| v.as_number() == Some(n)) {
            return;
        }
        self.sources.push(match n {
            f64::INFINITY => "math.huge".to_string(),
            f64::NEG_INFINITY => "-math.huge".to_string(),
            _ => format!("{n:e}"),
        });
        self.values.push(Value::number(n));
    }

    fn string(&mut self, heap: &Heap, strings: &StringTable, text: &str) {
        let source = format!("{text:?}");
        if !self.sources.contains(&source) {
            self.sources.push(source);
            self.values.push(Value::string(strings.make(heap, text.as_bytes()).expect("memory")));
        }
    }

    fn id(&self, key: Value) -> usize {
        self.values.iter().position(|v| v.raw_equals(key)).expect("a key of ours") + 1
    }
}

/// The size that a constructor's size byte stands for: small ones exactly, then 4 bits of mantissa.
fn constructor_size(n: usize) -> usize {
    let (mut mantissa, mut bits) = (n, 0);
    while mantissa >= 16 {
        mantissa = mantissa.div_ceil(2); // rounded up one bit at a time
        bits += 1;
    }
    mantissa << bits
}

const PRELUDE: &str = "
local K, id = {%KEYS%}, {}
for i = 1, #K do id[K[i]] = i end
local out = {}
local function put(s) out[#out + 1] = s end
function D(t) for k, v in pairs(t) do put(id[k] .. '=' .. v) end put('#' .. #t) end
function N(t, i) local ok, k = pcall(next, t, K[i]) put('n' .. (ok and tostring(id[k]) or 'error')) end
function G(t, i) put('g' .. tostring(t[K[i]])) end
function C(t, keep) for k in pairs(t) do if id[k] % keep ~= 0 then t[k] = nil end end end
function S(t, i, v) t[K[i]] = v end
function E() put('.') print(table.concat(out, ' ')) out = {} end
";

struct Program<'a> {
    heap: &'a Heap,
    keys: &'a Keys,
    script: String,
    seen: String,
}

impl Program<'_> {
    fn set(&mut self, t: Gc<Table>, id: usize, value: Option<usize>) {
        let v = value.map_or(Value::NIL, |n| Value::number(n as f64));
        match value {
            Some(n) => writeln!(self.script, "S(t,{id},{n})").unwrap(),
            None => writeln!(self.script, "S(t,{id},nil)").unwrap(),
        }
        t.set(self.heap, self.keys.values[id - 1], v).expect("memory");
    }

    fn dump(&mut self, t: Gc<Table>) {
        self.script.push_str("D(t)\n");
        let mut key = Value::NIL;
        while let Some((k, v)) = t.next(key).expect("a key just seen") {
            write!(self.seen, "{}={} ", self.keys.id(k), v.as_number().unwrap()).unwrap();
            key = k;
        }
        write!(self.seen, "#{} ", t.length(self.heap)).unwrap();
    }

    fn next_of(&mut self, t: Gc<Table>, id: usize) {
        writeln!(self.script, "N(t,{id})").unwrap();
        match t.next(self.keys.values[id - 1]) {
            Ok(Some((k, _))) => write!(self.seen, "n{} ", self.keys.id(k)).unwrap(),
            Ok(None) => self.seen.push_str("nnil "),
            Err(_) => self.seen.push_str("nerror "),
        }
    }

    fn read(&mut self, t: Gc<Table>, id: usize) {
        writeln!(self.script, "G(t,{id})").unwrap();
        match t.get(self.keys.values[id - 1]).as_number() {
            Some(n) => write!(self.seen, "g{n} ").unwrap(),
            None => self.seen.push_str("gnil "),
        }
    }

    /// Clears fields during a traversal, as the manual allows.
    fn thin_out(&mut self, t: Gc<Table>, keep: usize) {
        writeln!(self.script, "C(t,{keep})").unwrap();
        let mut key = Value::NIL;
        while let Some((k, _)) = t.next(key).expect("cleared keys stay valid") {
            if !self.keys.id(k).is_multiple_of(keep) {
                t.set(self.heap, k, Value::NIL).expect("memory");
            }
            key = k;
        }
    }

    /// `{[key] = value, …, value, …}`: record items are stored at once, list items in the end.
    fn construct(&mut self, random: &mut Random) -> Gc<Table> {
        let (list, records) = (random.below(40), random.below(30));
        let (list, records) = match random.below(4) {
            0 => (0, 0),
            1 => (list, 0),
            2 => (0, records),
            _ => (list, records),
        };
        let t = Table::with_capacity(self.heap, constructor_size(list), constructor_size(records))
            .expect("memory");
        self.script.push_str("t={");
        for _ in 0..records {
            let id = 1 + random.below(self.keys.values.len());
            write!(self.script, "[{}]={id};", self.keys.sources[id - 1]).unwrap();
            t.set(self.heap, self.keys.values[id - 1], Value::number(id as f64)).expect("memory");
        }
        for i in 1..=list {
            let hole = random.below(6) == 0;
            if hole {
                self.script.push_str("nil,");
            } else {
                write!(self.script, "{i},").unwrap();
            }
            let value = if hole { Value::NIL } else { Value::number(i as f64) };
            t.set_int(self.heap, i as i32, value).expect("memory");
        }
        self.script.push_str("}\n");
        t
    }

    fn run_one(&mut self, random: &mut Random) {
        self.script.push_str("do local function f() local t\n");
        let t = self.construct(random);
        self.dump(t);
        let universe = self.keys.values.len();
        // Some tables see few keys, some only small integers, some everything.
        let (first, range) = match random.below(5) {
            0 => (1, 20),
            1 => (1, 300),
            2 => (1 + random.below(universe - 40), 40),
            3 => (300, universe - 300),
            _ => (1, universe),
        };
        let mut front = 1;
        for _ in 0..random.below(120) {
            let id = first + random.below(range);
            match random.below(20) {
                0..=8 => self.set(t, id, Some(random.below(1000))),
                9..=11 => self.set(t, id, None),
                12..=14 => {
                    self.set(t, front.min(300), Some(front)); // fills from the front, as arrays do
                    front += 1;
                }
                15 => self.dump(t),
                16 => self.next_of(t, id),
                17 | 18 => self.read(t, id),
                _ => self.thin_out(t, 2 + random.below(4)),
            }
        }
        self.dump(t);
        self.script.push_str("E() end f() end\n");
        self.seen.push_str(".\n");
    }
}

#[test]
fn order_and_length_are_the_references() {
    let total = Cell::new(0isize);
    let heap = Heap::new(checked_alloc, (&raw const total).cast_mut().cast(), 0);
    let strings = StringTable::new(0x5EED);
    let keys = Keys::new(&heap, &strings);
    let prelude = PRELUDE.replace("%KEYS%", &keys.sources.join(","));
    let mut program = Program { heap: &heap, keys: &keys, script: prelude, seen: String::new() };
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    for _ in 0..3000 {
        program.run_one(&mut random);
    }
    let path = std::env::temp_dir().join(format!("table_order_{}.lua", std::process::id()));
    std::fs::write(&path, &program.script).expect("the temporary script");
    let reference = std::env::var("REFERENCE_LUA").unwrap_or("lua5.1".to_string());
    let output = Command::new(&reference).arg(&path).output().expect("the reference interpreter runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_file(&path).expect("the temporary script was there");
    let expected = String::from_utf8(output.stdout).expect("plain text");
    assert_eq!(expected.lines().count(), 3000);
    for (number, (want, got)) in expected.lines().zip(program.seen.lines()).enumerate() {
        assert_eq!(want, got, "table {number}");
    }
}

#[test]
fn sizes_go_back_as_they_came() {
    let total = Cell::new(0isize);
    let heap = Heap::new(checked_alloc, (&raw const total).cast_mut().cast(), 0);
    let mut random = Random(99);
    let t = Table::new(&heap).expect("memory");
    let with_object = heap.in_use();
    for _ in 0..20 {
        for _ in 0..5000 {
            let key = Value::number(random.below(3000) as f64 - 500.0);
            let value = if random.below(3) == 0 { Value::NIL } else { Value::TRUE };
            t.set(&heap, key, value).expect("memory");
        }
        t.resize(&heap, random.below(100), random.below(3000) + 3500).expect("memory");
    }
    assert!(heap.in_use() > with_object);
    // SAFETY: nobody uses the table afterwards.
    unsafe { t.free_parts(&heap) };
    assert_eq!(heap.in_use(), with_object, "every byte of both parts was given back");
}

#[test]
fn short_strings_are_one_object_each() {
    let total = Cell::new(0isize);
    let heap = Heap::new(checked_alloc, (&raw const total).cast_mut().cast(), 0);
    let strings = StringTable::new(7);
    let text = |i: usize| format!("{}{i}", "s".repeat(i % 37));
    let made: Vec<_> =
        (0..5000).map(|i| strings.make(&heap, text(i).as_bytes()).expect("memory")).collect();
    assert_eq!(strings.len(), 5000);
    for (i, s) in made.iter().enumerate() {
        let again = strings.make(&heap, text(i).as_bytes()).expect("memory");
        assert!(s.same(again));
        assert_eq!(s.as_bytes(), text(i).as_bytes());
        // SAFETY: a NUL follows the bytes.
        assert_eq!(unsafe { *s.data().add(s.len()) }, 0);
    }
    // A sweep to which every third is dead; others, of one letter too, have been found alive.
    heap.current_white.set(heap.other_white());
    for (i, s) in made.iter().enumerate() {
        if i % 3 != 0 {
            heap.whiten(s.header());
        }
    }
    strings.forget_dead(&heap);
    strings.start_sweep();
    while strings.sweep_next(&heap).is_some() {}
    strings.end_sweep();
    assert_eq!(strings.len(), (0..5000).filter(|i| i % 3 != 0).count());
    for (i, s) in made.iter().enumerate() {
        let again = strings.make(&heap, text(i).as_bytes()).expect("memory");
        assert_eq!(s.same(again), i % 3 != 0, "string {i}");
    }
}

#[test]
fn long_strings_are_found_while_they_are_new_and_alive() {
    let total = Cell::new(0isize);
    let heap = Heap::new(checked_alloc, (&raw const total).cast_mut().cast(), 0);
    let strings = StringTable::new(7);
    let make = |text: &str| strings.make(&heap, text.as_bytes()).expect("memory");
    let text = |i: usize| format!("{}{i:08}", "l".repeat(41));
    let first = make(&text(0));
    assert!(first.same(make(&text(0))));
    let other = text(0).replacen("ll", "lx", 20); // of the same length, with the same ends
    assert!(!first.same(make(&other)) && !Value::string(first).raw_equals(Value::string(make(&other))));
    for i in 1..1000 {
        let made = make(&text(i));
        assert!(made.as_bytes() == text(i).as_bytes() && made.same(make(&text(i))));
    }
    let again = make(&text(0));
    assert!(!first.same(again) && Value::string(first).raw_equals(Value::string(again)));
    // A sweep to which this one is dead.
    heap.current_white.set(heap.other_white());
    strings.forget_dead(&heap);
    strings.start_sweep();
    assert!(!again.same(make(&text(0))));
}
