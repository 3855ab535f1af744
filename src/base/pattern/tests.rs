//! What is told about a pattern; sets, against the members as they are written.

use super::*;

#[test]
fn where_matches_begin() {
    for (pattern, literal) in [
        ("abc", Some(b'a')),
        ("a*b", None),
        ("a-b", None),
        ("a?b", None),
        ("a+b", Some(b'a')),
        ("%.x", Some(b'.')),
        ("[a]b", Some(b'a')),
        ("%a", None),
        ("(()x)", Some(b'x')),
        ("^a", None),
        (".", None),
        ("[ab]", None),
        ("$", None),
        ("", None),
        ("%", None),
        ("[a", None),
    ] {
        let begin = match Program::new().plan(pattern.as_bytes()).begin {
            Begin::Literal(byte) => Some(byte),
            _ => None,
        };
        assert_eq!(begin, literal, "{pattern}");
    }
}

#[test]
fn only_what_depends_on_nothing_before_is_leapt_over() {
    for (pattern, leaps) in [
        ("%a+=", true),
        ("(%s*)x", true),
        (".-x", true),
        ("%a=", false),
        ("%a?=", false),
        ("x%a+=", false),
        ("(%a+)=%1", false),
        ("^%a+=", false),
        ("[%a", false),
    ] {
        assert_eq!(Program::new().plan(pattern.as_bytes()).leap.is_some(), leaps, "{pattern}");
    }
}

#[test]
fn what_is_malformed_is_so_at_its_place_only() {
    for (pattern, place, error) in [
        (&b"a%"[..], 1, PatternError::EndsWithPercent),
        (b"a[b", 1, PatternError::MissingBracket),
        (b"a[^]", 1, PatternError::MissingBracket),
        (b"a[%]", 1, PatternError::MissingBracket),
        (b"a%bx", 1, PatternError::Unbalanced),
        (b"a%fx", 1, PatternError::MissingFrontierSet),
        (b"a%f[x", 1, PatternError::MissingBracket),
    ] {
        let mut program = Program::new();
        assert_eq!(program.node(pattern, 0).map(Node::next), Ok(1));
        for _ in 0..2 {
            assert_eq!(program.node(pattern, place), Err(error));
        }
    }
}

#[test]
fn sets_are_their_members() {
    let classes = Classes::current();
    let letters = b"acdlpsuwxzACDLPSUWXZ%]-^.q";
    let mut patterns: Vec<Vec<u8>> = letters.iter().map(|&letter| vec![b'%', letter]).collect();
    let texts: [&[u8]; 18] = [
        b"[a]", b"[^a]", b"[ab]", b"[^ab]", b"[abc]", b"[^abc]", b"[abcd]", b"[a-z]", b"[z-a]", b"[z-ax]",
        b"[]a]", b"[^]a]", b"[a-%%]", b"[%]x]", b"[ab-]", b"[%a_]", b"[^%s%d]", b"[%W%Sx]",
    ];
    patterns.extend(texts.map(<[u8]>::to_vec));
    // Long ones are decoded in another way.
    patterns.extend(texts.map(|text| {
        let body = text[1..text.len() - 1].strip_prefix(b"^");
        let (sign, body) = (if body.is_some() { &b"^"[..] } else { b"" }, body.unwrap_or(&text[1..text.len() - 1]));
        [b"[", sign, body, &b"xyx"[..].repeat(100), b"%d-%-x-", &b"Q-S"[..], &b"w"[..].repeat(9), b"-]"].concat()
    }));
    let all: Vec<u8> = (0..=255).collect();
    for pattern in patterns {
        let mut program = Program::new();
        let node = program.node(&pattern, 0).expect("well-formed");
        let (sign, members) = match pattern[0] {
            b'[' => set_members(&pattern, 0),
            _ => (true, &pattern[..]),
        };
        let has = |byte: u8| members_have(classes, members, byte) == sign;
        for byte in 0..=255 {
            let found = program.single(&pattern, classes, byte, 0, node);
            assert_eq!(found, has(byte), "{} {byte}", pattern.escape_ascii());
        }
        if node.kind() == Kind::Set {
            let set = program.set(node);
            for from in 0..256 {
                for wanted in [true, false] {
                    let expected = all[from..].iter().position(|&byte| has(byte) == wanted);
                    assert_eq!(set.position(classes, &all[from..], wanted), expected);
                }
            }
        }
    }
}

#[test]
fn places_and_sets_beyond_those_kept_are_read_anew() {
    let pattern = [b"[ab]".repeat(SETS + 2), b"x".repeat(PLACES), b"[cd]+".to_vec()].concat();
    let (classes, mut program) = (Classes::current(), Program::new());
    for _ in 0..3 {
        let (mut p, mut kinds) = (0, Vec::new());
        while p < pattern.len() {
            let node = program.node(&pattern, p).expect("well-formed");
            kinds.push((node.kind(), program.single(&pattern, classes, b'b', p, node)));
            assert_eq!(program.known(p).is_some(), p < PLACES);
            p = node.next();
        }
        assert_eq!(kinds[..SETS], [(Kind::Set, true); SETS]);
        assert_eq!(kinds[SETS..SETS + 2], [(Kind::Members, true); 2]);
        assert_eq!(kinds[SETS + 2..][..PLACES], [(Kind::Literal, false); PLACES]);
        assert_eq!(kinds[SETS + 2 + PLACES], (Kind::Members, false));
    }
}
