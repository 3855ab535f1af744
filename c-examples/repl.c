/*
** repl.c - a small interactive Lua: read, evaluate, print, loop.
**
** On a terminal it shows a prompt; with its input from a file or a pipe it
** only shows the results.  It knows three things worth copying:
**   - an expression is tried first, by putting `return` in front of the line;
**   - a statement that is not finished is told from a wrong one by the end of
**     the syntax error's message, and more lines are read;
**   - errors come with a traceback, made by a message handler, which runs while
**     the frames of the error are still there.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* Push the next line without its newline; 0 at the end of the input. */
static int read_line(lua_State *L, const char *prompt)
{
  luaL_Buffer b;
  int c, any = 0;
  if (isatty(STDIN_FILENO)) { fputs(prompt, stdout); fflush(stdout); }
  luaL_buffinit(L, &b);
  while ((c = getchar()) != EOF) {
    any = 1;
    if (c == '\n') break;
    luaL_addchar(&b, (char)c);
  }
  luaL_pushresult(&b);
  if (!any) lua_pop(L, 1);
  return any;
}

/* Did the compiler stop because there was no more text? Pops the message then. */
static int incomplete(lua_State *L, int status)
{
  static const char mark[] = "'<eof>'";
  size_t len;
  const char *message;
  if (status != LUA_ERRSYNTAX) return 0;
  message = lua_tolstring(L, -1, &len);
  if (len < sizeof mark - 1 || strcmp(message + len - (sizeof mark - 1), mark) != 0) return 0;
  lua_pop(L, 1);
  return 1;
}

/* Compile the text at index 1, with `return` in front or as it is. */
static int compile(lua_State *L, int as_expression)
{
  int status;
  lua_pushstring(L, as_expression ? "return " : "");
  lua_pushvalue(L, 1);
  lua_concat(L, 2);                            /* text whole */
  status = luaL_loadbuffer(L, lua_tostring(L, -1), lua_objlen(L, -1), "=stdin");
  lua_remove(L, -2);                           /* text function-or-message */
  return status;
}

/* Leave a function, or a message with its status, alone on the stack.
   Returns -1 at the end of the input. */
static int read_statement(lua_State *L)
{
  int status;
  lua_settop(L, 0);
  if (!read_line(L, "> ")) return -1;
  for (;;) {
    int more;
    status = compile(L, 1);
    if (status == 0) break;
    more = incomplete(L, status);
    lua_settop(L, 1);
    status = compile(L, 0);
    if (status == 0) break;
    if (incomplete(L, status)) more = 1;
    if (!more) break;                            /* really wrong */
    lua_settop(L, 1);
    if (!read_line(L, ">> ")) {                  /* the input ends in the middle */
      status = compile(L, 0);
      break;
    }
    lua_pushliteral(L, "\n");                    /* text line newline */
    lua_insert(L, -2);                           /* text newline line */
    lua_concat(L, 3);
  }
  lua_replace(L, 1);
  lua_settop(L, 1);
  return status;
}

static int traceback(lua_State *L)
{
  if (!lua_isstring(L, 1)) {                   /* an error object: let it say itself */
    if (luaL_callmeta(L, 1, "__tostring")) return 1;
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    return 1;
  }
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 2);                       /* without this function itself */
  lua_call(L, 2, 1);
  return 1;
}

static void evaluate(lua_State *L)
{
  int status;
  lua_pushcfunction(L, traceback);
  lua_insert(L, 1);                            /* handler function */
  status = lua_pcall(L, 0, LUA_MULTRET, 1);
  lua_remove(L, 1);
  if (status != 0) {
    printf("%s\n", lua_tostring(L, -1));
    return;
  }
  if (lua_gettop(L) > 0) {                     /* show the results as print does */
    lua_getglobal(L, "print");
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 1, 0, 0) != 0)
      printf("error in print: %s\n", lua_tostring(L, -1));
  }
}

int main(void)
{
  lua_State *L = luaL_newstate();
  int status;
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  if (isatty(STDIN_FILENO)) printf("%s; end the input to leave\n", LUA_RELEASE);
  while ((status = read_statement(L)) != -1) {
    if (status != 0) printf("%s\n", lua_tostring(L, -1));
    else evaluate(L);
    fflush(stdout);
  }
  if (isatty(STDIN_FILENO)) printf("\n");
  lua_close(L);
  return EXIT_SUCCESS;
}
