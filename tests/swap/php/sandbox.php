<?php
// What MediaWiki does with luasandbox: strangers' programs under limits of memory and of processor time, PHP functions in Lua
// and Lua functions in PHP. Every figure is printed as a fact about it, for memory and time differ from run to run.
function attempt(string $name, callable $f): void {
    try {
        $result = $f();
        echo "$name: ", json_encode($result, JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
    } catch (LuaSandboxError $e) {
        echo "$name: ", get_class($e), ": ", $e->getMessage(), "\n";
        foreach (array_slice($e->luaTrace ?? [], 0, 6) as $at) {
            echo "    ", $at['what'], " ", $at['short_src'], ":", $at['currentline'], " ", $at['namewhat'], " ", $at['name'] ?? '-', "\n";
        }
    }
}
function load(LuaSandbox $s, string $code, string $name = 'page') { return $s->loadString($code, $name)->call(); }

$s = new LuaSandbox();
$s->setMemoryLimit(50 << 20);
$s->setCPULimit(20);
attempt('values', fn() => load($s, 'return nil, true, 1, 2.5, -0.5, "text", {1, 2, x = {y = "z"}}, 1e15, 2^53'));
attempt('bytes', fn() => bin2hex(load($s, 'return "a\0b\255"')[0]));
attempt('globals', function () use ($s) {
    $names = load($s, 'local t = {} for k, v in pairs(_G) do t[#t + 1] = k .. ":" .. type(v) end table.sort(t) return table.concat(t, " ")');
    return $names;
});
attempt('libraries', fn() => load($s, 'local t = {} for _, l in ipairs {"string", "table", "math", "os", "debug"} do for k in pairs(_G[l]) do t[#t + 1] = l .. "." .. k end end table.sort(t) return table.concat(t, " ")'));
attempt('syntax', fn() => load($s, "x = = 1"));
attempt('runtime', fn() => load($s, "local t = {}\nlocal function inner() return t.a.b end\nlocal function outer() inner() end\nouter()"));
attempt('error table', fn() => load($s, 'error({code = 5})'));
attempt('error caught', fn() => load($s, 'return pcall(error, {1, 2})'));
attempt('xpcall', fn() => load($s, 'return xpcall(function() local x = nil + 1 end, function(m) return "handled " .. m end)'));
attempt('tostring', fn() => load($s, 'return (tostring(print)), type(tostring({}))'));
attempt('binary refused', fn() => @$s->loadString("\x1bLua"));
attempt('binary allowed', fn() => $s->loadBinary($s->loadString('local a, b = ... return a .. b, #a', 'sum')->dump())->call('one', 'two'));
attempt('dump is stable', fn() => md5($s->loadString('local function f(x) return x * 2 end return f(21), {a = 1, [2] = "b"}', 'dumped')->dump()));

// Functions across the border.
$s->registerLibrary('php', [
    'upper' => fn($x) => [strtoupper($x)],
    'none' => fn() => [],
    'many' => fn() => range(1, 20),
    'fail' => function () { throw new LuaSandboxRuntimeError('thrown in PHP'); },
    'sum' => function (...$all) { return [array_sum($all)]; },
    'again' => fn($f, $x) => $f->call($x),
    'sort' => function ($t) { sort($t); return [array_combine(range(1, count($t)), $t)]; },
]);
attempt('php calls', fn() => load($s, 'return php.upper("abc"), select("#", php.none()), select("#", php.many()), php.sum(1, 2, 3.5), php.again(function(x) return x .. "!" end, "deep")'));
attempt('php error caught', fn() => load($s, 'return pcall(php.fail)'));
attempt('php error flies', fn() => load($s, "local function f() php.fail() end\nf()"));
attempt('php sorts', fn() => load($s, 'return table.concat(php.sort {5, 3, 9, 1}, ",")'));
attempt('deep border', fn() => load($s, 'local function f(n) if n == 0 then return "bottom" end return (php.again(f, n - 1)) end return f(20)'));
attempt('arrays in', fn() => $s->loadString('local t = ... local n = 0 for k, v in pairs(t) do n = n + 1 end return n, #t, t.key, t[3]')->call([1 => 'a', 2 => 'b', 3 => 'c', 'key' => ['nested' => true]]));
attempt('recursive table', fn() => load($s, 'local t = {} t.t = t return t'));
attempt('callFunction', function () use ($s) {
    load($s, 'function public(a, b) return b, a end  tools = { join = function(...) return table.concat({...}, "-") end }');
    return [$s->callFunction('public', 1, 2), $s->callFunction('tools.join', 'x', 'y', 3)];
});
attempt('callFunction missing', fn() => $s->callFunction('no.such.thing'));
attempt('wrapPhpFunction', fn() => $s->loadString('local f = ... return f(f(3))')->call($s->wrapPhpFunction(fn($n) => [$n * $n])));
attempt('coroutines', fn() => load($s, 'return type(coroutine)'));
attempt('big work', fn() => load($s, <<<'LUA'
    local words, out = {}, {}
    for w in (("the quick brown fox jumps over the lazy dog "):rep(400)):gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
    for w, n in pairs(words) do out[#out + 1] = ("%s=%d"):format(w, n) end
    table.sort(out)
    local primes = {}
    for i = 2, 3000 do local p = true for j = 2, math.floor(math.sqrt(i)) do if i % j == 0 then p = false break end end if p then primes[#primes + 1] = i end end
    return table.concat(out, " "), #primes, primes[#primes], (("x"):rep(1000)):gsub("x", function(c) return c:upper() end)
    LUA));

// Memory: the limit holds whatever asks for it, and the sandbox serves on afterwards.
$limit = 4 << 20;
foreach ([
    'one string' => 'return #("x"):rep(1e8)',
    'strings' => 'local t = {} for i = 1, 1e8 do t[i] = "item " .. i end',
    'tables' => 'local t = {} for i = 1, 1e8 do t = {t} end',
    'an array' => 'local t = {} for i = 1, 1e8 do t[i] = i end',
    'a hash' => 'local t = {} for i = 1, 1e8 do t["k" .. i] = true end',
    'closures' => 'local t = {} for i = 1, 1e8 do t[i] = function() return i end end',
    'a concatenation' => 'local s = "0123456789" while true do s = s .. s end',
    'a format' => 'local s = ("%%"):rep(1000) while true do s = s .. (s .. s):format() end',
    'in pcall' => 'while true do pcall(function() local t = {} for i = 1, 1e8 do t[i] = {} end end) end',
    'a gsub' => 'local s = ("a"):rep(1e6) return #s:gsub("a", ("b"):rep(1e3))',
    'a table.concat' => 'local t = {} for i = 1, 3000 do t[i] = ("y"):rep(1000) end return #table.concat(t, ("z"):rep(1000))',
    'recursion' => 'local function f(...) return f(1, 2, 3, ...) + 1 end f()',
] as $name => $code) {
    $m = new LuaSandbox();
    $m->setMemoryLimit($limit);
    $m->setCPULimit(60);
    try {
        load($m, $code);
        echo "memory, $name: no error\n";
    } catch (LuaSandboxError $e) {
        // What a recursion reaches first, its limit of levels or that of memory, depends on the size of a frame;
        // luasandbox's pcall makes a fatal error of one of memory, if there is still some left for that.
        $class = in_array($name, ['recursion', 'in pcall']) ? 'an error' : get_class($e) . ' ' . $e->getMessage();
        echo "memory, $name: $class, peak ", $m->getPeakMemoryUsage() <= $limit ? 'within' : 'over', " the limit\n";
    }
    $m->setMemoryLimit(3 * $limit); // what the failed program left is still to be collected
    attempt("    and after", fn() => load($m, 'local t = {} for i = 1, 1000 do t[i] = {i} end return #t, ("ok"):rep(2)'));
}
$m = new LuaSandbox();
$before = $m->getMemoryUsage();
load($m, 'kept = ("k"):rep(1e6)');
echo 'usage grows: ', json_encode($m->getMemoryUsage() - $before >= 1000000), ', peak at least that: ', json_encode($m->getPeakMemoryUsage() >= $m->getMemoryUsage()), "\n";
$m->setMemoryLimit(1 << 10);
attempt('a limit below the usage', fn() => load($m, 'return ("more"):rep(1000)'));
$m->setMemoryLimit(64 << 20);
attempt('raised again', fn() => load($m, 'return #kept, #(kept .. kept)'));

// Time: a hook set from another thread stops what loops, and cannot be caught.
foreach ([
    'a loop' => 'while true do end',
    'a counting loop' => 'local n = 0 for i = 1, 1e15 do n = n + i end return n',
    'a repeat' => 'local i = 0 repeat i = i + 1 until i < 0',
    'calls' => 'local function f(x) return x end while true do f(1) end',
    'tail calls' => 'local function f(x) return f(x + 1) end return f(1)',
    'field access' => 'local t = {a = 1} while true do t.a = t.a + 1 end',
    'builtins' => 'while true do math.floor(1.5) end',
    'an iterator' => 'for i in function() return 1 end do end',
    'in pcall' => 'while true do pcall(function() while true do end end) end',
    'in xpcall' => 'while true do xpcall(function() while true do end end, function() while true do end end) end',
    'a metamethod' => 'local t = setmetatable({}, {__index = function(t, k) return k end}) while true do local x = t[1] end',
    'a comparator' => 'local t = {} for i = 1, 1e5 do t[i] = i % 100 end while true do table.sort(t, function(a, b) return a > b end) end',
    'garbage' => 'while true do local t = {{}, {}} end',
    'strings' => 'local i = 0 while true do i = i + 1 local s = "n" .. (i % 1000) end',
] as $name => $code) {
    $t = new LuaSandbox();
    $t->setCPULimit(0.05);
    $begin = hrtime(true);
    attempt("time, $name", fn() => load($t, $code));
    echo "    ", (hrtime(true) - $begin) / 1e9 < 10 ? 'in time' : 'late', "\n";
    // The time is spent: another call is stopped too.
    attempt("    and again", fn() => load($t, 'while true do end'));
    $t->setCPULimit(5);
    attempt("    and after", fn() => load($t, 'local n = 0 for i = 1, 1000 do n = n + i end return n'));
}
$t = new LuaSandbox();
$t->setCPULimit(1);
$t->registerLibrary('php', ['pause' => function () use ($t) { $t->pauseUsageTimer(); return []; }, 'spin' => function () { $end = hrtime(true) + 50000000; while (hrtime(true) < $end); return [1]; }]);
attempt('paused', fn() => load($t, 'php.pause() return php.spin()'));
echo 'usage is a number: ', json_encode($t->getCPUUsage() >= 0 && $t->getCPUUsage() < 1), "\n";

// The profiler counts functions by hooks that a timer sets.
$p = new LuaSandbox();
$p->enableProfiler(0.001);
load($p, "local function busy() local n = 0 for i = 1, 2e6 do n = n + i % 7 end return n end\nfunction start() for i = 1, 20 do busy() end end\nstart()", 'profiled');
$report = $p->getProfilerFunctionReport(LuaSandbox::SAMPLES);
echo 'profiled: ', json_encode(array_key_first($report) === 'busy <profiled:1>' || array_key_first($report) ), "\n";
$p->disableProfiler();

// Many sandboxes at once, closed in another order.
$all = [];
for ($i = 0; $i < 40; $i++) { $all[$i] = new LuaSandbox(); $all[$i]->setMemoryLimit(1 << 20); load($all[$i], "n = $i f = function() n = n + 1 return n end"); }
$sum = 0;
for ($round = 0; $round < 5; $round++) foreach ($all as $one) $sum += $one->callFunction('f')[0];
foreach (array_rand($all, 20) as $i) unset($all[$i]);
foreach ($all as $i => $one) $sum += load($one, 'return n')[0] - $i;
echo "sum $sum\n";
attempt('kept function', function () { $f = (new LuaSandbox())->loadString('return "the sandbox lives on"'); gc_collect_cycles(); return $f->call(); });
