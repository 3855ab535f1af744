//! The text of `debug.traceback`.
//!
//! Of a deep stack only the newest twelve and the oldest ten levels are shown. A level that a tail
//! call lost has a line of its own.
//!
//! Not here: `debug.traceback`'s arguments (`stdlib::debug`).

use crate::base::chunk_id::Digits;
use crate::heap::{Buffer, OutOfMemory};
use crate::state::State;
use crate::vm::debug::info::{Subject, level_count};

/// Levels (counted from 0, the first one shown included) before the gap, and after it.
const NEWEST: i64 = 12;
const OLDEST: i64 = 10;

pub const TITLE: &[u8] = b"stack traceback:";

/// Appends "stack traceback:" and a line for each level of `of` from `level` up.
pub fn write(of: &State, level: i64, out: &mut Buffer<'_, u8>) -> Result<(), OutOfMemory> {
    out.extend(TITLE)?;
    write_levels(of, level, out)
}

/// The lines alone.
pub fn write_levels(of: &State, level: i64, out: &mut Buffer<'_, u8>) -> Result<(), OutOfMemory> {
    let count = level_count(of) as i64;
    let mut at = level;
    let mut gap_allowed = true;
    while at < count {
        // COMPAT: the gap hides two levels at least, as the reference counts.
        if gap_allowed && at >= NEWEST {
            gap_allowed = false;
            if at + 1 + OLDEST < count {
                out.extend(b"\n\t...")?;
                at = count - OLDEST;
                continue;
            }
        }
        write_level(of, at, out)?;
        at += 1;
    }
    Ok(())
}

/// COMPAT: a level below 0 looks like one that a tail call lost.
pub fn write_level(of: &State, level: i64, out: &mut Buffer<'_, u8>) -> Result<(), OutOfMemory> {
    let Some(subject) = Subject::at_level(of, level) else { return Ok(()) };
    let source = subject.source(of);
    let short = source.short(of);
    let short = short.as_bytes();
    out.extend(b"\n\t")?;
    out.extend(short)?;
    out.extend(b":")?;
    let line = subject.current_line(of);
    if line > 0 {
        out.extend(Digits::new().of(line as i64))?;
        out.extend(b":")?;
    }
    if let Some((_, name)) = subject.name(of) {
        out.extend(b" in function '")?;
        out.extend(name.as_bytes().split(|&b| b == 0).next().unwrap_or_default())?;
        return out.extend(b"'");
    }
    match source.what {
        "main" => out.extend(b" in main chunk"),
        "C" | "tail" => out.extend(b" ?"),
        _ => {
            out.extend(b" in function <")?;
            out.extend(short)?;
            out.extend(b":")?;
            out.extend(Digits::new().of(source.line_defined as i64))?;
            out.extend(b">")
        }
    }
}
