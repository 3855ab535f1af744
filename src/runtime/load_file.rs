//! Loading a chunk from a file (`luaL_loadfile`), through the C library's streams.
//!
//! A first line that begins with `#` is skipped, for Unix scripts. A file that turns out to hold a
//! compiled chunk is opened again in binary mode, and what stands before the chunk is skipped.
//!
//! Not here: loading itself (`load`).

use core::ffi::{c_char, c_int};

use libc::FILE;

use crate::base::stdio;
use crate::heap::Buffer;
use crate::runtime::args::until_nul;
use crate::runtime::load::{self, ChunkReader};
use crate::state::{State, Status, Thrown};

/// The first byte of a compiled chunk.
const SIGNATURE: c_int = 0x1b;

/// `LUAL_BUFFERSIZE`.
const BUFFER: usize = libc::BUFSIZ as usize;

/// Loads the file and pushes the function. Without a name: the standard input.
///
/// # Errors
/// `Status::File` where the file cannot be opened or read, else what loading threw; in any case
/// the message is on top.
pub fn load_file(l: &mut State, name: Option<&[u8]>) -> Result<(), Thrown> {
    let Some(name) = name else {
        let mut reader = FileReader::new(stdio::stdin());
        reader.skip_comment();
        let loaded = load::load(l, &mut reader, b"=stdin");
        return match reader.read_error() {
            Some(errno) => Err(replace(l, loaded, b"read", b"stdin", errno)),
            None => loaded,
        };
    };
    let name = until_nul(name);
    let mut c_name = Buffer::new(l.heap());
    c_name.extend(name)?;
    c_name.push(0)?;
    let c_name = c_name.as_ptr().cast::<c_char>();
    // SAFETY: both are C strings.
    let file = unsafe { libc::fopen(c_name, c"r".as_ptr()) };
    if file.is_null() {
        return Err(refused(l, b"open", name, stdio::errno()));
    }
    let mut reader = FileReader::new(file);
    if reader.skip_comment() == SIGNATURE {
        // SAFETY: the stream is open; freopen closes it, even if it fails.
        reader.file = unsafe { libc::freopen(c_name, c"rb".as_ptr(), file) };
        if reader.file.is_null() {
            return Err(refused(l, b"reopen", name, stdio::errno()));
        }
        reader.skip_to_signature();
    }
    let loaded = match l.concat_bytes(&[b"@", name]) {
        Ok(chunk_name) => load::load(l, &mut reader, chunk_name.as_bytes()),
        Err(thrown) => Err(thrown),
    };
    let read_error = reader.read_error();
    // SAFETY: the stream is open, and not used below.
    unsafe { libc::fclose(reader.file) };
    match read_error {
        Some(errno) => Err(replace(l, loaded, b"read", name, errno)),
        None => loaded,
    }
}

/// COMPAT: a file that could not be read to its end gives that message, whatever loading made of
/// what had been read.
#[cold]
fn replace(
    l: &mut State,
    loaded: Result<(), Thrown>,
    what: &[u8],
    name: &[u8],
    errno: c_int,
) -> Thrown {
    match loaded {
        Ok(()) => l.pop(),
        Err(thrown) => l.take_error_value(thrown),
    };
    refused(l, what, name, errno)
}

/// "cannot open name: why".
#[cold]
fn refused(l: &mut State, what: &[u8], name: &[u8], errno: c_int) -> Thrown {
    let why = stdio::error_text(errno);
    l.throw_bytes(Status::File, &[b"cannot ", what, b" ", name, b": ", why])
}

struct FileReader {
    file: *mut FILE,
    /// A first line was skipped: an empty one takes its place, so that lines keep their numbers.
    extra_line: bool,
    buffer: [u8; BUFFER],
}

impl FileReader {
    fn new(file: *mut FILE) -> FileReader {
        FileReader { file, extra_line: false, buffer: [0; BUFFER] }
    }

    fn get(&mut self) -> c_int {
        // SAFETY: the stream is open.
        unsafe { libc::fgetc(self.file) }
    }

    fn unget(&mut self, byte: c_int) {
        // SAFETY: the stream is open; EOF is not put back, as C says.
        unsafe { libc::ungetc(byte, self.file) };
    }

    /// Skips a first line that begins with `#`; returns the byte that comes next, which stays.
    fn skip_comment(&mut self) -> c_int {
        let mut byte = self.get();
        if byte == b'#' as c_int {
            self.extra_line = true;
            while byte != libc::EOF && byte != b'\n' as c_int {
                byte = self.get();
            }
            if byte == b'\n' as c_int {
                byte = self.get();
            }
        }
        self.unget(byte);
        byte
    }

    fn skip_to_signature(&mut self) {
        self.extra_line = false;
        let mut byte = self.get();
        while byte != libc::EOF && byte != SIGNATURE {
            byte = self.get();
        }
        self.unget(byte);
    }

    /// The error number, if reading failed.
    fn read_error(&self) -> Option<c_int> {
        let errno = stdio::errno();
        // SAFETY: the stream is open.
        (unsafe { libc::ferror(self.file) } != 0).then_some(errno)
    }
}

impl ChunkReader for FileReader {
    fn runs_code(&self) -> bool {
        false
    }

    fn next_piece(&mut self, _: &mut State) -> Result<&[u8], Thrown> {
        if self.extra_line {
            self.extra_line = false;
            return Ok(b"\n");
        }
        // SAFETY: the stream is open, the buffer as long as said.
        let len = unsafe {
            if libc::feof(self.file) != 0 {
                return Ok(&[]);
            }
            libc::fread(self.buffer.as_mut_ptr().cast(), 1, BUFFER, self.file)
        };
        Ok(&self.buffer[..len.min(BUFFER)])
    }
}
