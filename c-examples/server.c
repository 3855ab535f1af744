/*
** server.c - one process that runs scripts of strangers, and goes on serving.
**
** Each request is a script.  It gets a state of its own: libraries without a
** way out, a cap on its memory, fuel, and a deadline in case the fuel was given
** too generously.  Whatever the script tries, the request ends, the state is
** closed, and the next one is served.
**
** The functions named ferrous_* are not part of Lua 5.1: ferrouslua.h has them.
** docs/security.md says what they promise.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <ferrouslua.h>

enum {
  MEMORY = 8 << 20,                        /* bytes a request may hold */
  FUEL = 5000000,                          /* calls and turns of loops, about */
  CLOSING_FUEL = 100000                    /* for the finalizers it leaves */
};
static const size_t SECOND = 1000000000;   /* deadlines are in nanoseconds */

typedef struct Request { const char *what, *script; } Request;

static const char *limit_name(lua_State *L)
{
  switch (ferrous_limit(L)) {
    case FERROUS_FUEL: return "out of fuel";
    case FERROUS_DEADLINE: return "out of time";
    case FERROUS_INTERRUPT: return "interrupted";
    default: return NULL;
  }
}

/* Runs one script and says how it ended.  Returns whether it answered. */
static int serve(const Request *request)
{
  const char *script = request->script, *limit;
  int status;
  lua_State *L = luaL_newstate();
  if (L == NULL) { printf("%-22s no memory for a state\n", request->what); return 0; }
  ferrous_opensandbox(L);                  /* instead of luaL_openlibs */
  ferrous_setmemorylimit(L, MEMORY);
  ferrous_setfuel(L, FUEL);
  ferrous_setdeadline(L, 20 * SECOND);
  status = luaL_loadbuffer(L, script, strlen(script), "=request");
  if (status == 0) status = lua_pcall(L, 0, 1, 0);
  limit = limit_name(L);
  if (status == 0)
    printf("%-22s answer: %s\n", request->what, lua_tostring(L, -1) ? lua_tostring(L, -1) : luaL_typename(L, -1));
  else if (limit != NULL)
    printf("%-22s ended: %s\n", request->what, limit);
  else if (status == LUA_ERRMEM)
    printf("%-22s ended: out of memory\n", request->what);
  else
    printf("%-22s error: %s\n", request->what, lua_tostring(L, -1) ? lua_tostring(L, -1) : luaL_typename(L, -1));
  /* Finalizers run at the end: they get some fuel, but no more than that. */
  ferrous_setfuel(L, CLOSING_FUEL);
  lua_close(L);
  return status == 0;
}

static const Request requests[] = {
  { "a sum", "local s = 0 for i = 1, 1000 do s = s + i end return s" },
  { "endless loop", "while true do end" },
  { "loop in pcall", "while true do pcall(function() while true do end end) end" },
  { "loop in a coroutine", "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end" },
  { "endless recursion", "local function f() return 1 + f() end return f()" },
  { "caught recursion", "local function f() pcall(f) return f() end return f()" },
  { "many tables", "local t = {} while true do t[#t + 1] = {} end" },
  { "long string", "return #('x'):rep(1e10)" },
  { "doubled string", "local s = 'x' while true do s = s .. s end" },
  { "caught want of memory", "local n, keep = 0, {} repeat n = n + 1 local ok = pcall(function() keep[n] = ('x'):rep(1e6) .. n end) until not ok keep = nil return 'went on after ' .. (n > 3 and 'some' or 'few')" },
  { "a costly pattern", "return (('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30))" },
  { "a costly sort", "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t) end" },
  { "endless source", "return assert(load(function() return 'x = 1 ' end))" },
  { "bytecode", "return assert(loadstring('\\27Lua'))" },
  { "dumping itself", "return string.dump(function() end)" },
  { "files", "return io.open('/etc/passwd')" },
  { "leaving the process", "os.exit(0)" },
  { "a module", "require 'os' return os.execute('true')" },
  { "debug", "return debug.getregistry()" },
  { "other environments", "return getfenv(2)" },
  { "the strings' metatable", "getmetatable('').__index = nil" },
  { "a syntax error", "return return" },
  { "an error object", "error({ code = 1 })" },
  { "a sum again", "local s = 0 for i = 1, 1000 do s = s + i end return s" },
};

int main(void)
{
  size_t i, answered = 0, count = sizeof requests / sizeof requests[0];
  for (i = 0; i < count; i++) answered += serve(&requests[i]);
  printf("%d requests, %d answered; still serving\n", (int)count, (int)answered);
  return EXIT_SUCCESS;
}
