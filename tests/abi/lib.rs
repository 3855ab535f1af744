//! Where the two sets of headers are, and running a C compiler over them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Our headers.
pub fn ours() -> PathBuf {
    root().join("include")
}

/// The reference's headers: `LUA51_INCLUDE`, or where Debian has them.
pub fn reference() -> PathBuf {
    env::var_os("LUA51_INCLUDE").map_or("/usr/include/lua5.1".into(), PathBuf::from)
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A compiler's work on one source text: what it wrote to its standard output, or its complaints.
pub fn run_compiler(compiler: &str, arguments: &[&str], include: &Path) -> Result<String, String> {
    let out = Command::new(compiler)
        .args(arguments)
        .arg("-I")
        .arg(include)
        .output()
        .unwrap_or_else(|e| panic!("{compiler}: {e}"));
    let complaints = String::from_utf8_lossy(&out.stderr).into_owned();
    if out.status.success() && complaints.is_empty() {
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    } else {
        Err(format!("{compiler} {arguments:?}:\n{complaints}"))
    }
}

/// A folder that is removed with the value.
pub struct Scratch(PathBuf);

#[expect(clippy::new_without_default, reason = "makes a folder")]
impl Scratch {
    pub fn new() -> Scratch {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let dir = env::temp_dir().join(format!("ferrouslua-abi-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Scratch(dir)
    }

    /// Writes a file and gives its path as text.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
