/*
** misuse.c - what the `checks` build says to a host that breaks the API's contract (docs/debugging.md).
** Each misuse runs in a process of its own, which has to end by abort() after a message that names the
** function and what is wrong; the right thing next to it must end well and silently.
**
** For that build alone: with any other the misuses do what they do.
*/
#include "../check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static lua_State *other, *thread;
static lua_Debug record;
static luaL_Buffer buffer;
static const char *const no_text = NULL;
static const char *const options[] = { "text", "other", NULL };

static int nothing(lua_State *L) { (void)L; return 0; }
static const luaL_Reg no_functions[] = { { NULL, NULL } };
static const luaL_Reg functions[] = { { "here", nothing }, { NULL, NULL } };
static const luaL_Reg gone[] = { { "here", nothing }, { "gone", NULL }, { NULL, NULL } };

static void *allocate(void *ud, void *p, size_t osize, size_t nsize)
{
  (void)ud; (void)osize;
  if (nsize == 0) { free(p); return NULL; }
  return realloc(p, nsize);
}
static const char *no_piece(lua_State *L, void *ud, size_t *size) { (void)L; (void)ud; *size = 0; return NULL; }
static int no_writer(lua_State *L, const void *p, size_t size, void *ud) { (void)L; (void)p; (void)size; (void)ud; return 0; }

static void grown(lua_State *L, int n)
{
  luaL_checkstack(L, n + 1, "misuse");
  lua_settop(L, n);
}
static lua_State *roomy(lua_State *L, int n)
{
  lua_State *T = lua_newthread(L);
  lua_checkstack(T, n);
  lua_insert(L, 1);
  return T;
}
static lua_State *loaded(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  check_load(T, "return ...");
  return T;
}
static void kept(lua_State *L)
{
  thread = lua_newthread(L);
  lua_gc(L, LUA_GCCOLLECT, 0);
}
static void lost(lua_State *L)
{
  kept(L);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
}
static void pushed(lua_State *L, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  lua_pushvfstring(L, format, args);
  va_end(args);
}
/* A buffer with one piece on the stack. */
static void filled(lua_State *L)
{
  int i;
  luaL_buffinit(L, &buffer);
  for (i = 0; i < LUAL_BUFFERSIZE + 1; i++) luaL_addchar(&buffer, 'x');
}

static int yielding(lua_State *L)
{
  int count = (int)lua_tointeger(L, lua_upvalueindex(1)), given = lua_toboolean(L, lua_upvalueindex(2));
  int yield = lua_yield(L, count);
  return given ? yield : 1;
}
/* A coroutine of a C function that has `held` values, yields `count`, and returns what lua_yield gave or else 1. */
static void run_yielding(lua_State *L, int held, int count, int given)
{
  lua_State *T = lua_newthread(L);
  lua_pushinteger(T, count);
  lua_pushboolean(T, given);
  lua_pushcclosure(T, yielding, 2);
  while (held-- > 0) lua_pushinteger(T, held);
  lua_resume(T, lua_gettop(T) - 1);
}

static int returning(lua_State *L) { return (int)lua_tointeger(L, 1); }
static void run_returning(lua_State *L, int count)
{
  lua_pushcfunction(L, returning);
  lua_pushinteger(L, count);
  lua_pcall(L, 1, LUA_MULTRET, 0);
}

/* ---- the cases ---- */

typedef struct Case {
  const char *message;              /* NULL: a call to be made with what is no State */
  const char *call;
  void (*legal)(lua_State *L);
  void (*wrong)(lua_State *L);
} Case;

#define NAME2(what, line) what##line
#define NAME(what, line)  NAME2(what, line)
#define STATE(call)                static void NAME(wrong_, __LINE__)(lua_State *L) { (void)(call); }
#define CASE(message, right, bad)                                   \
  static void NAME(legal_, __LINE__)(lua_State *L) { (void)L; right; } \
  static void NAME(wrong_, __LINE__)(lua_State *L) { (void)L; bad; }
#include "cases.h"
#undef STATE
#undef CASE
#define STATE(call)                { NULL, #call, NULL, NAME(wrong_, __LINE__) },
#define CASE(message, right, bad)  { message, #bad, NAME(legal_, __LINE__), NAME(wrong_, __LINE__) },
static const Case cases[] = {
#include "cases.h"
};
enum { COUNT = (int)(sizeof cases / sizeof cases[0]) };

static void (*action)(lua_State *L);

static int act(lua_State *L) { action(L); lua_settop(L, 0); return 0; }

static lua_State *prepared(void)
{
  lua_State *L = check_open();
  other = luaL_newstate();
  lua_pushinteger(L, 7);
  lua_pushcclosure(L, act, 1);
  lua_pushliteral(L, "text");
  lua_pushinteger(L, 2);
  lua_newtable(L);
  lua_newuserdata(L, 8);
  return L;
}

/* Ways not to have a State. */
enum { NONE, CLOSED, NEVER, STATES };
static lua_State *no_state(int kind)
{
  static union { double align; char bytes[4096]; } memory;
  lua_State *L;
  switch (kind) {
    case NONE: return NULL;
    case NEVER: memset(&memory, 0x5a, sizeof memory); return (lua_State *)(void *)&memory;
    default: L = check_open(); lua_close(L); return L;
  }
}

/* Runs in a child; gives its status, and what it wrote to the standard error stream. */
static int in_child(void (*f)(lua_State *L), int kind, char *text, size_t size)
{
  int fd[2], status = 0;
  size_t used = 0;
  pid_t pid;
  if (pipe(fd) != 0) return -1;
  fflush(stdout);
  pid = fork();
  if (pid == 0) {
    struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
    close(fd[0]);
    dup2(fd[1], 2);
    if (kind >= 0) f(no_state(kind));
    else {
      lua_State *L = prepared();
      action = f;
      if (lua_pcall(L, 4, 0, 0) != 0) fprintf(stderr, "an error of Lua: %s\n", lua_tostring(L, -1));
      lua_close(L);
    }
    fflush(NULL);
    _exit(0);
  }
  close(fd[1]);
  while (used < size - 1) {
    ssize_t n = read(fd[0], text + used, size - 1 - used);
    if (n <= 0) break;
    used += (size_t)n;
  }
  text[used] = '\0';
  close(fd[0]);
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
  return status;
}

/* `pattern` as text, its one `*` for anything that begins with 0x. */
static int matches(const char *text, const char *pattern)
{
  const char *star = strchr(pattern, '*'), *rest;
  size_t n = star != NULL ? (size_t)(star - pattern) : strlen(pattern);
  if (strncmp(text, pattern, n) != 0) return 0;
  if (star == NULL) return text[n] == '\0';
  if (strncmp(text + n, "0x", 2) != 0) return 0;
  rest = strstr(text + n, star + 1);
  return rest != NULL && strcmp(rest, star + 1) == 0;
}

static void misuse(const Case *c, int kind, const char *message)
{
  char text[2000], want[600];
  int status = in_child(c->wrong, kind, text, sizeof text);
  snprintf(want, sizeof want, "ferrouslua: %s\n", message);
  if (!CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && matches(text, want)))
    printf("    %s\n    expected %s    got      %s    status   %d\n", c->call, want, text, status);
}

int main(void)
{
  int i, kind;
  for (i = 0; i < COUNT; i++) {
    char text[2000], message[600];
    if (cases[i].message != NULL) {
      int status = in_child(cases[i].legal, -1, text, sizeof text);
      misuse(&cases[i], -1, cases[i].message);
      if (!CHECK(status == 0 && text[0] == '\0'))
        printf("    beside %s\n    status %d: %s\n", cases[i].call, status, text);
      continue;
    }
    for (kind = 0; kind < STATES; kind++) {
      int name = (int)strcspn(cases[i].call, "(");
      snprintf(message, sizeof message, "%.*s: L %s", name, cases[i].call,
               kind == NONE ? "is NULL" : "(*) is no live lua_State: closed, collected, or never one");
      misuse(&cases[i], kind, message);
    }
  }
  return check_end("misuse");
}
