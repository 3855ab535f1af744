/*
** Every allocation fails once: for each program of api.c and each script named,
** and for every k, the k-th request that asks for more memory is refused; then
** the same with the k-th and all later ones; then those refused to lua_close too.
**
** A run must end in success or in LUA_ERRMEM, "not enough memory". After it,
** with memory back, the state must work: a script that uses every part of the
** language gives its results. Every call of the allocator must name the true
** old size. After lua_close nothing may be left, and nothing may have been
** written behind a block's end.
**
** With -u fuel ends instead, after k units: whatever the program catches, the run
** must end with that error, and all else holds as well. Then the same with no fuel
** for lua_close either. (The programs of api.c know of memory alone.)
**
**   failures [-u] [-s stride] [-b budget] [-v] [-a] [-f name] [script.lua ...]
**
** -u     fuel ends, not memory
** -s n   only every n-th k
** -b n   at most so many k per program and mode, spread evenly (0: all)
** -f x   only programs whose name contains x
** -a     the scripts may draw any conclusion from the errors they catch, so any
**        status will do for them; all else holds for them too
**
** Scripts have one function more: `check` gives its arguments back, or raises the
** second where the first is false and it tells of memory. What they print is lost.
*/

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"
#include "ferrouslua.h"

#include "programs.h"

/* == The allocator ======================================================== */

#define GUARD 16
#define HEAD 32

typedef struct Block {
	size_t size;
	unsigned long magic;
} Block;

#define ALIVE 0x0a11c0deUL
#define DEAD 0xdeadbeefUL

static struct {
	long blocks;         /* alive */
	size_t bytes;
	long requests;       /* that ask for more, since `arm` */
	long fail_at;        /* 0: none */
	int fail_after;      /* and all later ones */
	long refused;
} memory;

/* Where failures are told; the programs have no standard streams. */
static FILE *report;
static int report_fd;

static const char *program_name = "?";
static long failing_k;
static int failing_mode;

void die(const char *what)
{
	fprintf(report, "FAIL %s, k = %ld, mode %d: %s\n", program_name, failing_k, failing_mode, what);
	fflush(report);
	abort();
}

static void on_signal(int s)
{
	const char *what = s == SIGALRM ? "runs for ever" : "crashed";
	char line[200];
	int n = snprintf(line, sizeof line, "FAIL %s, k = %ld, mode %d: %s\n", program_name, failing_k,
			failing_mode, what);
	if (write(report_fd, line, (size_t)n) < 0)
		_exit(3);
	_exit(2);
}

static void *check_block(void *p, size_t osize)
{
	Block *b = (Block *)((char *)p - HEAD);
	int i;
	if (b->magic == DEAD)
		die("a block is freed twice");
	if (b->magic != ALIVE)
		die("not a block of this allocator");
	if (b->size != osize)
		die("a wrong old size");
	for (i = 0; i < GUARD; i++)
		if (((unsigned char *)p)[osize + (size_t)i] != 0xA5)
			die("written behind the end of a block");
	return b;
}

static void *allocate(void *ud, void *p, size_t osize, size_t nsize)
{
	Block *b;
	(void)ud;
	if (p == NULL && osize != 0)
		die("an old size without a block");
	if (nsize > (p == NULL ? 0 : osize)) {
		memory.requests++;
		if (memory.fail_at != 0 && (memory.requests == memory.fail_at ||
				(memory.fail_after && memory.requests > memory.fail_at))) {
			memory.refused++;
			if (p != NULL)
				check_block(p, osize);
			return NULL;
		}
	}
	b = p == NULL ? NULL : check_block(p, osize);
	if (nsize == 0) {
		if (b != NULL) {
			b->magic = DEAD;
			memset(p, 0xDB, osize);
			memory.blocks--;
			memory.bytes -= osize;
			free(b);
		}
		return NULL;
	}
	if (nsize > (size_t)1 << 30)
		return NULL;
	{
		/* Always moved: an old address that is kept shows. */
		Block *n = malloc(HEAD + nsize + GUARD);
		char *q = (char *)n + HEAD;
		if (n == NULL)
			die("the machine has no memory");
		n->size = nsize;
		n->magic = ALIVE;
		memset(q, 0x5A, nsize);
		memset(q + nsize, 0xA5, GUARD);
		if (b != NULL) {
			memcpy(q, p, osize < nsize ? osize : nsize);
			b->magic = DEAD;
			memset(p, 0xDB, osize);
			memory.bytes -= osize;
			memory.blocks--;
			free(b);
		}
		memory.blocks++;
		memory.bytes += nsize;
		return q;
	}
}

static void arm(long k, int after)
{
	memory.requests = 0;
	memory.fail_at = k;
	memory.fail_after = after;
}

/* == Programs ============================================================= */

void raise_memory(lua_State *L, int status)
{
	if (status != 0)
		lua_error(L);
}

static int check(lua_State *L)
{
	const char *message = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
	if (!lua_toboolean(L, 1) && message != NULL && strstr(message, "not enough memory") != NULL) {
		lua_settop(L, 2);
		return lua_error(L);
	}
	return lua_gettop(L);
}

static int run_text(lua_State *L, const Program *p)
{
	lua_pushcfunction(L, check);
	lua_setglobal(L, "check");
	raise_memory(L, luaL_loadbuffer(L, p->argument, p->size, "=program"));
	lua_call(L, 0, 0);
	return 0;
}

static int run_program(lua_State *L)
{
	const Program *p = lua_touserdata(L, 1);
	lua_settop(L, 0);
	return p->body == NULL ? run_text(L, p) : p->body(L);
}

/* == After a failure ====================================================== */

static const char sanity[] =
	"local t = {} for i = 1, 100 do t[i] = {i, 'k' .. i, function() return i end} end "
	"local s = 0 for i, v in ipairs(t) do s = s + v[3]() + #v[2] end assert(s == 5050 + 292, s) "
	"assert(select(2, pcall(error, 'x', 0)) == 'x') "
	"local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) assert(co(1) == 2 and co(5) == 10) "
	"assert(('a,b,c'):gsub(',', ';') == 'a;b;c') local f = loadstring('return ...') assert(f(7) == 7) "
	"local mt = setmetatable({}, {__index = function(_, k) return k end}) assert(mt.x == 'x') "
	"local ok, e = pcall(function() local x = nil; x.y = 1 end) assert(not ok and e:find('attempt to index local')) "
	"local weak = setmetatable({{}}, {__mode = 'v'}) collectgarbage() assert(weak[1] == nil) "
	"for k, v in pairs(_G) do assert(k ~= nil and v ~= nil) end return 'sane'";

static int collect(lua_State *L)
{
	lua_gc(L, LUA_GCCOLLECT, 0);
	return 0;
}

/* Calls what is left of finalizers; some raise errors. */
static void finalize(lua_State *L)
{
	while (lua_cpcall(L, collect, NULL) != 0)
		lua_settop(L, 0);
}

static void check_sane(lua_State *L)
{
	finalize(L);
	if (luaL_loadstring(L, sanity) != 0 || lua_pcall(L, 0, 1, 0) != 0) {
		fprintf(report, "%s\n", lua_tostring(L, -1));
		die("the state does not work any more");
	}
	if (strcmp(lua_tostring(L, -1), "sane") != 0)
		die("the state gives wrong results");
	lua_settop(L, 0);
	lua_gc(L, LUA_GCCOLLECT, 0);
}

static int panics(lua_State *L)
{
	fprintf(report, "%s\n", lua_tostring(L, -1));
	die("panic");
	return 0;
}

static void check_empty(void)
{
	if (memory.blocks != 0 || memory.bytes != 0)
		die("something is left after lua_close");
}

/* == Driving ============================================================== */

static struct {
	long programs, runs, refused, errors, successes;
} figures;

static long stride = 1, budget;
static int verbose, by_fuel;

/* How requests are refused: the k-th, it and all later ones, those of lua_close as well. Fuel ends for good anyway. */
enum { ONE, ALL_LATER, TO_THE_END, MODES };

static const char *const ran_out = "script ran out of fuel";

/* Success, or a memory error. */
static void check_refused(lua_State *L, const Program *p, int status)
{
	figures.refused += memory.refused > 0;
	if (status != 0 && !p->any_status) {
		/* What a function caught and raised again may bear a position. */
		const char *message = lua_tostring(L, -1);
		if ((status != LUA_ERRMEM && status != LUA_ERRRUN) || message == NULL
				|| strstr(message, "not enough memory") == NULL
				|| (status == LUA_ERRMEM && strcmp(message, "not enough memory") != 0)) {
			fprintf(report, "status %d: %s\n", status, message);
			die("neither success nor a memory error");
		}
	}
	if (status != 0 && memory.refused == 0 && !p->any_status)
		die("an error without a refusal");
}

/* The error of the limit if there was no fuel any more, else what the program does with enough of it. */
static void check_spent(lua_State *L, const Program *p, int status)
{
	if (ferrous_limit(L) == FERROUS_FUEL) {
		const char *message = lua_tostring(L, -1);
		figures.refused++;
		if (status != LUA_ERRRUN || message == NULL || strstr(message, ran_out) == NULL) {
			fprintf(report, "status %d: %s\n", status, message);
			die("the end of the fuel was lost");
		}
		if (ferrous_getfuel(L) != 0)
			die("fuel is left after its end");
	} else if (status != 0 && !p->any_status) {
		fprintf(report, "status %d: %s\n", status, lua_tostring(L, -1));
		die("an error without a limit");
	}
}

/* One run; the requests it made, or the fuel it used. */
static long run(const Program *p, long k, int mode)
{
	lua_State *L;
	int status;
	long made;
	size_t fuel = k == 0 ? (size_t)1 << 40 : (size_t)k;
	failing_k = k;
	failing_mode = mode;
	alarm(120);
	memory.refused = 0;
	arm(0, 0);
	L = lua_newstate(allocate, NULL);
	if (L == NULL)
		die("no state");
	lua_atpanic(L, panics);
	if (!p->bare)
		luaL_openlibs(L);
	lua_settop(L, 0);
	if (by_fuel)
		ferrous_setfuel(L, fuel);
	else
		arm(k, mode != ONE);
	status = lua_cpcall(L, run_program, (void *)p);
	made = by_fuel ? (long)(fuel - ferrous_getfuel(L)) : memory.requests;
	if (mode == TO_THE_END && k != 0) {
		figures.refused += by_fuel ? ferrous_limit(L) == FERROUS_FUEL : memory.refused > 0;
		lua_sethook(L, NULL, 0, 0);
	} else {
		arm(0, 0);
		(by_fuel ? check_spent : check_refused)(L, p, status);
		ferrous_setfuel(L, FERROUS_UNLIMITED);
		lua_settop(L, 0);
		if (p->bare)
			luaL_openlibs(L);
		lua_settop(L, 0);
		lua_sethook(L, NULL, 0, 0);
		if (p->any_status)
			finalize(L); /* No more: the script may have changed the libraries. */
		else
			check_sane(L);
	}
	figures.errors += status != 0;
	figures.successes += status == 0;
	lua_close(L);
	arm(0, 0);
	check_empty();
	return made;
}

static void run_all(const Program *p)
{
	int mode;
	long requests, step, k;
	program_name = p->name;
	requests = run(p, 0, 0);
	step = stride;
	if (budget > 0 && requests / step > budget)
		step = requests / budget + 1;
	for (mode = by_fuel ? ALL_LATER : ONE; mode < MODES; mode++) {
		for (k = 1; k <= requests; k += step) {
			run(p, k, mode);
			figures.runs++;
		}
	}
	figures.programs++;
	if (verbose)
		fprintf(report, "%-28s %6ld %s, every %ld\n", p->name, requests,
				by_fuel ? "units of fuel" : "requests", step);
}

/* lua_newstate alone: NULL, and nothing left, whichever request is refused. */
static void newstate(void)
{
	int mode, done;
	long k;
	program_name = "newstate";
	for (mode = 0; mode < 2; mode++) {
		for (k = 1, done = 0; !done; k++) {
			lua_State *L;
			failing_k = k;
			failing_mode = mode;
			memory.refused = 0;
			arm(k, mode);
			L = lua_newstate(allocate, NULL);
			done = memory.refused == 0;
			arm(0, 0);
			figures.runs++;
			figures.refused += !done;
			if (L != NULL) {
				figures.successes++;
				lua_atpanic(L, panics);
				luaL_openlibs(L);
				check_sane(L);
				lua_close(L);
			} else {
				figures.errors++;
				if (done)
					die("no state, and nothing was refused");
			}
			check_empty();
		}
	}
	figures.programs++;
}

static int open_all(lua_State *L)
{
	luaL_openlibs(L);
	return 0;
}

/* A file's bytes, which stay. */
static Program script(const char *path, int any_status)
{
	Program p = { NULL, NULL, NULL, 0, 0, 0 };
	const char *name = strrchr(path, '/');
	FILE *f = fopen(path, "rb");
	char *text = malloc(1 << 20);
	if (f == NULL || text == NULL) {
		perror(path);
		exit(2);
	}
	p.name = name == NULL ? path : name + 1;
	p.size = fread(text, 1, 1 << 20, f);
	p.argument = text;
	p.any_status = any_status;
	fclose(f);
	return p;
}

int main(int argc, char **argv)
{
	static const Program open_libraries = { "open libraries", open_all, NULL, 0, 1, 0 };
	const Program *p;
	const char *filter = "";
	int option, any_status = 0;
	while ((option = getopt(argc, argv, "us:b:f:va")) != -1) {
		switch (option) {
		case 'u': by_fuel = 1; break;
		case 's': stride = atol(optarg); break;
		case 'b': budget = atol(optarg); break;
		case 'f': filter = optarg; break;
		case 'v': verbose = 1; break;
		case 'a': any_status = 1; break;
		default: return 2;
		}
	}
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	signal(SIGALRM, on_signal);
	report_fd = dup(2);
	report = fdopen(report_fd, "w");
	if (report == NULL || freopen("/dev/null", "r", stdin) == NULL || freopen("/dev/null", "w", stdout) == NULL
			|| freopen("/dev/null", "w", stderr) == NULL)
		return 2;
	setvbuf(report, NULL, _IOLBF, 0);
	if (!by_fuel && strstr("newstate", filter))
		newstate();
	if (strstr(open_libraries.name, filter))
		run_all(&open_libraries);
	for (p = api_programs; !by_fuel && p->name != NULL; p++)
		if (strstr(p->name, filter))
			run_all(p);
	for (; optind < argc; optind++) {
		Program from_file = script(argv[optind], any_status);
		if (strstr(from_file.name, filter))
			run_all(&from_file);
		free((void *)from_file.argument);
	}
	fprintf(report, "%ld programs, %ld runs %s %ld of them: %ld ended in an error, %ld without; all survived\n",
			figures.programs, figures.runs,
			by_fuel ? "with little fuel, which ended in" : "with a failing allocator, which refused a request to",
			figures.refused, figures.errors, figures.successes);
	return 0;
}
