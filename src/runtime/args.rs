//! The arguments of a builtin, checked: what `luaL_check*` and `luaL_opt*` do, with their texts.
//!
//! Arguments are counted from 1. Numbers pass as strings and strings as numbers, as everywhere in
//! the manual; `check_bytes` leaves the string it made in the argument's slot, so a handle to it
//! stays reachable (REACH) for as long as the frame lives.
//!
//! Not here: looking up a function's name (`vm::debug`).

use crate::base::chunk_id::Digits;
use crate::base::number::f64_to_integer;
use crate::heap::Gc;
use crate::object::{Str, Table, Type, Userdata, Value};
use crate::state::{State, Thrown};
use crate::vm::debug::names::name_of_running;
use crate::vm::meta;

/// `LUAI_MAXCSTACK`: the most values one C function may have.
///
/// COMPAT: scripts see it, as the size at which `unpack` and `string.byte` give up.
pub const MAX_C_STACK: usize = 8000;

/// The bytes of a C string: those before the first NUL.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    match memchr::memchr(0, bytes) {
        Some(end) => &bytes[..end],
        None => bytes,
    }
}

impl State {
    // Errors ------------------------------------------------------------------------------------

    /// "bad argument #i to 'f' (message)" (`luaL_argerror`).
    #[cold]
    pub fn arg_error(&mut self, i: usize, message: &[u8]) -> Thrown {
        self.arg_error_at(i as i32, message)
    }

    /// `arg_error` for an argument number of a host's, which may be any.
    #[cold]
    pub fn arg_error_at(&mut self, mut narg: i32, message: &[u8]) -> Thrown {
        let mut digits = Digits::new();
        let message = until_nul(message);
        if self.frame_index() == 0 {
            return self.library_error(&[
                b"bad argument #",
                digits.of(narg as i64),
                b" (",
                message,
                b")",
            ]);
        }
        let known = name_of_running(self);
        let name = known.as_ref().map_or(&b"?"[..], |(_, name)| until_nul(name.as_bytes()));
        if matches!(known, Some(("method", _))) {
            narg = narg.wrapping_sub(1); // the object itself is not counted
            if narg == 0 {
                return self
                    .library_error(&[b"calling '", name, b"' on bad self (", message, b")"]);
            }
        }
        let number = digits.of(narg as i64);
        self.library_error(&[b"bad argument #", number, b" to '", name, b"' (", message, b")"])
    }

    /// "number expected, got nil" and its like (`luaL_typerror`).
    #[cold]
    pub fn type_error(&mut self, i: usize, expected: &[u8]) -> Thrown {
        let got = self.arg(i).type_of();
        self.type_error_at(i as i32, expected, got)
    }

    #[cold]
    pub fn type_error_at(&mut self, narg: i32, expected: &[u8], got: Type) -> Thrown {
        let text = [until_nul(expected), b" expected, got ", got.name().as_bytes()];
        match self.concat_bytes(&text) {
            Ok(message) => self.arg_error_with(narg, message),
            Err(thrown) => thrown,
        }
    }

    /// `arg_error_at` with a message that was made for it. COMPAT: it stays below the error on the stack, where
    /// hosts see it if the coroutine dies of it.
    #[cold]
    pub fn arg_error_with(&mut self, narg: i32, message: Gc<Str>) -> Thrown {
        if self.top < self.stack_limit {
            self.push(Value::string(message));
        }
        self.arg_error_at(narg, message.as_bytes())
    }

    // Checks ------------------------------------------------------------------------------------

    /// Any value, nil included.
    #[inline]
    pub fn check_any(&mut self, i: usize) -> Result<Value, Thrown> {
        let value = self.arg(i);
        if value.is_none() { Err(self.arg_error(i, b"value expected")) } else { Ok(value) }
    }

    #[inline]
    pub fn check_type(&mut self, i: usize, wanted: Type) -> Result<Value, Thrown> {
        let value = self.arg(i);
        if value.type_of() == wanted {
            Ok(value)
        } else {
            Err(self.type_error(i, wanted.name().as_bytes()))
        }
    }

    #[inline]
    pub fn check_number(&mut self, i: usize) -> Result<f64, Thrown> {
        let value = self.arg(i);
        if let Some(n) = value.as_number() {
            return Ok(n);
        }
        self.spend_text(value);
        match meta::to_number(value) {
            Some(n) => Ok(n),
            None => Err(self.type_error(i, b"number")),
        }
    }

    /// A number cut to `lua_Integer`.
    #[inline]
    pub fn check_integer(&mut self, i: usize) -> Result<i64, Thrown> {
        Ok(f64_to_integer(self.check_number(i)?))
    }

    /// The low bits of `check_integer` as a C int (`luaL_checkint`).
    #[inline]
    pub fn check_int(&mut self, i: usize) -> Result<i32, Thrown> {
        Ok(self.check_integer(i)? as i32)
    }

    /// A string; a number becomes one in its slot (`luaL_checklstring`).
    #[inline]
    pub fn check_bytes(&mut self, i: usize) -> Result<Gc<Str>, Thrown> {
        match self.arg(i).as_string() {
            Some(s) => Ok(s),
            None => self.check_bytes_slow(i),
        }
    }

    #[cold]
    fn check_bytes_slow(&mut self, i: usize) -> Result<Gc<Str>, Thrown> {
        let value = self.arg(i);
        match meta::to_string(self, value)? {
            Some(s) => {
                self.set_arg(i, Value::string(s));
                Ok(s)
            }
            None => Err(self.type_error(i, b"string")),
        }
    }

    #[inline]
    pub fn check_table(&mut self, i: usize) -> Result<Gc<Table>, Thrown> {
        match self.arg(i).as_table() {
            Some(t) => Ok(t),
            None => Err(self.type_error(i, b"table")),
        }
    }

    #[inline]
    pub fn check_function(&mut self, i: usize) -> Result<Value, Thrown> {
        self.check_type(i, Type::Function)
    }

    /// A full userdata whose metatable is the registry's under `name` (`luaL_checkudata`).
    ///
    /// A light userdata never passes, though scripts can give its type that metatable: its bytes
    /// are not the host's object.
    pub fn check_userdata(&mut self, i: usize, name: &[u8]) -> Result<Gc<Userdata>, Thrown> {
        if let Some(u) = self.arg(i).as_userdata()
            && let Some(metatable) = u.metatable.get()
        {
            let key = self.new_string(name)?;
            let wanted = self.global().registry_table().get_str(key);
            if Value::table(metatable).raw_equals(wanted) {
                return Ok(u);
            }
        }
        Err(self.type_error(i, name))
    }

    /// The place in `options` of a string argument, which may be missing if there is a default
    /// (`luaL_checkoption`).
    pub fn check_option(
        &mut self,
        i: usize,
        default: Option<&str>,
        options: &[&str],
    ) -> Result<usize, Thrown> {
        let given = match default {
            Some(_) => self.opt_bytes(i)?,
            None => Some(self.check_bytes(i)?),
        };
        let default = default.unwrap_or_default().as_bytes();
        let name = given.as_ref().map_or(default, |s| until_nul(s.as_bytes()));
        match options.iter().position(|option| option.as_bytes() == name) {
            Some(at) => Ok(at),
            None => match self.concat_bytes(&[b"invalid option '", name, b"'"]) {
                Ok(message) => Err(self.arg_error(i, message.as_bytes())),
                Err(thrown) => Err(thrown),
            },
        }
    }

    /// Whether a function may have `n` more values in its frame (`lua_checkstack`'s refusal).
    #[inline]
    pub fn may_hold(&self, n: usize) -> bool {
        n <= MAX_C_STACK && self.arg_count() + n <= MAX_C_STACK
    }

    /// Room for `n` more values, or "stack overflow (why)" (`luaL_checkstack`).
    pub fn check_stack(&mut self, n: usize, why: &[u8]) -> Result<(), Thrown> {
        if !self.may_hold(n) {
            return Err(self.library_error(&[b"stack overflow (", why, b")"]));
        }
        self.ensure_stack(n)
    }

    // Optional arguments ------------------------------------------------------------------------

    #[inline]
    pub fn is_none_or_nil(&self, i: usize) -> bool {
        let value = self.arg(i);
        value.is_nil() || value.is_none()
    }

    #[inline]
    pub fn opt_number(&mut self, i: usize, default: f64) -> Result<f64, Thrown> {
        if self.is_none_or_nil(i) { Ok(default) } else { self.check_number(i) }
    }

    #[inline]
    pub fn opt_integer(&mut self, i: usize, default: i64) -> Result<i64, Thrown> {
        if self.is_none_or_nil(i) { Ok(default) } else { self.check_integer(i) }
    }

    #[inline]
    pub fn opt_int(&mut self, i: usize, default: i32) -> Result<i32, Thrown> {
        if self.is_none_or_nil(i) { Ok(default) } else { self.check_int(i) }
    }

    /// A string (as `check_bytes`), or None where the argument is nil or missing.
    #[inline]
    pub fn opt_bytes(&mut self, i: usize) -> Result<Option<Gc<Str>>, Thrown> {
        if self.is_none_or_nil(i) { Ok(None) } else { self.check_bytes(i).map(Some) }
    }
}
