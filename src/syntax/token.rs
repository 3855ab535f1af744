//! Tokens, their texts in messages, and the reserved words.
//!
//! Not here: reading them (`lexer`).

macro_rules! tokens {
    ($($variant:ident $text:literal)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Token { $($variant,)* }

        const TEXTS: &[&str] = &[$($text,)*];
    };
}

tokens! {
    // The reserved words, in alphabetical order.
    And "and" Break "break" Do "do" Else "else" ElseIf "elseif" End "end" False "false" For "for"
    Function "function" If "if" In "in" Local "local" Nil "nil" Not "not" Or "or" Repeat "repeat"
    Return "return" Then "then" True "true" Until "until" While "while"
    Concat ".." Dots "..." EqualTo "==" GreaterEqual ">=" LessEqual "<=" NotEqual "~="
    Number "<number>" Name "<name>" String "<string>" Eos "<eof>"
    Plus "+" Minus "-" Star "*" Slash "/" Percent "%" Caret "^" Hash "#" Less "<" Greater ">"
    Assign "=" LeftParen "(" RightParen ")" LeftBrace "{" RightBrace "}" LeftBracket "["
    RightBracket "]" Semicolon ";" Colon ":" Comma "," Dot "."
    // A byte that begins nothing; `Lexeme::byte` says which.
    Stray ""
}

impl Token {
    /// How messages show the token, but for those that have a text of their own.
    pub fn text(self) -> &'static str {
        TEXTS[self as usize]
    }

    /// Whether the token ends a block.
    pub fn ends_block(self) -> bool {
        matches!(self, Token::Else | Token::ElseIf | Token::End | Token::Eos | Token::Until)
    }
}

/// A word of at most 8 bytes as a number.
const fn word(bytes: &[u8]) -> u64 {
    let mut word = 0;
    let mut i = 0;
    while i < bytes.len() {
        word |= (bytes[i] as u64) << (8 * i);
        i += 1;
    }
    word
}

/// As `word`. PERF: without a loop; bytes that are read twice are the same bytes.
#[inline(always)]
fn word_of(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return first as u64 | (last as u64) << (8 * (bytes.len() - 4));
    }
    match *bytes {
        [a, b] => a as u64 | (b as u64) << 8,
        [a, b, c] => a as u64 | (b as u64) << 8 | (c as u64) << 16,
        _ => 0, // no reserved word has one letter
    }
}

/// The reserved word with these bytes. PERF: asked for each name, before it is interned.
#[inline]
pub fn reserved_word(bytes: &[u8]) -> Option<Token> {
    macro_rules! find {
        ($key:expr, $($text:literal $token:ident)*) => {
            { $( if $key == const { word($text) } { return Some(Token::$token) } )* }
        };
    }
    // A name holds no NUL, so the zeros behind a shorter word cannot be taken for letters.
    if bytes.len() > 8 {
        return None;
    }
    let key = word_of(bytes);
    match key as u8 {
        b'a' => find!(key, b"and" And),
        b'b' => find!(key, b"break" Break),
        b'd' => find!(key, b"do" Do),
        b'e' => find!(key, b"end" End b"else" Else b"elseif" ElseIf),
        b'f' => find!(key, b"function" Function b"for" For b"false" False),
        b'i' => find!(key, b"if" If b"in" In),
        b'l' => find!(key, b"local" Local),
        b'n' => find!(key, b"nil" Nil b"not" Not),
        b'o' => find!(key, b"or" Or),
        b'r' => find!(key, b"return" Return b"repeat" Repeat),
        b't' => find!(key, b"then" Then b"true" True),
        b'u' => find!(key, b"until" Until),
        b'w' => find!(key, b"while" While),
        _ => {}
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_words_are_these_21() {
        let words = "and break do else elseif end false for function if in local nil not or repeat \
                     return then true until while";
        for text in words.split_whitespace() {
            assert_eq!(reserved_word(text.as_bytes()).map(Token::text), Some(text));
            assert_eq!(reserved_word(text.to_uppercase().as_bytes()), None);
            assert_eq!(reserved_word(&text.as_bytes()[..text.len() - 1]), None);
            assert_eq!(reserved_word(format!("{text}_").as_bytes()), None);
        }
        assert_eq!(reserved_word(b""), None);
    }
}
