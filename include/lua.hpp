// The headers of Lua for C++, with C linkage.

extern "C" {
#include "lua.h"
#include "lualib.h"
#include "lauxlib.h"
}
