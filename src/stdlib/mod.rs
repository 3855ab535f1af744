//! The standard libraries (manual chapter 5).
//!
//! Each library's module has an `open`, which does what PUC's `luaopen_*` does and leaves the
//! library's table on the stack (`base`: two tables, its own and coroutine's).

pub mod base;
pub mod coroutine;
pub mod debug;
pub mod io;
pub mod math;
pub mod os;
pub mod package;
pub mod sandbox;
pub mod string;
pub mod table;

pub use base::open as open_base;
pub use debug::open as open_debug;
pub use io::open as open_io;
pub use math::open as open_math;
pub use os::open as open_os;
pub use package::open as open_package;
pub use string::open as open_string;
pub use table::open as open_table;
