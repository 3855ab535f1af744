/*
** hello.c - the smallest useful host.
**
** A lua_State is a whole Lua world: its globals, its objects, its stack.
** Nothing is shared between two of them.  This program makes one, runs a
** piece of Lua in it, and throws it away.
*/
#include <stdio.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

int main(void)
{
  lua_State *L = luaL_newstate();      /* empty: not even `print` */
  if (L == NULL) {
    fprintf(stderr, "not enough memory\n");
    return 1;
  }
  luaL_openlibs(L);                    /* print, string, table, math, io, ... */

  /* luaL_dostring compiles and runs. It returns 0, or 1 with a message on
     top of the stack. */
  if (luaL_dostring(L, "print('Hello from ' .. _VERSION)") != 0)
    fprintf(stderr, "error: %s\n", lua_tostring(L, -1));

  /* An error in the script is no disaster: it comes back as a message. */
  if (luaL_dostring(L, "prnit('typo')") != 0) {
    printf("the script failed: %s\n", lua_tostring(L, -1));
    lua_pop(L, 1);                     /* take the message off the stack */
  }

  lua_close(L);                        /* frees everything */
  return 0;
}
