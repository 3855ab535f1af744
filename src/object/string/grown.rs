//! Strings that grow: `s = s .. piece`, over and over.
//!
//! Strings are immutable, so each turn of such a loop makes a new one of all that the last one held, and the loop
//! takes time by the square of what it makes. Here the strings of such a chain share one *text*: each is the
//! beginning of it, and the next one is made by writing its piece behind the last one's end.
//!
//! ```text
//!   grown:  0 header  2 shape  4 placement hash  8 length  16 address of the bytes  24 copy
//!   text:   0 owners  8 used  16 size  24 shown  32 bytes…
//! ```
//!
//! Nobody sees the difference. The bytes of a string never change: what is written lies behind all strings that there
//! are (`used`). A text belongs to the strings made of it, and is freed with the last of them. It is at most half as
//! large again as the shortest of them, and short strings have none (`LEAST`), so a string holds little that is not its own.
//!
//! A NUL lies behind the *last* string of a text. Another one that is wanted with its NUL gets a copy, once. When a host has
//! been shown the last one, it may look at that NUL as long as the string lives: the text takes nothing more.
//!
//! Invariants: a grown string's bytes are `len` of its text, from the first on, and `len <= used`; behind `used` bytes lies
//! a NUL; `owners` is the number of strings that live of it.
//! Not here: strings that are joined otherwise (`vm::meta`).

use core::cell::Cell;
use core::ffi::CStr;
use core::ptr::{self, NonNull};
use core::slice;

use super::{SHAPE_GROWN, SHAPE_JOINED, SHAPE_LONG, Str};
use crate::heap::{Gc, Heap, Kind, OutOfMemory};

/// The shortest string that grows in place. PERF: below it a copy costs no more than what it saves.
pub const LEAST: usize = 256;

/// A string whose bytes lie in a text.
#[repr(C)]
struct GrownStr {
    fixed: Str,
    len: usize,
    data: *const u8,
    /// The text that holds the bytes with a NUL behind them, if they have been asked for.
    copy: Cell<Option<NonNull<Text>>>,
}

#[repr(C)]
struct Text {
    /// How many strings have their bytes here.
    owners: Cell<usize>,
    /// Bytes of the longest of them.
    used: Cell<usize>,
    /// Bytes of all this.
    size: usize,
    /// A host looks at the NUL behind the last string.
    shown: Cell<bool>,
}

impl Text {
    /// A text of one string of `used` bytes, with room for `room` and a NUL.
    fn new(heap: &Heap, used: usize, room: usize) -> Result<NonNull<Text>, OutOfMemory> {
        let size = room.checked_add(size_of::<Text>() + 1).ok_or(OutOfMemory)?;
        let p = heap.alloc_array::<u8>(size)?.cast::<Text>();
        let text = Text {
            owners: Cell::new(1),
            used: Cell::new(used),
            size,
            shown: Cell::new(false),
        };
        // SAFETY: fresh memory of that size; arrays are 8-aligned.
        unsafe { p.write(text) };
        Ok(p)
    }

    /// Where the bytes begin.
    fn bytes(text: NonNull<Text>) -> *mut u8 {
        // SAFETY: they lie behind the fixed part, in the same allocation.
        unsafe { text.as_ptr().add(1).cast() }
    }

    /// How many bytes more it takes.
    fn room(&self) -> usize {
        if self.shown.get() {
            0
        } else {
            self.size - size_of::<Text>() - 1 - self.used.get()
        }
    }

    /// Gives it up for one of its owners.
    ///
    /// # Safety
    /// The owner does not look at it again.
    unsafe fn release(text: NonNull<Text>, heap: &Heap) {
        // SAFETY: an owner was left until now, so it is alive; the last one frees it with its size.
        unsafe {
            let (owners, size) = (&text.as_ref().owners, text.as_ref().size);
            owners.set(owners.get() - 1);
            if owners.get() == 0 {
                heap.free_array(text.cast::<u8>(), size);
            }
        }
    }
}

impl GrownStr {
    /// The string that is all of a text, one of whose owners it becomes.
    fn new(heap: &Heap, text: NonNull<Text>, len: usize) -> Result<Gc<Str>, OutOfMemory> {
        let p = heap
            .alloc_object(size_of::<GrownStr>(), Kind::Str)?
            .cast::<GrownStr>()
            .as_ptr();
        // SAFETY: a fresh cell of the right size whose header is written; all else is written here.
        unsafe {
            (&raw mut (*p).fixed.shape).write(Cell::new(SHAPE_LONG | SHAPE_GROWN));
            (&raw mut (*p).fixed.hash).write(Cell::new(0));
            (&raw mut (*p).len).write(len);
            (&raw mut (*p).data).write(Text::bytes(text));
            (&raw mut (*p).copy).write(Cell::new(None));
            Ok(Gc::from_ptr(p.cast()))
        }
    }

    /// What its bytes lie in.
    fn text(&self) -> NonNull<Text> {
        // SAFETY: they lie behind the text's fixed part.
        unsafe { NonNull::new_unchecked(self.data.cast_mut().cast::<Text>().sub(1)) }
    }

    /// Its bytes and a NUL; `shown`: for a host to look at as long as the string lives.
    fn terminated(&self, heap: &Heap, shown: bool) -> Result<*const u8, OutOfMemory> {
        // SAFETY: this string is one of the text's owners.
        let text = unsafe { self.text().as_ref() };
        if text.used.get() == self.len && self.copy.get().is_none() {
            text.shown.set(text.shown.get() || shown);
            return Ok(self.data);
        }
        let copy = match self.copy.get() {
            Some(copy) => copy,
            None => {
                let copy = Text::new(heap, self.len, self.len)?;
                // SAFETY: it has room for the bytes and the NUL, and is nobody else's.
                unsafe {
                    Text::bytes(copy).copy_from_nonoverlapping(self.data, self.len);
                    Text::bytes(copy).add(self.len).write(0);
                }
                self.copy.set(Some(copy));
                copy
            }
        };
        Ok(Text::bytes(copy))
    }
}

impl Str {
    /// Whether it was made by appending: a NUL may not lie behind its bytes.
    #[inline(always)]
    pub fn is_grown(&self) -> bool {
        self.shape.get() & SHAPE_GROWN != 0 && !self.is_short()
    }

    fn grown(&self) -> Option<&GrownStr> {
        // SAFETY: the shape says what it is.
        if self.is_grown() {
            Some(unsafe { &*(self as *const Str).cast::<GrownStr>() })
        } else {
            None
        }
    }

    /// Bytes of a grown string's own object.
    pub(super) const GROWN_SIZE: usize = size_of::<GrownStr>();

    /// The bytes and a NUL behind them.
    #[inline(always)]
    pub fn terminated(&self, heap: &Heap) -> Result<&[u8], OutOfMemory> {
        let data = if self.is_grown() {
            self.grown_terminated(heap)?
        } else {
            self.data()
        };
        // SAFETY: len bytes and a NUL, which nobody writes over while the string is borrowed: nothing is joined meanwhile.
        Ok(unsafe { slice::from_raw_parts(data, self.len() + 1) })
    }

    /// The string as C sees it: up to its first NUL.
    pub fn c_text(&self, heap: &Heap) -> Result<&CStr, OutOfMemory> {
        Ok(CStr::from_bytes_until_nul(self.terminated(heap)?).unwrap_or_default())
    }

    /// The bytes and a NUL, to stay as it is as long as the string lives.
    pub fn shown(&self, heap: &Heap) -> Result<*const u8, OutOfMemory> {
        self.grown()
            .map_or(Ok(self.data()), |s| s.terminated(heap, true))
    }

    #[cold]
    #[inline(never)]
    fn grown_terminated(&self, heap: &Heap) -> Result<*const u8, OutOfMemory> {
        self.grown()
            .map_or(Ok(self.data()), |s| s.terminated(heap, false))
    }

    /// Frees what a dead string owns besides its cell.
    ///
    /// # Safety
    /// Nobody looks at it again.
    #[inline]
    pub unsafe fn free_parts(&self, heap: &Heap) {
        let Some(s) = self.grown() else { return };
        // SAFETY: the string is an owner of both.
        unsafe {
            if let Some(copy) = s.copy.get() {
                Text::release(copy, heap);
            }
            Text::release(s.text(), heap);
        }
    }
}

/// A string of `total` bytes that begins as `left` does, of which `fill` writes what follows. None: `left` does not grow,
/// or there is no memory for more than the string itself.
#[inline]
pub fn append(
    heap: &Heap,
    left: Gc<Str>,
    total: usize,
    fill: impl FnOnce(*mut u8),
) -> Option<Gc<Str>> {
    let len = left.len();
    if len < LEAST || total - len > len {
        return None;
    }
    let (s, text) = match left.grown() {
        // SAFETY: left is an owner of its text.
        Some(s) if unsafe { s.text().as_ref() }.used.get() != len => return None, // another string went on from here
        // SAFETY: as above.
        Some(s) if unsafe { s.text().as_ref() }.room() >= total - len => {
            let made = GrownStr::new(heap, s.text(), total).ok()?;
            // SAFETY: as above.
            let text = unsafe { s.text().as_ref() };
            text.owners.set(text.owners.get() + 1);
            (made, s.text())
        }
        // SAFETY: as above.
        Some(s) if unsafe { s.text().as_ref() }.shown.get() => return None,
        None if left.shape.get() & SHAPE_JOINED == 0 => return None,
        _ => begin(heap, left, total)?,
    };
    // SAFETY: there is room for all and a NUL behind what is used, which nobody looks at.
    unsafe {
        text.as_ref().used.set(total);
        fill(Text::bytes(text).add(len));
        Text::bytes(text).add(total).write(0);
    }
    Some(s)
}

/// A string of `total` bytes in a text of its own that begins with `left`'s bytes.
#[cold]
#[inline(never)]
fn begin(heap: &Heap, left: Gc<Str>, total: usize) -> Option<(Gc<Str>, NonNull<Text>)> {
    let room = total + total / 2;
    if !heap.cap.allows(room + size_of::<Text>() + 1) {
        return None;
    }
    let text = Text::new(heap, total, room).ok()?;
    let Ok(s) = GrownStr::new(heap, text, total) else {
        // SAFETY: nobody else knows it.
        unsafe { Text::release(text, heap) };
        return None;
    };
    // SAFETY: the text has room for more than left's bytes.
    unsafe { ptr::copy_nonoverlapping(left.data(), Text::bytes(text), left.len()) };
    Some((s, text))
}
