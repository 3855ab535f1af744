//! The options of the command line.

use core::ffi::{CStr, c_char, c_int};

pub struct Options {
    /// `-i`: interactive mode after all else.
    pub interactive: bool,
    /// `-v`.
    pub version: bool,
    /// There was an `-e`.
    pub runs_text: bool,
    /// The script's place in argv; None: there is none.
    pub script: Option<usize>,
    argv: *const *const c_char,
    end: usize,
}

/// What is done in the order it is given.
pub enum Chosen {
    /// `-e text`
    Run(*const c_char),
    /// `-l name`
    Require(*const c_char),
}

impl Options {
    /// None: they make no sense.
    ///
    /// # Safety
    /// `argv` holds `argc` C strings and then a null, for as long as the result is used.
    pub unsafe fn read(argc: c_int, argv: *const *const c_char) -> Option<Options> {
        let mut options = Options {
            interactive: false,
            version: false,
            runs_text: false,
            script: None,
            argv,
            end: usize::try_from(argc).unwrap_or(0),
        };
        let mut i = 1;
        while let Some(argument) = options.argument(i) {
            let Some((b'-', rest)) = argument.split_first() else {
                options.ends_at(i);
                break;
            };
            match rest {
                [] => {
                    options.ends_at(i);
                    break;
                }
                b"-" => {
                    if options.argument(i + 1).is_some() {
                        options.ends_at(i + 1);
                    }
                    break;
                }
                b"i" => (options.interactive, options.version) = (true, true),
                b"v" => options.version = true,
                [b'e' | b'l', text @ ..] => {
                    options.runs_text |= rest[0] == b'e';
                    if text.is_empty() {
                        i += 1;
                        options.argument(i)?;
                    }
                }
                _ => return None,
            }
            i += 1;
        }
        Some(options)
    }

    fn ends_at(&mut self, script: usize) {
        self.script = Some(script);
        self.end = script;
    }

    /// C's arguments live as long as the program, so the result is not tied to `self`.
    fn argument<'a>(&self, i: usize) -> Option<&'a [u8]> {
        if i >= self.end {
            return None;
        }
        // SAFETY: `read`'s caller promised argc C strings, and end is never more.
        Some(unsafe { CStr::from_ptr(*self.argv.add(i)) }.to_bytes())
    }

    /// `-e` and `-l`, with their values. Holds nothing that would have to be dropped.
    pub fn chosen(&self) -> impl Iterator<Item = Chosen> {
        let mut i = 0;
        core::iter::from_fn(move || {
            loop {
                i += 1;
                let argument = self.argument(i)?;
                let letter = *argument.get(1)?;
                if letter != b'e' && letter != b'l' {
                    continue;
                }
                // SAFETY: i < end; the text follows the two bytes, or is the next argument.
                let text = unsafe {
                    if argument.len() > 2 {
                        (*self.argv.add(i)).add(2)
                    } else {
                        i += 1;
                        self.argument(i)?;
                        *self.argv.add(i)
                    }
                };
                return Some(if letter == b'e' { Chosen::Run(text) } else { Chosen::Require(text) });
            }
        })
    }
}

/// # Safety
/// `program` is a C string.
pub unsafe fn print_usage(program: *const c_char) {
    // SAFETY: the caller's promise.
    let program = unsafe { CStr::from_ptr(program) };
    crate::write_error(&[
        c"usage: ",
        program,
        c" [options] [script [args]].\n\
          Available options are:\n\
          \x20 -e stat  execute string 'stat'\n\
          \x20 -l name  require library 'name'\n\
          \x20 -i       enter interactive mode after executing 'script'\n\
          \x20 -v       show version information\n\
          \x20 --       stop handling options\n\
          \x20 -        execute stdin and stop handling options\n",
    ]);
}
