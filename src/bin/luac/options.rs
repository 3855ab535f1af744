//! The command line.

use core::ffi::{CStr, c_char, c_int};

use crate::api::VERSION;
use crate::{fail, stdout};

pub const OUTPUT: &CStr = c"luac.out";

pub struct Options {
    /// `-l`, how often.
    pub listing: u32,
    /// Not `-p`.
    pub dumping: bool,
    /// `-s`
    pub stripping: bool,
    /// `-o`; None: standard output.
    pub output: Option<&'static CStr>,
    argv: *const *const c_char,
    /// The input files' places in argv; the standard output file instead, where none is named and
    /// it is only to be listed.
    first: usize,
    end: usize,
}

/// The program's name and its options; ends the program where they make no sense or ask for the
/// version only.
///
/// # Safety
/// `argv` holds `argc` C strings and then a null, for as long as the program runs.
pub unsafe fn read(argc: c_int, argv: *const *const c_char) -> (&'static CStr, Options) {
    let argc = usize::try_from(argc).unwrap_or(0);
    let at = |i: usize| -> Option<&'static CStr> {
        // SAFETY: below argc.
        (i < argc).then(|| unsafe { CStr::from_ptr(*argv.add(i)) })
    };
    let program = at(0).filter(|name| !name.is_empty()).unwrap_or(c"luac");
    let mut versions = 0;
    let mut options = Options {
        listing: 0,
        dumping: true,
        stripping: false,
        output: Some(OUTPUT),
        argv,
        first: argc,
        end: argc,
    };
    let mut i = 1;
    while let Some(argument) = at(i) {
        match argument.to_bytes() {
            b"--" => {
                i += 1;
                if versions > 0 {
                    versions += 1;
                }
                break;
            }
            b"-" => break,
            b"-l" => options.listing += 1,
            b"-o" => {
                i += 1;
                options.output = match at(i).filter(|name| !name.is_empty()) {
                    None => usage(program, c"'-o' needs argument"),
                    Some(name) if name == c"-" => None,
                    name => name,
                };
            }
            b"-p" => options.dumping = false,
            b"-s" => options.stripping = true,
            b"-v" => versions += 1,
            [b'-', ..] => usage(program, argument),
            _ => break,
        }
        i += 1;
    }
    options.first = i.min(argc);
    if options.first == argc && (options.listing > 0 || !options.dumping) {
        options.dumping = false;
        options.first = usize::MAX; // see `file`
    }
    if versions > 0 {
        // SAFETY: C strings and C's own stream.
        unsafe {
            libc::fputs(VERSION.as_ptr(), stdout);
            libc::fputs(c"\n".as_ptr(), stdout);
            if versions + 1 == argc {
                libc::exit(libc::EXIT_SUCCESS);
            }
        }
    }
    (program, options)
}

impl Options {
    pub fn file_count(&self) -> usize {
        if self.first == usize::MAX { 1 } else { self.end - self.first }
    }

    pub fn file(&self, i: usize) -> &'static CStr {
        if self.first == usize::MAX {
            return OUTPUT;
        }
        debug_assert!(i < self.file_count());
        // SAFETY: `read`'s caller promised argc strings, and first + i is less.
        unsafe { CStr::from_ptr(*self.argv.add(self.first + i)) }
    }
}

pub fn usage(program: &CStr, message: &CStr) -> ! {
    let option = message.to_bytes().first() == Some(&b'-');
    let (before, after) = if option { (c"unrecognized option '", c"'") } else { (c"", c"") };
    fail(&[
        program,
        c": ",
        before,
        message,
        after,
        c"\nusage: ",
        program,
        c" [options] [filenames].\n\
          Available options are:\n\
          \x20 -        process stdin\n\
          \x20 -l       list\n\
          \x20 -o name  output to file 'name' (default is \"luac.out\")\n\
          \x20 -p       parse only\n\
          \x20 -s       strip debug information\n\
          \x20 -v       show version information\n\
          \x20 --       stop handling options\n",
    ])
}
