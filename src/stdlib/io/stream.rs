//! An open stream of the C library, and what can be done with one.
//!
//! OPEN: the FILE of a file object is an open stream until the object's close function has run,
//! which sets it to null; C modules that make file objects keep to that too.
//!
//! Not here: file objects (`handle`), messages.

use core::ffi::{CStr, c_char, c_int, c_long};
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

use crate::base::stdio::FILE;

/// `LUAL_BUFFERSIZE`: what is read at a time.
pub const CHUNK: usize = libc::BUFSIZ as usize;

#[derive(Clone, Copy)]
pub struct Stream {
    file: NonNull<FILE>,
}

/// Room for a chunk.
pub struct Chunk {
    bytes: [MaybeUninit<u8>; CHUNK],
}

impl Chunk {
    #[inline]
    pub fn new() -> Chunk {
        Chunk { bytes: [MaybeUninit::uninit(); CHUNK] } // PERF: not cleared for each line
    }

    /// The first `len` bytes.
    ///
    /// # Safety
    /// They have been written.
    unsafe fn written(&self, len: usize) -> &[u8] {
        // SAFETY: the caller's promise.
        unsafe { core::slice::from_raw_parts(self.bytes.as_ptr().cast(), len.min(CHUNK)) }
    }
}

/// How to open a stream.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    File(&'a CStr, &'a CStr),
    /// A command, to read from or to write to.
    Command(&'a CStr, &'a CStr),
    Temporary,
}

impl Stream {
    /// The stream of a file object, None if it has been closed.
    ///
    /// # Safety
    /// OPEN holds for `file`.
    pub unsafe fn from_file(file: *mut FILE) -> Option<Stream> {
        NonNull::new(file).map(|file| Stream { file })
    }

    /// Null if it cannot be opened, with the reason in errno.
    pub fn open(source: Source<'_>) -> *mut FILE {
        // SAFETY: C strings; fflush of null flushes all streams.
        unsafe {
            match source {
                Source::File(name, mode) => libc::fopen(name.as_ptr(), mode.as_ptr()),
                Source::Command(command, mode) => {
                    libc::fflush(ptr::null_mut());
                    libc::popen(command.as_ptr(), mode.as_ptr())
                }
                Source::Temporary => libc::tmpfile(),
            }
        }
    }

    /// Closes a file; true if all was written. The stream must not be used again.
    pub fn close(self) -> bool {
        // SAFETY: OPEN; the caller clears the file object.
        unsafe { libc::fclose(self.file.as_ptr()) == 0 }
    }

    /// Closes a command's stream and waits for the command.
    pub fn close_command(self) -> bool {
        // SAFETY: OPEN; the caller clears the file object.
        unsafe { libc::pclose(self.file.as_ptr()) != -1 }
    }

    pub fn clear_error(self) {
        // SAFETY: OPEN.
        unsafe { libc::clearerr(self.file.as_ptr()) }
    }

    pub fn has_error(self) -> bool {
        // SAFETY: OPEN.
        unsafe { libc::ferror(self.file.as_ptr()) != 0 }
    }

    /// Reads until behind a line's end, or until the chunk is full; None at the end of the file.
    ///
    /// COMPAT: the bytes up to the first NUL only, because that is where C sees the end.
    #[inline]
    pub fn read_line(self, chunk: &mut Chunk) -> Option<&[u8]> {
        let to = chunk.bytes.as_mut_ptr().cast::<c_char>();
        // SAFETY: OPEN; the chunk's size is passed; fgets writes a NUL, so strlen ends in it.
        unsafe {
            if libc::fgets(to, CHUNK as c_int, self.file.as_ptr()).is_null() {
                return None;
            }
            let len = libc::strlen(to);
            Some(chunk.written(len))
        }
    }

    /// Reads `len` bytes, at most a chunk; fewer at the end of the file or on an error.
    #[inline]
    pub fn read(self, chunk: &mut Chunk, len: usize) -> &[u8] {
        let len = len.min(CHUNK);
        // SAFETY: OPEN; the chunk has room for `len` bytes, and fread says how many it wrote.
        unsafe {
            let read = libc::fread(chunk.bytes.as_mut_ptr().cast(), 1, len, self.file.as_ptr());
            chunk.written(read)
        }
    }

    /// Whether there is a byte to read.
    pub fn has_more(self) -> bool {
        // SAFETY: OPEN; a byte just read may be put back, and EOF is ignored.
        unsafe {
            let byte = libc::fgetc(self.file.as_ptr());
            libc::ungetc(byte, self.file.as_ptr());
            byte != libc::EOF
        }
    }

    /// Reads a number as `scanf` does.
    pub fn read_number(self) -> Option<f64> {
        let mut n = 0.0f64;
        // SAFETY: OPEN; the format asks for one double.
        let read = unsafe { libc::fscanf(self.file.as_ptr(), c"%lf".as_ptr(), &raw mut n) };
        (read == 1).then_some(n)
    }

    /// Writes all bytes; false if some could not be.
    #[inline]
    pub fn write(self, bytes: &[u8]) -> bool {
        // SAFETY: OPEN; the slice is as long as said.
        let done =
            unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), self.file.as_ptr()) };
        done == bytes.len()
    }

    pub fn flush(self) -> bool {
        // SAFETY: OPEN.
        unsafe { libc::fflush(self.file.as_ptr()) == 0 }
    }

    /// Moves to `offset` from `whence` (C's `SEEK_…`); where that is, None if it is impossible.
    pub fn seek(self, offset: i64, whence: c_int) -> Option<i64> {
        // SAFETY: OPEN.
        unsafe {
            if libc::fseek(self.file.as_ptr(), offset as c_long, whence) != 0 {
                return None;
            }
            Some(libc::ftell(self.file.as_ptr()) as i64)
        }
    }

    /// Sets the buffering, one of C's `_IO…BF`.
    pub fn set_buffer(self, mode: c_int, size: usize) -> bool {
        // SAFETY: OPEN; null lets the C library find the buffer itself.
        unsafe { libc::setvbuf(self.file.as_ptr(), ptr::null_mut(), mode, size) == 0 }
    }
}
