#include "lua.h"
#include "lauxlib.h"

#ifdef __cplusplus
extern "C" {
#endif
