/* Programs without end that a signal's hook stops: for those who include check.h before, and POSIX's signals and timers. */
#ifndef FERROUSLUA_TESTS_STOPPED_H
#define FERROUSLUA_TESTS_STOPPED_H

#include <signal.h>
#include <sys/time.h>

/* The State that the signal is for, and the hook's mask. */
static lua_State *volatile target;
static volatile int mask_wanted;

static void stop(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "stopped");
}

static void request_stop(int signal)
{
  (void)signal;
  lua_sethook(target, stop, mask_wanted, 1);
}

static void alarm_after(long microseconds, void (*handler)(int))
{
  struct itimerval timer;
  struct sigaction action;
  memset(&timer, 0, sizeof timer);
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigaction(SIGALRM, &action, NULL);
  timer.it_value.tv_usec = microseconds;
  setitimer(ITIMER_REAL, &timer, NULL);
}

static void check_stopped(lua_State *L, int status, const char *code)
{
  check_int(status, LUA_ERRRUN, __FILE__, __LINE__, code);
  if (status != 0) check_that(strstr(lua_tostring(L, -1), "stopped") != NULL, __FILE__, __LINE__, code);
}

#endif
