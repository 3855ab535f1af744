/*
** What the other headers are configured by. These values describe the library as it is built;
** changing one here does not change the library.
*/

#ifndef lconfig_h
#define lconfig_h

#include <limits.h>
#include <stddef.h>

/* == The platform ====================================================== */

/* Strict ISO C wanted: nothing beyond it is assumed of the host. */
#if defined(__STRICT_ANSI__)
#define LUA_ANSI
#endif

#if !defined(LUA_ANSI) && defined(_WIN32)
#define LUA_WIN
#endif

/* Shorthands a host may define for its platform. */
#if defined(LUA_USE_LINUX)
#define LUA_USE_POSIX
#define LUA_USE_DLOPEN
#define LUA_USE_READLINE
#endif

#if defined(LUA_USE_MACOSX)
#define LUA_USE_POSIX
#define LUA_DL_DYLD
#endif

#if defined(LUA_USE_POSIX)
#define LUA_USE_MKSTEMP
#define LUA_USE_ISATTY
#define LUA_USE_POPEN
#define LUA_USE_ULONGJMP
#endif

#if defined(LUA_USE_DLOPEN)
#define LUA_DL_DLOPEN
#endif

#if defined(LUA_WIN)
#define LUA_DL_DLL
#endif

/* == Where modules are searched ======================================== */

/* Environment variables. */
#define LUA_PATH "LUA_PATH"
#define LUA_CPATH "LUA_CPATH"
#define LUA_INIT "LUA_INIT"

/* The folder name of the machine's own libraries, as Debian has it. */
#if !defined(DEB_HOST_MULTIARCH)
#if defined(__aarch64__)
#define DEB_HOST_MULTIARCH "aarch64-linux-gnu"
#else
#define DEB_HOST_MULTIARCH "x86_64-linux-gnu"
#endif
#endif

#define LUA_ROOT "/usr/local/"
#define LUA_ROOT2 "/usr/"
#define LUA_LDIR LUA_ROOT "share/lua/5.1/"
#define LUA_LDIR2 LUA_ROOT2 "share/lua/5.1/"
#define LUA_CDIR LUA_ROOT "lib/lua/5.1/"
#define LUA_CDIR2 LUA_ROOT2 "lib/" DEB_HOST_MULTIARCH "/lua/5.1/"
#define LUA_CDIR3 LUA_ROOT2 "lib/lua/5.1/"

/* package.path and package.cpath where the environment does not say otherwise. */
#define LUA_PATH_DEFAULT \
  "./?.lua;" \
  LUA_LDIR "?.lua;" LUA_LDIR "?/init.lua;" \
  LUA_CDIR "?.lua;" LUA_CDIR "?/init.lua;" \
  LUA_LDIR2 "?.lua;" LUA_LDIR2 "?/init.lua"
#define LUA_CPATH_DEFAULT \
  "./?.so;" LUA_CDIR "?.so;" LUA_CDIR2 "?.so;" LUA_CDIR3 "?.so;" LUA_CDIR "loadall.so"

/* What paths are made of: folder separator, template separator, the module's place in a
   template, (on Windows) the program's folder, and what begins the ignored part of a name. */
#define LUA_DIRSEP "/"
#define LUA_PATHSEP ";"
#define LUA_PATH_MARK "?"
#define LUA_EXECDIR "!"
#define LUA_IGMARK "-"

/* == Linkage =========================================================== */

#if defined(LUA_BUILD_AS_DLL)
#if defined(LUA_CORE) || defined(LUA_LIB)
#define LUA_API __declspec(dllexport)
#else
#define LUA_API __declspec(dllimport)
#endif
#elif defined(__cplusplus)
#define LUA_API extern "C"
#else
#define LUA_API extern
#endif

#define LUALIB_API LUA_API

/* For a host's own functions and data that are not to leave its library. */
#if defined(luaall_c)
#define LUAI_FUNC static
#define LUAI_DATA
#elif defined(__GNUC__) && ((__GNUC__*100 + __GNUC_MINOR__) >= 302) && defined(__ELF__)
#define LUAI_FUNC __attribute__((visibility("hidden"))) extern
#define LUAI_DATA LUAI_FUNC
#else
#define LUAI_FUNC extern
#define LUAI_DATA extern
#endif

/* == Messages ========================================================== */

/* How messages quote parts of a program. */
#define LUA_QL(x) "'" x "'"
#define LUA_QS LUA_QL("%s")

/* Room for a chunk's name in messages. */
#define LUA_IDSIZE 60

/* == The stand-alone interpreter ======================================= */

#if defined(lua_c) || defined(luaall_c)

#if defined(LUA_USE_ISATTY)
#include <unistd.h>
#define lua_stdin_is_tty() isatty(0)
#elif defined(LUA_WIN)
#include <io.h>
#include <stdio.h>
#define lua_stdin_is_tty() _isatty(_fileno(stdin))
#else
#define lua_stdin_is_tty() 1
#endif

#define LUA_PROMPT "> "
#define LUA_PROMPT2 ">> "
#define LUA_PROGNAME "lua"
#define LUA_MAXINPUT 512

#if defined(LUA_USE_READLINE)
#include <stdio.h>
#include <readline/readline.h>
#include <readline/history.h>
#define lua_readline(L,b,p) ((void)L, ((b)=readline(p)) != NULL)
#define lua_saveline(L,idx) \
  if (lua_strlen(L,idx) > 0) add_history(lua_tostring(L, idx));
#define lua_freeline(L,b) ((void)L, free(b))
#else
#define lua_readline(L,b,p) \
  ((void)L, fputs(p, stdout), fflush(stdout), fgets(b, LUA_MAXINPUT, stdin) != NULL)
#define lua_saveline(L,idx) { (void)L; (void)idx; }
#define lua_freeline(L,b) { (void)L; (void)b; }
#endif

#endif

/* == The collector's settings at the start ============================= */

#define LUAI_GCPAUSE 200
#define LUAI_GCMUL 200

/* == What of older versions is kept ==================================== */

#undef LUA_COMPAT_GETN
#undef LUA_COMPAT_LOADLIB
#define LUA_COMPAT_VARARG
#define LUA_COMPAT_MOD
#define LUA_COMPAT_LSTR 1
#define LUA_COMPAT_GFIND
#define LUA_COMPAT_OPENLIB

#if defined(LUA_USE_APICHECK)
#include <assert.h>
#define luai_apicheck(L,o) { (void)L; assert(o); }
#else
#define luai_apicheck(L,o) { (void)L; }
#endif

/* == Integers ========================================================== */

#define LUA_INTEGER ptrdiff_t

#if INT_MAX-20 < 32760
#define LUAI_BITSINT 16
#else
#define LUAI_BITSINT 32
#endif

#if LUAI_BITSINT >= 32
#define LUAI_UINT32 unsigned int
#define LUAI_INT32 int
#define LUAI_MAXINT32 INT_MAX
#define LUAI_UMEM size_t
#define LUAI_MEM ptrdiff_t
#else
#define LUAI_UINT32 unsigned long
#define LUAI_INT32 long
#define LUAI_MAXINT32 LONG_MAX
#define LUAI_UMEM unsigned long
#define LUAI_MEM long
#endif

/* string.format's integers. */
#if defined(LUA_USELONGLONG)
#define LUA_INTFRMLEN "ll"
#define LUA_INTFRM_T long long
#else
#define LUA_INTFRMLEN "l"
#define LUA_INTFRM_T long
#endif

/* == Limits ============================================================ */

/* Nested calls that programs may count on; the library allows many more. */
#define LUAI_MAXCALLS 20000
/* Stack slots of one C function. */
#define LUAI_MAXCSTACK 8000
/* Nested C calls, and nested constructs of a program. */
#define LUAI_MAXCCALLS 200
/* Local variables of one function, and upvalues. */
#define LUAI_MAXVARS 200
#define LUAI_MAXUPVALUES 60
/* Captures of one pattern. */
#define LUA_MAXCAPTURES 32
/* Bytes in a luaL_Buffer; BUFSIZ comes with <stdio.h>. */
#define LUAL_BUFFERSIZE BUFSIZ
/* Bytes before a lua_State that belong to the host. */
#define LUAI_EXTRASPACE 0

/* == Numbers =========================================================== */

#define LUA_NUMBER_DOUBLE
#define LUA_NUMBER double
#define LUAI_UACNUMBER double

#define LUA_NUMBER_SCAN "%lf"
#define LUA_NUMBER_FMT "%.14g"
#define lua_number2str(s,n) sprintf((s), LUA_NUMBER_FMT, (n))
#define LUAI_MAXNUMBER2STR 32
#define lua_str2number(s,p) strtod((s), (p))

#define lua_number2int(i,d) ((i)=(int)(d))
#define lua_number2integer(i,d) ((i)=(lua_Integer)(d))

#if defined(LUA_CORE)
#include <math.h>
#define luai_numadd(a,b) ((a)+(b))
#define luai_numsub(a,b) ((a)-(b))
#define luai_nummul(a,b) ((a)*(b))
#define luai_numdiv(a,b) ((a)/(b))
#define luai_nummod(a,b) ((a) - floor((a)/(b))*(b))
#define luai_numpow(a,b) (pow(a,b))
#define luai_numunm(a) (-(a))
#define luai_numeq(a,b) ((a)==(b))
#define luai_numlt(a,b) ((a)<(b))
#define luai_numle(a,b) ((a)<=(b))
#define luai_numisnan(a) (!luai_numeq((a), (a)))
#endif

/* == For code that was written along with the library ================== */

/* A type aligned as strictly as any. */
#define LUAI_USER_ALIGNMENT_T union { double u; void *s; long l; }

#if defined(__cplusplus)
#define LUAI_THROW(L,c) throw(c)
#define LUAI_TRY(L,c,a) \
  try { a } catch(...) { if ((c)->status == 0) (c)->status = -1; }
#define luai_jmpbuf int
#elif defined(LUA_USE_ULONGJMP)
#define LUAI_THROW(L,c) _longjmp((c)->b, 1)
#define LUAI_TRY(L,c,a) if (_setjmp((c)->b) == 0) { a }
#define luai_jmpbuf jmp_buf
#else
#define LUAI_THROW(L,c) longjmp((c)->b, 1)
#define LUAI_TRY(L,c,a) if (setjmp((c)->b) == 0) { a }
#define luai_jmpbuf jmp_buf
#endif

#if defined(loslib_c) || defined(luaall_c)
#if defined(LUA_USE_MKSTEMP)
#include <unistd.h>
#define LUA_TMPNAMBUFSIZE 32
#define lua_tmpnam(b,e) { \
  strcpy(b, "/tmp/lua_XXXXXX"); \
  e = mkstemp(b); \
  if (e != -1) close(e); \
  e = (e == -1); }
#else
#define LUA_TMPNAMBUFSIZE L_tmpnam
#define lua_tmpnam(b,e) { e = (tmpnam(b) == NULL); }
#endif
#endif

#if defined(LUA_USE_POPEN)
#define lua_popen(L,c,m) ((void)L, fflush(NULL), popen(c,m))
#define lua_pclose(L,file) ((void)L, (pclose(file) != -1))
#elif defined(LUA_WIN)
#define lua_popen(L,c,m) ((void)L, _popen(c,m))
#define lua_pclose(L,file) ((void)L, (_pclose(file) != -1))
#else
#define lua_popen(L,c,m) \
  ((void)((void)c, m), luaL_error(L, LUA_QL("popen") " not supported"), (FILE*)0)
#define lua_pclose(L,file) ((void)((void)L, file), 0)
#endif

#define luai_userstateopen(L) ((void)L)
#define luai_userstateclose(L) ((void)L)
#define luai_userstatethread(L,L1) ((void)L)
#define luai_userstatefree(L) ((void)L)
#define luai_userstateresume(L,n) ((void)L)
#define luai_userstateyield(L,n) ((void)L)

#endif
