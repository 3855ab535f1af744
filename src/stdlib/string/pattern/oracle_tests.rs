//! Random patterns and subjects, compared with the reference interpreter if it is installed.

use super::tests::{find, is_straight};
use std::io::Write;
use std::process::{Command, Stdio};

/// Answers a line `subject pattern` (in hexadecimal, after an x) with what string.find returns.
const SCRIPT: &str = r#"
local function text(hex) return (hex:sub(2):gsub("..", function(h) return string.char(tonumber(h, 16)) end)) end
for line in io.lines() do
  local s, p = line:match("^(%S+) (%S+)$")
  local r = { pcall(string.find, text(s), text(p)) }
  if not r[1] then print(r[2])
  elseif r[2] == nil then print("nil")
  else
    for i = 2, #r do
      if type(r[i]) == "string" then
        r[i] = "<" .. r[i]:gsub(".", function(c) return ("%02x"):format(c:byte()) end) .. ">"
      end
    end
    print(table.concat(r, " ", 2))
  end
end
"#;

const ATOMS: [&str; 44] = [
    "a", "b", "c", "a", "b", "x", ".", "%a", "%d", "%A", "%s", "%w", "%W", "%x", "%z", "%p", "%%",
    "%.", "[ab]", "[^a]", "[a-c]", "[%d%s]", "[^%a]", "[]a]", "[^]]", "[a-%%]", "[%]x]", "[ab-]",
    "%bab", "%b()", "%f[%a]", "%f[^%a]", "%1", "%2", "(", ")", "()", "(a", "$", "^", "[", "%", "-",
    "\0",
];
const PHRASES: [&str; 16] = [
    "(a)%1", "([ab])%1", "(%w+)%1", "([ab]).-%1", "(%a)(.-)%1", "(%a*).-%1", "([bc])[^c]-%1%1", "(.)%w-(%1)",
    "((a)%2b-)", ".-b", "%a-[bc]", "(.-)%d", ".-%b()", "(.-)%s*", "x-(b?)%1", "(.-)([ab])%2",
];
const QUANTIFIERS: [&str; 9] = ["", "", "", "", "*", "+", "-", "?", ")"];
const LETTERS: &[u8] = b"aaabbbcx1 (%.)]-\0\xe9A";

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}

fn random_case(random: &mut Random) -> (Vec<u8>, Vec<u8>) {
    let subject: Vec<u8> = (0..random.below(14))
        .map(|_| LETTERS[random.below(LETTERS.len())])
        .collect();
    let mut pattern = String::new();
    if random.below(6) == 0 {
        pattern.push('^');
    }
    // Half of the patterns keep their captures in order, so that fewer are malformed.
    let tidy = random.below(4) > 0;
    let mut open = 0;
    for _ in 0..=random.below(7) {
        if random.below(8) == 0 {
            // What is captured comes again, or a `-` is to end somewhere.
            pattern += PHRASES[random.below(PHRASES.len())];
        }
        let atom = ATOMS[random.below(ATOMS.len())];
        if tidy && matches!(atom, "(" | ")" | "(a" | "[" | "%" | "%1" | "%2" | "\0") {
            if random.below(2) == 0 {
                pattern.push('(');
                open += 1;
            } else if open > 0 {
                pattern.push(')');
                open -= 1;
            }
            continue;
        }
        pattern += atom;
        let quantifier = QUANTIFIERS[random.below(QUANTIFIERS.len())];
        if !tidy || quantifier != ")" {
            pattern += quantifier;
        }
    }
    pattern += &")".repeat(open);
    if random.below(6) == 0 {
        pattern.push('$');
    }
    (subject, pattern.into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold("x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn random_patterns_match_as_in_the_reference() {
    let Ok(mut lua) = Command::new("lua5.1")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
    else {
        eprintln!("lua5.1 is not installed: nothing compared");
        return;
    };
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let cases: Vec<_> = (0..60_000).map(|_| random_case(&mut random)).collect();
    let input: String = cases
        .iter()
        .map(|(s, p)| format!("{} {}\n", hex(s), hex(p)))
        .collect();
    let mut stdin = lua.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = lua.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let expected: Vec<&str> = output.lines().collect();
    assert_eq!(expected.len(), cases.len());

    let (mut matched, mut failed, mut straight) = (0, 0, 0);
    for ((subject, pattern), expected) in cases.iter().zip(expected) {
        assert_eq!(
            find(subject, pattern),
            expected,
            "subject {}, pattern {}",
            subject.escape_ascii(),
            pattern.escape_ascii()
        );
        matched += expected.starts_with(|c: char| c.is_ascii_digit()) as usize;
        failed += (expected == "nil") as usize;
        straight += (!pattern.is_empty() && is_straight(subject, pattern)) as usize;
    }
    // The comparison means something only if all kinds of results occur.
    assert!(
        matched > 10_000 && failed > 5_000,
        "{matched} matched, {failed} failed"
    );
    assert!(cases.len() - matched - failed > 1_000);
    assert!(straight > 10_000, "{straight} without going back");
}
