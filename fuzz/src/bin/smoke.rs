//! The fuzz targets without libFuzzer: inputs made of the seeds, of each target's words and of random bytes.
//!
//! ```text
//! smoke [--seconds S] [--count N] [--seed S] [--from I] [--target NAME]... [--write FOLDER]
//!       [--lua FOLDER]... SEEDS
//! ```
//!
//! SEEDS holds a folder of inputs for each target that has any; Lua files of other folders are seeds for the targets
//! that take source texts or chunks. Without `--target` all take their turn, each
//! for S seconds or N cases, whichever is over first; with `--write` their inputs go to files instead, which libFuzzer takes. The case that failed is told by the last line: TARGET, seed and number.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use ferrouslua_fuzz::chunk::mutate::mutate;
use ferrouslua_fuzz::random::{Choose, Random};
use ferrouslua_fuzz::seeds as lua;
use ferrouslua_fuzz::targets::{ALL, Target};

struct Options {
    seconds: u64,
    count: u64,
    seed: u64,
    from: u64,
    targets: Vec<String>,
    write: Option<String>,
    lua: Vec<String>,
    seeds: String,
}

fn options() -> Options {
    let mut o = Options {
        seconds: 600,
        count: u64::MAX,
        seed: 1,
        from: 0,
        targets: Vec::new(),
        write: None,
        lua: Vec::new(),
        seeds: "seeds".into(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} wants a value"));
        let number = |text: String| text.parse().unwrap_or_else(|_| panic!("no number: {text}"));
        match argument.as_str() {
            "--seconds" => o.seconds = number(value()),
            "--count" => o.count = number(value()),
            "--seed" => o.seed = number(value()),
            "--from" => o.from = number(value()),
            "--target" => o.targets.push(value()),
            "--lua" => o.lua.push(value()),
            "--write" => o.write = Some(value()),
            _ => o.seeds = argument,
        }
    }
    let unknown = o.targets.iter().find(|name| ALL.iter().all(|target| target.name != **name));
    assert!(unknown.is_none(), "no such target: {unknown:?}");
    o
}

/// The target's seeds, in an order that does not change.
fn seeds(o: &Options, target: &Target) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(format!("{}/{}", o.seeds, target.name));
    let mut paths: Vec<_> = entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut all: Vec<Vec<u8>> = paths.iter().filter_map(|path| std::fs::read(path).ok()).collect();
    match target.name {
        "source" => all.extend(lua::files(&o.lua)),
        "chunk" => all.extend(lua::chunks(&lua::files(&o.lua))),
        _ => {}
    }
    all
}

/// An input: a seed with some changes, words in a row, or bytes.
fn input(target: &Target, seeds: &[Vec<u8>], r: &mut Random) -> Vec<u8> {
    let seed = |r: &mut Random| seeds.get(r.below(seeds.len())).cloned().unwrap_or_default();
    if target.name == "chunk" {
        let (chunk, other) = (seed(r), seed(r));
        return mutate(&chunk, &other, r);
    }
    let mut bytes = match r.below(if target.words.is_empty() { 4 } else { 8 }) {
        0..3 if !seeds.is_empty() => seed(r),
        0..4 => {
            let most = r.of(&[10, 100, 400, 2_000]);
            let length = r.below(most);
            r.bytes(length)
        }
        _ => {
            // The targets read a few bytes of choices first.
            let length = r.below(12);
            let mut bytes = r.bytes(length);
            for _ in 0..r.below(12) {
                bytes.extend(r.of(target.words).as_bytes());
                if r.chance(15) {
                    bytes.push(0xFE);
                }
            }
            return bytes;
        }
    };
    for _ in 0..r.below(6) {
        let at = r.below(bytes.len() + 1);
        let end = (at + r.below(8)).min(bytes.len());
        let word = match r.below(4) {
            0 if !target.words.is_empty() => r.of(target.words).as_bytes().to_vec(),
            1 => r.bytes(1),
            2 => {
                let other = seed(r);
                let from = r.below(other.len() + 1);
                other[from..(from + 20).min(other.len())].to_vec()
            }
            _ => Vec::new(),
        };
        bytes.splice(at..end, word);
    }
    bytes
}

thread_local! {
    static CASE: RefCell<String> = const { RefCell::new(String::new()) };
}

extern "C" fn tell_case(signal: libc::c_int) {
    // Not what a handler of signals may do in general; the process is lost anyhow.
    CASE.with_borrow(|case| eprintln!("\nFAILED by signal {signal}: {case}"));
    // SAFETY: ends the process.
    unsafe { libc::_exit(1) }
}

fn main() {
    let o = options();
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGABRT, libc::SIGALRM] {
        // SAFETY: a handler for signals that end the process.
        unsafe { libc::signal(signal, tell_case as *const () as libc::sighandler_t) };
    }
    for target in ALL.iter().filter(|t| o.targets.is_empty() || o.targets.iter().any(|name| name == t.name)) {
        let seeds = seeds(&o, target);
        let begin = Instant::now();
        let mut index = o.from;
        while index - o.from < o.count && begin.elapsed() < Duration::from_secs(o.seconds) {
            let input = input(target, &seeds, &mut Random::of_case(o.seed, index));
            if let Some(folder) = &o.write {
                std::fs::write(format!("{folder}/{}-{}-{index}", target.name, o.seed), input).expect("a file");
                index += 1;
                continue;
            }
            CASE.with_borrow_mut(|case| *case = format!("--target {} --seed {} --from {index} --count 1", target.name, o.seed));
            // SAFETY: a case that takes so long hangs.
            unsafe { libc::alarm(30) };
            (target.check)(&input);
            index += 1;
        }
        // SAFETY: none is set any more.
        unsafe { libc::alarm(0) };
        println!("{}: {} cases in {:.1} s", target.name, index - o.from, begin.elapsed().as_secs_f64());
    }
}
