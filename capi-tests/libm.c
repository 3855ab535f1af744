/*
** libm.c - the functions of math and `^` in a host that is not linked with libm: they are the system's own, to the
** last bit, also where a process can open no file any more when it calls the first; and a C module that relies on libm's
** being there finds it.
*/
#include <dlfcn.h>
#include <math.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static const char *const of_one[] = {"acos", "asin", "atan", "cos", "cosh", "exp", "log", "log10", "sin", "sinh", "tan", "tanh"};
static const char *const of_two[] = {"atan2", "pow"};
enum { ONES = sizeof of_one / sizeof *of_one, TWOS = sizeof of_two / sizeof *of_two };

static const double numbers[] = {
  0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 0.3, 0.7, -0.7, 1e-9, 1e-310, 5e-324, 10.0, 100.0, 1000.0, 12345.678, -710.0,
  709.7, -745.0, 1e9, 0.999999999, 1.000000001, 1e15, 1e300, -1e300, HUGE_VAL, -HUGE_VAL
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* What the script's function says. A `nargs` of 0: the operator. */
static double ours(lua_State *L, const char *name, double x, double y, int nargs)
{
  double result;
  if (nargs == 0) lua_getglobal(L, "power");
  else {
    lua_getglobal(L, "math");
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
  }
  lua_pushnumber(L, x);
  if (nargs != 1) lua_pushnumber(L, y);
  lua_call(L, nargs == 1 ? 1 : 2, 1);
  result = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return result;
}

static double theirs(const char *name, double x, double y, int nargs)
{
  static void *library;
  union { void *found; double (*one)(double); double (*two)(double, double); } f;
  if (library == NULL) library = dlopen("libm.so.6", RTLD_LAZY);
  f.found = dlsym(library, name);
  return nargs == 1 ? f.one(x) : f.two(x, y);
}

static int same(double a, double b)
{
  return (a != a && b != b) || (a == b && signbit(a) == signbit(b));
}

typedef double table[NUMBERS][NUMBERS];
static double one[ONES][NUMBERS];
static table two[TWOS], power;

static void fill(lua_State *L)
{
  int f, i, k;
  for (i = 0; i < NUMBERS; i++) {
    for (f = 0; f < ONES; f++) one[f][i] = ours(L, of_one[f], numbers[i], 0, 1);
    for (k = 0; k < NUMBERS; k++) {
      for (f = 0; f < TWOS; f++) two[f][i][k] = ours(L, of_two[f], numbers[i], numbers[k], 2);
      power[i][k] = ours(L, "", numbers[i], numbers[k], 0);
    }
  }
}

/* How many results differ. */
static int differing(void)
{
  int f, i, k, count = 0;
  for (i = 0; i < NUMBERS; i++) {
    for (f = 0; f < ONES; f++) {
      if (same(one[f][i], theirs(of_one[f], numbers[i], 0, 1))) continue;
      printf("%s(%.17g) = %.17g\n", of_one[f], numbers[i], one[f][i]);
      count++;
    }
    for (k = 0; k < NUMBERS; k++) {
      for (f = 0; f < TWOS; f++) {
        if (same(two[f][i][k], theirs(of_two[f], numbers[i], numbers[k], 2))) continue;
        printf("%s(%.17g, %.17g) = %.17g\n", of_two[f], numbers[i], numbers[k], two[f][i][k]);
        count++;
      }
      if (same(power[i][k], theirs("pow", numbers[i], numbers[k], 2))) continue;
      printf("%.17g ^ %.17g = %.17g\n", numbers[i], numbers[k], power[i][k]);
      count++;
    }
  }
  return count;
}

static lua_State *begin(void)
{
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  CHECK_INT(luaL_dostring(L, "function power(a, b) return a ^ b end"), 0);
  return L;
}

/* In a process of its own: which functions are found is decided once. */
static int without_files(void)
{
  struct rlimit limit, none;
  lua_State *L = begin();
  int count;
  getrlimit(RLIMIT_NOFILE, &limit);
  none = limit;
  none.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &none);
  fill(L);
  setrlimit(RLIMIT_NOFILE, &limit);
  count = differing();
  fflush(stdout);
  lua_close(L);
  return count;
}

/* run.sh starts the program in a folder of its own below the modules. */
int main(void)
{
  lua_State *L;
  int i, status = -1;
  pid_t child = fork();
  if (child == 0) _exit(without_files() != 0);
  waitpid(child, &status, 0);
  CHECK_INT(status, 0);
  L = begin();
  fill(L);
  CHECK_INT(differing(), 0);
  CHECK_INT(luaL_dostring(L, "sine = assert(package.loadlib('../../modules/sines.so', 'sine'))"), 0);
  for (i = 0; i < NUMBERS; i++) {
    lua_getglobal(L, "sine");
    lua_pushnumber(L, numbers[i]);
    lua_call(L, 1, 1);
    CHECK(same(lua_tonumber(L, -1), theirs("sin", numbers[i], 0, 1)));
    lua_pop(L, 1);
  }
  lua_close(L);
  return check_end("libm");
}
