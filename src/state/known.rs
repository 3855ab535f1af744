//! Strings that libraries and messages need often: made with the state, never collected, so that
//! asking for one is a load and cannot fail.

use crate::heap::Gc;
use crate::object::{Str, Type};
use crate::state::Global;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Known {
    Nil,
    Boolean,
    Number,
    String,
    Table,
    Function,
    Userdata,
    Thread,
    True,
    False,
    ToString,
    MetaToString,
    MetaMetatable,
    Running,
    Suspended,
    Normal,
    Dead,
    Call,
    Return,
    Line,
    Count,
    TailReturn,
}

impl Known {
    pub const COUNT: usize = 22;

    pub(super) const TEXTS: [&'static str; Known::COUNT] = [
        "nil", "boolean", "number", "string", "table", "function", "userdata", "thread", "true",
        "false", "tostring", "__tostring", "__metatable", "running", "suspended", "normal",
        "dead", "call", "return", "line", "count", "tail return",
    ];
}

impl Global {
    /// The name of a type, as `type` gives it.
    #[inline]
    pub fn type_name(&self, of: Type) -> Gc<Str> {
        self.known(match of {
            Type::Nil | Type::None => Known::Nil,
            Type::Boolean => Known::Boolean,
            Type::Number => Known::Number,
            Type::String => Known::String,
            Type::Table => Known::Table,
            Type::Function => Known::Function,
            Type::LightUserdata | Type::Userdata => Known::Userdata,
            Type::Thread => Known::Thread,
        })
    }
}
