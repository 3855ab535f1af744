//! The short name of a chunk as messages show it (`short_src`), and small numbers as digits.

/// `LUA_IDSIZE`, with its closing NUL.
pub const SIZE: usize = 60;

/// The room that syntax errors give the name.
pub const SYNTAX_SIZE: usize = 80;

/// The name of a chunk in at most `SIZE - 1` bytes: `=name` and `@file` lose their mark (a long
/// file name keeps its end); text is shown as `[string "first line..."]`.
pub fn chunk_id<'a, const SIZE: usize>(source: &[u8], out: &'a mut [u8; SIZE]) -> &'a [u8] {
    // Text may be long; no more than its beginning is shown.
    let source = if source.first() == Some(&b'@') { source } else { &source[..source.len().min(SIZE)] };
    let source = &source[..memchr::memchr(0, source).unwrap_or(source.len())];
    let mut id = Id { out, len: 0 };
    match source.split_first() {
        Some((b'=', name)) => id.add(&name[..name.len().min(SIZE - 1)]),
        Some((b'@', name)) => {
            let room = SIZE - b" '...' ".len() - 1;
            if name.len() > room {
                id.add(b"...");
                id.add(&name[name.len() - room..]);
            } else {
                id.add(name);
            }
        }
        _ => id.add_text(source),
    }
    let len = id.len;
    &out[..len]
}

struct Id<'a, const SIZE: usize> {
    out: &'a mut [u8; SIZE],
    len: usize,
}

impl<const SIZE: usize> Id<'_, SIZE> {
    fn add(&mut self, bytes: &[u8]) {
        self.out[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    fn add_text(&mut self, source: &[u8]) {
        let room = SIZE - b" [string \"...\"] ".len() - 1;
        let start = &source[..source.len().min(room)];
        let shown = &start[..memchr::memchr2(b'\n', b'\r', start).unwrap_or(start.len())];
        self.add(b"[string \"");
        self.add(shown);
        if shown.len() < source.len() {
            self.add(b"...");
        }
        self.add(b"\"]");
    }
}

/// A decimal integer's text, for messages.
pub struct Digits([u8; 20]);

impl Digits {
    #[expect(clippy::new_without_default, reason = "scratch space, not a value")]
    pub fn new() -> Digits {
        Digits([0; 20])
    }

    pub fn of(&mut self, n: i64) -> &[u8] {
        let mut at = self.0.len();
        let mut left = n.unsigned_abs();
        loop {
            at -= 1;
            self.0[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        if n < 0 {
            at -= 1;
            self.0[at] = b'-';
        }
        &self.0[at..]
    }
}
