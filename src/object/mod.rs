//! The values of Lua and the objects behind them.
//!
//! Not here: the collector (`gc`), the running of anything (`vm`).

pub mod closure;
pub mod proto;
mod seeded;
pub mod string;
pub mod table;
pub mod userdata;
pub mod value;

pub use closure::{LuaClosure, NativeClosure, UpVal};
pub use proto::{LocalVar, Proto};
pub use string::{Str, StringTable};
pub use table::{MAX_FORESEEN, Node, Placement, Table, TableError, table_layout};
pub use userdata::Userdata;
pub use value::{Type, Value};
