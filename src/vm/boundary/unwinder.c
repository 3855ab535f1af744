/* The unwinder's functions, found when the first is called: what the shared library of the C flavour is linked
 * with in the place of libgcc_s, so that programs without exceptions do not load that.
 *
 * Who calls them: exceptions.rs, for exceptions of C++ that reach a protected call, and Rust's own library, when it
 * shows where a panic was. An exception's own unwinder is in the process already, so that is the one to be found.
 *
 * Invariant: a name that is not found ends the process; none of these functions could say that it failed.
 * Not here: the C++ flavour and the static library, whose programs are linked with an unwinder. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* As void pointers where the type does not matter: these are words in any case. */
typedef void *Exception, *Context;

static void *find(const char *name) {
  void *found = dlsym(RTLD_DEFAULT, name), *library;
  if (found == NULL && (library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_LOCAL)) != NULL) found = dlsym(library, name);
  if (found == NULL) abort();
  return found;
}

/* `give`: `return`, or nothing. Threads that come here at once find the same. */
#define FUNCTION(give, result, name, parameters, arguments)       \
  HIDDEN result name parameters;                                  \
  HIDDEN result name parameters {                                 \
    static void *known;                                           \
    void *function = __atomic_load_n(&known, __ATOMIC_RELAXED);   \
    if (function == NULL) {                                       \
      function = find(#name);                                     \
      __atomic_store_n(&known, function, __ATOMIC_RELAXED);       \
    }                                                             \
    give((result(*) parameters)(uintptr_t)function) arguments;    \
  }

FUNCTION(return, int, _Unwind_Backtrace, (void *each, void *argument), (each, argument))
FUNCTION(return, int, _Unwind_RaiseException, (Exception e), (e))
FUNCTION(, void, _Unwind_DeleteException, (Exception e), (e))
FUNCTION(return, void *, _Unwind_FindEnclosingFunction, (void *address), (address))
FUNCTION(, void, _Unwind_Resume, (Exception e), (e))
FUNCTION(return, uintptr_t, _Unwind_GetCFA, (Context c), (c))
FUNCTION(return, uintptr_t, _Unwind_GetIP, (Context c), (c))
FUNCTION(return, uintptr_t, _Unwind_GetIPInfo, (Context c, int *before), (c, before))
FUNCTION(return, uintptr_t, _Unwind_GetRegionStart, (Context c), (c))
FUNCTION(return, uintptr_t, _Unwind_GetTextRelBase, (Context c), (c))
FUNCTION(return, uintptr_t, _Unwind_GetDataRelBase, (Context c), (c))
FUNCTION(return, uintptr_t, _Unwind_GetLanguageSpecificData, (Context c), (c))
FUNCTION(, void, _Unwind_SetGR, (Context c, int which, uintptr_t word), (c, which, word))
FUNCTION(, void, _Unwind_SetIP, (Context c, uintptr_t address), (c, address))
