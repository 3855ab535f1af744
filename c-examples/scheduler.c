/*
** scheduler.c - cooperative tasks: Lua coroutines driven from C.
**
** Each task is a Lua thread (lua_newthread) with a stack of its own.  The task
** runs until it calls sleep(n), which yields; the scheduler wakes it when its
** time has come.  Time here is a counter, so the output is always the same.
*/
#include <stdio.h>
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

enum { MAX_TASKS = 16 };

typedef struct Task {
  lua_State *thread;
  int ref;                 /* keeps the thread from being collected */
  int wake_at;             /* the time it waits for */
  int order;               /* of its start, to break ties */
  const char *name;        /* its text; name_ref keeps the string alive */
  int name_ref;
} Task;

static Task tasks[MAX_TASKS];
static int task_count, started, now;

/* spawn(name, function, ...): make a task, which starts at the current time. */
static int spawn(lua_State *L)
{
  int i, nargs = lua_gettop(L) - 2;
  Task *t;
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  if (task_count == MAX_TASKS) return luaL_error(L, "too many tasks");
  t = &tasks[task_count];
  t->thread = lua_newthread(L);
  t->ref = luaL_ref(L, LUA_REGISTRYINDEX);       /* pops the thread and holds it */
  for (i = 2; i <= nargs + 2; i++) lua_pushvalue(L, i);
  lua_xmove(L, t->thread, nargs + 1);            /* function and arguments to its stack */
  lua_pushvalue(L, 1);
  t->name_ref = luaL_ref(L, LUA_REGISTRYINDEX);  /* the text lives as long as the string */
  t->name = name;
  t->wake_at = now;
  t->order = started++;
  task_count++;
  return 0;
}

/* sleep(n): give up the processor.  lua_yield must be returned at once; its
   values go to whoever called lua_resume. */
static int sleep_for(lua_State *L)
{
  luaL_checkinteger(L, 1);
  lua_settop(L, 1);
  return lua_yield(L, 1);
}

static int time_now(lua_State *L)
{
  lua_pushinteger(L, now);
  return 1;
}

/* say(text): print with the time in front. */
static int say(lua_State *L)
{
  printf("%3d  %s\n", now, luaL_checkstring(L, 1));
  return 0;
}

static void end_task(lua_State *L, int i)
{
  luaL_unref(L, LUA_REGISTRYINDEX, tasks[i].ref);
  luaL_unref(L, LUA_REGISTRYINDEX, tasks[i].name_ref);
  tasks[i] = tasks[--task_count];
}

static void run(lua_State *L)
{
  while (task_count > 0) {
    int i, next = 0, nargs, status;
    Task *t;
    lua_State *thread;
    for (i = 1; i < task_count; i++)
      if (tasks[i].wake_at < tasks[next].wake_at
          || (tasks[i].wake_at == tasks[next].wake_at && tasks[i].order < tasks[next].order))
        next = i;
    t = &tasks[next];
    thread = t->thread;
    if (t->wake_at > now) now = t->wake_at;
    /* the first time the function lies under its arguments; later we pass none */
    nargs = lua_status(thread) == LUA_YIELD ? 0 : lua_gettop(thread) - 1;
    status = lua_resume(thread, nargs);
    t = &tasks[next];                            /* spawn may have added tasks */
    if (status == LUA_YIELD) {
      t->wake_at = now + (int)lua_tointeger(thread, -1);
      lua_pop(thread, 1);
    } else {
      if (status == 0) printf("%3d  [%s ended]\n", now, t->name);
      else printf("%3d  [%s failed: %s]\n", now, t->name, lua_tostring(thread, -1));
      end_task(L, next);
    }
  }
}

static const char script[] =
  "local function worker(name, steps, pause)\n"
  "  for i = 1, steps do\n"
  "    say(name .. ': step ' .. i .. ' of ' .. steps)\n"
  "    sleep(pause)\n"
  "  end\n"
  "end\n"
  "\n"
  "spawn('tortoise', worker, 'tortoise', 3, 40)\n"
  "spawn('hare', worker, 'hare', 5, 10)\n"
  "\n"
  "spawn('parent', function()\n"
  "  say('parent: starting a child')\n"
  "  spawn('child', function()\n"
  "    local from = now()\n"
  "    sleep(25)\n"
  "    say('child: slept ' .. now() - from)\n"
  "  end)\n"
  "  sleep(5)\n"
  "  say('parent: going')\n"
  "end)\n"
  "\n"
  "spawn('clumsy', function()\n"
  "  sleep(15)\n"
  "  local nothing\n"
  "  return nothing.field\n"
  "end)\n";

int main(void)
{
  lua_State *L = luaL_newstate();
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  lua_register(L, "spawn", spawn);
  lua_register(L, "sleep", sleep_for);
  lua_register(L, "now", time_now);
  lua_register(L, "say", say);
  if (luaL_loadbuffer(L, script, sizeof script - 1, "=script") != 0
      || lua_pcall(L, 0, 0, 0) != 0) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return EXIT_FAILURE;
  }
  run(L);
  printf("all tasks are done at time %d\n", now);
  lua_close(L);
  return EXIT_SUCCESS;
}
