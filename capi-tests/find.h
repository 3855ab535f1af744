/*
** find.h - functions that only one of the libraries has, found by name at run
** time, so that one binary runs with each.
**
** The program defines _GNU_SOURCE before its first include: dlfcn.h needs it.
*/
#ifndef FIND_H
#define FIND_H

#include <dlfcn.h>
#include <string.h>

/* A data pointer becomes a function pointer by its bytes: ISO C has no cast. */
static inline int find(void *slot, const char *name)
{
  void *found = dlsym(RTLD_DEFAULT, name);
  memcpy(slot, &found, sizeof found);
  return found != NULL;
}

#endif
