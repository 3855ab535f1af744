/*
** unload.c - C modules are unloaded when their state is closed, and not before the last call of what is
** in them: finalizers, whatever their order, and an allocator.
*/
#include <dlfcn.h>

#include "check.h"

/* run.sh starts the program in a folder of its own below the module's. */
static const char module[] = "../../modules/unloads.so";

static int is_loaded(void)
{
  void *handle = dlopen(module, RTLD_NOW | RTLD_NOLOAD);
  if (handle != NULL) dlclose(handle);
  return handle != NULL;
}

/* The unmodified reference crashes in what FerrousLua is tested for here. */
static int is_ferrouslua(void)
{
  const char *ident = (const char *)dlsym(RTLD_DEFAULT, "lua_ident");
  return ident != NULL && strstr(ident, "FerrousLua") != NULL;
}

/* A state with a userdata `early`, made before the module was loaded, and the module's functions. */
static lua_State *state_with_module(void)
{
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  CHECK(!is_loaded());
  lua_newuserdata(L, 8);
  lua_setglobal(L, "early");
  lua_pushfstring(L, "assert(package.loadlib('%s', 'luaopen_unloads'))()", module);
  if (luaL_dostring(L, lua_tostring(L, -1)) != 0) CHECK_STR(lua_tostring(L, -1), "");
  CHECK(is_loaded());
  lua_settop(L, 0);
  return L;
}

static void call_with(lua_State *L, const char *function, const char *object, void *pointer)
{
  int nargs = 1;
  lua_getglobal(L, "unloads");
  lua_getfield(L, -1, function);
  if (object != NULL) { lua_getglobal(L, object); nargs++; }
  lua_pushlightuserdata(L, pointer);
  lua_call(L, nargs, 0);
  lua_settop(L, 0);
}

static void test_unloads(void)
{
  lua_State *L = state_with_module();
  int calls = 0;
  lua_newuserdata(L, 8);
  lua_setglobal(L, "late");
  call_with(L, "finalize", "late", &calls);
  lua_close(L);
  CHECK_INT(calls, 1);
  CHECK(!is_loaded());
}

static void test_early_finalizer(void)
{
  lua_State *L = state_with_module();
  int calls = 0;
  call_with(L, "finalize", "early", &calls);
  lua_close(L);
  CHECK_INT(calls, 1);
  CHECK(!is_loaded());
}

static void test_allocator(void)
{
  lua_State *L = state_with_module();
  int requests = 0, before;
  call_with(L, "take_memory", NULL, &requests);
  before = requests;
  lua_close(L);
  CHECK(requests > before);
  CHECK(!is_loaded());
}

/* Two states: the second keeps the module. */
static void test_two_states(void)
{
  lua_State *L = state_with_module(), *other = luaL_newstate();
  luaL_openlibs(other);
  lua_pushfstring(other, "assert(package.loadlib('%s', 'luaopen_unloads'))", module);
  if (luaL_dostring(other, lua_tostring(other, -1)) != 0) CHECK_STR(lua_tostring(other, -1), "");
  lua_close(L);
  CHECK_INT(is_loaded(), luaL_dostring(other, "return 1") == 0);
  lua_close(other);
  CHECK(!is_loaded());
}

/* A script may drop a module's handle: it is unloaded at once. */
static void test_dropped(void)
{
  lua_State *L = state_with_module();
  if (luaL_dostring(L, "unloads = nil package.loaded.unloads = nil "
                       "local r = debug.getregistry() for k in pairs(r) do "
                       "if type(k) == 'string' and k:find('^LOADLIB') then r[k] = nil end end") != 0)
    CHECK_STR(lua_tostring(L, -1), "");
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK(!is_loaded());
  lua_close(L);
}

int main(void)
{
  test_unloads();
  if (is_ferrouslua()) {
    test_early_finalizer();
    test_allocator();
  }
  test_two_states();
  test_dropped();
  return check_end("unload");
}
