//! What `%b` looks for: the byte that closes what has been opened.
//!
//! PERF: where a block has fewer closing bytes than there are to come, only their numbers count.
//!
//! Not here: matching on behind it, and looking at the budget.

/// Bytes that are counted together. Their number fits a byte.
const BLOCK: usize = 64;

/// What `scan` has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Balance {
    /// All is closed by the byte before this place.
    Closed(usize),
    /// So much is open at the end.
    Open(usize),
}

/// Looks for the byte `close` that closes what is open `depth` times, which is not 0.
///
/// COMPAT: where both bytes are the same, it closes.
pub(super) fn scan(bytes: &[u8], open: u8, close: u8, mut depth: usize) -> Balance {
    let mut at = 0;
    loop {
        while let Some(block) = bytes[at..].first_chunk::<BLOCK>() {
            let closing = count(block, close);
            if closing >= depth {
                break;
            }
            depth -= closing;
            if open != close {
                depth += count(block, open);
            }
            at += BLOCK;
        }
        // Byte by byte, as far as it goes: where blocks can be taken again is found out now and then.
        let end = bytes.len().min(at + BLOCK);
        while at < end {
            let byte = bytes[at];
            at += 1;
            if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Balance::Closed(at);
                }
            } else if byte == open {
                depth += 1;
            }
        }
        if at == bytes.len() {
            return Balance::Open(depth);
        }
    }
}

fn count(block: &[u8; BLOCK], wanted: u8) -> usize {
    block.iter().map(|&byte| (byte == wanted) as u8).sum::<u8>() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_by_one(bytes: &[u8], open: u8, close: u8, mut depth: usize) -> Balance {
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Balance::Closed(at + 1);
                }
            } else if byte == open {
                depth += 1;
            }
        }
        Balance::Open(depth)
    }

    /// Texts of brackets in which one kind or the other is more frequent, so that all sorts of depths are reached, in
    /// blocks and between them.
    #[test]
    fn blocks_and_bytes_agree() {
        let mut state = 12345u64;
        let mut below = |limit: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % limit
        };
        let (mut closed, mut open) = (0, 0);
        for _ in 0..4000 {
            let (opening, closing) = (below(10), below(10));
            let bytes: Vec<u8> = (0..below(600))
                .map(|_| match below(20) {
                    n if n < opening => b'(',
                    n if n < opening + closing => b')',
                    _ => b'x',
                })
                .collect();
            let depth = 1 + below(100) as usize;
            for (opener, closer) in [(b'(', b')'), (b')', b')'), (b'x', b'(')] {
                let found = scan(&bytes, opener, closer, depth);
                assert_eq!(found, one_by_one(&bytes, opener, closer, depth), "{}", bytes.escape_ascii());
                if matches!(found, Balance::Open(_)) { open += 1 } else { closed += 1 }
            }
        }
        assert!(closed > 1000 && open > 1000, "{closed} {open}");
    }
}
