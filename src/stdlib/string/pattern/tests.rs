//! Fixed cases of pattern matching; the expectations are what lua5.1 prints.

use super::*;
use crate::runtime::args::until_nul;

/// A spill without another limit than the matcher's own.
#[derive(Default)]
pub(super) struct Heap(Vec<Choice>);

impl Spill for Heap {
    fn push(&mut self, choice: Choice) -> bool {
        self.0.push(choice);
        true
    }
    fn pop(&mut self) -> Option<Choice> {
        self.0.pop()
    }
    fn clear(&mut self) {
        self.0.clear();
    }
}

/// `string.find` of a whole subject, its results as words.
pub(super) fn find(subject: &[u8], pattern: &[u8]) -> String {
    if !has_specials(pattern) {
        return match find_plain(subject, pattern) {
            Some(at) => format!("{} {}", at + 1, at + pattern.len()),
            None => "nil".to_owned(),
        };
    }
    let found = find_with(subject, pattern, None);
    if let Some(steps) = steps(pattern) {
        assert_eq!(find_with(subject, pattern, Some(&steps)), found, "{}", pattern.escape_ascii());
    }
    found
}

fn steps(pattern: &[u8]) -> Option<Straight> {
    let anchored = pattern[0] == b'^';
    Straight::make(&mut Program::new(), until_nul(pattern), Classes::current(), anchored as usize)
}

/// Whether steps alone tell what there is.
pub(super) fn is_straight(subject: &[u8], pattern: &[u8]) -> bool {
    let Some(steps) = steps(pattern).filter(|_| has_specials(pattern)) else { return false };
    let (mut captures, mut work) = (Captures::new(), 0);
    let found = match pattern[0] {
        b'^' => steps.match_at(subject, &mut captures, 0, &mut work),
        _ => steps.search(subject, &mut captures, 0, &mut work),
    };
    !matches!(found, Found::Unsure(_))
}

fn find_with(subject: &[u8], pattern: &[u8], steps: Option<&Straight>) -> String {
    let (mut heap, mut program) = (Heap::default(), Program::new());
    let mut matcher = Matcher::with_spill(subject, until_nul(pattern), &mut program, steps, &mut heap);
    let found = match pattern[0] {
        b'^' => matcher.match_at(0, 1),
        _ => matcher.search(0),
    };
    match found.map(|found| found.then(|| matcher.found())) {
        Ok(None) => "nil".to_owned(),
        Ok(Some((start, end))) => match captures(&matcher, start, end) {
            Ok(words) => format!("{} {end}{words}", start + 1),
            Err(error) => error.message().to_owned(),
        },
        Err(error) => error.message().to_owned(),
    }
}

fn captures(matcher: &Matcher, start: usize, end: usize) -> Result<String, PatternError> {
    let mut words = String::new();
    for index in 0..matcher.captures().level() {
        words += &match matcher.captures().get(index, start, end)? {
            Capture::Position(at) => format!(" {at}"),
            Capture::Span { start, len } => {
                let hex = matcher.subject[start..start + len]
                    .iter()
                    .map(|b| format!("{b:02x}"));
                format!(" <{}>", hex.collect::<String>())
            }
        };
    }
    Ok(words)
}

#[test]
fn messages_are_the_references() {
    for (pattern, message) in [
        (&b"%"[..], "malformed pattern (ends with '%')"),
        (b"[a", "malformed pattern (missing ']')"),
        (b"[]", "malformed pattern (missing ']')"),
        (b"[^]", "malformed pattern (missing ']')"),
        (b"[%", "malformed pattern (missing ']')"),
        (b"[a-", "malformed pattern (missing ']')"),
        (b"%b", "unbalanced pattern"),
        (b"%bx", "unbalanced pattern"),
        (b"%f", "missing '[' after '%f' in pattern"),
        (b"%fa", "missing '[' after '%f' in pattern"),
        (b"%f[", "malformed pattern (missing ']')"),
        (b"%1", "invalid capture index"),
        (b"%0", "invalid capture index"),
        (b"(a)%2", "invalid capture index"),
        (b"(a%1)", "invalid capture index"),
        (b"((a)%1)", "invalid capture index"),
        (b"(a", "unfinished capture"),
        (b"(()", "unfinished capture"),
        (b"%a)", "invalid pattern capture"),
    ] {
        assert_eq!(find(b"a", pattern), message, "{}", pattern.escape_ascii());
    }
    let many = b"()".repeat(33);
    assert_eq!(find(b"a", &many), "too many captures");
    assert_eq!(find(b"a", &many[2..]), format!("1 0{}", " 1".repeat(32)));
    assert_eq!(
        find(b"b", &[&b"(".repeat(33)[..], b"a"].concat()),
        "too many captures"
    );
}

#[test]
fn a_pattern_ends_at_its_first_nul() {
    for (subject, pattern, result) in [
        (&b"a\0b"[..], &b"a\0b"[..], "1 3"),
        (b"a\0b", b"a%zb", "1 3"),
        (b"a\0b", b"[\0]", "malformed pattern (missing ']')"),
        (b"a\0b", b"(a)\0x", "1 1 <61>"),
        (b"a\0.b", b"\0.", "2 3"),
        (b"abc", b"^\0", "1 0"),
        (b"a\0bc", b"a.b%l\0xyz", "1 4"),
        (b"a\0", b"a%\0", "malformed pattern (ends with '%')"),
        (b"ab", b"%b\0\0", "unbalanced pattern"),
        (b"ab", b"b$\0", "2 2"),
        (b"ab$", b"b$\0", "nil"),
        (b"ab", b"a-\0b", "1 0"),
        (b"ab", b"(a\0)", "unfinished capture"),
        (b"a\0", b"%f[%z]", "2 1"),
        (b"aa", b"%f[%z]", "3 2"),
    ] {
        assert_eq!(find(subject, pattern), result, "{}", pattern.escape_ascii());
    }
}

#[test]
fn items_and_quantifiers() {
    for (subject, pattern, result) in [
        ("", "a*", "1 0"),
        ("", "$", "1 0"),
        ("a$", "a$$", "1 2"),
        ("*a", "*a", "1 2"),
        ("??", "??", "1 1"),
        ("a-", "a--", "1 2"),
        ("THE (quick) fox", "%((%a+)%)", "5 11 <717569636b>"),
        ("THE (quick) fox", "%f[%a]%a+", "1 3"),
        ("xx", "%bxx", "1 2"),
        ("abc", "()b()", "2 2 2 3"),
        ("abcabc", "(a)(b)c%1%2c", "1 6 <61> <62>"),
        ("aa", "()%1", "nil"),
        ("a", "[z-a]", "nil"),
        ("-", "[a-c-e]", "1 1"),
        ("%", "[a-%%]", "nil"),
        ("]", "[a-%%]", "1 1"),
        ("]", "[]]", "1 1"),
        ("q", "%q", "1 1"),
        (
            "key = value",
            "^(%w+)%s*=%s*(%w+)$",
            "1 11 <6b6579> <76616c7565>",
        ),
        ("aaab", "a-b", "1 4"),
        (
            "a,b,,c",
            "([^,]*),([^,]*),([^,]*),(.*)$",
            "1 6 <61> <62> <> <63>",
        ),
    ] {
        assert_eq!(
            find(subject.as_bytes(), pattern.as_bytes()),
            result,
            "{pattern}"
        );
    }
}

#[test]
fn long_runs_of_sets_use_bits() {
    let subject = [&b"x-9]Z_".repeat(40)[..], b"!"].concat();
    assert_eq!(find(&subject, b"[%a%-0-9%]_]+"), "1 240");
    assert_eq!(find(&subject, b"[^!%c]*!"), "1 241");
    assert_eq!(find(&subject, b"[^!]*!$"), "1 241");
    assert_eq!(find(&b"]".repeat(100), b"[a-%%]*$"), "1 100");
}

#[test]
fn a_pattern_may_have_many_quantifiers() {
    // As many as the reference bears: it dies near 90,000.
    let subject = b"a".repeat(80_000);
    assert_eq!(find(&subject, &b"a?".repeat(80_000)), "1 80000");
    let line = b"field,".repeat(300);
    assert_eq!(find(&line, &b"[^,]*,".repeat(300)), "1 1800");
}

#[test]
fn a_hopeless_pattern_is_an_error_and_not_a_crash() {
    let subject = b"a".repeat(400_000);
    let pattern = [b"a?".repeat(400_000), b"b".to_vec()].concat();
    assert_eq!(find(&subject, &pattern), "pattern too complex");
    // Without a spill the few own places are the limit.
    let mut program = Program::new();
    let mut matcher =
        Matcher::new(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaa", b"a?a?a?a?a?a?a?a?a?", &mut program);
    assert_eq!(matcher.match_at(0, 0), Err(PatternError::TooComplex));
    let mut program = Program::new();
    let mut matcher =
        Matcher::new(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaa", b"a?a?a?a?a?a?a?a?", &mut program);
    assert_eq!(matcher.match_at(0, 0), Ok(true));
    assert_eq!(matcher.found(), (0, 8));
}

#[test]
fn a_match_stops_when_its_steps_run_out_and_goes_on() {
    let subject = b"a".repeat(18);
    let pattern = [b"a?".repeat(18), b"a".repeat(18)].concat();
    let (mut heap, mut program) = (Heap::default(), Program::new());
    let mut matcher = Matcher::with_spill(&subject, &pattern, &mut program, None, &mut heap);
    matcher.steps = 1000;
    let mut stops = 0;
    let mut result = matcher.match_at(0, 0);
    while result == Err(PatternError::OutOfSteps) {
        stops += 1;
        matcher.steps = 1000;
        result = matcher.resume();
    }
    assert_eq!(result, Ok(true));
    assert_eq!(matcher.found(), (0, 18));
    assert!(stops > 100, "{stops}");

    let subject = [b"ab".repeat(200), b"ac".to_vec()].concat();
    let mut program = Program::new();
    let mut matcher = Matcher::new(&subject, b"a.-[ac]$", &mut program);
    matcher.steps = 7;
    let mut result = matcher.search(0);
    stops = 0;
    while result == Err(PatternError::OutOfSteps) {
        stops += 1;
        matcher.steps = 7;
        result = matcher.resume_search();
    }
    assert_eq!((result, matcher.found()), (Ok(true), (0, 402)));
    assert!(stops > 10, "{stops}");

    let mut program = Program::new();
    let mut matcher = Matcher::new(&subject, b"a[bx]d", &mut program);
    matcher.steps = 0;
    assert_eq!(matcher.search(0), Err(PatternError::OutOfSteps));
    matcher.steps = 1_000;
    assert_eq!(matcher.resume_search(), Ok(false));
}

#[test]
fn scanning_counts_as_steps() {
    let subject = b"a".repeat(1 << 20);
    for pattern in [&b"a.-x"[..], b".-x", b"a*x", b"(.-)%s*$", b"a-b-$"] {
        let mut program = Program::new();
        let mut matcher = Matcher::new(&subject, pattern, &mut program);
        matcher.steps = 1 << 8;
        let mut paid = 0;
        let mut result = matcher.search(0);
        while result == Err(PatternError::OutOfSteps) {
            paid += (1 << 8) + std::mem::take(&mut matcher.owed);
            matcher.steps = 1 << 8;
            result = matcher.resume_search();
        }
        // What has been scanned is paid for, whatever was found.
        paid += (1 << 8) - matcher.steps + matcher.owed;
        assert!(paid >= 1 << 12, "{}: {paid} were paid", pattern.escape_ascii());
    }
}

/// What is longer than a window of the matcher's is matched in pieces: every kind of loop, with the budget looked at in
/// between, and with the same result as in one piece.
#[test]
fn long_subjects_are_matched_by_windows() {
    let n = 3 * WINDOW + 5;
    let letters = b"a".repeat(n);
    let ended = [&letters[..], b"=b"].concat();
    let brackets = [b"(".repeat(n), b")".repeat(n)].concat();
    let pairs = [&b"("[..], &b"()".repeat(n / 2)].concat();
    let exact = b"a".repeat(2 * WINDOW);
    let many = b"%[".repeat(20_000);
    let long = [&b"("[..], &b"a".repeat(20_000), b"a?)()"].concat();
    let found = |subject: &[u8], pattern: &[u8]| {
        let (mut heap, mut program) = (Heap::default(), Program::new());
        let mut matcher = Matcher::with_spill(subject, pattern, &mut program, None, &mut heap);
        matcher.steps = 500;
        let mut looks = 0;
        let mut result = matcher.search(0);
        while result == Err(PatternError::OutOfSteps) {
            looks += 1;
            assert!(matcher.owed <= (WINDOW / 256 + 1) as u64 * 8, "{} are owed", matcher.owed);
            (matcher.steps, matcher.owed) = (500, 0);
            result = matcher.resume_search();
        }
        (result.map(|found| found.then(|| matcher.found())), looks)
    };
    for (subject, pattern, expected) in [
        (&letters, &b"%d"[..], None),
        (&letters, b"[%d_]", None),
        (&letters, b"[y-z0]", None),
        (&ended, b"[=_;,]", Some((n, n + 1))),
        (&ended, b"a+", Some((0, n))),
        (&ended, b"%a+", Some((0, n))),
        (&exact, b"a+", Some((0, 2 * WINDOW))),
        (&exact, b"a*$", Some((0, 2 * WINDOW))),
        (&exact, b"%a-$", Some((0, 2 * WINDOW))),
        (&ended, b"%a*=b", Some((0, n + 2))),
        (&ended, b"%a+%p", Some((0, n + 1))),
        (&ended, b"%a+:", None),
        (&ended, b"%a*:", None),
        (&ended, b"%a-:", None),
        (&ended, b".-b$", Some((0, n + 2))),
        (&ended, b"%a-=b", Some((0, n + 2))),
        (&ended, b"()%a-()%p()", Some((0, n + 1))),
        (&ended, b"(%a*)(%a)(=)b", Some((0, n + 2))),
        (&ended, b"(%a*)(a)%2=", Some((0, n + 1))),
        (&ended, b"[a-y]*[b]$", Some((n + 1, n + 2))),
        (&ended, b"[a-y]+[=]", Some((0, n + 1))),
        (&brackets, b"%b()", Some((0, 2 * n))),
        (&brackets, b"()%b()()$", Some((0, 2 * n))),
        (&pairs, b"%b()", Some((1, 3))),
        (&letters, &many, None),
        (&letters, &long, Some((0, 20_001))),
    ] {
        let subject = &subject[..];
        let (found, looks) = found(subject, pattern);
        let shown = pattern[..pattern.len().min(20)].escape_ascii();
        assert_eq!(found, Ok(expected), "{shown}");
        assert!(looks > 0 || pattern.len() > 1000, "{shown}: never looked");
    }
}

#[test]
fn a_run_is_tried_from_its_begin_only() {
    let subject = [b"a".repeat(100_000), b"=b".to_vec()].concat();
    for (pattern, expected) in [
        ("a+:", "nil"),
        ("a*:", "nil"),
        (".-:", "nil"),
        ("(a*)()=$", "nil"),
        ("a+%f[b]b", "nil"),
        ("a+=b", "1 100002"),
        ("a*b", "100002 100002"),
        ("a-b", "100002 100002"),
        ("=*b", "100001 100002"),
    ] {
        let (mut heap, mut program) = (Heap::default(), Program::new());
        let mut matcher =
            Matcher::with_spill(&subject, pattern.as_bytes(), &mut program, None, &mut heap);
        matcher.steps = 300_000;
        let found = match matcher.search(0) {
            Ok(true) => format!("{} {}", matcher.found().0 + 1, matcher.found().1),
            Ok(false) => "nil".to_owned(),
            Err(error) => error.message().to_owned(),
        };
        assert_eq!(found, expected, "{pattern}");
    }
}

#[test]
fn plain_search() {
    assert!(!has_specials(b"a)b\0%"));
    assert!(has_specials(b"a-"));
    assert_eq!(find_plain(b"a\0bc\0b", b"\0b"), Some(1));
    assert_eq!(find_plain(b"abc", b""), Some(0));
    assert_eq!(find_plain(b"", b""), Some(0));
    assert_eq!(find_plain(b"abc", b"abcd"), None);
}
