// check.hpp - check.h's tools for programs in C++: a check counts, and prints what it expected and got
// when it fails. A program ends with `return check_end("name");`.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dlfcn.h>

#include <lua.hpp>

static int check_passed, check_failed;

static inline void check_that(bool ok, const std::string &got, const std::string &want, int line,
                              const char *what)
{
  if (ok) { check_passed++; return; }
  check_failed++;
  std::printf("line %d: FAILED %s\n    expected %s\n    got      %s\n", line, what, want.c_str(), got.c_str());
}

static inline void check_equal(long long got, long long want, int line, const char *what)
{
  check_that(got == want, std::to_string(got), std::to_string(want), line, what);
}

static inline void check_equal(const std::string &got, const std::string &want, int line, const char *what)
{
  check_that(got == want, got, want, line, what);
}

static inline std::string text(const char *s) { return s ? s : "NULL"; }

#define CHECK(cond)           check_that(!!(cond), "false", "true", __LINE__, #cond)
#define CHECK_INT(got, want)  check_equal(static_cast<long long>(got), static_cast<long long>(want), __LINE__, #got)
#define CHECK_STR(got, want)  check_equal(text(got), text(want), __LINE__, #got)

static inline int check_end(const char *name)
{
  std::printf("%s: %d passed, %d failed\n", name, check_passed, check_failed);
  return check_failed != 0;
}

// How often to repeat what may leak: less under valgrind.
static inline int repetitions(int n) { return std::getenv("CHECK_VALGRIND") ? n / 50 : n; }

// For what the reference leaves undefined.
static inline bool is_ferrouslua()
{
  const char *ident = static_cast<const char *>(dlsym(RTLD_DEFAULT, "lua_ident"));
  return ident != nullptr && std::strstr(ident, "FerrousLua") != nullptr;
}

// Says when it is destroyed.
struct Guard {
  int &count;
  explicit Guard(int &count) : count(count) {}
  ~Guard() { count++; }
};

#endif
