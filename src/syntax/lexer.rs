//! Bytes to tokens: `Lexer` holds the current token, and one further if the parser looked ahead.
//!
//! PERF: a name, number or string that lies whole in the reader's piece is taken straight from there;
//! only what spans pieces or has escapes is gathered in `scratch`, by the functions of `literal`.
//!
//! COMPAT: `scratch` always holds what the reference's token buffer would, because messages show it.
//!
//! Not here: what bytes may be (`class`), strings and numbers (`literal`), the grammar (`parser`).

use crate::base::chunk_id::{self, Digits, chunk_id};
use crate::base::clib;
use crate::base::ctype::Classes;
use crate::heap::{Anchors, Buffer, Gc, GcHeader};
use crate::object::Str;
use crate::state::{State, Status, Thrown};
use crate::syntax::class;
use crate::syntax::input::Input;
use crate::syntax::token::{Token, reserved_key, reserved_word};

/// The most lines a chunk may have (`MAX_INT`).
const MAX_LINES: i32 = i32::MAX - 2;

/// A token with what it stands for.
#[derive(Clone, Copy)]
pub struct Lexeme {
    pub token: Token,
    /// Of a `Stray`: which byte. Of a string: the quote, or `[`.
    pub byte: u8,
    /// Of a string in long brackets: how many `=` they have.
    pub level: u32,
    pub number: f64,
    /// Of a name or string; otherwise some string.
    pub string: Gc<Str>,
}

pub struct Lexer<'a, 'r> {
    pub l: &'a mut State,
    pub(super) input: Input<'r>,
    pub(super) scratch: Buffer<'static, u8>,
    /// Hold every string that is made here, and every function; None: nothing can be collected meanwhile.
    pub(super) anchors: Option<&'a mut Anchors<'static>>,
    /// The current token.
    pub current: Lexeme,
    ahead: Option<Lexeme>,
    /// The line being read.
    pub line: i32,
    /// The line of the token before the current one.
    pub last_line: i32,
    pub source: Gc<Str>,
}

/// C's `isalnum`, or the underscore.
#[inline(always)]
pub(super) fn is_name_byte(c: u8) -> bool {
    class::OF[c as usize] & (class::ALPHA | class::DIGIT) != 0
        || c >= 0x80 && Classes::current().is_alnum(c)
}

impl<'a, 'r> Lexer<'a, 'r> {
    /// Ready to read the first token, which `next` does.
    pub fn new(
        l: &'a mut State,
        mut input: Input<'r>,
        source: Gc<Str>,
        anchors: Option<&'a mut Anchors<'static>>,
    ) -> Result<Lexer<'a, 'r>, Thrown> {
        if input.current().is_none() {
            // COMPAT: after an empty first piece the reference asks once more.
            input.refill(l)?;
        }
        let scratch = Buffer::new(l.heap());
        let current = Lexeme { token: Token::Eos, byte: 0, level: 0, number: 0.0, string: source };
        Ok(Lexer { l, input, scratch, anchors, current, ahead: None, line: 1, last_line: 1, source })
    }

    #[inline(always)]
    pub fn token(&self) -> Token {
        self.current.token
    }

    /// Goes on to the next token.
    #[inline]
    pub fn next(&mut self) -> Result<(), Thrown> {
        self.last_line = self.line;
        if self.ahead.is_some() {
            return self.take_ahead();
        }
        self.read()
    }

    #[cold]
    fn take_ahead(&mut self) -> Result<(), Thrown> {
        if let Some(ahead) = self.ahead.take() {
            self.current = ahead;
        }
        Ok(())
    }

    /// The token after the current one.
    pub fn look_ahead(&mut self) -> Result<Token, Thrown> {
        debug_assert!(self.ahead.is_none());
        let current = self.current;
        self.read()?;
        let ahead = core::mem::replace(&mut self.current, current);
        self.ahead = Some(ahead);
        Ok(ahead.token)
    }

    /// Whether the token after the current one is `=`. It is not read where the piece tells.
    ///
    /// PERF: asked for each field of a constructor.
    #[inline]
    pub fn assign_follows(&mut self) -> Result<bool, Thrown> {
        let rest = self.input.rest();
        let blank = rest.iter().take_while(|&&byte| byte == b' ').count();
        match rest[blank..] {
            [b'=', byte, ..] => Ok(byte != b'='),
            [b',' | b'}' | b'.' | b'(', _, ..] => Ok(false),
            _ => Ok(self.look_ahead()? == Token::Assign),
        }
    }

    // Bytes -------------------------------------------------------------------------------------

    #[inline(always)]
    pub(super) fn pass(&mut self, count: usize) -> Result<(), Thrown> {
        self.input.advance(self.l, count)
    }

    /// Takes the current byte into the scratch buffer.
    pub(super) fn keep(&mut self, byte: u8) -> Result<(), Thrown> {
        self.scratch.push(byte)?;
        self.pass(1)
    }

    /// Passes a line's end: `\n`, `\r`, or both in either order.
    pub(super) fn pass_newline(&mut self) -> Result<(), Thrown> {
        let first = self.input.current();
        self.pass(1)?;
        let second = self.input.current();
        if matches!(second, Some(b'\n' | b'\r')) && second != first {
            self.pass(1)?;
        }
        self.line += 1;
        if self.line >= MAX_LINES {
            return Err(self.syntax_error(b"chunk has too many lines"));
        }
        Ok(())
    }

    // Tokens ------------------------------------------------------------------------------------

    #[inline]
    fn single(&mut self, token: Token) -> Result<(), Thrown> {
        self.current.token = token;
        self.pass(1)
    }

    /// `first` alone, or `both` if `=` follows.
    fn maybe_equals(&mut self, first: Token, both: Token) -> Result<(), Thrown> {
        self.pass(1)?;
        if self.input.current() == Some(b'=') {
            return self.single(both);
        }
        self.current.token = first;
        Ok(())
    }

    /// PERF: what most tokens are, and what is before them: blanks, ends of lines, tokens of one byte and names, without
    /// a look whether the piece ends.
    fn read(&mut self) -> Result<(), Thrown> {
        self.l.charge(1)?;
        self.scratch.clear();
        let mut line = self.line;
        let rest = self.input.rest();
        let mut at = 0;
        // The piece must not be used up here.
        while let [byte, next, ..] = rest[at..] {
            match byte {
                b' ' | b'\t' => at += 1,
                b'\n' if next != b'\r' && line < MAX_LINES - 1 => {
                    at += 1;
                    line += 1;
                }
                _ => {
                    self.line = line;
                    self.input.pass(at);
                    let token = class::ALONE[byte as usize];
                    if token != Token::Eos && !class::is_pair(byte, next) {
                        self.current.token = token;
                        self.input.pass(1);
                        return Ok(());
                    }
                    let class = class::OF[byte as usize];
                    return if class & class::ALPHA != 0 {
                        self.read_name()
                    } else if class & class::DIGIT != 0 {
                        self.read_number()
                    } else if matches!(byte, b'"' | b'\'') {
                        self.read_quoted(byte)
                    } else {
                        self.read_on()
                    };
                }
            }
        }
        self.line = line;
        self.input.pass(at);
        self.read_on()
    }

    #[inline(never)]
    fn read_on(&mut self) -> Result<(), Thrown> {
        loop {
            let Some(byte) = self.input.current() else {
                self.current.token = Token::Eos;
                return Ok(());
            };
            let class = class::OF[byte as usize];
            if class & class::ALPHA != 0 {
                return self.read_name();
            }
            if class & class::DIGIT != 0 {
                return self.read_number();
            }
            return match byte {
                b' ' | b'\t' | 0x0B | 0x0C => {
                    self.skip_spaces()?;
                    continue;
                }
                b'\n' | b'\r' => {
                    self.pass_newline()?;
                    continue;
                }
                b'-' => {
                    self.pass(1)?;
                    if self.input.current() == Some(b'-') {
                        self.skip_comment()?;
                        continue;
                    }
                    self.current.token = Token::Minus;
                    Ok(())
                }
                b'.' => self.read_dots(),
                b'=' => self.maybe_equals(Token::Assign, Token::EqualTo),
                b'"' | b'\'' => self.read_quoted(byte),
                b'[' => self.read_bracket(),
                b'<' => self.maybe_equals(Token::Less, Token::LessEqual),
                b'>' => self.maybe_equals(Token::Greater, Token::GreaterEqual),
                b'~' => {
                    self.current.byte = b'~';
                    self.maybe_equals(Token::Stray, Token::NotEqual)
                }
                0x80.. if Classes::current().is_space(byte) => {
                    self.pass(1)?;
                    continue;
                }
                0x80.. if Classes::current().is_alpha(byte) => self.read_name(),
                _ if class::ALONE[byte as usize] != Token::Eos => self.single(class::ALONE[byte as usize]),
                _ => {
                    self.current.byte = byte;
                    self.single(Token::Stray)
                }
            };
        }
    }

    fn skip_spaces(&mut self) -> Result<(), Thrown> {
        let rest = self.input.rest();
        let run = rest.iter().position(|&c| class::OF[c as usize] & class::SPACE == 0);
        let count = run.unwrap_or(rest.len());
        self.pass(count)
    }

    /// Here we know that the current byte is the second dash.
    fn skip_comment(&mut self) -> Result<(), Thrown> {
        self.pass(1)?;
        if self.input.current() == Some(b'[') {
            let bracket = self.read_long_bracket_start()?;
            self.scratch.clear();
            if let Ok(level) = bracket {
                self.read_long(level, false)?;
                self.scratch.clear();
                return Ok(());
            }
        }
        loop {
            let rest = self.input.rest();
            match memchr::memchr2(b'\n', b'\r', rest) {
                Some(at) => return self.pass(at),
                None if rest.is_empty() => return Ok(()),
                None => {
                    let count = rest.len();
                    self.pass(count)?;
                }
            }
        }
    }

    /// Here we know that the current byte begins a name.
    fn read_name(&mut self) -> Result<(), Thrown> {
        let rest = self.input.rest();
        if let Some(&[a, b, c, d, e, f, g, h, next]) = rest.first_chunk() {
            let word = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            let len = class::name_run(word);
            if len < 8 && ((word >> (8 * len)) as u8) < 0x80 {
                return self.short_name(word & ((1 << (8 * len)) - 1), len);
            }
            if len == 8 && next < 0x80 && class::OF[next as usize] & (class::ALPHA | class::DIGIT) == 0 {
                return self.short_name(word, len);
            }
        }
        self.read_long_name()
    }

    /// Takes a name of at most eight bytes, which are `word`. Here we know that more follow in the piece.
    #[inline(always)]
    fn short_name(&mut self, word: u64, len: usize) -> Result<(), Thrown> {
        match reserved_key(word) {
            Some(token) => self.current.token = token,
            None => {
                self.current.token = Token::Name;
                self.current.string = self.l.global().strings.make_word(self.l.heap(), word, len)?;
                self.hold_string()?;
            }
        }
        self.input.pass(len);
        Ok(())
    }

    /// A name of any length.
    ///
    /// PERF: no call in the loop, so few registers.
    #[inline(never)]
    fn read_long_name(&mut self) -> Result<(), Thrown> {
        let rest = self.input.rest();
        let mut len = 1;
        while let Some(&byte) = rest.get(len)
            && class::OF[byte as usize] & (class::ALPHA | class::DIGIT) != 0
        {
            len += 1;
        }
        match rest.split_at_checked(len) {
            Some((name, [0..0x80, ..])) => {
                Self::name(&mut self.current, self.l, name)?;
                self.hold_string()?;
                self.pass(len)
            }
            _ => self.read_other_name(),
        }
    }

    /// A name that reaches the end of its piece, or may have letters of the locale.
    #[cold]
    fn read_other_name(&mut self) -> Result<(), Thrown> {
        while let Some(c) = self.input.current()
            && is_name_byte(c)
        {
            self.keep(c)?;
        }
        Self::name(&mut self.current, self.l, &self.scratch)?;
        self.hold_string()
    }

    #[inline]
    fn name(current: &mut Lexeme, l: &State, bytes: &[u8]) -> Result<(), Thrown> {
        if let Some(word) = reserved_word(bytes) {
            current.token = word;
            return Ok(());
        }
        current.token = Token::Name;
        current.string = l.global().strings.make(l.heap(), bytes)?;
        Ok(())
    }

    /// The current token's string, if it has one, is to live as long as the compilation.
    #[inline(always)]
    pub(super) fn hold_string(&mut self) -> Result<(), Thrown> {
        self.hold(self.current.string.header())
    }

    /// An object of this compilation is to live as long as it.
    #[inline(always)]
    pub(super) fn hold(&mut self, object: Gc<GcHeader>) -> Result<(), Thrown> {
        match &mut self.anchors {
            None => Ok(()),
            Some(anchors) => Ok(anchors.hold(object)?),
        }
    }

    /// What begins with a dot.
    fn read_dots(&mut self) -> Result<(), Thrown> {
        self.keep(b'.')?;
        if self.keep_if(b".")? {
            self.current.token = if self.keep_if(b".")? { Token::Dots } else { Token::Concat };
            return Ok(());
        }
        match self.input.current() {
            Some(c) if c.is_ascii_digit() => self.read_number_after_dot(),
            _ => {
                self.current.token = Token::Dot;
                Ok(())
            }
        }
    }

    /// Keeps the current byte if it is one of `set`.
    ///
    /// COMPAT: the set is a C string, and the NUL at its end belongs to it.
    pub(super) fn keep_if(&mut self, set: &[u8]) -> Result<bool, Thrown> {
        match self.input.current() {
            Some(c) if c == 0 || set.contains(&c) => self.keep(c).map(|()| true),
            _ => Ok(false),
        }
    }

    // Errors ------------------------------------------------------------------------------------

    /// An error at the current line.
    #[cold]
    pub fn error(&mut self, message: &[&[u8]]) -> Thrown {
        throw(self.l, self.source, self.line, message, None)
    }

    /// An error at the current token, which the message shows.
    #[cold]
    pub fn syntax_error(&mut self, message: &[u8]) -> Thrown {
        self.error_at_token(&[message])
    }

    #[cold]
    pub fn error_at_token(&mut self, message: &[&[u8]]) -> Thrown {
        let Lexeme { token, byte, level, string, .. } = self.current;
        if token == Token::String
            && let Err(e) = self.quote_again(byte, level, string)
        {
            return e;
        }
        if token == Token::Stray && byte == 0 {
            return self.error(message); // COMPAT: to the reference, token 0 is no token
        }
        if token == Token::Number {
            // COMPAT: to the reference the numeral was a number with the locale's decimal point only,
            // and that is left in its text.
            let point = clib::decimal_point().bytes().first().copied().unwrap_or(b'.');
            self.scratch.iter_mut().filter(|b| **b == b'.').for_each(|b| *b = point);
        }
        let stray = StrayText::new(byte);
        let text: &[u8] = match token {
            Token::Name => string.as_bytes(),
            Token::Number | Token::String => &self.scratch,
            Token::Stray => stray.text(),
            _ => token.text().as_bytes(),
        };
        throw(self.l, self.source, self.line, message, Some(text))
    }

    /// An error inside a token, whose text so far is in the scratch buffer.
    #[cold]
    pub(super) fn error_near_scratch(&mut self, message: &[u8]) -> Thrown {
        throw(self.l, self.source, self.line, &[message], Some(&self.scratch))
    }

    #[cold]
    pub(super) fn error_near(&mut self, message: &[u8], text: &[u8]) -> Thrown {
        throw(self.l, self.source, self.line, &[message], Some(text))
    }
}

/// How messages show a byte that begins no token.
struct StrayText {
    text: [u8; 9],
    len: usize,
}

impl StrayText {
    fn new(byte: u8) -> StrayText {
        let mut stray = StrayText { text: [0; 9], len: 0 };
        if Classes::current().is_cntrl(byte) {
            stray.add(b"char(");
            stray.add(Digits::new().of(byte as i64));
            stray.add(b")");
        } else {
            stray.add(&[byte]);
        }
        stray
    }

    fn add(&mut self, bytes: &[u8]) {
        self.text[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    fn text(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

#[cold]
fn throw(
    l: &mut State,
    source: Gc<Str>,
    line: i32,
    message: &[&[u8]],
    near: Option<&[u8]>,
) -> Thrown {
    let mut id = [0; chunk_id::SYNTAX_SIZE];
    let id = chunk_id(source.as_bytes(), &mut id);
    let mut digits = Digits::new();
    let mut parts: [&[u8]; 16] = [b""; 16];
    parts[0] = id;
    parts[1] = b":";
    parts[2] = digits.of(line as i64);
    parts[3] = b": ";
    let mut count = 4;
    for part in message.iter().take(parts.len() - 7) {
        parts[count] = part;
        count += 1;
    }
    if let Some(text) = near {
        parts[count] = b" near '";
        // COMPAT: the reference prints a C string.
        parts[count + 1] = text.split(|&c| c == 0).next().unwrap_or(b"");
        parts[count + 2] = b"'";
        count += 3;
    }
    l.throw_bytes(Status::Syntax, &parts[..count])
}
