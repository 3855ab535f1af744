# The command `lua`: its options, environment, exit statuses and messages.

files=support/commands
t() { # t COMMAND…: runs it and shows its standard error and status too
    printf '%s\n' "-- $*"
    "$@" 2>&1 </dev/null
    echo "status $?"
}
in_() { # in_ TEXT COMMAND…: the same with text on standard input
    text=$1
    shift
    printf '%s\n' "-- $* <<<"
    printf "$text" | "$@" 2>&1
    echo "status $?"
}

t lua -v
t lua -v -e 'print(1)'
t lua -x
t lua -e
t lua -l
t lua -vv
t lua -i1
t lua --x
t lua -e ''
t lua -e'print(1)' -e 'print(2)'
t lua $files/arguments.lua
t lua $files/arguments.lua a -b 'c d'
t lua -e 'x=1' -- $files/arguments.lua x
in_ 'print(...) print(arg[-1], arg[0], arg[1])' lua - a b
in_ 'print(...)' lua
in_ 'print(' lua
t lua -- -
t lua ''
t lua $files/shebang.lua
t lua $files/bad.lua a b
t lua no/such/file 1 2 3
t lua -lnosuchmodule
t lua -l nosuchmodule $files/arguments.lua
t lua -l string -e 'print(string == package.loaded.string)'
t lua -e 'print(#arg)'
t lua -e 'print(arg[0])' $files/arguments.lua

# errors
t lua -e 'error("with position")'
t lua -e 'error("without", 0)'
t lua -e 'error(12)'
t lua -e 'error({})'
t lua -e 'error()'
t lua -e 'error(setmetatable({}, {__tostring = function() return "text" end}))'
t lua -e 'local t t.x = 1'
t lua -e 'string.rep()'
t lua -e 'x = = 1'
t lua -e 'debug.traceback = nil error("no traceback")'
t lua -e 'debug = nil error("no debug")'
t lua -e 'local function f() error("deep") end local function g() return f() end g()'
t lua -e 'local function r(n) if n == 0 then error("deeper") end r(n - 1) end r(40)'
t lua -e 'coroutine.wrap(function() error("inside") end)()'
t lua -e 'local function f() return f() + 1 end f()'
t lua -e 'os.exit(3)'
t lua -e 'os.exit()'

# LUA_INIT
t env LUA_INIT='print("init")' lua -e 'print(1)'
t env LUA_INIT='print(' lua -e 'print(1)'
t env LUA_INIT='error("in init")' lua -e 'print(1)'
t env LUA_INIT=@$files/shebang.lua lua -e 'print(1)'
t env LUA_INIT=@no/such/file lua -e 'print(1)'
t env LUA_INIT= lua -e 'print(1)'
t env LUA_PATH='x/?;;' LUA_CPATH='y/?;;z' lua -e 'print(package.path) print(package.cpath)'
