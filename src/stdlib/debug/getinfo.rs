//! `debug.getinfo`.

use super::thread_meant;
use crate::base::number::f64_to_integer;
use crate::heap::Gc;
use crate::object::{Str, Table, Value};
use crate::runtime::args::until_nul;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::debug::info::Subject;
use crate::vm::meta;

/// `getinfo([thread,] function or level [, what])`
pub fn getinfo(l: &mut State) -> NativeResult {
    let (of, skip) = thread_meant(l);
    let what = l.opt_bytes(skip + 2)?;
    let about = l.arg(skip + 1);
    let subject = if let Some(level) = meta::to_number(about) {
        match Subject::at_level(&of, f64_to_integer(level) as i32 as i64) {
            Some(subject) => subject,
            None => {
                l.push(Value::NIL);
                return Ok(Outcome::Return(1));
            }
        }
    } else if about.is_function() {
        Subject::Function(about)
    } else {
        return Err(l.arg_error(skip + 1, b"function or level expected"));
    };
    let what = what.as_ref().map_or(&b"flnSu"[..], |s| until_nul(s.as_bytes()));
    // The C API's '>', which says that the function is on the stack, is no option here.
    // COMPAT: of a lost call the reference answers what it knows and looks at no other letter.
    let lost = matches!(subject, Subject::LostCall);
    if what.iter().any(|letter| *letter == b'>' || !lost && !b"SlunLf".contains(letter)) {
        return Err(l.arg_error(skip + 2, b"invalid option"));
    }
    let answer = match Table::with_capacity(l.heap(), 0, 2) {
        Ok(t) => t,
        Err(e) => return Err(l.table_error(e)),
    };
    l.push(Value::table(answer));
    Answer { table: answer, of, subject }.fill(l, what)?;
    Ok(Outcome::Return(1))
}

struct Answer {
    table: Gc<Table>,
    of: Gc<State>,
    subject: Subject,
}

impl Answer {
    /// In the reference's order of fields, which `pairs` shows.
    fn fill(&self, l: &mut State, what: &[u8]) -> Result<(), Thrown> {
        let subject = self.subject;
        let asked = |letter| what.contains(&letter);
        if asked(b'S') {
            self.fill_source(l)?;
        }
        if asked(b'l') {
            self.set_number(l, b"currentline", subject.current_line(&self.of))?;
        }
        if asked(b'u') {
            self.set_number(l, b"nups", subject.upvalue_count(&self.of) as i32)?;
        }
        if asked(b'n') {
            self.fill_name(l)?;
        }
        let function = subject.function(&self.of);
        if asked(b'L') {
            let lines = Subject::Function(function).active_lines(l)?;
            self.set(l, b"activelines", lines)?;
        }
        if asked(b'f') {
            self.set(l, b"func", function)?;
        }
        Ok(())
    }

    fn fill_source(&self, l: &mut State) -> Result<(), Thrown> {
        let source = self.subject.source(&self.of);
        self.set_text(l, b"source", until_nul(source.name()))?;
        self.set_text(l, b"short_src", source.short(&self.of).as_bytes())?;
        self.set_number(l, b"linedefined", source.line_defined)?;
        self.set_number(l, b"lastlinedefined", source.last_line_defined)?;
        self.set_text(l, b"what", source.what.as_bytes())
    }

    fn fill_name(&self, l: &mut State) -> Result<(), Thrown> {
        match self.subject.name(&self.of) {
            Some((kind, name)) => {
                self.set_text(l, b"name", until_nul(name.as_bytes()))?;
                self.set_text(l, b"namewhat", kind.as_bytes())
            }
            None => {
                match self.subject {
                    // COMPAT: a lost call's name is empty, any other's missing.
                    Subject::LostCall => self.set_text(l, b"name", b"")?,
                    _ => self.set(l, b"name", Value::NIL)?,
                }
                self.set_text(l, b"namewhat", b"")
            }
        }
    }

    fn set_number(&self, l: &mut State, name: &[u8], n: i32) -> Result<(), Thrown> {
        self.set(l, name, Value::number(n as f64))
    }

    fn set_text(&self, l: &mut State, name: &[u8], text: &[u8]) -> Result<(), Thrown> {
        let text: Gc<Str> = l.new_string(text)?;
        self.set(l, name, Value::string(text))
    }

    fn set(&self, l: &mut State, name: &[u8], value: Value) -> Result<(), Thrown> {
        let key = l.new_string(name)?;
        match self.table.set_str(l.heap(), key, value) {
            Ok(()) => Ok(()),
            Err(e) => Err(l.table_error(e)),
        }
    }
}
