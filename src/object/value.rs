//! A Lua value in eight bytes.
//!
//! A double stands for itself. Every other value is a negative NaN that no arithmetic produces:
//!
//! ```text
//!   bits 63..48   bits 47..0
//!   ≤ 0xFFF8_0000_0000_0000   a number (the negative quiet NaN is the largest)
//!   0xFFF8        non-zero    an address of a Proto: only while a chunk is being built
//!   0xFFF9        word        light userdata (see `light_word`)
//!   0xFFFA        address     string
//!   0xFFFB        address     table
//!   0xFFFC        address     function
//!   0xFFFD        address     userdata
//!   0xFFFE        address     thread
//!   0xFFFF        address     a dead key: what `next` may still be asked about
//!   0xFFFF        0xFFFF_FFFF_FFFC..=F   none, true, false, nil
//! ```
//!
//! So one unordered compare of two doubles tells the arithmetic that both are numbers, `nil` and
//! `false` are the two largest words, and a run of nils is a run of one bits.
//!
//! Invariant: a NaN in a Value is one of the two canonical quiet NaNs; its sign is kept, because
//! `print(0/0)` shows it.

use crate::heap::{Gc, GcHeader, HeapObject, Kind};
use crate::object::{LuaClosure, NativeClosure, Proto, Str, Table, Userdata};

#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Value(u64);

/// The types of the manual, with the numbers of `lua.h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i8)]
pub enum Type {
    None = -1,
    Nil = 0,
    Boolean = 1,
    LightUserdata = 2,
    Number = 3,
    String = 4,
    Table = 5,
    Function = 6,
    Userdata = 7,
    Thread = 8,
}

impl Type {
    pub const COUNT: usize = 9;

    /// The name that `type` and the messages use.
    pub fn name(self) -> &'static str {
        match self {
            Type::None => "no value",
            Type::Nil => "nil",
            Type::Boolean => "boolean",
            Type::LightUserdata | Type::Userdata => "userdata",
            Type::Number => "number",
            Type::String => "string",
            Type::Table => "table",
            Type::Function => "function",
            Type::Thread => "thread",
        }
    }
}

const PAYLOAD: u64 = (1 << 48) - 1;
pub const MAX_NUMBER_BITS: u64 = 0xFFF8 << 48;
const TAG_PROTO: u64 = 0xFFF8 << 48;
const TAG_LIGHT: u64 = 0xFFF9 << 48;
pub const TAG_STRING: u64 = 0xFFFA << 48;
pub const TAG_TABLE: u64 = 0xFFFB << 48;
pub const TAG_FUNCTION: u64 = 0xFFFC << 48;
pub const TAG_USERDATA: u64 = 0xFFFD << 48;
pub const TAG_THREAD: u64 = 0xFFFE << 48;
const TAG_OTHER: u64 = 0xFFFF << 48;
const CANONICAL_NAN: u64 = 0x7FF8 << 48;

impl Value {
    pub const NIL: Value = Value(u64::MAX);
    pub const FALSE: Value = Value(u64::MAX - 1);
    pub const TRUE: Value = Value(u64::MAX - 2);
    /// The key of a veiled table's only node (`object::table::veil`): a dead key that never was one.
    pub const VEIL: Value = Value(TAG_OTHER);
    /// No value at all: an argument that was not passed. Never stored in a stack slot or table.
    pub const NONE: Value = Value(u64::MAX - 3);

    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// # Safety
    /// `bits` came from `Value::bits` of a value that is still alive.
    #[inline(always)]
    pub unsafe fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// A number whose NaN, if it is one, is canonical: the result of arithmetic on Values.
    #[inline(always)]
    pub fn number(n: f64) -> Value {
        if n.is_nan() { Value::canonical(n) } else { Value(n.to_bits()) }
    }

    #[cold]
    fn canonical(n: f64) -> Value {
        Value(CANONICAL_NAN | (n.to_bits() & (1 << 63)))
    }

    /// A number that is not NaN, or is a NaN the processor made from canonical ones.
    #[inline(always)]
    pub fn number_unchecked(n: f64) -> Value {
        debug_assert!(n.to_bits() <= MAX_NUMBER_BITS && (!n.is_nan() || n.to_bits() & PAYLOAD == 0));
        Value(n.to_bits())
    }

    #[inline(always)]
    pub fn boolean(b: bool) -> Value {
        Value(u64::MAX - 1 - b as u64)
    }

    #[inline(always)]
    pub fn string(s: Gc<Str>) -> Value {
        Value(TAG_STRING | s.as_ptr() as u64)
    }

    #[inline(always)]
    pub fn table(t: Gc<Table>) -> Value {
        Value(TAG_TABLE | t.as_ptr() as u64)
    }

    #[inline(always)]
    pub fn lua_closure(f: Gc<LuaClosure>) -> Value {
        Value(TAG_FUNCTION | f.as_ptr() as u64)
    }

    #[inline(always)]
    pub fn native_closure(f: Gc<NativeClosure>) -> Value {
        Value(TAG_FUNCTION | f.as_ptr() as u64)
    }

    #[inline(always)]
    pub fn userdata(u: Gc<Userdata>) -> Value {
        Value(TAG_USERDATA | u.as_ptr() as u64)
    }

    /// A thread, by its header: what a State looks like is not known in this layer.
    #[inline(always)]
    pub fn thread(t: Gc<GcHeader>) -> Value {
        debug_assert!(t.kind() == Kind::Thread);
        Value(TAG_THREAD | t.as_ptr() as u64)
    }

    pub fn proto(p: Gc<Proto>) -> Value {
        Value(TAG_PROTO | p.as_ptr() as u64)
    }

    /// Light userdata from its 48-bit word (`light_word` makes one of a pointer that fits).
    pub fn light(word: u64) -> Value {
        debug_assert!(word <= PAYLOAD);
        Value(TAG_LIGHT | word)
    }

    /// The 48-bit word of a host pointer, when it has one: canonical addresses but for a quarter
    /// of the negative half, whose words stand for pointers kept in the Global's list.
    pub fn light_word(pointer: usize) -> Option<u64> {
        let p = pointer as u64;
        let sign_extended = (((p << 16) as i64) >> 16) as u64;
        let reserved = p & (0b11 << 46) == 0b10 << 46;
        (p == sign_extended && !reserved).then_some(p & PAYLOAD)
    }

    /// The word that stands for entry `index` of the Global's list of unusual pointers.
    pub fn light_index_word(index: u32) -> u64 {
        0b10 << 46 | index as u64
    }

    /// A light userdata's pointer, or the index of an unusual one.
    pub fn light_pointer(self) -> Result<usize, u32> {
        let word = self.0 & PAYLOAD;
        if word & (0b11 << 46) == 0b10 << 46 {
            return Err(word as u32);
        }
        Ok((((word << 16) as i64) >> 16) as usize)
    }

    /// What is left in a table of a collectable key whose entry died: equal to the key by address.
    pub fn dead_key(self) -> Value {
        debug_assert!(self.is_collectable());
        Value(TAG_OTHER | self.0 & PAYLOAD)
    }

    pub fn is_dead_key(self) -> bool {
        self.0 >= TAG_OTHER && self.0 < Value::NONE.0
    }

    /// Whether a dead key was once this (collectable) value, as far as its address tells.
    pub fn was(self, key: Value) -> bool {
        self.is_dead_key() && key.is_collectable() && self.0 & PAYLOAD == key.0 & PAYLOAD
    }

    #[inline(always)]
    pub fn is_nil(self) -> bool {
        self.0 == Value::NIL.0
    }

    #[inline(always)]
    pub fn is_none(self) -> bool {
        self.0 == Value::NONE.0
    }

    /// nil or false.
    #[inline(always)]
    pub fn is_falsy(self) -> bool {
        self.0 >= Value::FALSE.0
    }

    #[inline(always)]
    pub fn is_truthy(self) -> bool {
        self.0 < Value::FALSE.0
    }

    #[inline(always)]
    pub fn is_number(self) -> bool {
        self.0 <= MAX_NUMBER_BITS
    }

    #[inline(always)]
    pub fn as_number(self) -> Option<f64> {
        if self.is_number() { Some(f64::from_bits(self.0)) } else { None }
    }

    /// The double whose bits these are: a NaN for everything that is not a number.
    #[inline(always)]
    pub fn as_f64(self) -> f64 {
        f64::from_bits(self.0)
    }

    #[inline(always)]
    pub fn is_boolean(self) -> bool {
        self.0 == Value::FALSE.0 || self.0 == Value::TRUE.0
    }

    #[inline(always)]
    fn has_tag(self, tag: u64) -> bool {
        self.0 & !PAYLOAD == tag
    }

    #[inline(always)]
    pub fn is_string(self) -> bool {
        self.has_tag(TAG_STRING)
    }

    #[inline(always)]
    pub fn is_table(self) -> bool {
        self.has_tag(TAG_TABLE)
    }

    #[inline(always)]
    pub fn is_function(self) -> bool {
        self.has_tag(TAG_FUNCTION)
    }

    #[inline(always)]
    pub fn is_userdata(self) -> bool {
        self.has_tag(TAG_USERDATA)
    }

    #[inline(always)]
    pub fn is_light(self) -> bool {
        self.has_tag(TAG_LIGHT)
    }

    /// Whether it is a light userdata whose `address` is the pointer, as those of a program's own memory are.
    #[inline(always)]
    pub fn is_light_below_half(self) -> bool {
        self.0 >> 47 == TAG_LIGHT >> 47
    }

    #[inline(always)]
    pub fn is_thread(self) -> bool {
        self.has_tag(TAG_THREAD)
    }

    pub fn is_proto(self) -> bool {
        self.has_tag(TAG_PROTO) && self.0 & PAYLOAD != 0
    }

    /// string, table, function, userdata or thread (a Proto too, while one is on the stack).
    #[inline(always)]
    pub fn is_collectable(self) -> bool {
        self.0.wrapping_sub(TAG_STRING) < TAG_OTHER - TAG_STRING || self.is_proto()
    }

    /// Whether storing this in an old object needs its barrier: not for what is no object. (A Proto
    /// is never stored.)
    #[inline(always)]
    pub fn is_barred(self) -> bool {
        self.0.wrapping_sub(TAG_STRING) < TAG_OTHER - TAG_STRING
    }

    /// # Safety
    /// The payload is the address of a live object of type `T`.
    #[inline(always)]
    unsafe fn object<T>(self) -> Gc<T> {
        // SAFETY: the caller checked the tag; REACH keeps what a Value points to alive.
        unsafe { Gc::from_ptr((self.0 & PAYLOAD) as *mut T) }
    }

    /// The object that a value with this tag is. PERF: the tag is taken away first, and what is left says whether it was the right
    /// one: one constant for both.
    #[inline(always)]
    fn tagged<T>(self, tag: u64) -> Option<Gc<T>> {
        let p: *mut T = self.untagged(tag);
        // SAFETY: no value is a tag alone; with the right one it is a live object of the tag's type.
        unsafe {
            core::hint::assert_unchecked(!p.is_null());
            if Value::is_untagged(p) { Some(Gc::from_ptr(p)) } else { None }
        }
    }

    #[inline(always)]
    pub fn as_string(self) -> Option<Gc<Str>> {
        self.tagged(TAG_STRING)
    }

    /// The word without the tag of a string: a string's address, if `is_untagged`. PERF: taken away so, no other constant is
    /// needed, nor a look whether an option is none.
    #[inline(always)]
    pub fn string_untagged(self) -> *mut Str {
        self.untagged(TAG_STRING)
    }

    /// The same for a table.
    #[inline(always)]
    pub fn table_untagged(self) -> *mut Table {
        self.untagged(TAG_TABLE)
    }

    /// The same for a function of either kind.
    #[inline(always)]
    pub fn function_untagged(self) -> *mut GcHeader {
        self.untagged(TAG_FUNCTION)
    }

    /// The same for a thread.
    #[inline(always)]
    pub fn thread_untagged(self) -> *mut GcHeader {
        self.untagged(TAG_THREAD)
    }

    #[inline(always)]
    fn untagged<T>(self, tag: u64) -> *mut T {
        (self.0 ^ tag) as *mut T
    }

    /// Whether the tag was the one that was taken away.
    #[inline(always)]
    pub fn is_untagged<T>(p: *mut T) -> bool {
        p.addr() >> 48 == 0
    }

    #[inline(always)]
    pub fn as_table(self) -> Option<Gc<Table>> {
        self.tagged(TAG_TABLE)
    }

    #[inline(always)]
    pub fn as_lua_closure(self) -> Option<Gc<LuaClosure>> {
        let header = self.as_function()?;
        if header.kind() == Kind::LuaClosure { Some(header.cast()) } else { None }
    }

    #[inline(always)]
    pub fn as_native_closure(self) -> Option<Gc<NativeClosure>> {
        let header = self.as_function()?;
        if header.kind() == Kind::NativeClosure { Some(header.cast()) } else { None }
    }

    /// A function of either kind, by its header.
    #[inline(always)]
    pub fn as_function(self) -> Option<Gc<GcHeader>> {
        self.tagged(TAG_FUNCTION)
    }

    #[inline(always)]
    pub fn as_userdata(self) -> Option<Gc<Userdata>> {
        self.tagged(TAG_USERDATA)
    }

    #[inline(always)]
    pub fn as_thread(self) -> Option<Gc<GcHeader>> {
        self.tagged(TAG_THREAD)
    }

    /// The object behind a collectable value.
    #[inline(always)]
    pub fn as_object(self) -> Option<Gc<GcHeader>> {
        // SAFETY: every collectable tag carries a live object's address.
        if self.is_collectable() { Some(unsafe { self.object() }) } else { None }
    }

    /// A table, a function, a userdata or a thread.
    #[inline(always)]
    pub fn is_by_identity(self) -> bool {
        self.0.wrapping_sub(TAG_TABLE) < TAG_OTHER - TAG_TABLE
    }

    /// Whether a table places this as a key by an address: what is no number, string or boolean.
    pub fn is_by_address(self) -> bool {
        !self.is_number() && !self.is_string() && !self.is_boolean()
    }

    /// The payload as the address that `lua_topointer` and `tostring` show.
    pub fn address(self) -> usize {
        (self.0 & PAYLOAD) as usize
    }

    /// A typed handle as a value.
    pub fn from_object<T: HeapObject>(object: Gc<T>) -> Value {
        let tag = match T::KIND {
            Kind::Str => TAG_STRING,
            Kind::Table => TAG_TABLE,
            Kind::LuaClosure | Kind::NativeClosure => TAG_FUNCTION,
            Kind::Userdata => TAG_USERDATA,
            Kind::Thread => TAG_THREAD,
            Kind::Proto => TAG_PROTO,
            Kind::UpVal | Kind::Free => unreachable!("an upvalue is not a value"),
        };
        Value(tag | object.as_ptr() as u64)
    }

    /// PERF: a look into a table: which type comes next is for no branch to guess.
    #[inline]
    pub fn type_of(self) -> Type {
        const LAST_TAG: usize = 7;
        const TYPES: [Type; LAST_TAG + 4] = [
            Type::Number,
            Type::LightUserdata,
            Type::String,
            Type::Table,
            Type::Function,
            Type::Userdata,
            Type::Thread,
            Type::None,
            Type::Boolean,
            Type::Boolean,
            Type::Nil,
        ];
        let tag = (self.0 >> 48).saturating_sub(TAG_PROTO >> 48) as usize;
        let at = if tag == LAST_TAG { tag + (self.0 & 3) as usize } else { tag };
        TYPES[at]
    }

    /// Equality without metamethods (`rawequal`, manual §2.5.2).
    #[inline(always)]
    pub fn raw_equals(self, other: Value) -> bool {
        if self.is_number() && other.is_number() {
            return self.as_f64() == other.as_f64();
        }
        self.0 == other.0 || self.equal_long_strings(other)
    }

    #[inline]
    fn equal_long_strings(self, other: Value) -> bool {
        match (self.as_string(), other.as_string()) {
            (Some(a), Some(b)) => !a.is_short() && !b.is_short() && a.as_bytes() == b.as_bytes(),
            _ => false,
        }
    }
}

impl core::fmt::Debug for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.as_number() {
            Some(n) => write!(f, "{n}"),
            None => write!(f, "{:?}({:#x})", self.type_of(), self.0),
        }
    }
}
