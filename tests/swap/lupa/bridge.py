# Python and Lua in one process: values, functions, errors, coroutines, iteration and threads across the border of lupa.
import gc, threading
import lupa
from lupa import LuaRuntime, LuaError, LuaSyntaxError

lua = LuaRuntime(unpack_returned_tuples=True)
print(lua.eval("_VERSION"), lua.eval("1 + 1"), lua.eval("2 ^ 0.5"), lua.eval("'text'"), lua.eval("nil"), lua.eval("true"), lua.eval("1e300"))
print(lua.execute("local a, b = 1, 'two' return a, b, 3.5"))
print(lua.eval("function(f, n) return f(n) end")(lambda n: n * n, 12))
t = lua.table(1, 2, 3, key="value")
print(len(t), t[2], t.key, t["key"], list(t.values())[:3], sorted(map(str, t.keys())), lupa.lua_type(t), lupa.lua_type(len))
t.method = lua.eval("function(self, x) return #self + x end")
print(t.method(t, 10), lua.eval("function(t) local n = 0 for k, v in pairs(t) do n = n + 1 end return n end")(t))
print(sorted(lua.table_from({"a": 1, "b": 2}).items()))

for code in ["x = = 1", "for", "return 'open\\n'"]:
    try:
        lua.execute(code)
    except (LuaSyntaxError, LuaError) as e:
        print("syntax:", str(e).replace("<python>", "python"))
for code in ["error('plain')", "local t = nil; t.x = 1", "error({})", "return 1 + {}", "local function f() return f() + 1 end return f()"]:
    try:
        lua.execute(code)
    except LuaError as e:
        print("error:", type(e).__name__, (str(e).splitlines() or ["without text"])[0] if "overflow" not in str(e) else "overflow")


def fails(x):
    raise ValueError("from Python %s" % x)


lua.globals().fails = fails
print(lua.execute("local ok, e = pcall(fails, 7) return ok, tostring(e)"))
try:
    lua.execute("fails(8)")
except ValueError as e:
    print("through Lua:", e)
print(lua.eval("python.builtins.len('abc')"), lua.eval("python.eval('[i * i for i in range(4)]')[3]"))
lua.execute("sum = 0 for i in python.iter(python.builtins.range(10)) do sum = sum + i end")
print(lua.globals().sum)
lua.execute("names = {} for n in python.iter(python.builtins.list(python.builtins.str('xyz'))) do names[#names + 1] = n end")
print(lua.eval("table.concat(names, '-')"))

generator = lua.execute("""
    return coroutine.create(function(limit)
      local a, b = 0, 1
      for i = 1, limit do
        local got = coroutine.yield(a)
        a, b = b, a + b + (got or 0)
      end
      return 'end'
    end)""")
print(list(generator(12)))
step = lua.eval("coroutine.create")(lua.eval("function(x) while true do x = x + coroutine.yield(x) end end"))(5)
print(next(step), step.send(3), step.send(4), bool(step))


class Item:
    def __init__(self, name):
        self.name, self.parts = name, {"a": 1}

    def rename(self, name):
        self.name = name
        return self

    def __del__(self):
        Item.gone = getattr(Item, "gone", 0) + 1


print(lua.eval("function(o) o.name = o.name .. '!' return o.rename(o.name .. '?').name, python.as_itemgetter(o.parts)['a'] end")(Item("box")))
make = lua.eval("function(make) local t = {} for i = 1, 500 do t[i] = make(tostring(i)) end return #t end")
print(make(Item))
lua.execute("collectgarbage() collectgarbage()")
gc.collect()
print("finalized:", Item.gone == 501)

# One Lua state from several threads in turn, and a state for each thread.
counts = []
count = lua.eval("function(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end")


def work(own):
    runtime = LuaRuntime() if own else None
    f = runtime.eval("function(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end") if own else count
    for n in range(20):
        counts.append(f(1000 + n))


threads = [threading.Thread(target=work, args=(i % 2 == 0,)) for i in range(8)]
for th in threads:
    th.start()
for th in threads:
    th.join()
print(len(counts), sum(counts))

filtered = LuaRuntime(attribute_filter=lambda o, name, setting: name if not name.startswith("_") and not setting else (_ for _ in ()).throw(AttributeError("access denied")))
print(filtered.execute("return (pcall(function(o) return o.__class__ end, python.eval('1')))"))
for i in range(200):
    LuaRuntime().execute("local t = {} for i = 1, 100 do t[i] = {i} end")
print("end")
