/*
** auxfile.c - luaL_loadfile and luaL_dofile: files of every odd kind, the
** standard input, and the messages for what cannot be read.
** Writes its files into the current directory.
*/
#include "check.h"
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *name, const char *bytes, size_t size)
{
  FILE *f = fopen(name, "wb");
  if (f == NULL || fwrite(bytes, 1, size, f) != size) { perror(name); exit(2); }
  fclose(f);
}
#define FILE_TEXT(name, text) write_file(name, text, sizeof(text) - 1)

static void check_file(lua_State *L, const char *name, const char *want, int line)
{
  int status = luaL_loadfile(L, name);
  if (status == 0) status = lua_pcall(L, 0, 1, 0);
  check_str(lua_tostring(L, -1), want, __FILE__, line, name);
  lua_settop(L, 0);
}
#define FILE_GIVES(L, name, want) check_file(L, name, want, __LINE__)

static int write_out(lua_State *L, const void *p, size_t size, void *ud)
{
  (void)L;
  return fwrite(p, 1, size, (FILE *)ud) != size;
}

static void test_kinds(lua_State *L)
{
  FILE *f;
  FILE_TEXT("plain.lua", "return 'plain'");
  FILE_GIVES(L, "plain.lua", "plain");
  FILE_TEXT("crlf.lua", "local x = 1\r\nreturn 'crlf' .. x\r\n");
  FILE_GIVES(L, "crlf.lua", "crlf1");
  FILE_TEXT("empty.lua", "");
  CHECK_INT(luaL_loadfile(L, "empty.lua"), 0);
  CHECK_INT(lua_pcall(L, 0, LUA_MULTRET, 0), 0);
  CHECK_TOP(L, 0);
  /* a first line that starts with # is skipped, and still counted */
  FILE_TEXT("shebang.lua", "#!/usr/bin/lua\nreturn debug.getinfo(1, 'l').currentline");
  FILE_GIVES(L, "shebang.lua", "2");
  FILE_TEXT("hash.lua", "# only");
  CHECK_INT(luaL_loadfile(L, "hash.lua"), 0);
  lua_settop(L, 0);
  FILE_TEXT("hash2.lua", "return 1\n# not first");
  FILE_GIVES(L, "hash2.lua", "hash2.lua:2: '<eof>' expected near '#'");
  /* strings do not get that treatment */
  CHECK_ERROR(L, luaL_loadstring(L, "#x\n"), LUA_ERRSYNTAX, "[string \"#x...\"]:1: unexpected symbol near '#'");
  /* large enough to need several reads */
  f = fopen("large.lua", "wb");
  {
    int i;
    fputs("local t = {}\n", f);
    for (i = 1; i <= 20000; i++) fprintf(f, "t[%d] = %d\n", i, i);
    fputs("return #t\n", f);
  }
  fclose(f);
  FILE_GIVES(L, "large.lua", "20000");
  /* precompiled, and precompiled behind a # line */
  CHECK_INT(luaL_loadfile(L, "plain.lua"), 0);
  f = fopen("plain.luac", "wb");
  CHECK_INT(lua_dump(L, write_out, f), 0);
  fclose(f);
  f = fopen("shebang.luac", "wb");
  fputs("#!/usr/bin/lua\n", f);
  CHECK_INT(lua_dump(L, write_out, f), 0);
  fclose(f);
  lua_settop(L, 0);
  FILE_GIVES(L, "plain.luac", "plain");
  FILE_GIVES(L, "shebang.luac", "plain");
  FILE_TEXT("cut.luac", "\033Lua\x51");
  FILE_GIVES(L, "cut.luac", "cut.luac: unexpected end in precompiled chunk");
}

static void test_errors(lua_State *L)
{
  CHECK_ERROR(L, luaL_loadfile(L, "no such file.lua"), LUA_ERRFILE,
              "cannot open no such file.lua: No such file or directory");
  CHECK_ERROR(L, luaL_loadfile(L, "no/dir/x.lua"), LUA_ERRFILE,
              "cannot open no/dir/x.lua: No such file or directory");
  CHECK_ERROR(L, luaL_loadfile(L, ""), LUA_ERRFILE, "cannot open : No such file or directory");
  CHECK_ERROR(L, luaL_loadfile(L, "."), LUA_ERRFILE, "cannot read .: Is a directory");
  FILE_TEXT("secret.lua", "return 1");
  chmod("secret.lua", 0);
  if (geteuid() != 0)
    CHECK_ERROR(L, luaL_loadfile(L, "secret.lua"), LUA_ERRFILE, "cannot open secret.lua: Permission denied");
  chmod("secret.lua", 0600);
  FILE_TEXT("syntax.lua", "local x = 1\nx x\n");
  CHECK_ERROR(L, luaL_loadfile(L, "syntax.lua"), LUA_ERRSYNTAX, "syntax.lua:2: '=' expected near 'x'");
  FILE_TEXT("shebang-syntax.lua", "#!first\n\n)");
  CHECK_ERROR(L, luaL_loadfile(L, "shebang-syntax.lua"), LUA_ERRSYNTAX, "shebang-syntax.lua:3: unexpected symbol near ')'");
  FILE_TEXT("runtime.lua", "\n\nerror('failed')");
  FILE_GIVES(L, "runtime.lua", "runtime.lua:3: failed");
  CHECK_TOP(L, 0);
}

static void test_dofile(lua_State *L)
{
  FILE_TEXT("values.lua", "return 1, 'two', nil");
  CHECK_INT(luaL_dofile(L, "values.lua"), 0);
  CHECK_TOP(L, 3);
  lua_settop(L, 0);
  CHECK_INT(luaL_dofile(L, "runtime.lua"), 1);
  CHECK_STR(lua_tostring(L, -1), "runtime.lua:3: failed");
  lua_settop(L, 0);
  CHECK_INT(luaL_dofile(L, "missing.lua"), 1);
  CHECK_STR(lua_tostring(L, -1), "cannot open missing.lua: No such file or directory");
  lua_settop(L, 0);
  CHECK_EVAL(L, "return (select(2, dofile('values.lua')))", "two");
  CHECK_EVAL(L, "dofile('missing.lua')", "cannot open missing.lua: No such file or directory");
  CHECK_EVAL(L, "return select(2, loadfile('missing.lua'))", "cannot open missing.lua: No such file or directory");
  CHECK_EVAL(L, "return loadfile('plain.lua')()", "plain");
  FILE_TEXT("mymodule.lua", "local M = {} function M.f() return 'from module ' .. ... end M.name = ... return M");
  CHECK_EVAL(L, "package.path = './?.lua' return require('mymodule').name",
             "error loading module 'mymodule' from file './mymodule.lua':\n\t./mymodule.lua:1: cannot use '...' outside a vararg function near '...'");
  FILE_TEXT("mymodule.lua", "local M = {} M.name = ... return M");
  CHECK_EVAL(L, "package.path = './?.lua' return require('mymodule').name", "mymodule");
  CHECK_EVAL(L, "return tostring(require('mymodule') == package.loaded.mymodule)", "true");
  CHECK_EVAL(L, "package.path, package.cpath = './?.lua;./?/x.lua', './?.so' require('no.module')",
             "test:1: module 'no.module' not found:\n\tno field package.preload['no.module']\n\tno file './no/module.lua'\n"
             "\tno file './no/module/x.lua'\n\tno file './no/module.so'\n\tno file './no.so'");
}

static void test_stdin(lua_State *L)
{
  FILE_TEXT("input.lua", "#! skipped\nreturn 'from stdin'");
  if (freopen("input.lua", "r", stdin) == NULL) { perror("freopen"); exit(2); }
  CHECK_INT(luaL_loadfile(L, NULL), 0);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_STR(lua_tostring(L, -1), "from stdin");
  lua_settop(L, 0);
  FILE_TEXT("input2.lua", "x x");
  if (freopen("input2.lua", "r", stdin) == NULL) { perror("freopen"); exit(2); }
  CHECK_ERROR(L, luaL_loadfile(L, NULL), LUA_ERRSYNTAX, "stdin:1: '=' expected near 'x'");
}

/* Loading keeps no file open. */
static void test_descriptors(lua_State *L)
{
  int i, first = dup(0), last;
  close(first);
  for (i = 0; i < 200; i++) {
    luaL_loadfile(L, "plain.lua");
    luaL_loadfile(L, "syntax.lua");
    luaL_loadfile(L, "plain.luac");
    luaL_loadfile(L, "missing.lua");
    luaL_loadfile(L, ".");
    luaL_loadfile(L, "cut.luac");
    lua_settop(L, 0);
  }
  last = dup(0);
  close(last);
  CHECK_INT(last, first);
}

int main(void)
{
  lua_State *L = check_open();
  test_kinds(L);
  test_errors(L);
  test_dofile(L);
  test_descriptors(L);
  test_stdin(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("auxfile");
}
