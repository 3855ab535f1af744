/*
** lateunwinder.c - exceptions in a host that knows none: a module in C++ brings the unwinder along, for itself alone,
** after the library has been loaded. The reference's state does not outlive an exception.
*/
#include <dlfcn.h>

#include "check.h"

static int is_ferrouslua(void)
{
  const char *ident = (const char *)dlsym(RTLD_DEFAULT, "lua_ident");
  return ident != NULL && strstr(ident, "FerrousLua") != NULL;
}

/* run.sh starts the program in a folder of its own below the module's. */
static const char module[] = "../../modules/throws.so";

static void check_thrown(const char *expression, int expected)
{
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_pushfstring(L, "assert(package.loadlib('%s', 'luaopen_throws'))() return %s", module, expression);
  if (luaL_dostring(L, lua_tostring(L, -1)) != 0) CHECK_STR(lua_tostring(L, -1), "");
  CHECK_INT(lua_tointeger(L, -1), expected);
  lua_close(L);
}

int main(void)
{
  if (!is_ferrouslua()) return check_end("lateunwinder");
  check_thrown("throws.guarded(throws.throws, 7)", 7);
  check_thrown("throws.guarded(function() for i = 1, 3 do throws.throws(i + 10) end end)", 11);
  return check_end("lateunwinder");
}
