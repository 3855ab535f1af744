//! Legal programs from bytes: each choice takes a byte, and with no bytes left everything becomes the shortest
//! of its kind, so every byte string is a program that ends.
//!
//! Programs tell what they do by `emit`. Loops are bounded; keys are of types whose order in `pairs` is no
//! address (`K`); nothing shows an address. Most operands are whatever is at hand, so that errors, and the names
//! in their messages, are compared as well.
//!
//! Not here: programs for the differential tests of `tests/`, which are larger and made by a script.

use crate::random::{Bytes, Choose};

/// Helpers of every program: keys, text, metatables, and a call whose error is caught and told.
const PRELUDE: &str = "\
local function K(x) local t = type(x) if t == 'number' and x == x or t == 'string' or t == 'boolean' then return x end return t end
local function S(x) local t = type(x) if t == 'number' or t == 'string' or t == 'boolean' then return tostring(x) end return t end
local function P(f, ...) return emit('try', pcall(f, ...)) end
local M = {} M.__index = function(t, k) return S(k) .. '!' end M.__add = function(a, b) return 'add' end
M.__call = function(self, ...) return select('#', ...), ... end M.__lt = function(a, b) return true end M.__eq = M.__lt
M.__concat = function(a, b) return 'cat' end M.__unm = function(a) return a end M.__len = function() return 7 end
local N = {__index = M, __newindex = function(t, k, v) rawset(t, k, v) emit('new', K(k)) end, __le = function() return false end}
";

struct Program<'a, 'b> {
    input: &'a mut Bytes<'b>,
    out: String,
    /// Visible local variables.
    locals: Vec<String>,
    count: usize,
    depth: usize,
    /// In a function with `...`.
    vararg: bool,
    in_loop: bool,
}

/// The program that these bytes mean.
pub fn program(input: &mut Bytes) -> Vec<u8> {
    let mut p = Program {
        input,
        out: PRELUDE.into(),
        locals: Vec::new(),
        count: 0,
        depth: 0,
        vararg: true,
        in_loop: false,
    };
    p.block(40);
    p.out.push_str("emit('end'");
    for name in p.locals.clone() {
        p.out.push_str(", ");
        p.out.push_str(&name);
    }
    p.out.push_str(")\n");
    p.out.into_bytes()
}

const GLOBALS: [&str; 4] = ["G", "H", "t", "f"];
const OPERATORS: [&str; 15] =
    ["+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"];
const LITERALS: [&str; 22] = [
    "nil", "1", "0", "2", "true", "false", "'a'", "'10'", "0.5", "-1", "'x'", "''", "3", "100", "1e15", "2^53", "0/0", "-0",
    "1/0", "'a longer string, which is not interned here'", "'0x10'", "255",
];
const FIELDS: [&str; 6] = ["x", "y", "n", "name", "key", "a"];

impl Program<'_, '_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn of(&mut self, list: &[&'static str]) -> &'static str {
        let n = self.input.below(list.len());
        list[n]
    }

    fn fresh(&mut self) -> String {
        self.count += 1;
        format!("v{}", self.count)
    }

    fn name(&mut self) -> String {
        let n = self.input.below(self.locals.len() + 2);
        match self.locals.iter().rev().nth(n) {
            Some(name) => name.clone(),
            None => self.of(&GLOBALS).into(),
        }
    }

    // == Expressions ==========================================================================

    fn expression(&mut self) {
        self.depth += 1;
        let kinds = if self.depth > 5 || self.input.is_empty() { 3 } else { 20 };
        match self.input.below(kinds) {
            0 => {
                let literal = self.of(&LITERALS);
                self.push(literal);
            }
            1 | 2 => {
                let name = self.name();
                self.push(&name);
            }
            3..8 => {
                self.push("(");
                self.expression();
                let operator = self.of(&OPERATORS);
                self.push(&format!(" {operator} "));
                self.expression();
                self.push(")");
            }
            8 => {
                let operator = self.of(&["- ", "not ", "#"]);
                self.push(&format!("({operator}"));
                self.expression();
                self.push(")");
            }
            9 | 10 => self.index(),
            11 => self.constructor(),
            12 => self.function(),
            13 | 14 => self.call(),
            15 if self.vararg => self.push("(...)"),
            16 => {
                self.push("setmetatable(");
                self.constructor();
                let metatable = self.of(&["M", "N"]);
                self.push(&format!(", {metatable})"));
            }
            17 => self.library(),
            _ => {
                self.push("S(");
                self.expression();
                self.push(")");
            }
        }
        self.depth -= 1;
    }

    fn index(&mut self) {
        let name = self.name();
        self.push(&name);
        if self.input.chance(50) {
            let field = self.of(&FIELDS);
            self.push(&format!(".{field}"));
        } else {
            self.push("[K(");
            self.expression();
            self.push(")]");
        }
    }

    fn constructor(&mut self) {
        self.push("{");
        for _ in 0..self.input.below(5) {
            match self.input.below(4) {
                0 => {
                    let field = self.of(&FIELDS);
                    self.push(&format!("{field} = "));
                }
                1 => {
                    self.push("[K(");
                    self.expression();
                    self.push(")] = ");
                }
                _ => {}
            }
            self.expression();
            self.push(", ");
        }
        if self.vararg && self.input.chance(20) {
            self.push("...");
        }
        self.push("}");
    }

    fn arguments(&mut self) {
        self.push("(");
        for i in 0..self.input.below(4) {
            if i > 0 {
                self.push(", ");
            }
            self.expression();
        }
        self.push(")");
    }

    fn call(&mut self) {
        let name = self.name();
        self.push(&name);
        if self.input.chance(25) {
            let field = self.of(&FIELDS);
            self.push(&format!(":{field}"));
        }
        self.arguments();
    }

    /// A call of a library, with arguments that keep what it makes small.
    fn library(&mut self) {
        let (function, arguments) = self.input.of(&[
            ("string.rep", &["S(", ")", ", ((tonumber(S(", ")) or 3) % 5 + 5) % 5"][..]),
            ("string.sub", &["S(", ")", ", (tonumber(S(", ")) or 2)"]),
            ("string.format", &["'%s|%5s|%q', S(", ")", ", S(", "), 'q\\n'"]),
            ("string.find", &["S(", ")", ", '(%w)(%w*)'"]),
            ("string.gsub", &["S(", ")", ", '%w', '<%0>'"]),
            ("table.concat", &["{S(", ")", ", S(", ")}, ','"]),
            ("select", &["'#', ", "", ", ", ""]),
            ("select", &["-1, ", "", ", ", ""]),
            ("unpack", &["{", "", ", ", "}"]),
            ("math.floor", &["(tonumber(S(", ")) or 1)"]),
            ("rawequal", &["", "", ", ", ""]),
            ("tonumber", &["S(", ")"]),
            ("next", &["{", "", "}"]),
            ("type", &["", ""]),
            ("rawget", &["{", "", "}, 1"]),
            ("coroutine.wrap", &["function(...) local a = coroutine.yield(", "", ", ...) return a, ", " end"]),
        ]);
        self.push(function);
        self.push("(");
        for (i, part) in arguments.iter().enumerate() {
            self.push(part);
            if i % 2 == 0 && i + 1 < arguments.len() {
                self.expression();
            }
        }
        self.push(")");
    }

    fn function(&mut self) {
        let vararg = self.input.chance(30);
        let params: Vec<String> = (0..self.input.below(4)).map(|_| self.fresh()).collect();
        let mut list = params.clone();
        if vararg {
            list.push("...".into());
        }
        self.push(&format!("function({}) ", list.join(", ")));
        let outside = (self.locals.clone(), self.vararg, self.in_loop);
        self.locals.extend(params);
        (self.vararg, self.in_loop) = (vararg, false);
        self.block(4);
        self.results();
        (self.locals, self.vararg, self.in_loop) = outside;
        self.push("end");
    }

    fn results(&mut self) {
        self.push("return ");
        if self.input.chance(20) {
            self.call();
        } else {
            self.expression();
            if self.input.chance(40) {
                self.push(", ");
                self.expression();
            }
        }
        self.push(" ");
    }

    // == Statements ===========================================================================

    fn block(&mut self, most: usize) {
        let visible = self.locals.len();
        self.depth += 1;
        for _ in 0..most {
            if self.input.is_empty() {
                break;
            }
            if self.depth > 1 && self.input.chance(25) {
                break;
            }
            self.statement();
            self.push("\n");
        }
        self.depth -= 1;
        if self.depth > 0 {
            self.locals.truncate(visible);
        }
    }

    fn statement(&mut self) {
        match self.input.below(if self.depth > 4 { 9 } else { 17 }) {
            0..3 => {
                let name = self.fresh();
                self.push(&format!("local {name} = "));
                self.expression();
                self.locals.push(name);
            }
            3 => {
                let name = self.name();
                self.push(&format!("{name} = "));
                self.expression();
            }
            4 | 5 => {
                // An index that is assigned to.
                self.push("do local t = ");
                self.expression();
                self.push(" if type(t) == 'table' then t[K(");
                self.expression();
                self.push(")] = ");
                self.expression();
                self.push(" end end");
            }
            6 => {
                self.push("P(");
                self.function();
                self.push(")");
            }
            7 => {
                self.push("emit(");
                self.expression();
                self.push(")");
            }
            8 if self.in_loop && self.input.chance(40) => {
                self.push("if ");
                self.expression();
                self.push(" then break end");
            }
            8 => {
                let (first, second) = (self.fresh(), self.fresh());
                self.push(&format!("local {first}, {second} = "));
                self.call();
                self.locals.extend([first, second]);
            }
            9 | 10 => {
                self.push("if ");
                self.expression();
                self.push(" then\n");
                self.block(4);
                if self.input.chance(50) {
                    self.push("else\n");
                    self.block(4);
                }
                self.push("end");
            }
            11 | 12 => self.numeric_for(),
            13 => self.generic_for(),
            14 => {
                let name = self.fresh();
                self.push(&format!("local {name} = 0 "));
                let repeat = self.input.chance(50);
                let turns = 1 + self.input.below(4);
                self.push(&if repeat {
                    format!("repeat {name} = {name} + 1\n")
                } else {
                    format!("while {name} < {turns} do {name} = {name} + 1\n")
                });
                // The counter is not among the visible ones, so the loop ends.
                self.looped();
                self.push(&if repeat { format!("until {name} >= {turns}") } else { "end".into() });
            }
            15 => {
                let name = self.fresh();
                self.push(&format!("local {name} = "));
                self.function();
                self.locals.push(name);
            }
            _ => {
                self.push("do\n");
                self.block(5);
                self.push("end");
            }
        }
    }

    fn looped(&mut self) {
        let outside = std::mem::replace(&mut self.in_loop, true);
        self.block(5);
        self.in_loop = outside;
    }

    fn numeric_for(&mut self) {
        let name = self.fresh();
        let range = self.of(&["1, 3", "3, 1, -1", "1, 2, 0.5", "-1, 1", "5, 1", "2, 10, 4", "0, -3, -2", "1, 'x'", "'1', 2"]);
        self.push(&format!("for {name} = {range} do\n"));
        self.locals.push(name.clone());
        self.looped();
        self.push("end");
        self.locals.retain(|other| *other != name);
    }

    fn generic_for(&mut self) {
        let (key, value) = (self.fresh(), self.fresh());
        let iterator = self.of(&["pairs", "ipairs", "string.gmatch", "next,"]);
        self.push(&format!("for {key}, {value} in {iterator}"));
        match iterator {
            "string.gmatch" => {
                self.push("(S(");
                self.expression();
                self.push("), '(%w)(%w?)')");
            }
            "next," => self.constructor(),
            _ => {
                self.push("(");
                self.constructor();
                self.push(")");
            }
        }
        self.push(" do\n");
        self.locals.extend([key.clone(), value.clone()]);
        self.looped();
        self.push("end");
        self.locals.retain(|other| *other != key && *other != value);
    }
}
