/*
** host.c - runs a script that requires C modules:  module SCRIPT FOLDER
** puts FOLDER/?.so in front of package.cpath.
*/
#include <stdio.h>
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

int main(int argc, char **argv)
{
  lua_State *L;
  int status;
  if (argc != 3) {
    fprintf(stderr, "usage: %s SCRIPT FOLDER\n", argv[0]);
    return EXIT_FAILURE;
  }
  L = luaL_newstate();
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);

  /* package.cpath = FOLDER .. "/?.so;" .. package.cpath */
  lua_getglobal(L, "package");
  lua_pushfstring(L, "%s/?.so;", argv[2]);
  lua_getfield(L, -2, "cpath");
  lua_concat(L, 2);
  lua_setfield(L, -2, "cpath");
  lua_pop(L, 1);

  status = luaL_dofile(L, argv[1]);
  if (status != 0) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
