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

/// The reserved words.
const WORDS: [Token; 21] = {
    use Token::*;
    [
        And, Break, Do, Else, ElseIf, End, False, For, Function, If, In, Local, Nil, Not, Or, Repeat, Return, Then, True,
        Until, While,
    ]
};

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

/// The place of a word among `RESERVED`, in which no two reserved words meet.
const fn place(word: u64) -> usize {
    (word.wrapping_mul(SPREAD) >> 59) as usize
}

/// Spreads the words so; found by trying.
const SPREAD: u64 = 0x6BC1_1D22_282A_0B9B;

static RESERVED: [(u64, Token); 32] = {
    let mut places = [(0, Token::Eos); 32];
    let mut i = 0;
    while i < WORDS.len() {
        let key = word(TEXTS[WORDS[i] as usize].as_bytes());
        assert!(places[place(key)].0 == 0, "two words in one place");
        places[place(key)] = (key, WORDS[i]);
        i += 1;
    }
    places
};

/// The reserved word with these bytes. PERF: asked for each name, before it is interned.
#[inline]
pub fn reserved_word(bytes: &[u8]) -> Option<Token> {
    // A name holds no NUL, so the zeros behind a shorter word cannot be taken for letters.
    if bytes.len() > 8 {
        return None;
    }
    reserved_key(word_of(bytes))
}

/// The same for a word of at most eight bytes, as a number.
#[inline(always)]
pub fn reserved_key(key: u64) -> Option<Token> {
    let (reserved, token) = RESERVED[place(key)];
    (key == reserved && key != 0).then_some(token)
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
