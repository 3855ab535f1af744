//! Dates and times.

use core::mem::MaybeUninit;

use libc::{time_t, tm};

use crate::base::number::f64_to_integer;
use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::runtime::register::set_field;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::stdlib::string::text::Text;
use crate::vm::meta;

mod c {
    unsafe extern "C" {
        pub safe fn clock() -> libc::clock_t;
        pub safe fn difftime(end: libc::time_t, begin: libc::time_t) -> f64;
        pub safe fn tzset();
        pub static tzname: [*const core::ffi::c_char; 2];
    }
}

/// `CLOCKS_PER_SEC`, which POSIX fixes.
const CLOCKS_PER_SECOND: f64 = 1_000_000.0;

/// The clock of `time`, which is behind the exact one by up to a tick; but glibc looks for `time` itself in the kernel's
/// page when a program begins, in 64 KB of its own that nothing else needs.
fn now() -> time_t {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: now is a place for the answer. This clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME_COARSE, &raw mut now) };
    now.tv_sec
}

/// C's cast of a number to `time_t`.
fn to_time(n: f64) -> time_t {
    f64_to_integer(n) as time_t
}

pub fn clock(l: &mut State) -> NativeResult {
    l.push(Value::number(c::clock() as f64 / CLOCKS_PER_SECOND));
    Ok(Outcome::Return(1))
}

pub fn difftime(l: &mut State) -> NativeResult {
    // COMPAT: the second argument is checked first, as the order of the reference's C expression is.
    let begin = to_time(l.opt_number(2, 0.0)?);
    let end = to_time(l.check_number(1)?);
    l.push(Value::number(c::difftime(end, begin)));
    Ok(Outcome::Return(1))
}

// Out ---------------------------------------------------------------------------------------------

pub fn date(l: &mut State) -> NativeResult {
    let format = l.opt_bytes(1)?;
    let format = format.as_ref().map_or(&b"%c"[..], |s| s.as_bytes());
    let time = if l.is_none_or_nil(2) { now() } else { to_time(l.check_number(2)?) };
    let (utc, format) = match format {
        [b'!', rest @ ..] => (true, rest),
        _ => (false, format),
    };
    let Some(parts) = broken_down(l, time, utc) else {
        l.push(Value::NIL);
        return Ok(Outcome::Return(1));
    };
    let format = crate::runtime::args::until_nul(format);
    if format == b"*t" {
        return date_table(l, &parts);
    }
    format_date(l, format, &parts)
}

/// None for a year that does not fit a C int.
fn broken_down(l: &State, time: time_t, utc: bool) -> Option<tm> {
    let mut parts = MaybeUninit::<tm>::zeroed();
    // SAFETY: both write into a place of ours, and tell by a null pointer that they did not.
    unsafe {
        let done = if utc {
            libc::gmtime_r(&time, parts.as_mut_ptr())
        } else {
            look_at_zone(l); // localtime_r need not look at TZ, which localtime does
            let done = libc::localtime_r(&time, parts.as_mut_ptr());
            l.global().zone.set((l.global().zone.get().0, zone_names()));
            done
        };
        (!done.is_null()).then(|| parts.assume_init())
    }
}

/// The environment's time zone becomes the C library's.
///
/// PERF: without TZ the C library asks the system each time whether the zone's file is another one. Here that is done once a
/// second, and where the library's zone is not the one that it was.
fn look_at_zone(l: &State) {
    let zone = &l.global().zone;
    // SAFETY: a C string.
    if !unsafe { libc::getenv(c"TZ".as_ptr()) }.is_null() {
        zone.set((i64::MIN, [0; 2]));
        return c::tzset();
    }
    let second = now() as i64;
    if zone.get() != (second, zone_names()) {
        c::tzset();
        zone.set((second, [0; 2])); // the conversion may choose other names
    }
}

/// Where the names of the C library's time zone are.
fn zone_names() -> [usize; 2] {
    let names = &raw const c::tzname;
    // SAFETY: the C library writes these when it looks at a zone, or converts a time.
    unsafe { names.read_volatile() }.map(|name| name.addr())
}

/// What the C library's conversion of a time takes, by the time that a short call takes.
const UNITS_PER_CONVERSION: usize = 8;

fn format_date(l: &mut State, format: &[u8], parts: &tm) -> NativeResult {
    let mut text = Text::new(l.heap());
    let mut rest = format;
    while let Some(plain) = memchr::memchr(b'%', rest) {
        let [conversion, after @ ..] = &rest[plain + 1..] else { break };
        l.charge(UNITS_PER_CONVERSION + plain / 64)?;
        text.extend(&rest[..plain])?;
        rest = after;
        if let Some((n, width)) = number_of(*conversion, parts) {
            let digits = [1000, 100, 10, 1].map(|unit| b'0' + (n / unit % 10) as u8);
            text.extend(&digits[4 - width..])?;
            continue;
        }
        let one = [b'%', *conversion, 0];
        let mut piece = [0u8; 200];
        // SAFETY: the buffer's size is passed, the format is a C string.
        let len = unsafe {
            libc::strftime(piece.as_mut_ptr().cast(), piece.len(), one.as_ptr().cast(), parts)
        };
        text.extend(&piece[..len])?;
    }
    l.charge(rest.len() / 64)?;
    text.extend(rest)?; // a percent sign that is the last byte stands for itself
    text.push_result(l)
}

/// What a conversion writes, if that is a number of so many digits in every locale.
fn number_of(conversion: u8, parts: &tm) -> Option<(u32, usize)> {
    let year = parts.tm_year.wrapping_add(1900);
    let (n, width) = match conversion {
        b'd' => (parts.tm_mday, 2),
        b'm' => (parts.tm_mon + 1, 2),
        b'y' if year >= 0 => (year % 100, 2),
        b'Y' if (1000..=9999).contains(&year) => (year, 4),
        b'H' => (parts.tm_hour, 2),
        b'M' => (parts.tm_min, 2),
        b'S' => (parts.tm_sec, 2),
        b'j' => (parts.tm_yday + 1, 3),
        _ => return None,
    };
    Some((n as u32, width))
}

fn date_table(l: &mut State, parts: &tm) -> NativeResult {
    let table = match Table::with_capacity(l.heap(), 0, 9) {
        Ok(t) => t,
        Err(e) => return Err(l.table_error(e)),
    };
    l.push(Value::table(table));
    let fields: [(&[u8], i32); 8] = [
        (b"sec", parts.tm_sec),
        (b"min", parts.tm_min),
        (b"hour", parts.tm_hour),
        (b"day", parts.tm_mday),
        (b"month", parts.tm_mon.wrapping_add(1)),
        (b"year", parts.tm_year.wrapping_add(1900)),
        (b"wday", parts.tm_wday.wrapping_add(1)),
        (b"yday", parts.tm_yday.wrapping_add(1)),
    ];
    for (name, n) in fields {
        set_field(l, table, name, Value::number(n as f64))?;
    }
    if parts.tm_isdst >= 0 {
        set_field(l, table, b"isdst", Value::boolean(parts.tm_isdst != 0))?;
    }
    Ok(Outcome::Return(1))
}

// In ----------------------------------------------------------------------------------------------

pub fn time(l: &mut State) -> NativeResult {
    let time = if l.is_none_or_nil(1) { now() } else { time_of_table(l)? };
    l.push(if time == -1 { Value::NIL } else { Value::number(time as f64) });
    Ok(Outcome::Return(1))
}

fn time_of_table(l: &mut State) -> Result<time_t, Thrown> {
    let table = l.check_table(1)?;
    // SAFETY: all zero is a tm: integers and a null pointer.
    let mut parts: tm = unsafe { MaybeUninit::zeroed().assume_init() };
    parts.tm_sec = int_field(l, table, b"sec", Some(0))?;
    parts.tm_min = int_field(l, table, b"min", Some(0))?;
    parts.tm_hour = int_field(l, table, b"hour", Some(12))?;
    parts.tm_mday = int_field(l, table, b"day", None)?;
    parts.tm_mon = int_field(l, table, b"month", None)?.wrapping_sub(1);
    parts.tm_year = int_field(l, table, b"year", None)?.wrapping_sub(1900);
    let isdst = field(l, table, b"isdst")?;
    parts.tm_isdst = if isdst.is_nil() { -1 } else { isdst.is_truthy() as i32 };
    // SAFETY: mktime reads and normalises a tm of ours.
    Ok(unsafe { libc::mktime(&mut parts) })
}

fn field(l: &mut State, table: Gc<Table>, name: &[u8]) -> Result<Value, Thrown> {
    let key = l.new_string(name)?;
    if table.metatable.get().is_none() {
        return Ok(table.get_str(key));
    }
    meta::index(l, Value::table(table), Value::string(key))
}

fn int_field(
    l: &mut State,
    table: Gc<Table>,
    name: &[u8],
    default: Option<i32>,
) -> Result<i32, Thrown> {
    let value = field(l, table, name)?;
    l.spend_text(value);
    match (meta::to_number(value), default) {
        (Some(n), _) => Ok(f64_to_integer(n) as i32),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(l.library_error(&[b"field '", name, b"' missing in date table"])),
    }
}
