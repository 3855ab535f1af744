//! What a Rust program does with Lua through mlua: values both ways, userdata, callbacks, errors, coroutines, memory limits,
//! hooks. Each step asserts; the last line says that all were done.
use mlua::prelude::*;
use mlua::{Function, HookTriggers, Table, Thread, UserData, UserDataMethods, Value, Variadic, VmState};

struct Counter(i64);

impl UserData for Counter {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("get", |_, this, ()| Ok(this.0));
        methods.add_method_mut("add", |_, this, n: i64| {
            this.0 += n;
            Ok(this.0)
        });
        methods.add_meta_method("__tostring", |_, this, ()| Ok(format!("Counter {}", this.0)));
        methods.add_meta_method("__add", |_, this, n: i64| Ok(Counter(this.0 + n)));
    }
}

fn main() -> LuaResult<()> {
    let lua = Lua::new();
    println!("{}", lua.load("return _VERSION").eval::<String>()?);

    let sum = lua.create_function(|_, all: Variadic<f64>| Ok(all.iter().sum::<f64>()))?;
    lua.globals().set("sum", sum)?;
    assert_eq!(lua.load("return sum(1, 2, 3.5), #'text', {1, 2}").eval::<(f64, i64, Vec<i64>)>()?, (6.5, 4, vec![1, 2]));

    lua.globals().set("counter", Counter(5))?;
    let text: (i64, String, String) = lua.load("counter:add(10) return counter:get(), tostring(counter), tostring(counter + 1)").eval()?;
    assert_eq!(text, (15, "Counter 15".into(), "Counter 16".into()));

    let fails = lua.create_function(|_, ()| -> LuaResult<()> { Err(LuaError::RuntimeError("from Rust".into())) })?;
    lua.globals().set("fails", fails)?;
    let (ok, message): (bool, String) = lua.load("local ok, e = pcall(fails) return ok, tostring(e)").eval()?;
    assert!(!ok && message.contains("from Rust"));
    let error = lua.load("local t = nil; return t.field").set_name("=chunk").exec().unwrap_err().to_string();
    assert!(error.contains("chunk:1: attempt to index local 't' (a nil value)"), "{error}");
    assert!(matches!(lua.load("x = = 1").exec(), Err(LuaError::SyntaxError { .. })));
    let panics = lua.create_function(|_, ()| -> LuaResult<()> { panic!("carried across") })?;
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| panics.call::<()>(()))).is_err();
    std::panic::set_hook(hook);
    assert!(caught, "a panic passes through Lua");

    let thread: Thread = lua.create_thread(lua.load("local a = ... for i = 1, 3 do a = a + coroutine.yield(a) end return 'end'").into_function()?)?;
    let steps: Vec<i64> = (0..3).map(|i| thread.resume::<i64>(if i == 0 { 10 } else { i }).unwrap()).collect();
    assert_eq!(steps, [10, 11, 13]);
    assert_eq!(thread.resume::<String>(1)?, "end");

    let table: Table = lua.load("return setmetatable({b = 2, a = 1}, {__index = function(_, k) return k .. '?' end})").eval()?;
    assert_eq!(table.get::<String>("missing")?, "missing?");
    let mut pairs: Vec<(String, i64)> = table.pairs().collect::<LuaResult<_>>()?;
    pairs.sort();
    assert_eq!(pairs, [("a".to_string(), 1), ("b".to_string(), 2)]);

    // A limit of memory: mlua's own allocator says no, and the state goes on.
    lua.gc_collect()?;
    lua.set_memory_limit(lua.used_memory() + 300_000)?;
    assert!(matches!(lua.load("local t = {} for i = 1, 1e7 do t[i] = 'item ' .. i end").exec(), Err(LuaError::MemoryError(_))));
    lua.set_memory_limit(0)?;
    assert_eq!(lua.load("local t = {} for i = 1, 1000 do t[i] = {i} end return #t").eval::<i64>()?, 1000);

    // A hook stops a loop that would never end.
    let left = std::cell::Cell::new(100);
    lua.set_hook(HookTriggers::new().every_nth_instruction(1000), move |_, _| {
        left.set(left.get() - 1);
        if left.get() == 0 { Err(LuaError::RuntimeError("too long".into())) } else { Ok(VmState::Continue) }
    });
    assert!(lua.load("while true do end").exec().unwrap_err().to_string().contains("too long"));
    lua.remove_hook();

    let code = lua.load("local x = ... return x * 2").into_function()?.dump(false);
    assert_eq!(lua.load(code).into_function()?.call::<i64>(21)?, 42);
    let functions: Vec<Function> = (0..500).map(|i| lua.create_function(move |_, ()| Ok(i)).unwrap()).collect();
    assert_eq!(functions.iter().map(|f| f.call::<i64>(()).unwrap()).sum::<i64>(), 124_750);
    drop(functions);
    for _ in 0..100 {
        Lua::new().load("local t = {} for i = 1, 100 do t[i] = {i} end").exec()?;
    }
    assert!(matches!(lua.load("return nil").eval::<Value>()?, Value::Nil));
    println!("all done");
    Ok(())
}
