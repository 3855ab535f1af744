//! Mutated chunks by the million, without libFuzzer: each case is a number, so it can be made again.
//!
//! ```text
//! chunks [--count N] [--seed S] [--from I] [--jobs J] [--keep FOLDER] FOLDER-OF-LUA-FILES...
//! chunks --write FOLDER FOLDER-OF-LUA-FILES...       the chunks that the cases are made of, for libFuzzer
//! ```
//!
//! Each job is a process of its own that is watched: where one crashes, or stays at a case for too long,
//! the case is written to FOLDER, and the job begins again behind it. The status is 1 if there were any.

use std::process::{Child, Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use ferrouslua_fuzz::chunk::mutate::mutate;
use ferrouslua_fuzz::chunk::run::{self, Outcome};
use ferrouslua_fuzz::random::{Choose, Random};
use ferrouslua_fuzz::seeds;

/// A case that takes more of the processor's time hangs; all have budgets that are used up in milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// One that takes longer by the clock waits for something.
const MAX_WAIT: Duration = Duration::from_secs(600);
/// So many failures are enough.
const MAX_FAILURES: usize = 25;

struct Options {
    count: u64,
    seed: u64,
    from: u64,
    jobs: u64,
    keep: String,
    worker: Option<String>,
    write: Option<String>,
    folders: Vec<String>,
}

fn options() -> Options {
    let mut o = Options {
        count: 100_000,
        seed: 1,
        from: 0,
        jobs: 1,
        keep: ".".into(),
        worker: None,
        write: None,
        folders: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} wants a value"));
        let number = |text: String| text.parse().unwrap_or_else(|_| panic!("no number: {text}"));
        match argument.as_str() {
            "--count" => o.count = number(value()),
            "--seed" => o.seed = number(value()),
            "--from" => o.from = number(value()),
            "--jobs" => o.jobs = number(value()).max(1),
            "--keep" => o.keep = value(),
            "--worker" => o.worker = Some(value()),
            "--write" => o.write = Some(value()),
            _ => o.folders.push(argument),
        }
    }
    o
}

/// What a job has done so far, in memory that it shares with its watcher.
#[repr(C)]
struct Progress {
    /// The case it is at, and one more than the last.
    at: AtomicU64,
    end: AtomicU64,
    refused: AtomicU64,
    /// By the status of the run.
    ran: [AtomicU64; 6],
}

impl Progress {
    /// The one in a file, made if there is none.
    fn open(path: &str) -> &'static Progress {
        use std::os::fd::AsRawFd;
        let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.expect("a file for the progress");
        file.set_len(size_of::<Progress>() as u64).expect("room for the progress");
        // SAFETY: a new mapping of the file, as large as it is said to be; it stays for good.
        unsafe {
            let p = libc::mmap(
                std::ptr::null_mut(),
                size_of::<Progress>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            );
            assert!(p != libc::MAP_FAILED, "mapping the progress");
            &*p.cast::<Progress>()
        }
    }
}

/// The chunks that cases are made of.
struct Seeds(Vec<Vec<u8>>);

impl Seeds {
    fn read(folders: &[String]) -> Seeds {
        let seeds = seeds::chunks(&seeds::files(folders));
        assert!(!seeds.is_empty(), "no Lua file that compiles in {folders:?}");
        Seeds(seeds)
    }

    /// Mostly a small one.
    fn any(&self, r: &mut Random) -> &[u8] {
        let n = if r.chance(90) { self.0.len() * 3 / 4 } else { self.0.len() };
        &self.0[r.below(n.max(1))]
    }

    /// The chunk of a case, and the choices for its run.
    fn case(&self, seed: u64, index: u64) -> (Vec<u8>, Random) {
        let mut r = Random::of_case(seed, index);
        let (chunk, other) = (self.any(&mut r), self.any(&mut r));
        (mutate(chunk, other, &mut r), r)
    }
}

fn work(o: &Options, path: &str) {
    let progress = Progress::open(path);
    let seeds = Seeds::read(&o.folders);
    while progress.at.load(Relaxed) < progress.end.load(Relaxed) {
        let (chunk, mut r) = seeds.case(o.seed, progress.at.load(Relaxed));
        match run::check(&chunk, &mut r) {
            Outcome::Refused => &progress.refused,
            Outcome::Ran(status) => &progress.ran[status as usize],
        }
        .fetch_add(1, Relaxed);
        progress.at.fetch_add(1, Relaxed);
    }
}

struct Job {
    path: String,
    progress: &'static Progress,
    child: Option<Child>,
    /// The case it was at, when it was seen there first, and the processor's time it had used by then.
    seen: (u64, Instant, Duration),
}

/// What a process has used of the processor's time.
fn used(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Fields are counted behind the name, which may hold spaces: user and system time are the 12th and 13th.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    // SAFETY: asks for a number.
    let second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    Duration::from_millis(ticks * 1000 / second)
}

impl Job {
    fn start(&mut self) {
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(std::env::args().skip(1))
            .args(["--worker", &self.path])
            .spawn();
        self.child = Some(child.expect("a process for the job"));
        self.seen = (self.progress.at.load(Relaxed), Instant::now(), Duration::ZERO);
    }

    /// What became of it, if it has ended without having done all.
    fn failure(&mut self) -> Option<String> {
        let at = self.progress.at.load(Relaxed);
        let child = self.child.as_mut()?;
        if let Some(status) = child.try_wait().expect("a child of ours") {
            self.child = None;
            return (at < self.progress.end.load(Relaxed) || !status.success()).then(|| format!("{status}"));
        }
        let used = used(child.id());
        if at != self.seen.0 {
            self.seen = (at, Instant::now(), used);
        } else if used.saturating_sub(self.seen.2) > PATIENCE || self.seen.1.elapsed() > MAX_WAIT {
            child.kill().and_then(|()| child.wait()).expect("a child of ours");
            self.child = None;
            return Some("it hangs".into());
        }
        None
    }
}

fn watch(o: &Options) -> ExitCode {
    let begin = Instant::now();
    let share = o.count.div_ceil(o.jobs);
    let mut jobs: Vec<Job> = (0..o.jobs)
        .map(|n| {
            let path = std::env::temp_dir().join(format!("chunks-{}-{n}", std::process::id()));
            let path = path.to_str().expect("a path in UTF-8").to_owned();
            let progress = Progress::open(&path);
            progress.at.store(o.from + n * share, Relaxed);
            progress.end.store(o.from + ((n + 1) * share).min(o.count), Relaxed);
            Job { path, progress, child: None, seen: (0, begin, Duration::ZERO) }
        })
        .collect();
    jobs.iter_mut().for_each(Job::start);
    let mut failures = 0;
    let mut told = begin;
    while jobs.iter().any(|job| job.child.is_some()) {
        std::thread::sleep(Duration::from_millis(20));
        for job in &mut jobs {
            let Some(what) = job.failure() else { continue };
            failures += 1;
            let at = job.progress.at.load(Relaxed);
            let file = format!("{}/{}-{at}.luac", o.keep, o.seed);
            let (chunk, _) = Seeds::read(&o.folders).case(o.seed, at);
            std::fs::write(&file, chunk).unwrap_or_else(|e| eprintln!("{file}: {e}"));
            println!("case {at} of seed {}: {what}; its chunk is {file}", o.seed);
            job.progress.at.store(at + 1, Relaxed);
            if failures < MAX_FAILURES && at + 1 < job.progress.end.load(Relaxed) {
                job.start();
            }
        }
        if told.elapsed() > Duration::from_secs(60) {
            told = Instant::now();
            report(&jobs, begin);
        }
    }
    report(&jobs, begin);
    jobs.iter().for_each(|job| drop(std::fs::remove_file(&job.path)));
    println!("seed {}, {failures} failed", o.seed);
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(jobs: &[Job], begin: Instant) {
    let sum = |part: &dyn Fn(&Progress) -> &AtomicU64| -> u64 {
        jobs.iter().map(|job| part(job.progress).load(Relaxed)).sum()
    };
    let refused = sum(&|p| &p.refused);
    let ran: Vec<u64> = (0..6).map(|status| sum(&|p| &p.ran[status])).collect();
    let accepted: u64 = ran.iter().sum();
    let all = refused + accepted;
    println!(
        "{all} chunks: {refused} refused, {accepted} accepted and run (ended {}, yielding {}, by an error {}, \
         out of memory {}, in a handler {}); {:.0} a second",
        ran[0],
        ran[1],
        ran[2],
        ran[4],
        ran[5],
        all as f64 / begin.elapsed().as_secs_f64()
    );
}

fn main() -> ExitCode {
    let o = options();
    if let Some(folder) = &o.write {
        for (n, chunk) in Seeds::read(&o.folders).0.iter().enumerate() {
            std::fs::write(format!("{folder}/{n}"), chunk).unwrap_or_else(|e| panic!("{folder}/{n}: {e}"));
        }
        return ExitCode::SUCCESS;
    }
    match &o.worker {
        Some(path) => {
            work(&o, path);
            ExitCode::SUCCESS
        }
        None => watch(&o),
    }
}
