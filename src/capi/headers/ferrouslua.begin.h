#include "lua.h"
#include "lauxlib.h"

/* As an amount of fuel, or of time: no limit. */
#define FERROUS_UNLIMITED ((size_t)-1)

/* Which limit has ended a run: ferrous_limit. */
#define FERROUS_NONE 0
#define FERROUS_FUEL 1
#define FERROUS_DEADLINE 2
#define FERROUS_INTERRUPT 3

#ifdef __cplusplus
extern "C" {
#endif
