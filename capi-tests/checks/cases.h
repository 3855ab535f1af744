/*
** cases.h - ways to misuse the API, included by misuse.c once for each thing it makes of them.
**
**   STATE(call)                    a call that is made with NULL, a closed state and plain memory as L
**   CASE(message, legal, wrong)    what the checks build says to `wrong`; `legal` is the nearest right thing
**
** Both run in a C function whose stack holds "text", 2, {} and a userdata; its upvalue is 7. A `*` in a
** message stands for an address.
*/

STATE(lua_gettop(L))
STATE(lua_settop(L, 0))
STATE(lua_pushvalue(L, 1))
STATE(lua_remove(L, 1))
STATE(lua_insert(L, 1))
STATE(lua_replace(L, 1))
STATE(lua_checkstack(L, 1))
STATE(lua_type(L, 1))
STATE(lua_iscfunction(L, 1))
STATE(lua_isnumber(L, 1))
STATE(lua_isstring(L, 1))
STATE(lua_isuserdata(L, 1))
STATE(lua_rawequal(L, 1, 1))
STATE(lua_equal(L, 1, 1))
STATE(lua_lessthan(L, 1, 1))
STATE(lua_tonumber(L, 1))
STATE(lua_tointeger(L, 1))
STATE(lua_toboolean(L, 1))
STATE(lua_tolstring(L, 1, NULL))
STATE(lua_objlen(L, 1))
STATE(lua_tocfunction(L, 1))
STATE(lua_touserdata(L, 1))
STATE(lua_tothread(L, 1))
STATE(lua_topointer(L, 1))
STATE(lua_gettable(L, 1))
STATE(lua_getfield(L, 1, "k"))
STATE(lua_rawget(L, 1))
STATE(lua_rawgeti(L, 1, 1))
STATE(lua_createtable(L, 0, 0))
STATE(lua_newuserdata(L, 1))
STATE(lua_getmetatable(L, 1))
STATE(lua_getfenv(L, 1))
STATE(lua_next(L, 1))
STATE(lua_settable(L, 1))
STATE(lua_setfield(L, 1, "k"))
STATE(lua_rawset(L, 1))
STATE(lua_rawseti(L, 1, 1))
STATE(lua_setmetatable(L, 1))
STATE(lua_setfenv(L, 1))
STATE(lua_pushnil(L))
STATE(lua_pushnumber(L, 1))
STATE(lua_pushinteger(L, 1))
STATE(lua_pushboolean(L, 1))
STATE(lua_pushlstring(L, "s", 1))
STATE(lua_pushstring(L, "s"))
STATE(lua_pushfstring(L, "%d", 1))
STATE(lua_pushcclosure(L, nothing, 0))
STATE(lua_pushlightuserdata(L, NULL))
STATE(lua_pushthread(L))
STATE(lua_newthread(L))
STATE(lua_call(L, 0, 0))
STATE(lua_pcall(L, 0, 0, 0))
STATE(lua_cpcall(L, nothing, NULL))
STATE(lua_resume(L, 0))
STATE(lua_yield(L, 0))
STATE(lua_status(L))
STATE(lua_error(L))
STATE(lua_concat(L, 1))
STATE(lua_gc(L, LUA_GCCOUNT, 0))
STATE(lua_close(L))
STATE(lua_atpanic(L, NULL))
STATE(lua_getallocf(L, NULL))
STATE(lua_setallocf(L, allocate, NULL))
STATE(lua_getstack(L, 0, &record))
STATE(lua_getinfo(L, "S", &record))
STATE(lua_getlocal(L, &record, 1))
STATE(lua_setlocal(L, &record, 1))
STATE(lua_getupvalue(L, 1, 1))
STATE(lua_setupvalue(L, 1, 1))
STATE(lua_sethook(L, NULL, 0, 0))
STATE(lua_gethook(L))
STATE(lua_gethookmask(L))
STATE(lua_gethookcount(L))
STATE(lua_load(L, no_piece, NULL, "name"))
STATE(lua_dump(L, no_writer, NULL))
STATE(luaopen_base(L))
STATE(luaopen_table(L))
STATE(luaopen_io(L))
STATE(luaopen_os(L))
STATE(luaopen_string(L))
STATE(luaopen_math(L))
STATE(luaopen_debug(L))
STATE(luaopen_package(L))
STATE(luaL_openlibs(L))
STATE(luaL_buffinit(L, &buffer))
STATE(luaL_checklstring(L, 1, NULL))
STATE(luaL_optlstring(L, 1, NULL, NULL))
STATE(luaL_checknumber(L, 1))
STATE(luaL_optnumber(L, 1, 1))
STATE(luaL_checkinteger(L, 1))
STATE(luaL_optinteger(L, 1, 1))
STATE(luaL_checkstack(L, 1, "m"))
STATE(luaL_checktype(L, 1, LUA_TNIL))
STATE(luaL_checkany(L, 1))
STATE(luaL_checkoption(L, 1, NULL, options))
STATE(luaL_argerror(L, 1, "m"))
STATE(luaL_typerror(L, 1, "m"))
STATE(luaL_where(L, 1))
STATE(luaL_error(L, "%d", 1))
STATE(luaL_loadbuffer(L, "", 0, "name"))
STATE(luaL_loadstring(L, ""))
STATE(luaL_loadfile(L, "none"))
STATE(luaL_newmetatable(L, "name"))
STATE(luaL_checkudata(L, 1, "name"))
STATE(luaL_getmetafield(L, 1, "__gc"))
STATE(luaL_callmeta(L, 1, "__gc"))
STATE(luaL_ref(L, 1))
STATE(luaL_unref(L, 1, 1))
STATE(luaL_register(L, NULL, no_functions))
STATE(luaL_openlib(L, NULL, no_functions, 0))
STATE(luaL_findtable(L, 1, "a", 1))
STATE(luaL_gsub(L, "s", "p", "r"))

/* a second State */
CASE("lua_xmove: L is NULL", lua_xmove(L, L, 1), lua_xmove(NULL, L, 1))
CASE("lua_xmove: to is NULL", lua_xmove(L, lua_newthread(L), 1), lua_xmove(L, NULL, 1))
CASE("lua_xmove: to (*) is a thread of another state", lua_xmove(L, lua_newthread(L), 1), lua_xmove(L, other, 1))
CASE("lua_xmove: n is -1, which is no count", lua_xmove(L, lua_newthread(L), 0), lua_xmove(L, lua_newthread(L), -1))
CASE("lua_xmove: it takes n values, 6, but the stack holds 5 values",
     lua_xmove(L, lua_newthread(L), 4), lua_xmove(L, lua_newthread(L), 6))
CASE("lua_xmove: no room for 30 more (the stack is empty, 20 more fit): lua_checkstack makes room",
     grown(L, 30); lua_xmove(L, roomy(L, 30), 30), grown(L, 30); lua_xmove(L, lua_newthread(L), 30))
CASE("lua_setlevel: L is NULL", lua_setlevel(L, L), lua_setlevel(NULL, L))
CASE("lua_setlevel: to (*) is a thread of another state", lua_setlevel(L, lua_newthread(L)), lua_setlevel(L, other))
CASE("lua_gettop: L (*) is no live lua_State: closed, collected, or never one",
     kept(L); lua_gettop(thread), lost(L); lua_gettop(thread))
CASE("lua_newstate: f is NULL", lua_close(lua_newstate(allocate, NULL)), lua_newstate(NULL, NULL))

/* indices */
CASE("lua_type: idx: index 0 is not acceptable (the stack holds 4 values)", lua_type(L, 5), lua_type(L, 0))
CASE("lua_type: idx: index -5 is not acceptable (the stack holds 4 values)", lua_type(L, -4), lua_type(L, -5))
CASE("lua_isnumber: idx: index 25 is not acceptable (the stack holds 4 values, room for 24)",
     lua_isnumber(L, 24), lua_isnumber(L, 25))
CASE("lua_isstring: idx: index 0 is not acceptable (the stack is empty)",
     lua_settop(L, 0); lua_isstring(L, 1), lua_settop(L, 0); lua_isstring(L, 0))
CASE("lua_iscfunction: idx: index 0 is not acceptable (the stack holds 4 values)", lua_iscfunction(L, 1), lua_iscfunction(L, 0))
CASE("lua_isuserdata: idx: index 0 is not acceptable (the stack holds 4 values)", lua_isuserdata(L, 1), lua_isuserdata(L, 0))
CASE("lua_rawequal: idx2: index 0 is not acceptable (the stack holds 4 values)", lua_rawequal(L, 1, 9), lua_rawequal(L, 1, 0))
CASE("lua_equal: idx1: index -9 is not acceptable (the stack holds 4 values)", lua_equal(L, 9, 1), lua_equal(L, -9, 1))
CASE("lua_lessthan: idx1: index 0 is not acceptable (the stack holds 4 values)", lua_lessthan(L, 2, 2), lua_lessthan(L, 0, 2))
CASE("lua_tonumber: idx: index 0 is not acceptable (the stack holds 4 values)", lua_tonumber(L, 9), lua_tonumber(L, 0))
CASE("lua_tointeger: idx: index 0 is not acceptable (the stack holds 4 values)", lua_tointeger(L, 9), lua_tointeger(L, 0))
CASE("lua_toboolean: idx: index 0 is not acceptable (the stack holds 4 values)", lua_toboolean(L, 9), lua_toboolean(L, 0))
CASE("lua_tolstring: idx: index -6 is not acceptable (the stack holds 4 values)", lua_tostring(L, 9), lua_tostring(L, -6))
CASE("lua_objlen: idx: index 0 is not acceptable (the stack holds 4 values)", lua_objlen(L, 9), lua_objlen(L, 0))
CASE("lua_tocfunction: idx: index 0 is not acceptable (the stack holds 4 values)", lua_tocfunction(L, 9), lua_tocfunction(L, 0))
CASE("lua_touserdata: idx: index 0 is not acceptable (the stack holds 4 values)", lua_touserdata(L, 9), lua_touserdata(L, 0))
CASE("lua_tothread: idx: index 0 is not acceptable (the stack holds 4 values)", lua_tothread(L, 9), lua_tothread(L, 0))
CASE("lua_topointer: idx: index 0 is not acceptable (the stack holds 4 values)", lua_topointer(L, 9), lua_topointer(L, 0))
CASE("lua_type: idx: index -10259 is not acceptable (upvalue 257 of at most 255)",
     lua_type(L, lua_upvalueindex(255)), lua_type(L, lua_upvalueindex(257)))
CASE("lua_pushvalue: idx: the function has 1 upvalues, but no upvalue 2",
     lua_pushvalue(L, lua_upvalueindex(1)), lua_pushvalue(L, lua_upvalueindex(2)))
CASE("lua_pushvalue: idx: index 5 is not valid (the stack holds 4 values)", lua_pushvalue(L, 4), lua_pushvalue(L, 5))
CASE("lua_type: idx: an upvalue is asked for where no C function runs",
     lua_type(other, LUA_GLOBALSINDEX), lua_type(other, lua_upvalueindex(1)))
CASE("lua_getfield: idx: the environment is asked for where no C function runs",
     lua_getfield(L, LUA_ENVIRONINDEX, "k"), lua_getfield(other, LUA_ENVIRONINDEX, "k"))
CASE("lua_remove: idx: index -10000 names no place on the stack", lua_remove(L, -1), lua_remove(L, LUA_REGISTRYINDEX))
CASE("lua_remove: idx: index 5 is not valid (the stack holds 4 values)", lua_remove(L, 4), lua_remove(L, 5))
CASE("lua_insert: idx: index -10003 names no place on the stack", lua_insert(L, 1), lua_insert(L, lua_upvalueindex(1)))
CASE("lua_insert: idx: index 0 is not acceptable (the stack holds 4 values)", lua_insert(L, 4), lua_insert(L, 0))
CASE("lua_replace: idx: index 7 is not valid (the stack holds 4 values)", lua_replace(L, 2), lua_replace(L, 7))
CASE("lua_replace: idx: a number is to take the place of a table",
     lua_newtable(L); lua_replace(L, LUA_GLOBALSINDEX), lua_pushinteger(L, 1); lua_replace(L, LUA_GLOBALSINDEX))
CASE("lua_settop: idx: index 25 is not acceptable (the stack holds 4 values, room for 24)",
     lua_settop(L, 24), lua_settop(L, 25))
CASE("lua_settop: idx: -6 is below the stack's bottom (the stack holds 4 values)", lua_settop(L, -5), lua_settop(L, -6))
CASE("lua_settop: idx: -4 is below the stack's bottom (the stack holds 2 values)",
     lua_settop(L, 2); lua_pop(L, 2), lua_settop(L, 2); lua_pop(L, 3))
CASE("lua_gettable: idx: index 5 is not valid (the stack holds 4 values)",
     lua_pushnil(L); lua_gettable(L, 3), lua_gettable(L, 5))
CASE("lua_getfield: idx: index 5 is not valid (the stack holds 4 values)", lua_getfield(L, 3, "k"), lua_getfield(L, 5, "k"))
CASE("lua_getfield: k is NULL", lua_getfield(L, 3, ""), lua_getfield(L, 3, NULL))
CASE("lua_getmetatable: objindex: index 0 is not acceptable (the stack holds 4 values)",
     lua_getmetatable(L, 9), lua_getmetatable(L, 0))
CASE("lua_getfenv: idx: index 5 is not valid (the stack holds 4 values)", lua_getfenv(L, 4), lua_getfenv(L, 5))

/* values of the wrong type */
CASE("lua_rawget: idx is 1, a string where a table is wanted",
     lua_pushnil(L); lua_rawget(L, 3), lua_pushnil(L); lua_rawget(L, 1))
CASE("lua_rawgeti: idx is 2, a number where a table is wanted", lua_rawgeti(L, 3, 1), lua_rawgeti(L, 2, 1))
CASE("lua_rawgeti: idx is -10003, a number where a table is wanted",
     lua_rawgeti(L, LUA_REGISTRYINDEX, 1), lua_rawgeti(L, lua_upvalueindex(1), 1))
CASE("lua_rawset: idx is 4, a userdata where a table is wanted",
     lua_pushnumber(L, 1); lua_pushnumber(L, 1); lua_rawset(L, 3), lua_pushnumber(L, 1); lua_pushnumber(L, 1); lua_rawset(L, 4))
CASE("lua_rawset: idx: index 7 is not valid (the stack holds 4 values)", (void)0, lua_rawset(L, 7))
CASE("lua_rawseti: idx is 2, a number where a table is wanted", lua_rawseti(L, 3, 1), lua_rawseti(L, 2, 1))
CASE("lua_next: idx is 1, a string where a table is wanted", lua_pushnil(L); lua_next(L, 3), lua_pushnil(L); lua_next(L, 1))
CASE("lua_setmetatable: the topmost value is a number where a table or nil is wanted",
     lua_pushnil(L); lua_setmetatable(L, 3), lua_pushinteger(L, 1); lua_setmetatable(L, 3))
CASE("lua_setmetatable: objindex: index 9 is not valid (the stack holds 4 values)",
     lua_newtable(L); lua_setmetatable(L, 4), lua_setmetatable(L, 9))
CASE("lua_setfenv: the topmost value is nil where a table is wanted",
     lua_newtable(L); lua_setfenv(L, 4), lua_pushnil(L); lua_setfenv(L, 4))
CASE("luaL_ref: t is 2, a number where a table is wanted", luaL_ref(L, 3), luaL_ref(L, 2))
CASE("luaL_unref: t is 1, a string where a table is wanted", luaL_unref(L, 1, LUA_NOREF), luaL_unref(L, 1, 1))
CASE("luaL_unref: r#ref is 1, which is free already",
     luaL_unref(L, 3, luaL_ref(L, 3)), luaL_unref(L, 3, luaL_ref(L, 3)); luaL_unref(L, 3, 1))
CASE("lua_getinfo: the topmost value is a string where a function is wanted",
     lua_pushcfunction(L, nothing); lua_getinfo(L, ">S", &record), lua_pushstring(L, "f"); lua_getinfo(L, ">S", &record))

/* values that are not there */
CASE("lua_gettable: it takes 1 value, but the stack is empty",
     lua_settop(L, 1); lua_gettable(L, LUA_REGISTRYINDEX), lua_settop(L, 0); lua_gettable(L, LUA_REGISTRYINDEX))
CASE("lua_rawget: it takes 1 value, but the stack is empty",
     lua_settop(L, 1); lua_rawget(L, LUA_REGISTRYINDEX), lua_settop(L, 0); lua_rawget(L, LUA_REGISTRYINDEX))
CASE("lua_settable: it takes 2 values, but the stack holds 1 value",
     lua_settop(L, 2); lua_settable(L, LUA_REGISTRYINDEX), lua_settop(L, 1); lua_settable(L, LUA_REGISTRYINDEX))
CASE("lua_setfield: it takes 1 value, but the stack is empty",
     lua_setfield(L, LUA_REGISTRYINDEX, "k"), lua_settop(L, 0); lua_setfield(L, LUA_REGISTRYINDEX, "k"))
CASE("lua_rawset: it takes 2 values, but the stack holds 1 value",
     lua_settop(L, 2); lua_rawset(L, LUA_REGISTRYINDEX), lua_settop(L, 1); lua_rawset(L, LUA_REGISTRYINDEX))
CASE("lua_rawseti: it takes 1 value, but the stack is empty",
     lua_rawseti(L, LUA_REGISTRYINDEX, 1), lua_settop(L, 0); lua_rawseti(L, LUA_REGISTRYINDEX, 1))
CASE("lua_next: it takes 1 value, but the stack is empty",
     lua_settop(L, 0); lua_pushnil(L); lua_next(L, LUA_GLOBALSINDEX), lua_settop(L, 0); lua_next(L, LUA_GLOBALSINDEX))
CASE("lua_replace: it takes 1 value, but the stack is empty",
     lua_replace(L, lua_upvalueindex(1)), lua_settop(L, 0); lua_replace(L, lua_upvalueindex(1)))
CASE("lua_concat: it takes n values, 5, but the stack holds 4 values", lua_settop(L, 2); lua_concat(L, 2), lua_concat(L, 5))
CASE("lua_concat: n is -1, which is no count", lua_concat(L, 0), lua_concat(L, -1))
CASE("lua_call: it takes a function and nargs, 4, arguments, but the stack holds 4 values",
     lua_pushcfunction(L, nothing); lua_insert(L, 1); lua_call(L, 4, 0), lua_call(L, 4, 0))
CASE("lua_call: nargs is -1, which is no count", lua_pushcfunction(L, nothing); lua_call(L, 0, 0), lua_call(L, -1, 0))
CASE("lua_call: nresults is -2, neither a count nor LUA_MULTRET",
     lua_pushcfunction(L, nothing); lua_call(L, 0, LUA_MULTRET), lua_pushcfunction(L, nothing); lua_call(L, 0, -2))
CASE("lua_call: no room for 24 more (the stack holds 5 values, 19 more fit): lua_checkstack makes room",
     lua_pushcfunction(L, nothing); lua_call(L, 0, 20), lua_pushcfunction(L, nothing); lua_call(L, 0, 25))
CASE("lua_pcall: it takes a function and nargs, 9, arguments, but the stack holds 4 values",
     lua_pcall(L, 3, 0, 0), lua_pcall(L, 9, 0, 0))
CASE("lua_pcall: errfunc: index 9 is not valid (the stack holds 4 values)", lua_pcall(L, 0, 0, 1), lua_pcall(L, 0, 0, 9))
CASE("lua_pcall: errfunc: index -10002 names no place on the stack",
     lua_pcall(L, 0, 0, -2), lua_pcall(L, 0, 0, LUA_GLOBALSINDEX))
CASE("lua_resume: it takes narg values, 2, but the stack is empty", lua_resume(lua_newthread(L), 0), lua_resume(lua_newthread(L), 2))
CASE("lua_resume: narg is -3, which is no count", lua_resume(loaded(L), 0), lua_resume(loaded(L), -3))
CASE("lua_yield: it takes nresults values, 2, but the stack holds 1 value", run_yielding(L, 1, 1, 1), run_yielding(L, 1, 2, 1))
CASE("a C function returned 1 and not what lua_yield gave", run_yielding(L, 1, 1, 1), run_yielding(L, 1, 1, 0))
CASE("a C function returned 3, as many results, but its stack holds 1", run_returning(L, 1), run_returning(L, 3))
CASE("a C function returned -1, but never called lua_yield", run_returning(L, 0), run_returning(L, -1))
CASE("lua_error: it takes 1 value, but the stack is empty", (void)0, lua_settop(L, 0); lua_error(L))
CASE("lua_setlocal: it takes 1 value, but the stack is empty",
     lua_getstack(L, 0, &record); lua_setlocal(L, &record, 1), lua_settop(L, 0); lua_getstack(L, 0, &record); lua_setlocal(L, &record, 1))
CASE("lua_setupvalue: it takes 1 value, but the stack is empty",
     lua_setupvalue(L, 1, 1), lua_settop(L, 0); lua_setupvalue(L, 1, 1))
CASE("lua_dump: it takes 1 value, but the stack is empty",
     lua_dump(L, no_writer, NULL), lua_settop(L, 0); lua_dump(L, no_writer, NULL))
CASE("lua_pushcclosure: it takes n values, 5, but the stack holds 4 values",
     lua_pushcclosure(L, nothing, 4), lua_pushcclosure(L, nothing, 5))
CASE("lua_pushcclosure: n is 256, but a function has 0 to 255 upvalues",
     grown(L, 256); lua_pushcclosure(L, nothing, 255), grown(L, 256); lua_pushcclosure(L, nothing, 256))
CASE("luaL_openlib: nup is -1, but a function has 0 to 255 upvalues",
     lua_settop(L, 3); luaL_openlib(L, NULL, no_functions, 0), luaL_openlib(L, NULL, no_functions, -1))

/* no room */
CASE("lua_pushnil: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 24); lua_checkstack(L, 1); lua_pushnil(L), lua_settop(L, 24); lua_pushnil(L))
CASE("lua_pushvalue: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushvalue(L, 1), lua_settop(L, 24); lua_pushvalue(L, 1))
CASE("lua_pushnumber: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushnumber(L, 1), lua_settop(L, 24); lua_pushnumber(L, 1))
CASE("lua_pushinteger: no room for 1 more (the stack holds 40 values, 0 more fit): lua_checkstack makes room",
     lua_checkstack(L, 36); lua_settop(L, 39); lua_pushinteger(L, 1), lua_checkstack(L, 36); lua_settop(L, 40); lua_pushinteger(L, 1))
CASE("lua_pushboolean: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushboolean(L, 1), lua_settop(L, 24); lua_pushboolean(L, 1))
CASE("lua_pushstring: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushstring(L, NULL), lua_settop(L, 24); lua_pushstring(L, "s"))
CASE("lua_pushlightuserdata: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushlightuserdata(L, L), lua_settop(L, 24); lua_pushlightuserdata(L, L))
CASE("lua_pushthread: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushthread(L), lua_settop(L, 24); lua_pushthread(L))
CASE("lua_newthread: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_newthread(L), lua_settop(L, 24); lua_newthread(L))
CASE("lua_newuserdata: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_newuserdata(L, 0), lua_settop(L, 24); lua_newuserdata(L, 0))
CASE("lua_createtable: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_newtable(L), lua_settop(L, 24); lua_newtable(L))
CASE("lua_createtable: narr is -1, which is no count", lua_createtable(L, 0, 0), lua_createtable(L, -1, 0))
CASE("lua_createtable: nrec is -1, which is no count", lua_createtable(L, 0, 1), lua_createtable(L, 0, -1))
CASE("lua_getmetatable: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 24); lua_getmetatable(L, 2), lua_settop(L, 24); lua_getmetatable(L, 1))
CASE("lua_next: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 24); lua_next(L, 3), lua_settop(L, 24); lua_next(L, LUA_GLOBALSINDEX))
CASE("lua_pushfstring: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); lua_pushfstring(L, "%d", 1), lua_settop(L, 24); lua_pushfstring(L, "%d", 1))
CASE("lua_getinfo: no room for 2 more (the stack holds 23 values, 1 more fit): lua_checkstack makes room",
     lua_settop(L, 22); lua_getstack(L, 0, &record); lua_getinfo(L, "fL", &record),
     lua_settop(L, 23); lua_getstack(L, 0, &record); lua_getinfo(L, "fL", &record))
CASE("luaL_where: no room for 1 more (the stack holds 24 values, 0 more fit): lua_checkstack makes room",
     lua_settop(L, 23); luaL_where(L, 0), lua_settop(L, 24); luaL_where(L, 0))

/* pointers that may not be NULL */
CASE("lua_pushcclosure: f is NULL", lua_pushcclosure(L, nothing, 0), lua_pushcclosure(L, NULL, 0))
CASE("lua_cpcall: func is NULL", lua_cpcall(L, nothing, NULL), lua_cpcall(L, NULL, NULL))
CASE("lua_load: reader is NULL", lua_load(L, no_piece, NULL, NULL), lua_load(L, NULL, NULL, "name"))
CASE("lua_dump: writer is NULL", lua_dump(L, no_writer, NULL), lua_dump(L, NULL, NULL))
CASE("lua_setallocf: f is NULL", lua_setallocf(L, lua_getallocf(L, NULL), NULL), lua_setallocf(L, NULL, NULL))
CASE("lua_pushlstring: s is NULL", lua_pushlstring(L, NULL, 0), lua_pushlstring(L, NULL, 3))
CASE("lua_pushfstring: fmt is NULL", lua_pushfstring(L, "%s", no_text), lua_pushfstring(L, no_text, 1))
CASE("lua_pushvfstring: fmt is NULL", pushed(L, "%d", 1), pushed(L, NULL, 1))
CASE("luaL_error: fmt is NULL", (void)0, luaL_error(L, no_text))
CASE("lua_setfield: k is NULL", lua_setfield(L, 3, ""), lua_setfield(L, 3, NULL))
CASE("lua_getstack: ar is NULL", lua_getstack(L, 0, &record), lua_getstack(L, 0, NULL))
CASE("lua_getinfo: what is NULL",
     lua_getstack(L, 0, &record); lua_getinfo(L, "", &record), lua_getstack(L, 0, &record); lua_getinfo(L, NULL, &record))
CASE("lua_getlocal: ar names no call that is going on (fill it by lua_getstack)",
     lua_getstack(L, 0, &record); lua_getlocal(L, &record, 1),
     lua_getstack(L, 0, &record); lua_getlocal(other, &record, 1))
CASE("lua_getupvalue: funcindex: index 0 is not acceptable (the stack holds 4 values)",
     lua_getupvalue(L, 9, 1), lua_getupvalue(L, 0, 1))
CASE("luaL_loadstring: s is NULL", luaL_loadstring(L, ""), luaL_loadstring(L, NULL))
CASE("luaL_loadbuffer: buff is NULL", luaL_loadbuffer(L, NULL, 0, "name"), luaL_loadbuffer(L, NULL, 1, "name"))
CASE("luaL_newmetatable: tname is NULL", luaL_newmetatable(L, "name"), luaL_newmetatable(L, NULL))
CASE("luaL_checkudata: tname is NULL",
     luaL_newmetatable(L, "name"); lua_setmetatable(L, 4); luaL_checkudata(L, 4, "name"), luaL_checkudata(L, 4, NULL))
CASE("luaL_getmetafield: e is NULL", luaL_getmetafield(L, 1, "__gc"), luaL_getmetafield(L, 1, NULL))
CASE("luaL_callmeta: e is NULL", luaL_callmeta(L, 2, "__gc"), luaL_callmeta(L, 2, NULL))
CASE("luaL_checkoption: lst is NULL", luaL_checkoption(L, 1, NULL, options), luaL_checkoption(L, 1, NULL, NULL))
CASE("luaL_register: l is NULL", luaL_register(L, "name", no_functions), luaL_register(L, "name", NULL))
CASE("luaL_register: l: the function for \"gone\" is NULL", luaL_register(L, "name", functions), luaL_register(L, "name", gone))
CASE("luaL_findtable: fname is NULL", luaL_findtable(L, 3, "a.b", 1), luaL_findtable(L, 3, NULL, 1))
CASE("luaL_gsub: p is NULL", luaL_gsub(L, "s", "p", "r"), luaL_gsub(L, "s", NULL, "r"))

/* arguments of functions of the auxiliary library */
CASE("luaL_checklstring: numArg: index 0 is not acceptable (the stack holds 4 values)", luaL_checkstring(L, 2), luaL_checkstring(L, 0))
CASE("luaL_optlstring: numArg: index 99 is not acceptable (the stack holds 4 values, room for 24)",
     luaL_optstring(L, 24, ""), luaL_optstring(L, 99, ""))
CASE("luaL_checknumber: numArg: index 0 is not acceptable (the stack holds 4 values)", luaL_checknumber(L, 2), luaL_checknumber(L, 0))
CASE("luaL_optnumber: nArg: index 0 is not acceptable (the stack holds 4 values)", luaL_optnumber(L, 5, 1), luaL_optnumber(L, 0, 1))
CASE("luaL_checkinteger: numArg: index 0 is not acceptable (the stack holds 4 values)", luaL_checkinteger(L, 2), luaL_checkinteger(L, 0))
CASE("luaL_optinteger: nArg: index 0 is not acceptable (the stack holds 4 values)", luaL_optinteger(L, 5, 1), luaL_optinteger(L, 0, 1))
CASE("luaL_checktype: t is 99, which is no type", luaL_checktype(L, 5, LUA_TNONE), luaL_checktype(L, 1, 99))
CASE("luaL_checkany: narg: index 0 is not acceptable (the stack holds 4 values)", luaL_checkany(L, 1), luaL_checkany(L, 0))
CASE("luaL_typerror: narg: index 0 is not acceptable (the stack holds 4 values)", (void)0, luaL_typerror(L, 0, "t"))
CASE("lua_typename: tp is 11, which is no type", lua_typename(NULL, LUA_TNONE), lua_typename(L, 11))

/* buffers */
CASE("luaL_buffinit: B is NULL", luaL_buffinit(L, &buffer), luaL_buffinit(L, NULL))
CASE("luaL_addlstring: B is NULL", luaL_buffinit(L, &buffer); luaL_addlstring(&buffer, "s", 1), luaL_addlstring(NULL, "s", 1))
CASE("luaL_addlstring: B->L is NULL",
     luaL_buffinit(L, &buffer); luaL_addlstring(&buffer, "s", 1), luaL_addlstring(&buffer, "s", 1))
CASE("luaL_addlstring: s is NULL",
     luaL_buffinit(L, &buffer); luaL_addlstring(&buffer, NULL, 0), luaL_buffinit(L, &buffer); luaL_addlstring(&buffer, NULL, 1))
CASE("luaL_addstring: s is NULL",
     luaL_buffinit(L, &buffer); luaL_addstring(&buffer, ""), luaL_buffinit(L, &buffer); luaL_addstring(&buffer, NULL))
CASE("luaL_prepbuffer: B->p is *, outside of the buffer (was it begun?)",
     luaL_buffinit(L, &buffer); luaL_prepbuffer(&buffer), luaL_buffinit(L, &buffer); buffer.p = NULL; luaL_prepbuffer(&buffer))
CASE("luaL_pushresult: at -1 is a number where a piece of B was left",
     filled(L); luaL_pushresult(&buffer), filled(L); lua_pushnumber(L, 1); luaL_pushresult(&buffer))
CASE("luaL_pushresult: B has 1 pieces on the stack, which holds 0 values",
     filled(L); luaL_pushresult(&buffer), filled(L); lua_settop(L, 0); luaL_pushresult(&buffer))
CASE("luaL_addvalue: the topmost value is a userdata where a string or a number is wanted",
     luaL_buffinit(L, &buffer); lua_pushnumber(L, 1); luaL_addvalue(&buffer), luaL_buffinit(L, &buffer); luaL_addvalue(&buffer))
