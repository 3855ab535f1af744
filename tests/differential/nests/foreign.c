/* C functions that programs of nests.lua are called through, and have their work done by: calls, protected calls, coroutines, yields, errors, metamethods,
 * iterators, hooks, looks at frames. Loaded by both interpreters. */

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

static int calls(lua_State *L) { lua_call(L, lua_gettop(L) - 1, LUA_MULTRET); return lua_gettop(L); }
static int calls_one(lua_State *L) { lua_call(L, lua_gettop(L) - 1, 1); return 1; }

static int protects(lua_State *L) {
  lua_pushboolean(L, lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0) == 0);
  lua_insert(L, 1);
  return lua_gettop(L);
}

/* handled(handler, f, ...): the status, and what there is. */
static int handled(lua_State *L) {
  lua_pushinteger(L, lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1));
  lua_replace(L, 1);
  return lua_gettop(L);
}

static int in_c(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "to be called");
  lua_call(L, 0, 0);
  return 0;
}
static int protects_c(lua_State *L) {
  int status;
  lua_settop(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, "to be called");
  status = lua_cpcall(L, in_c, NULL);
  lua_pushinteger(L, status);
  if (status != 0) { lua_insert(L, -2); return 2; }
  return 1;
}

static int raises(lua_State *L) { lua_settop(L, 1); return lua_error(L); }
static int raises_text(lua_State *L) { return luaL_error(L, "raised %s at %d", luaL_optstring(L, 1, "?"), lua_gettop(L)); }
static int checks(lua_State *L) { lua_pushnumber(L, luaL_checknumber(L, 1) + luaL_optinteger(L, 2, 3)); return 1; }
static int yields(lua_State *L) { return lua_yield(L, lua_gettop(L)); }

/* resumes(co, ...), from C. */
static int resumes(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  lua_Debug ar;
  int status, count = lua_gettop(L) - 1;
  if (co == NULL || !lua_checkstack(co, count + 5)) return luaL_argerror(L, 1, "coroutine expected");
  if (lua_status(co) != LUA_YIELD && (lua_status(co) != 0 || lua_getstack(co, 0, &ar) || lua_gettop(co) == 0)) { lua_pushliteral(L, "not suspended"); return 1; }
  lua_xmove(L, co, count);
  status = lua_resume(co, count);
  count = status == 0 || status == LUA_YIELD ? lua_gettop(co) : 1;
  luaL_checkstack(L, count + 1, "results");
  lua_pushinteger(L, status);
  lua_xmove(co, L, count);
  return count + 1;
}

static int thread(lua_State *L) {
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int counts(lua_State *L) {
  lua_Number n = lua_tonumber(L, lua_upvalueindex(1)) + 1;
  lua_pushnumber(L, n);
  lua_replace(L, lua_upvalueindex(1));
  lua_pushnumber(L, n);
  lua_pushvalue(L, lua_upvalueindex(2));
  return 2;
}
static int counter(lua_State *L) {
  lua_settop(L, 2);
  lua_pushcclosure(L, counts, 2);
  return 1;
}

static int iterates(lua_State *L) {
  lua_Number n = lua_tonumber(L, 2);
  if (n >= lua_tonumber(L, 1)) return 0;
  lua_pushnumber(L, n + 1);
  lua_pushnumber(L, n * 2);
  return 2;
}

/* Operations that may call metamethods. */
static int indexes(lua_State *L) { lua_settop(L, 2); lua_gettable(L, 1); return 1; }
static int gets_field(lua_State *L) { lua_getfield(L, 1, "x"); return 1; }
static int stores(lua_State *L) { lua_settop(L, 3); lua_settable(L, 1); return 0; }
static int sets_field(lua_State *L) { lua_settop(L, 2); lua_setfield(L, 1, "x"); return 0; }
static int rawsets(lua_State *L) { lua_settop(L, 3); lua_rawset(L, 1); return 0; }
static int compares(lua_State *L) {
  lua_pushboolean(L, lua_lessthan(L, 1, 2));
  lua_pushboolean(L, lua_equal(L, 1, 2));
  return 2;
}
static int concats(lua_State *L) { lua_concat(L, lua_gettop(L)); return 1; }
static int global(lua_State *L) {
  lua_pushvalue(L, 1);
  lua_setglobal(L, "GF");
  lua_getglobal(L, "GF");
  return 1;
}

/* Whatever is asked of it ends in the function that its environment has as `f`. */
static int event(lua_State *L) {
  lua_getfenv(L, 1);
  if (!lua_istable(L, -1)) { lua_pop(L, 1); lua_getfenv(L, 2); }
  lua_getfield(L, -1, "f");
  lua_replace(L, -2);
  if (lua_isnil(L, -1)) return 0;
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}
static int plain_event(lua_State *L) { lua_pushinteger(L, lua_gettop(L)); return 1; }
/* userdata(f): with metamethods in C, that call f. */
static int userdata(lua_State *L) {
  static const char *const events[] = { "__index", "__newindex", "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__concat", "__len", "__lt", "__le", "__eq", "__call", NULL };
  int k;
  lua_settop(L, 1);
  lua_newuserdata(L, 8);
  lua_newtable(L);
  for (k = 0; events[k] != NULL; k++) {
    lua_pushcfunction(L, lua_isnil(L, 1) ? plain_event : event);
    lua_setfield(L, -2, events[k]);
  }
  lua_setmetatable(L, 2);
  lua_newtable(L);
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "f");
  lua_setfenv(L, 2);
  return 1;
}

/* Much on the stack: it may move. */
static int wide(lua_State *L) {
  int k, n = luaL_checkint(L, 1);
  luaL_checkstack(L, n + 10, "wide");
  for (k = 0; k < n; k++) lua_pushinteger(L, k);
  lua_pushinteger(L, lua_gettop(L));
  return k % 3 + 1;
}

/* The names and lines of the frames below. */
static int looks(lua_State *L) {
  lua_Debug ar;
  luaL_Buffer b;
  int level;
  luaL_buffinit(L, &b);
  for (level = 0; level < 6 && lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "nSl", &ar);
    luaL_addstring(&b, ar.name ? ar.name : "?");
    luaL_addstring(&b, " ");
    luaL_addstring(&b, ar.namewhat);
    luaL_addstring(&b, " ");
    luaL_addstring(&b, ar.what);
    lua_pushfstring(L, " %d,", ar.currentline);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  return 1;
}

/* pokes(level, name, v): the first variable of that name. */
static int pokes(lua_State *L) {
  lua_Debug ar;
  int k;
  const char *name;
  if (!lua_getstack(L, luaL_checkint(L, 1), &ar)) return 0;
  lua_getinfo(L, "S", &ar);
  if (*ar.what == 'C' || *ar.what == 't') return 0;
  for (k = 1; (name = lua_getlocal(L, &ar, k)) != NULL; k++) {
    lua_pop(L, 1);
    if (strcmp(name, luaL_checkstring(L, 2)) == 0) {
      lua_pushvalue(L, 3);
      lua_pushstring(L, lua_setlocal(L, &ar, k));
      return 1;
    }
  }
  return 0;
}

static int events, lines;
static void hook(lua_State *L, lua_Debug *ar) {
  events++;
  if (ar->event == LUA_HOOKLINE) lines += ar->currentline;
  (void)L;
}
/* hooks(mask, count): none, if both are 0; tells what came before. */
static int hooks(lua_State *L) {
  int mask = luaL_optint(L, 1, 0), count = luaL_optint(L, 2, 0);
  lua_sethook(L, mask != 0 || count != 0 ? hook : NULL, mask | (count > 0 ? LUA_MASKCOUNT : 0), count);
  lua_pushinteger(L, events);
  lua_pushinteger(L, lines);
  events = lines = 0;
  return 2;
}

static int collects(lua_State *L) { lua_gc(L, LUA_GCCOLLECT, 0); return 0; }
static int references(lua_State *L) {
  int ref;
  lua_settop(L, 1);
  ref = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
  luaL_unref(L, LUA_REGISTRYINDEX, ref);
  return 1;
}
static int upvalue(lua_State *L) {
  lua_settop(L, 3);
  lua_pushstring(L, lua_isfunction(L, 1) ? lua_setupvalue(L, 1, luaL_checkint(L, 2)) : NULL);
  return 1;
}

static const luaL_Reg functions[] = {
  { "call", calls }, { "one", calls_one }, { "pcall", protects }, { "handled", handled }, { "cpcall", protects_c }, { "error", raises }, { "text", raises_text }, { "check", checks }, { "yield", yields },
  { "resume", resumes }, { "thread", thread }, { "counter", counter }, { "iterate", iterates }, { "get", indexes }, { "field", gets_field }, { "set", stores }, { "setfield", sets_field }, { "rawset", rawsets }, { "compare", compares },
  { "concat", concats }, { "global", global }, { "userdata", userdata }, { "wide", wide }, { "look", looks }, { "poke", pokes }, { "hook", hooks }, { "collect", collects }, { "ref", references }, { "upvalue", upvalue }, { NULL, NULL },
};

int luaopen_foreign(lua_State *L) {
  lua_newtable(L);
  luaL_register(L, NULL, functions);
  return 1;
}
