// What the C++ flavour of the library adds to exceptions.rs: errors of Lua's are raised as exceptions
// of C++, and exceptions of others can be kept, raised again and let go.
//
// Not here: catching (the protected calls' personality).
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <new>
#include <typeinfo>
#include <unwind.h>

namespace {

// Stands for an error of Lua's, whose value is on the Lua stack.
struct LuaError {};

static_assert(sizeof(std::exception_ptr) == sizeof(void *), "an exception_ptr is kept in a word");

[[noreturn]] void raise() { throw LuaError(); }

void *word_of(const std::exception_ptr &exception) {
  void *word;
  new (&word) std::exception_ptr(exception); // counts one reference more
  return word;
}

bool is_of_cxx(const _Unwind_Exception *exception) {
  // "GNUCC++" and a byte that tells rethrown exceptions from others; read as the number it is.
  const _Unwind_Exception_Class cxx = 0x474e5543432b2b00;
  return (exception->exception_class & ~_Unwind_Exception_Class(0xff)) == cxx;
}

void *keep(_Unwind_Exception *exception) {
  if (!is_of_cxx(exception)) {
    _Unwind_DeleteException(exception);
    return word_of(std::make_exception_ptr(std::bad_exception()));
  }
  __cxxabiv1::__cxa_begin_catch(exception);
  const std::type_info *type = __cxxabiv1::__cxa_current_exception_type();
  void *kept = type != nullptr && *type == typeid(LuaError) ? nullptr : word_of(std::current_exception());
  __cxxabiv1::__cxa_end_catch();
  return kept;
}

std::exception_ptr take(void *word) {
  std::exception_ptr &kept = *reinterpret_cast<std::exception_ptr *>(&word);
  std::exception_ptr taken(kept);
  kept.~exception_ptr();
  return taken;
}

[[noreturn]] void rethrow(void *kept) { std::rethrow_exception(take(kept)); }

void release(void *kept) { take(kept); }

struct Flavour {
  void (*raise)();
  void *(*keep)(_Unwind_Exception *);
  void (*rethrow)(void *);
  void (*release)(void *);
};

} // namespace

extern "C" __attribute__((visibility("hidden"))) const Flavour ferrouslua_flavour;
const Flavour ferrouslua_flavour = {raise, keep, rethrow, release};
