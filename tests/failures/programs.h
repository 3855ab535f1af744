/*
** programs.h - what failures.c has run with a failing allocator: C functions here, Lua files in scripts/.
*/
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include "lua.h"

typedef struct Program {
	const char *name;
	lua_CFunction body;
	const char *argument;   /* a text, as a light userdata at index 1; NULL if there is none */
	size_t size;
	int bare;               /* in a state without libraries */
	int any_status;
} Program;

/* The last one has no name. */
extern const Program api_programs[];

/* A program went wrong, and not for want of memory. */
void die(const char *what);

/* Raises the error on top if a function ended with a status other than 0. */
void raise_memory(lua_State *L, int status);

#endif
