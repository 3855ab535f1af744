/*
** memlimit.c - a limit on the memory of a script.
**
** Lua takes every byte from one function of the host, lua_Alloc.  Ours keeps
** an account and says no beyond a limit.  The script then fails with
** LUA_ERRMEM, and the State goes on working.
*/
#include <stdio.h>
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

typedef struct Account {
  size_t used;
  size_t limit;
  int refused;
} Account;

/* block: what to resize (NULL: a new one); old: its size; size: 0 frees. */
static void *limited(void *ud, void *block, size_t old, size_t size)
{
  Account *a = ud;
  void *p;
  if (size == 0) {
    a->used -= old;
    free(block);
    return NULL;
  }
  /* making a block smaller must always succeed */
  if (size > old && a->used + (size - old) > a->limit) {
    a->refused++;
    return NULL;
  }
  p = realloc(block, size);
  if (p != NULL) a->used += size - old;
  return p;
}

static void run(lua_State *L, const char *what, const char *code)
{
  int status = luaL_loadstring(L, code);
  if (status == 0) status = lua_pcall(L, 0, 1, 0);
  printf("%-22s ", what);
  switch (status) {
    case 0:          printf("-> %s\n", lua_tostring(L, -1)); break;
    case LUA_ERRMEM: printf("stopped: %s\n", lua_tostring(L, -1)); break;
    default:         printf("error: %s\n", lua_tostring(L, -1)); break;
  }
  lua_settop(L, 0);
  /* what the script has left behind is garbage; make room for the next */
  lua_gc(L, LUA_GCCOLLECT, 0);
}

int main(void)
{
  Account account = { 0, 4 * 1024 * 1024, 0 };
  lua_State *L = lua_newstate(limited, &account);   /* not luaL_newstate: our allocator */
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  printf("the limit is %u KiB\n", (unsigned)(account.limit / 1024));

  run(L, "a modest script", "local t = {} for i = 1, 1000 do t[i] = i * i end return t[1000]");
  run(L, "an endless list", "local t = {} while true do t[#t + 1] = { #t } end");
  run(L, "a doubling string", "local s = 'x' while true do s = s .. s end");
  run(L, "one huge string", "return #string.rep('x', 100 * 1000 * 1000)");
  run(L, "much, but as garbage", "local n = 0 for i = 1, 200000 do local t = { i } n = n + #t end return n");
  run(L, "caught by the script", "local ok, message = pcall(string.rep, 'x', 1e8) return tostring(ok) .. ', ' .. message");
  run(L, "still in order", "return 'yes, ' .. #table.concat({ 'a', 'b', 'c' })");

  printf("requests were refused: %s\n", account.refused > 0 ? "yes" : "no");
  printf("within the limit: %s\n", account.used <= account.limit ? "yes" : "no");
  lua_close(L);
  printf("bytes in use after lua_close: %u\n", (unsigned)account.used);
  return EXIT_SUCCESS;
}
