//! Numbers and strings, quoted and in long brackets.
//!
//! Not here: what other tokens look like (`lexer`).

use crate::base::number::read_numeral;
use crate::heap::Gc;
use crate::object::Str;
use crate::state::Thrown;
use crate::syntax::class;
use crate::syntax::lexer::{Lexer, is_name_byte};
use crate::syntax::token::Token;

impl Lexer<'_, '_> {
    // Numbers -----------------------------------------------------------------------------------

    /// A numeral that begins with a digit.
    pub(super) fn read_number(&mut self) -> Result<(), Thrown> {
        let rest = self.input.rest();
        let plain = rest.iter().position(|&c| !c.is_ascii_digit() && c != b'.');
        if let Some(len) = plain
            && !is_name_byte(rest[len])
            && rest[len] != 0
        {
            self.scratch.extend_start(rest, len)?;
            self.pass(len)?;
            return self.finish_number();
        }
        self.read_number_after_dot()
    }

    /// The digits, points and exponent that are left of a numeral. COMPAT: what belongs to it is
    /// decided by the look of it; whether it is a number, when all of it has been read.
    pub(super) fn read_number_after_dot(&mut self) -> Result<(), Thrown> {
        while let Some(c @ (b'0'..=b'9' | b'.')) = self.input.current() {
            self.keep(c)?;
        }
        if self.keep_if(b"Ee")? {
            self.keep_if(b"+-")?;
        }
        while let Some(c) = self.input.current()
            && is_name_byte(c)
        {
            self.keep(c)?;
        }
        self.finish_number()
    }

    fn finish_number(&mut self) -> Result<(), Thrown> {
        let Some(number) = read_numeral(&self.scratch) else {
            return Err(self.error_near_scratch(b"malformed number"));
        };
        self.current.token = Token::Number;
        self.current.number = number;
        Ok(())
    }

    // Quoted strings ----------------------------------------------------------------------------

    pub(super) fn read_quoted(&mut self, quote: u8) -> Result<(), Thrown> {
        let body = &self.input.rest()[1..];
        let mut len = ordinary_run(body);
        while body.get(len).is_some_and(|&c| c != quote && (c == b'"' || c == b'\'')) {
            len += 1 + ordinary_run(&body[len + 1..]);
        }
        if body.get(len) == Some(&quote) {
            self.current.string = self.l.global().strings.make(self.l.heap(), &body[..len])?;
            self.hold_string()?;
            self.pass(len + 2)?;
        } else {
            self.read_quoted_slowly(quote)?;
            let text = &self.scratch[1..self.scratch.len() - 1];
            self.current.string = self.l.global().strings.make(self.l.heap(), text)?;
            self.hold_string()?;
        }
        self.current.token = Token::String;
        self.current.byte = quote;
        Ok(())
    }

    /// A string with escapes, or one that reaches the end of its piece: with its quotes into the
    /// scratch buffer.
    fn read_quoted_slowly(&mut self, quote: u8) -> Result<(), Thrown> {
        self.keep(quote)?;
        loop {
            let rest = self.input.rest();
            let run = ordinary_run(rest);
            if run > 0 {
                self.scratch.extend(&rest[..run])?;
                self.pass(run)?;
            }
            match self.input.current() {
                Some(c) if c == quote => return self.keep(c),
                Some(b'\n' | b'\r') => return Err(self.error_near_scratch(b"unfinished string")),
                Some(b'\\') => self.read_escape()?,
                Some(c) => self.keep(c)?,
                None => return Err(self.error_near(b"unfinished string", b"<eof>")),
            }
        }
    }

    fn read_escape(&mut self) -> Result<(), Thrown> {
        self.pass(1)?;
        let Some(c) = self.input.current() else { return Ok(()) };
        let meant = match c {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0B,
            b'\n' | b'\r' => {
                self.scratch.push(b'\n')?;
                return self.pass_newline();
            }
            b'0'..=b'9' => return self.read_decimal_escape(),
            other => other,
        };
        self.scratch.push(meant)?;
        self.pass(1)
    }

    fn read_decimal_escape(&mut self) -> Result<(), Thrown> {
        let mut code = 0;
        for _ in 0..3 {
            let Some(digit @ b'0'..=b'9') = self.input.current() else { break };
            code = code * 10 + (digit - b'0') as u32;
            self.pass(1)?;
        }
        match u8::try_from(code) {
            Ok(byte) => Ok(self.scratch.push(byte)?),
            Err(_) => Err(self.error_near_scratch(b"escape sequence too large")),
        }
    }

    // Long brackets -----------------------------------------------------------------------------

    /// What begins with `[`.
    pub(super) fn read_bracket(&mut self) -> Result<(), Thrown> {
        match self.read_long_bracket_start()? {
            Ok(level) => {
                self.read_long(level, true)?;
                let around = level as usize + 2;
                let text = &self.scratch[around..self.scratch.len() - around];
                self.current.string = self.l.global().strings.make(self.l.heap(), text)?;
                self.hold_string()?;
                self.current.token = Token::String;
                self.current.byte = b'[';
                self.current.level = level;
                Ok(())
            }
            Err(0) => {
                self.current.token = Token::LeftBracket;
                Ok(())
            }
            Err(_) => Err(self.error_near_scratch(b"invalid long string delimiter")),
        }
    }

    /// Keeps the current bracket and the `=` after it. The count of these is Ok if the same bracket
    /// follows, which is then the current byte.
    pub(super) fn read_long_bracket_start(&mut self) -> Result<Result<u32, u32>, Thrown> {
        let bracket = self.input.current();
        self.keep(bracket.unwrap_or(0))?;
        let mut count: u32 = 0;
        while self.input.current() == Some(b'=') {
            self.keep(b'=')?;
            count = count.checked_add(1).ok_or(crate::heap::OutOfMemory)?;
        }
        Ok(if self.input.current() == bracket { Ok(count) } else { Err(count) })
    }

    /// The rest of a long string or comment, from its second opening bracket to its end. The text
    /// of a string goes to the scratch buffer, brackets and all.
    pub(super) fn read_long(&mut self, level: u32, is_string: bool) -> Result<(), Thrown> {
        self.keep(b'[')?;
        if matches!(self.input.current(), Some(b'\n' | b'\r')) {
            self.pass_newline()?;
        }
        loop {
            let rest = self.input.rest();
            let run = long_run(rest);
            if run > 0 {
                if is_string {
                    self.scratch.extend(&rest[..run])?;
                }
                self.pass(run)?;
            }
            match self.input.current() {
                Some(b'[') => {
                    let nested = self.read_long_bracket_start()? == Ok(level);
                    if nested && level == 0 {
                        let message = b"nesting of [[...]] is deprecated";
                        return Err(self.error_near(message, b"["));
                    }
                }
                Some(b']') => {
                    if self.read_long_bracket_start()? == Ok(level) {
                        return self.keep(b']');
                    }
                }
                Some(b'\n' | b'\r') => {
                    self.scratch.push(b'\n')?;
                    self.pass_newline()?;
                    if !is_string {
                        self.scratch.clear();
                    }
                }
                Some(_) => {}
                None if is_string => {
                    return Err(self.error_near(b"unfinished long string", b"<eof>"));
                }
                None => return Err(self.error_near(b"unfinished long comment", b"<eof>")),
            }
        }
    }

    /// Puts a string back into the scratch buffer as it was read, for a message.
    #[cold]
    pub(super) fn quote_again(&mut self, quote: u8, level: u32, s: Gc<Str>) -> Result<(), Thrown> {
        self.scratch.clear();
        self.quote_mark(quote, level)?;
        self.scratch.extend(s.as_bytes())?;
        self.quote_mark(if quote == b'[' { b']' } else { quote }, level)
    }

    fn quote_mark(&mut self, quote: u8, level: u32) -> Result<(), Thrown> {
        self.scratch.push(quote)?;
        if matches!(quote, b'[' | b']') {
            for _ in 0..level {
                self.scratch.push(b'=')?;
            }
            self.scratch.push(quote)?;
        }
        Ok(())
    }
}

/// How many bytes of a quoted string come before one that needs a look.
#[inline]
fn ordinary_run(bytes: &[u8]) -> usize {
    let special = |&c: &u8| class::OF[c as usize] & class::QUOTED_SPECIAL != 0;
    bytes.iter().position(special).unwrap_or(bytes.len())
}

fn long_run(bytes: &[u8]) -> usize {
    let special = |&c: &u8| matches!(c, b'[' | b']' | b'\n' | b'\r');
    bytes.iter().position(special).unwrap_or(bytes.len())
}
