//! Small sources against `luac5.1`: every kind of error with its message, limits on both sides, and
//! operators over every kind of operand.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use ferrouslua::runtime::load;
use ferrouslua::state::Status;

/// Compares one source: the same bytes, or the same message.
fn compare(source: &[u8]) -> Result<(), String> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0); // tests run side by side
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("ferrouslua-{}-{number}.lua", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, source).expect("a writable temporary folder");
    let out = path.with_extension("luac");
    let shown = path.to_str().expect("a path in UTF-8");
    let Some(theirs) = common::luac(&["-o", out.to_str().expect("a path"), shown]) else {
        return Ok(()); // nothing to compare with
    };
    let ours = common::compile(common::new_state(), source, format!("@{shown}").as_bytes(), false);
    let theirs = match theirs.status.success() {
        true => Ok(std::fs::read(&out).expect("luac's output")),
        false => {
            let message = theirs.stderr.strip_prefix(b"luac5.1: ").unwrap_or(&theirs.stderr);
            Err(message.strip_suffix(b"\n").unwrap_or(message).to_vec())
        }
    };
    let _ = (std::fs::remove_file(&path), std::fs::remove_file(&out));
    if ours.clone().map_err(|(_, message)| message) == theirs {
        return Ok(());
    }
    let start = String::from_utf8_lossy(&source[..source.len().min(60)]).into_owned();
    let said = |r: Result<Vec<u8>, Vec<u8>>| match r {
        Ok(bytes) => format!("{} bytes", bytes.len()),
        Err(message) => String::from_utf8_lossy(&message).into_owned(),
    };
    Err(format!("{start:?}\n  ours:   {}\n  theirs: {}", said(ours.map_err(|e| e.1)), said(theirs)))
}

fn compare_all<S: AsRef<[u8]>>(sources: impl IntoIterator<Item = S>) {
    let failed: Vec<_> = sources.into_iter().filter_map(|s| compare(s.as_ref()).err()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

const LEXICAL: &[&[u8]] = &[
    b"x = 'abc", b"x = 'abc\ndef'", b"x = 'abc\\", b"x = 'abc\\999'", b"x = 'a\\256'", b"x = 'a\\25'",
    b"x = \"a\\\nb\" y = '\\\r\n' z = '\\\n\r'\r\n\n\r\r\nw = [[\r\nx\n\r\r]] = 1",
    b"x = 'a\\0b' = 1", b"x = [==[a\nb]==] = 1", b"x = \"a'b\" 'c' = ", b"x = [[a[b]]", b"x = [[a[[b]]",
    b"x = [=[a[=[b]=]", b"--[[ [[ ]]", b"--[==x\ny=1", b"--[==[", b"--[==[\n]=]", b"x=[==[abc",
    b"x = [=a", b"x = [==", b"x = [=", b"x = 3\0\0abc y", b"x = 3 4", b"x = 3..4", b"x = 3...4",
    b"x = 3. .. 4", b"x = .5.5", b"x = 0x", b"x = 0x10 y = 0xAp1", b"x = 0X.p", b"x = 1e", b"x = 1e+",
    b"x = 1e+5 y = 1E-5 z = 1.e5", b"x = 1_000", b"x = 08 y = 1e5x", b"x = a.\0.b", b"x = a.\0b",
    b"x = ...\0", b"~", b"x ~ 1", b"x = ~= 1", b"x = !", b"x = @", b"\x7f", b"\x80", b"x = \xe9",
    b"\xef\xbb\xbfx=1", b"x = \0", b"\x01", b"", b"\n", b"--", b"--\n", b"--[[]]",
];

const SYNTACTICAL: &[&[u8]] = &[
    b"x", b"x=", b"x=1;;", b";", b"return;", b"return; x", b"return 1 2", b"break", b"break x",
    b"while 1 do break x end", b"repeat break until x", b"f\n(x)", b"f(x)\n(y)", b"f\n'x'", b"f\n{x}",
    b"a.b", b"a:b", b"a:b.c()", b"(a)=1", b"(a).b=1", b"(f())=1", b"f()=1", b"f(),a=1", b"a,f()=1",
    b"local function f.x() end", b"function f.a:b:c() end", b"function (x) end", b"function f(a,) end",
    b"function f(a,...,b) end", b"function f(1) end", b"for x", b"for x y", b"for 1", b"for x=1 do",
    b"for x=1,2,3,4 do end", b"for x,y=1,2 do end", b"for x,1 in y do end", b"local x, = 1", b"local 1",
    b"local", b"x = function", b"x = function() return ... end", b"if", b"if x", b"if x the",
    b"if x then\n\nelse elseif", b"if x then else else end", b"\nif x then\n\n", b"do\n\n",
    b"x = {\n\n", b"x = (\n\n1", b"x = f(\n1", b"x = {1,2", b"x = {1 2}", b"x = {a b}", b"x = {a=}",
    b"x = {[1}", b"x = {[1]}", b"x = {,}", b"x={;}", b"goto x", b"until x", b"end", b"else",
    b"x = 1 end", b"x = a or b and", b"x = 'x' 'y'", b"\nfunction f()\n\nwhile x do\n\nend",
];

#[test]
fn errors_read_as_the_references() {
    compare_all(LEXICAL.iter().chain(SYNTACTICAL));
}

#[test]
fn an_error_has_its_status_and_the_chunks_name() {
    let l = common::new_state();
    let (status, message) = common::compile(l, b"x = =", b"=x", false).expect_err("an error");
    assert_eq!((status, &message[..]), (Status::Syntax, &b"x:1: unexpected symbol near '='"[..]));
    // A chunk's name may take 79 bytes here, where other messages give it 59.
    let name = [b"=", "n".repeat(100).as_bytes()].concat();
    let (_, message) = common::compile(l, b"x = =", &name, false).expect_err("an error");
    assert_eq!(message.iter().take_while(|&&b| b == b'n').count(), 79);
}

fn listed(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",")
}

#[test]
fn limits_are_where_the_references_are() {
    let mut sources = Vec::new();
    let a = |i| format!("a{i}");
    for count in 198..=201 {
        let names = listed(count, a);
        sources.push(format!("local {names}"));
        sources.push(format!("\nfunction f({names}) end"));
        sources.push(format!("\nfunction f({names},...) end"));
        sources.push(format!("{names} = 1"));
        sources.push(format!("function f() {names} = 1 end"));
    }
    for count in 59..=61 {
        let (names, sum) = (listed(count, a), listed(count, a).replace(',', "+"));
        sources.push(format!("local {names}\nlocal function f() return {sum} end"));
        sources.push(format!("local {names}\nfunction f() return function() x = {sum} end end"));
    }
    for depth in 194..=201 {
        let nested = |open: &str, inner: &str, close: &str| {
            format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
        };
        sources.push(format!("x = {}", nested("(", "1", ")")));
        sources.push(format!("x = {}", nested("{", "1", "}")));
        sources.push(format!("x = {}", nested("f(", "1", ")")));
        sources.push(format!("x = {}", nested("a[", "1", "]")));
        sources.push(format!("x = {}", nested("a..", "b", "")));
        sources.push(format!("x = {}", nested("not ", "b", "")));
        sources.push(nested("do ", "", "end "));
        sources.push(nested("if x then ", "", "end "));
        sources.push(nested("for i=1,2 do ", "", "end "));
    }
    for count in 246..=252 {
        let values = listed(count, |_| "y".into());
        sources.push(format!("x = f({values})"));
        sources.push(format!("return {values}"));
        sources.push(format!("local a = {values}"));
        sources.push(format!("a = {values}"));
    }
    for count in [49, 50, 51, 100, 25_549, 25_550, 25_551, 25_600] {
        let ones = listed(count, |_| "1".into());
        sources.push(format!("x = {{{ones}}}"));
        sources.push(format!("x = {{{ones},...}}"));
        sources.push(format!("x = {{{},f()}}", listed(count, |i| format!("[{i}]={i}"))));
    }
    for count in [262_142, 262_143, 262_144] {
        sources.push(format!("x = {{{}}}", listed(count, |i| i.to_string())));
    }
    for count in [65_534, 65_535, 65_536] {
        let body = "x=y ".repeat(count);
        sources.push(format!("while x do {body} end"));
        sources.push(format!("for i=1,2 do {body} end"));
        sources.push(format!("repeat local z = function() return z end {body} until z"));
    }
    for count in [254, 255, 256, 257, 511, 512] {
        let many = listed(count, |i| format!("'k{i}'"));
        sources.push(format!(
            "local t = {{{many}}} t.k1 = 1 t.k255 = t.k256 t.new = nil t.b = true t:m(1) \
             x = t < 3 y = 'a' == t z = t .. 1 w = 2 + t v = t - 'k3' u = nil == t"
        ));
    }
    compare_all(sources);
}

const OPERANDS: &[&str] = &[
    "nil", "true", "false", "1", "'s'", "x", "g", "f()", "...", "a<b", "a==b", "a~=b", "not x", "not g",
    "x and y", "x or y", "x and g or 5", "(x)", "(f())", "(...)", "#x", "-x", "-5", "t.x", "t[x]", "{}",
    "function() return x end", "x..y..z", "a<b and c", "not (a<b)", "not (x and y)", "a<b or c>d",
    "nil and x", "x and nil", "false or x", "1 and 2", "nil or false", "true and x", "x and true",
    "not nil", "not 1", "x == nil", "1 < 2", "x+1", "1+2", "2^x", "(x and y) or (z and w)",
    "x and (y or z)", "not not x", "a<b and x or y", "g1 and g2", "g1 or g2",
];

#[test]
fn operators_over_all_operands() {
    const LOCALS: &str = "local x,y,z,w,a,b,c,d,t = ...";
    let alone = OPERANDS.iter().map(|e| {
        format!(
            "{LOCALS} local r = {e} r = {e} gg = {e} t[{e}] = 1 t.q = {e} f({e}) f(1,{e}) \
             if {e} then p() elseif not ({e}) then q() end while {e} do q() end repeat until {e} \
             repeat local u = function() return u end until {e} return ({e}), {e}"
        )
    });
    let paired = OPERANDS.iter().map(|e| {
        let mut source = String::from(LOCALS);
        for o in OPERANDS {
            for op in ["+", "-", "/", "%", "^", "..", "and", "or", "<", ">=", "==", "~="] {
                source += &format!(" p(({e}) {op} ({o}))");
            }
            source += &format!(" p({{{e}, {o}, [{e}] = {o}}}, t[{e}][{o}])");
        }
        source
    });
    compare_all(alone.chain(paired));
}

#[test]
fn constants_fold_and_merge_as_the_references() {
    compare_all([
        "print(0, -0) print(-0, 0) local a = 0 local b = -0",
        "x = 1e400 y = -1e400 z = 0/0 w = 1/0 v = 5 % 0 u = 0 % 5 t = -5 % 3 s = 5 % -3 r = 2^53",
        "q = 2^0.5 p = 2^1024 o = -2^2 n = 1e308*10 m = 1e400-1e400 l = 1e400*0 k = 1e400 % 2",
        "j = 5 % 1e400 i = -5 % 1e400 h = 0.1 + 0.2 g = 1/3 f = -7 % 2.5 e = 2^-1074 d = #'x' + 1",
        "local x = 1 x = '1' x = 1.0 x = 0x1 x = true x = nil x = false x = 'nil'",
        "local a,b = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', \
         'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
        "local a,b,c = f() a,b = b,a a[b],b = b,a[b] a.x,a = 1,2 local t,i = {},1 i,t[i] = i+1,20 \
         t[i],t,i = 1,2,3 a,a[a],a[a].x = 1,2,3 a,b,c = 1 a,b = 1,2,3 a,b,c = f(),g() a,b = ...",
    ]);
}

#[test]
fn each_refused_allocation_is_a_memory_error() {
    let source: String = (0..300)
        .map(|i| format!("function f{i}(a, ...) local t = {{a, 'name{i}', {i}.5, ...}} return t end\n"))
        .collect();
    let whole = common::compile(common::new_state(), source.as_bytes(), b"=x", false);
    let whole = whole.expect("legal source");
    let mut refusals = 0;
    for text in [source.as_bytes(), &whole] {
        let l = common::new_state();
        for granted in 0.. {
            // The compilation alone: what receives the dump is the test's own.
            match common::with_memory_for(granted, || load::load_buffer(l, text, b"=x")) {
                Err(thrown) => {
                    assert_eq!(common::message(l, thrown), (Status::Memory, b"not enough memory".to_vec()));
                    refusals += 1;
                }
                Ok(()) => {
                    l.pop();
                    break;
                }
            }
        }
        // The state is as good as new.
        assert_eq!(common::compile(l, text, b"=x", false).as_ref(), Ok(&whole));
    }
    assert!(refusals > 10, "only {refusals} refusals");
}
